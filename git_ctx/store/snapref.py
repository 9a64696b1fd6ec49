"""The refs under refs/ctx/snap/: they keep the trees that prompts name, and their bases, from git gc."""

import os
from datetime import UTC, datetime

from git_ctx.errors import BranchBusy
from git_ctx.model import Oid, SessionBranch
from git_ctx.store import commits, message, objects, refs, swap, union
from git_ctx.store.repo import Repo
from git_ctx.store.writer import Writer

_ATTEMPTS = 100
_LATEST = 2**37  # a time that every clock of ours can hold


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
            if tip is not None and union.contains(repo, tip, theirs):
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
    if tip is not None and not union.contains(repo, theirs, tip):
        tree = objects.commit(repo, theirs, name).tree
        header = [f"tree {tree}", f"parent {tip}", f"parent {theirs}"]
        header += [f"author {author}", f"committer {committer}"]
        text = message.build("snapshots", {"Ctx-Event": "merge"})
        new = writer.commit("\n".join([*header, "", text]).encode())
    if not swap.swap(repo, name, tip, new, reason="snapshots", who=committer, secure=writer.secure):
        return None
    return new


def listing(repo: Repo) -> list[tuple[SessionBranch, Oid, datetime]]:
    """Every snap ref: whose it is, where it is, and when the last snapshot was taken."""
    form = "--format=%(objectname) %(committerdate:unix) %(refname)"
    found = []
    for line in os.fsdecode(repo.git("for-each-ref", form, "--", refs.SNAP)).splitlines():
        oid, seconds, name = line.split(" ", 2)
        branch = refs.parse(name, refs.SNAP)
        if branch is not None and seconds.isdecimal():
            found.append((branch, oid, datetime.fromtimestamp(min(int(seconds), _LATEST), UTC)))
    return found


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


def drop(repo: Repo, branch: SessionBranch, tip: Oid) -> bool:
    """Delete a branch's snap ref, and so let git prune what it kept; False where it is not at `tip` now."""
    name = refs.snapname(branch)
    with swap.alone(repo, name):
        return not repo.run("update-ref", "-d", name, tip).status


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
    text = message.build("snapshot", {"Ctx-Id": prompt})
    data = "\n".join([*header, f"author {author}", f"committer {committer}", "", text]).encode()
    commit = writer.commit(data)
    if not swap.swap(repo, name, tip, commit, reason="snapshot", who=committer, secure=writer.secure):
        return None
    return commit
