"""Fetch: a remote's session branches into their mirrors, and nothing else anywhere."""

import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from git_ctx.errors import BrokenSession, RemoteFailed, WriteFailed
from git_ctx.model import Oid, SessionBranch
from git_ctx.store import bounds, claims, events, message, refs, swap, writable
from git_ctx.store.forgetting import marks, spread
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import examine
from git_ctx.store.sharing import remote, transport
from git_ctx.store.sharing.transport import Progress, quiet

_AT_ONCE = 500

_OPTIONS = (
    "--no-tags",
    "--no-write-fetch-head",
    "--no-recurse-submodules",
    "--no-auto-maintenance",
    "--no-prune-tags",
    # Sessions come whole, whatever a partial clone leaves out of the code.
    "--no-filter",
    # With the refspecs of a mirror clone git would overwrite the sessions that are ours.
    "--refmap=",
    "--progress",
)
_SETTINGS = {
    "fetch.fsckObjects": "true",
    "fetch.fsck.badFilemode": "error",
    "fetch.writeCommitGraph": "false",
    "fetch.all": "false",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A mirror that moved: from None, where it is new; to None, where the remote has it no more."""

    branch: SessionBranch
    old: Oid | None
    new: Oid | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """`problems`: what of the remote was refused or cannot be read, by its name there, and why."""

    remote: str
    moves: tuple[Move, ...]
    problems: Mapping[str, str]


def fetch(
    repo: Repo,
    name: str,
    *,
    files: bool = False,
    progress: Progress = quiet,
    mirrored_as: str | None = None,
    again: bool = False,
) -> Fetched:
    """Bring the mirrors of a remote up to date; with `files`, the snapshots that were shared, too.

    `name` may be the absolute path of a repository, where `mirrored_as` names the mirrors. Every object is
    checked by git; with `again`, those that should be here already are fetched like the others. A session
    that fails is left where it was and named, and hides no other. Raises `RemoteFailed`, or `WriteFailed`
    where the disk is full; what had been fetched by then stays.
    """
    heads, snaps = remote.heads(mirrored_as or name), remote.snaps(mirrored_as or name)
    spaces = {refs.HEADS: heads} | ({refs.SNAP: snaps} if files else {})
    before = _before(repo, *spaces.values())
    refspecs = [f"+{theirs}*:{ours}*" for theirs, ours in spaces.items()]
    done = transport.talk(
        repo,
        name,
        "fetch",
        *_OPTIONS,
        *(("--refetch",) if again else ()),
        "--prune",
        "--",
        name,
        *refspecs,
        settings=_SETTINGS,
        progress=progress,
        strange=True,
        takes=_takes(repo),
    )
    problems = _piecewise(repo, name, spaces, before, progress) if done.status else {}
    after = _settled(repo, heads, snaps)
    moves = _moves(before, after, heads)
    unfit = _unfit(repo, moves)
    back = {heads + refs.path(move.branch): move.old for move in moves if str(move.branch) in unfit}
    remote.set_mirrors(repo, back)
    kept = {name: oid for name, oid in {**after, **back}.items() if oid is not None}
    dropped = _drop_unfit(repo, heads, kept)
    unfit |= dict(dropped.values())
    _drop_orphans(repo, heads, snaps, kept.keys() - dropped.keys())
    problems.update(unfit)
    problems.update((one, "not a name for a session") for one in _odd(after, heads))
    moved = tuple(move for move in moves if str(move.branch) not in unfit)
    return Fetched(remote=name, moves=moved, problems=problems)


def _settled(repo: Repo, heads: str, snaps: str) -> dict[str, Oid]:
    """The mirrors now. What is forgotten here does not come back by way of them."""
    mirrors = refs.targets(repo, heads, snaps)
    files, learnt = any(name.startswith(snaps) for name in mirrors), marks.any_learnt(repo)
    if not (files or learnt):
        return mirrors
    if learnt:
        here = {name.removeprefix(marks.TOMBS) for name in refs.targets(repo, marks.TOMBS)}
        tips = {tip for name, tip in mirrors.items() if name.startswith(heads)}
        found = {_session(repo, tip) for tip in tips}
        for session_id in here & set(filter(None, found)):
            spread.mirrors(repo, session_id)
    if files:
        spread.mirrored_snapshots(repo, heads, snaps)
    return refs.targets(repo, heads, snaps)


def _session(repo: Repo, tip: Oid) -> str | None:
    try:
        return events.session_id(repo, tip)
    except BrokenSession:
        return None


def _piecewise(
    repo: Repo, name: str, spaces: Mapping[str, str], before: Mapping[str, Oid], progress: Progress
) -> dict[str, str]:
    """Fetch around what is refused; returns the refused, and why."""
    if problem := writable.why(repo.common_dir, OSError()):  # then it was not the remote
        raise WriteFailed(str(repo.common_dir), problem)
    there = transport.offered(repo, name, *spaces, progress=progress)
    wanted: dict[str, str] = {}
    for theirs, ours in spaces.items():
        sound = [one for one in there if refs.parse(one, theirs) is not None]
        wanted.update((one, ours + one.removeprefix(theirs)) for one in sound)
    gone = before.keys() - wanted.values()
    remote.set_mirrors(repo, dict.fromkeys(gone))
    changed = [(one, to) for one, to in wanted.items() if before.get(to) != there[one]]
    refused: dict[str, str] = {}
    for start in range(0, len(changed), _AT_ONCE):
        refused.update(_halving(repo, name, changed[start : start + _AT_ONCE], progress))
    return {_shown(one): why for one, why in refused.items()}


def _halving(repo: Repo, name: str, pairs: Sequence[tuple[str, str]], progress: Progress) -> dict[str, str]:
    refspecs = [f"+{theirs}:{ours}" for theirs, ours in pairs]
    done = transport.talk(
        repo,
        name,
        "fetch",
        *_OPTIONS,
        "--",
        name,
        *refspecs,
        settings=_SETTINGS,
        progress=progress,
        strange=True,
        takes=_takes(repo),
    )
    if done.status == 0:
        return {}
    if transport.is_cut_off(done):  # twice by now: it is none of the sessions that stops it
        raise RemoteFailed(name, transport.said(done))
    if len(pairs) == 1:
        return {pairs[0][0]: bounds.burst(done.words) or transport.said(done)}
    middle = len(pairs) // 2
    return _halving(repo, name, pairs[:middle], progress) | _halving(repo, name, pairs[middle:], progress)


def _takes(repo: Repo) -> tuple[str, ...]:
    """What a fetch locks; of refs that are files the next one frees what this one leaves."""
    return (claims.TABLES,) if repo.tables else ()


def _drop_orphans(repo: Repo, heads: str, snaps: str, found: Collection[str]) -> None:
    """Snapshots go with their session, asked for or not."""
    orphans = (one for one in found if one.startswith(snaps) and heads + one.removeprefix(snaps) not in found)
    remote.set_mirrors(repo, dict.fromkeys(orphans))


def _moves(before: Mapping[str, Oid], after: Mapping[str, Oid], under: str) -> tuple[Move, ...]:
    found = []
    for name in sorted(before.keys() | after.keys()):
        branch = refs.parse(name, under)
        if branch is not None and before.get(name) != after.get(name):
            found.append(Move(branch=branch, old=before.get(name), new=after.get(name)))
    return tuple(found)


def _unfit(repo: Repo, moves: Sequence[Move]) -> dict[str, str]:
    """What arrived and is no session that this git ctx can read."""
    checked = ((move.branch, examine.problem(repo, move.new)) for move in moves if move.new is not None)
    return {str(branch): found for branch, found in checked if found is not None}


def _before(repo: Repo, *spaces: str) -> dict[str, Oid]:
    """Where the mirrors are. Those whose files hold no object id go: git would neither move nor delete
    them, and the remote knows better. So do locks that a fetch left which was killed.
    """
    for space in spaces:
        locks = [path.relative_to(repo.common_dir) for path in (repo.common_dir / space).rglob("*.lock")]
        swap.freed(repo, [str(path.with_suffix("")) for path in locks])
    done = repo.run("for-each-ref", "--format=%(refname) %(objectname)", "--", *spaces)
    for name in refs.ignored(done.stderr):
        with suppress(OSError):
            (repo.common_dir / name).unlink()
    pairs = (line.rpartition(" ") for line in os.fsdecode(done.stdout).splitlines())
    return {name: oid for name, _, oid in pairs}


def _drop_unfit(repo: Repo, heads: str, after: Mapping[str, Oid]) -> dict[str, tuple[str, str]]:
    """What older versions let in, or what was damaged since: the next fetch brings it anew, or says no."""
    found = {branch: oid for name, oid in after.items() if (branch := refs.parse(name, heads)) is not None}
    problems = examine.problems(repo, set(found.values()))
    unfit = {branch: problems[oid] for branch, oid in found.items() if oid in problems}
    dropped = {heads + refs.path(branch): (str(branch), why) for branch, why in unfit.items()}
    remote.set_mirrors(repo, dict.fromkeys(dropped))
    return dropped


def _odd(after: Mapping[str, Oid], under: str) -> list[str]:
    names = (name for name in after if name.startswith(under) and refs.parse(name, under) is None)
    return [message.clean(name.removeprefix(under)) for name in names]


def _shown(refname: str) -> str:
    branch = refs.parse(refname)
    return str(branch) if branch is not None else refname
