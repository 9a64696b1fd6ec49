"""Whether the sessions here are whole: what is damaged, in which prompt, and what can be mended unguessed."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from git_ctx.errors import BrokenSession, CtxError, WriteFailed
from git_ctx.model import Oid, SessionBranch
from git_ctx.porcelain.tending import forms, mend, settled
from git_ctx.porcelain.tending.recover import finish
from git_ctx.store import cache, claims, derived, events, objects, packedrefs, refs, writable
from git_ctx.store.files import snapref
from git_ctx.store.forgetting import marks
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current, examine, litter, moves, pending, walk
from git_ctx.store.sessions.walk import Damage, Walk
from git_ctx.store.sharing import remote

Progress = Callable[[str], None]

_LOCKS = ("packed-refs.lock", claims.TABLES_LOCK, claims.CONFIG)
_MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not as it should be. `where`: a session branch, a ref or a file; `event`: its number.

    `serious`: something cannot be read, or not be trusted; else it is in nobody's way. `mended`: by this run.
    """

    where: str
    problem: str
    event: int | None = None
    path: str = ""
    serious: bool = True
    mended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """`sessions` and `objects`: how many were looked at."""

    findings: tuple[Finding, ...]
    sessions: int
    objects: int

    @property
    def damaged(self) -> bool:
        return any(one.serious and not one.mended for one in self.findings)


def check(repo: Repo, progress: Progress) -> Checked:
    """Look at everything, and change nothing."""
    progress("checking packs")
    # A fetch that was killed leaves a pack without its index, too; what is lost with one shows by itself.
    found = [
        Finding(where=_shown(repo, path), problem=problem, serious=path.exists())
        for path, problem in derived.damaged(repo)
    ]
    if lines := packedrefs.unread(repo):
        many = "a line" if lines == 1 else f"{lines} lines"
        found.append(Finding(where=packedrefs.NAME, problem=f"git cannot read {many} of it, and stops there"))
        return Checked(findings=tuple(found), sessions=0, objects=0)
    looked = Walk(repo=repo)
    heads = refs.listing(repo)
    found += [*_refs(repo), *_heads(repo, heads, looked, progress), *_mirrors(repo, looked, progress)]
    found += [*_snapshots(repo), *_beside(repo)]
    return Checked(findings=tuple(found), sessions=len(heads), objects=looked.seen)


def repair(repo: Repo, now: datetime, progress: Progress) -> Checked:
    """Mend what can be mended without guessing, then look again: what is found no more is marked as mended.

    A ref goes back only where its tip cannot be read at all, to the newest commit of its reflog or its
    mirrors that is whole. Objects come from remotes that have them; indexes and the like git makes anew. No
    other entry is ever changed. Raises `WriteFailed` before it begins where nothing can be written.
    """
    problem = writable.why(repo.common_dir, OSError())
    if problem:
        raise WriteFailed(str(repo.common_dir), problem)
    before = check(repo, progress)
    derived.make_anew(repo, repo.shared / "damaged", progress)
    stripped = mend.packed_refs(repo)
    # What was read of the packs and the refs is of before.
    repo = replace(repo)
    if packedrefs.unread(repo):
        return before
    unkept = mend.unkept(repo)
    broken = [one for one in refs.listing(repo) if one.problem is not None or _tip_is_lost(repo, one.tip)]
    if any(one.serious for one in before.findings):
        mend.fetch_again(repo, progress)
    mend.unreadable_refs(repo, now)
    gone = mend.gone(repo)
    for branch in [*(one.branch for one in broken), *gone]:
        mend.back(repo, branch, now)
    unkept |= mend.never_kept(repo) if stripped else mend.never_kept(repo).intersection(gone)
    for branch in sorted(unkept):
        progress(f"keeping the snapshots of {branch} anew")
        mend.snapshots(repo, branch, now)
    for forgetful in _catching_up(repo):
        settled.catch_up(repo, (forgetful,), now)
    _tidy(repo)
    # What was read of the configuration and the packs is of before.
    after = check(replace(repo), progress)
    left = {replace(one, mended=False) for one in after.findings}
    mended = tuple(replace(one, mended=True) for one in before.findings if one not in left)
    return replace(after, findings=(*mended, *after.findings))


def _refs(repo: Repo) -> Iterator[Finding]:
    for root in (refs.HEADS, refs.SNAP, refs.REMOTES, marks.TOMBS):
        for name in refs.unreadable(repo, root):
            yield Finding(where=name, problem="git cannot read the ref")
    for branch in mend.gone(repo):
        why = (
            "or a run that was cut off never made it"
            if mend.was_begun(repo, branch)
            else "and nobody deleted it"
        )
        yield Finding(where=str(branch), problem=f"its ref is gone, {why}")
    for name in refs.targets(repo, refs.HEADS):
        if refs.parse(name) is None:
            yield Finding(where=name, problem="not a name for a session branch", serious=False)


def _heads(repo: Repo, heads: list[refs.Listed], looked: Walk, progress: Progress) -> Iterator[Finding]:
    checked: set[tuple[str, Oid]] = set()
    for number, one in enumerate(heads, 1):
        progress(f"checking session {number} of {len(heads)}, {looked.seen:,} objects")
        where = str(one.branch)
        if one.problem is not None and not one.tip:
            continue  # told as a ref
        damages = list(looked.line(one.tip))
        yield from (_damage(where, each) for each in damages[:_MOST])
        if not damages:
            yield from _entries(repo, where, one, checked)
        if any(each.oid == one.tip for each in damages):
            continue
        try:
            yield from _marks(repo, where, one.tip)
        except BrokenSession as error:
            if not damages:
                yield Finding(where=where, problem=str(error))


def _damage(where: str, one: Damage) -> Finding:
    problem = one.problem if one.oid in one.problem else f"{one.oid}: {one.problem}"
    return Finding(where=where, event=forms.clock(one.path), path=one.path, problem=problem)


def _entries(repo: Repo, where: str, one: refs.Listed, checked: set[tuple[str, Oid]]) -> Iterator[Finding]:
    """What is wrong with the entries of a session branch, but for those that were found to be right."""
    there = list(walk.entries(repo, one.tip))
    paths = [path for path, _ in there]
    left = [place for place in there if _is_ours(place[0]) and place not in checked]
    oids = objects.ahead(repo, [oid for _, oid in left])
    for (path, _), oid in zip(left, oids, strict=True):
        problems = list(forms.problems(path, objects.blob(repo, oid, path)))
        if not problems:
            checked.add((path, oid))
        for problem in problems:
            yield Finding(where=where, event=forms.clock(path), path=path, problem=problem)
    for path, problem in forms.clashes(paths):
        yield Finding(where=where, event=forms.clock(path), path=path, problem=problem)
    try:
        events.clock(repo, one.tip)
        count = events.count(repo, one.tip)
        if one.prompts != count:
            problem = f"its commit tells of {one.prompts} prompts, and there are {count}"
            yield Finding(where=where, problem=problem, serious=False)
    except BrokenSession as error:
        yield Finding(where=where, problem=error.problem)


def _is_ours(path: str) -> bool:
    return path.endswith(".json") and not path.endswith(".content.json")


def _marks(repo: Repo, where: str, tip: Oid) -> Iterator[Finding]:
    for path in _unsettled(repo, tip):
        problem = "it is forgotten, and still there"
        yield Finding(where=where, event=forms.clock(path), path=path, problem=problem)


def _unsettled(repo: Repo, tip: Oid) -> list[str]:
    """The entries of a line that are known to be forgotten in a version that it does not have."""
    tree = objects.commit(repo, tip, f"commit {tip}").tree
    known = marks.known(repo, events.session_id(repo, tip), tree)
    stale = []
    read: marks.Read = {}
    for path in known.versions:
        oid, latest = marks.at(repo, tree, path, read), known.latest(path)
        if oid is not None and oid not in latest and not marks.is_wholly_forgotten(repo, path, oid):
            stale.append(path)
    return stale


def _catching_up(repo: Repo) -> Iterator[Oid]:
    for tip in refs.targets(repo, refs.HEADS, refs.REMOTES).values():
        try:
            if _unsettled(repo, tip):
                yield tip
        except CtxError:
            continue


def _mirrors(repo: Repo, looked: Walk, progress: Progress) -> Iterator[Finding]:
    gone = remote.mirrored(repo).keys() - set(remote.names(repo))
    for name in sorted(gone):
        yield Finding(
            where=f"refs/ctx/remotes/{refs.encode(name)}", problem="no such remote any more", serious=False
        )
    for name in sorted(remote.mirrored(repo).keys() - gone):
        for ref, tip in refs.targets(repo, remote.heads(name)).items():
            progress(f"checking what '{name}' had, {looked.seen:,} objects")
            damages = [*looked.line(tip)]
            yield from (_damage(ref, each) for each in damages[:_MOST])
            problem = None if damages else examine.problem(repo, tip)
            if problem is not None:
                yield Finding(where=ref, problem=problem)


def _snapshots(repo: Repo) -> Iterator[Finding]:
    for one in refs.listing(repo, under=refs.SNAP):
        where = f"{one.branch} (snapshots)"
        if one.problem is not None:
            if one.tip:  # else it is told as a ref
                yield Finding(where=where, problem=one.problem)
            continue
        try:
            for commit, _ in snapref.chain(repo, one.tip):
                if not repo.has(commit.tree):
                    yield Finding(where=where, problem=f"tree {commit.tree} is missing", path=commit.oid)
        except BrokenSession as error:
            yield Finding(where=where, problem=str(error))
            continue
        for problem in islice(snapref.damaged(repo, one.tip), _MOST):
            yield Finding(where=where, problem=problem)


def _beside(repo: Repo) -> Iterator[Finding]:
    """Beside the objects: files of runs that died, the cache, the configuration."""
    for path in litter.find(repo):
        yield Finding(where=_shown(repo, path), problem="left behind by a run", serious=False)
    for path in [repo.common_dir / name for name in _LOCKS]:
        if litter.is_old(path):
            yield Finding(where=_shown(repo, path), problem="a lock of git's that nobody holds any more")
    for one in pending.abandoned(repo):
        with one:
            problem = "a prompt of a run that died waits to be kept"
            yield Finding(
                where=str(one.draft.branch), path=_shown(repo, one.path), problem=problem, serious=False
            )
    if cache.is_damaged(repo.shared):
        yield Finding(
            where=_shown(repo, repo.shared / cache.NAME), problem="the cache is damaged", serious=False
        )
    for git_branch, value in sorted(repo.config_of_branches("ctxSession").items()):
        chosen = current.parse(value)
        if chosen is None or not _is_there(repo, chosen):
            problem = f"it uses '{value}', which is no session branch here"
            yield Finding(where=f"git branch '{git_branch}'", problem=problem, serious=False)


def _is_there(repo: Repo, branch: SessionBranch) -> bool:
    """Whether there is such a ref, even one that git cannot read."""
    name = refs.refname(branch)
    return name in refs.targets(repo, name) or name in refs.unreadable(repo, name)


def _tidy(repo: Repo) -> None:
    finish(repo)
    litter.remove(repo, litter.find(repo))
    for name in sorted(remote.mirrored(repo).keys() - set(remote.names(repo))):
        remote.drop_mirrors(repo, name)
    if cache.is_damaged(repo.shared):
        cache.remove(repo.shared)
    for value in set(repo.config_of_branches("ctxSession").values()):
        chosen = current.parse(value)
        if chosen is not None and not refs.targets(repo, f"{refs.HEADS}{chosen.session}/"):
            moves.repoint(repo, chosen.session, None)


def _tip_is_lost(repo: Repo, tip: Oid) -> bool:
    return not tip or mend.is_lost(repo, tip)


def _shown(repo: Repo, path: Path) -> str:
    return os.path.relpath(path, repo.common_dir)
