"""The refs under refs/ctx/snap/: they keep the trees that prompts name, and their bases, from git gc."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from git_ctx.errors import BranchBusy
from git_ctx.model import Oid, SessionBranch
from git_ctx.store import claims, commits, message, objects, refs, swap
from git_ctx.store.asking import OFFLINE
from git_ctx.store.objects import Commit
from git_ctx.store.repo import Repo
from git_ctx.store.writer import Writer

_ATTEMPTS = 100
_NAMED, _JOINED = "snapshot", "snapshots"


def keep(repo: Repo, branch: SessionBranch, tree: Oid, base: Oid | None, prompt: str, when: datetime) -> Oid:
    """Have the branch's snap ref hold a tree and its base commit, and return the ref's tip.

    To be called before a session names the tree. Nothing is added where the tip holds both already.
    Raises `BranchBusy` or `WriteFailed`; what the ref held before, it still holds.
    """
    name = refs.snapname(branch)
    with swap.alone(repo, name):
        for _ in range(_ATTEMPTS):
            tip = swap.target(repo, name)
            if tip is not None and _holds(repo, name, tip, tree, base):
                return tip
            kept = _add(repo, name, tip, tree, base, prompt, when)
            if kept is not None:
                return kept
    raise BranchBusy(str(branch))


def join(repo: Repo, branch: SessionBranch, theirs: Oid, when: datetime) -> Oid:
    """Have the branch's snap ref hold, too, all that another one's tip holds; return the ref's tip.

    Nothing is added where it does so already. Raises as `keep` does.
    """
    name = refs.snapname(branch)
    with swap.alone(repo, name):
        for _ in range(_ATTEMPTS):
            tip = swap.target(repo, name)
            if tip is not None and objects.contains(repo, tip, theirs):
                return tip
            joined = _forward(repo, name, tip, theirs, when)
            if joined is not None:
                return joined
    raise BranchBusy(str(branch))


def _forward(repo: Repo, name: str, tip: Oid | None, theirs: Oid, when: datetime) -> Oid | None:
    """The ref moved to the other tip, or to a commit above both; None where another one came first."""
    writer = Writer(repo)
    author, committer = commits.idents(repo, when)
    new = theirs
    if tip is not None and not objects.contains(repo, theirs, tip):
        tree = objects.commit(repo, theirs, name).tree
        header = [f"tree {tree}", f"parent {tip}", f"parent {theirs}"]
        header += [f"author {author}", f"committer {committer}"]
        text = message.build(_JOINED, {"Ctx-Event": "merge"})
        new = writer.commit("\n".join([*header, "", text]).encode())
    if not swap.swap(repo, name, tip, new, reason="snapshots", who=committer, secure=writer.secure):
        return None
    return new


def listing(repo: Repo) -> list[tuple[SessionBranch, Oid, datetime]]:
    """Every snap ref that can be read: whose it is, where it is, and when the last snapshot was taken."""
    every = refs.listing(repo, under=refs.SNAP)
    return [(one.branch, one.tip, one.updated) for one in every if one.problem is None]


def count(repo: Repo, tip: Oid) -> int:
    """How many snapshots a snap ref at `tip` keeps; those of commits of code, its other parents, are none."""
    seen, todo, found = {tip}, [tip], 0
    while todo:
        commit = objects.commit(repo, todo.pop(), "a snapshot")
        trailers = message.parse(commit.message)
        if not any(key.startswith("Ctx-") for key in trailers):
            continue
        found += "Ctx-Id" in trailers
        todo += [parent for parent in commit.parents if parent not in seen]
        seen.update(commit.parents)
    return found


def damaged(repo: Repo, tip: Oid) -> Iterator[str]:
    """What is the matter with objects that snapshots alone keep. Of a partial clone nobody can say what is
    missing.
    """
    words = ("rev-list", "--objects", "--no-object-names", "--missing=print", tip)
    listed = repo.run(*words, "--not", "--exclude=refs/ctx/*", "--all", env=OFFLINE)
    names = listed.stdout.decode("ascii", "replace").split()
    if not repo.is_partial:
        yield from (f"object {oid[1:]} is missing" for oid in names if oid.startswith("?"))
    for oid in objects.ahead(repo, [oid for oid in names if not oid.startswith("?")]):
        problem = objects.problem(repo, oid)
        if problem is not None:
            yield problem
    if listed.status:
        yield message.last_words(listed.words, f"git {listed.status}")


def is_snapshot(repo: Repo, commit: Commit) -> bool:
    """Whether it is one of ours, by more than a subject that a commit of code can have, too."""
    if message.subject(commit.message) != _JOINED:
        return _is_named(commit)
    joined = [objects.commit(repo, parent, "a snapshot") for parent in commit.parents]
    return len(joined) == 2 and all(
        _is_named(one) or message.subject(one.message) == _JOINED for one in joined
    )


def chain(repo: Repo, tip: Oid) -> Iterator[tuple[Commit, tuple[Oid, ...]]]:
    """The snapshots behind a snap ref, the last first, each with its parents that are snapshots, too."""
    waiting, seen = [tip], {tip}
    while waiting:
        commit = objects.commit(repo, waiting.pop(), "a snapshot")
        parents = (objects.commit(repo, parent, "a snapshot") for parent in commit.parents)
        ours = tuple(parent.oid for parent in parents if is_snapshot(repo, parent))
        yield commit, ours
        earlier = [parent for parent in ours if parent not in seen]
        seen.update(earlier)
        waiting += reversed(earlier)


def without(
    repo: Repo, writer: Writer, tip: Oid, trees: Mapping[Oid, Oid | None], bases: Collection[Oid]
) -> Oid | None:
    """A chain with other trees in the place of some, less those that become None, and less some bases.

    None where nothing is left. The tip itself where nothing changes. No ref moves.
    """
    links = list(chain(repo, tip))
    order = {commit.oid: (commit, ours) for commit, ours in links}
    new: dict[Oid, Oid | None] = {}
    waiting = [tip]
    while waiting:
        oid = waiting[-1]
        commit, ours = order[oid]
        before = [parent for parent in ours if parent not in new]
        if before and oid not in new:
            waiting += before
            continue
        waiting.pop()
        if oid not in new:
            new[oid] = _relinked(repo, writer, commit, ours, new, trees, bases)
    return new[tip]


def _relinked(
    repo: Repo,
    writer: Writer,
    commit: Commit,
    ours: Collection[Oid],
    new: Mapping[Oid, Oid | None],
    trees: Mapping[Oid, Oid | None],
    bases: Collection[Oid],
) -> Oid | None:
    mapped = (new[one] if one in ours else None if one in bases else one for one in commit.parents)
    parents = tuple(dict.fromkeys(parent for parent in mapped if parent is not None))
    tree = trees.get(commit.tree, commit.tree)
    if tree is None or (len(ours) > 1 and len(parents) < 2):
        kept = [parent for one in ours if (parent := new[one]) is not None]
        if len(kept) < 2:
            return kept[0] if kept else None
        tree = objects.commit(repo, kept[1], "a snapshot").tree
    if (tree, parents) == (commit.tree, commit.parents):
        return commit.oid
    header, _, text = objects.raw_commit(repo, commit.oid, "a snapshot").partition(b"\n\n")
    rest = [line for line in header.split(b"\n") if not line.startswith((b"tree ", b"parent "))]
    first = [f"tree {tree}".encode(), *(f"parent {parent}".encode() for parent in parents)]
    return writer.commit(b"\n".join([*first, *rest]) + b"\n\n" + text)


def _is_named(commit: Commit) -> bool:
    named = message.parse(commit.message).keys() == {"Ctx-Id"}
    return named and message.subject(commit.message) == _NAMED


def drop(repo: Repo, branch: SessionBranch, tip: Oid) -> bool:
    """Delete a branch's snap ref, and so let git prune what it kept; False where it is not at `tip` now."""
    name = refs.snapname(branch)
    with swap.alone(repo, name):
        return not claims.run(repo, "update-ref", "-d", name, tip, takes=claims.refs((name,))).status


def _holds(repo: Repo, name: str, tip: Oid, tree: Oid, base: Oid | None) -> bool:
    commit = objects.commit(repo, tip, name)
    return commit.tree == tree and (base is None or base in commit.parents)


def _add(
    repo: Repo, name: str, tip: Oid | None, tree: Oid, base: Oid | None, prompt: str, when: datetime
) -> Oid | None:
    """The new tip, or None where another one came first."""
    writer = Writer(repo)
    author, committer = repo.idents(message.clean_ident(repo.identity()), commits.raw_date(when))
    # Never signed: such a commit stands for nothing but the trees, and may be rewritten at any time.
    header = [f"tree {tree}", *(f"parent {parent}" for parent in dict.fromkeys((tip, base)) if parent)]
    text = message.build(_NAMED, {"Ctx-Id": prompt})
    data = "\n".join([*header, f"author {author}", f"committer {committer}", "", text]).encode()
    commit = writer.commit(data)
    if not swap.swap(repo, name, tip, commit, reason="snapshot", who=committer, secure=writer.secure):
        return None
    return commit
