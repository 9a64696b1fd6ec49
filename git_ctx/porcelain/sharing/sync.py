"""What others shared: fetch it, unite it with what is here, make it one's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from git_ctx.errors import (
    BranchBusy,
    BrokenSession,
    DifferentSessions,
    SessionExists,
    SessionNotFound,
)
from git_ctx.model import Oid, SessionBranch
from git_ctx.porcelain.tending import settled
from git_ctx.store import append, events, refs, swap
from git_ctx.store.files import snapref
from git_ctx.store.forgetting import tombstones
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current, examine, union
from git_ctx.store.sessions.union import United
from git_ctx.store.sharing import fetch as fetches
from git_ctx.store.sharing import remote
from git_ctx.store.sharing.fetch import Move
from git_ctx.store.sharing.transport import Progress, quiet
from git_ctx.store.steady import steadily


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a fetch brought. `stale`: mirrors of remotes that are no more, renamed ones for one."""

    remote: str
    moves: tuple[Move, ...]
    problems: Mapping[str, str]
    stale: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """A fetch, the session branches that went on by it, and what could not be united, and why.

    `elsewhere`: the open sessions that the remote has and that are neither here nor deleted here.
    `forgotten`: how many entries of the branches here were forgotten, as others had it.
    """

    fetched: Fetched
    united: Mapping[SessionBranch, United]
    problems: Mapping[str, str]
    elsewhere: tuple[str, ...] = ()
    forgotten: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """A session branch as a remote had it at the last fetch."""

    remote: str
    branch: SessionBranch
    tip: Oid


def fetch(repo: Repo, name: str | None, *, files: bool = False, progress: Progress = quiet) -> Fetched:
    """Bring the mirrors of a remote up to date; nothing that is here changes.

    Raises `NoRemote`, `RemoteNotFound`, `RemoteFailed`.
    """
    chosen = remote.choose(repo, name)
    found = fetches.fetch(repo, chosen, files=files, progress=progress)
    return Fetched(remote=chosen, moves=found.moves, problems=found.problems, stale=stale(repo, chosen))


def stale(repo: Repo, known: str | None = None) -> tuple[str, ...]:
    """Remotes of which there are mirrors still, and that `git remote` does not know any more; one that is
    `known` to be needs no asking.
    """
    mirrored = remote.mirrored_names(repo) - {known}
    return tuple(sorted(mirrored - set(remote.names(repo)))) if mirrored else ()


def pull(
    repo: Repo, name: str | None, now: datetime, *, files: bool = False, progress: Progress = quiet
) -> Pulled:
    """Fetch, then bring everything that the remote has of the sessions here into them.

    Sessions that are not here stay mirrors, so what was deleted stays so. One that cannot be united is
    named and stops no other. Raises as `fetch` does, and `WriteFailed`.
    """
    fetched = fetch(repo, name, files=files, progress=progress)
    united: dict[SessionBranch, United] = {}
    problems: dict[str, str] = {}
    found = refs.targets(repo, refs.HEADS, remote.heads(fetched.remote))
    for branch, tip in _both(found, fetched.remote).items():
        try:
            done = _united(repo, branch, tip, fetched.remote, now)
        except SessionNotFound:  # deleted meanwhile
            continue
        except (BrokenSession, BranchBusy, DifferentSessions) as error:
            problems[str(branch)] = str(error)
            continue
        if done.how != "up to date":
            united[branch] = done
    if files:
        _join_snapshots(repo, fetched.remote, problems, now)
    elsewhere_forgotten = settled.catch_up(repo, [one.commit for one in united.values()], now)
    elsewhere_forgotten += settled.finish(repo, now)
    return Pulled(
        fetched=fetched,
        united=united,
        problems={**problems, **fetched.problems},
        elsewhere=_elsewhere(repo, fetched.remote, found),
        forgotten=elsewhere_forgotten + sum(one.forgotten for one in united.values()),
    )


def _united(repo: Repo, branch: SessionBranch, tip: Oid, name: str, now: datetime) -> United:
    """By its mirror as it is now: another run may have had that forget something."""
    mirror = remote.heads(name) + refs.path(branch)
    return steadily(
        lambda: swap.target(repo, mirror) or tip,
        lambda theirs: union.unite(repo, branch, theirs, subject=f"{branch} of {name}", when=now),
    )


def shared(repo: Repo, session: str) -> tuple[Mirror, ...]:
    """The mirrors of a session by its name, of every remote; of one that was renamed since, too."""
    found = []
    for name in sorted(remote.mirrored(repo)):
        under = remote.heads(name)
        for mirror, tip in refs.targets(repo, f"{under}{refs.check_name(session)}/").items():
            branch = refs.parse(mirror, under)
            if branch is not None:
                found.append(Mirror(remote=name, branch=branch, tip=tip))
    return tuple(found)


def adopt(repo: Repo, mirror: Mirror, now: datetime) -> Oid:
    """Make a session branch of one's own from a mirror, and return its tip; one that is here is united.

    A session that was deleted here is wanted again. Raises `BrokenSession`, `DifferentSessions` where the
    name is another session's, `BranchBusy`, `WriteFailed`.
    """
    branch = mirror.branch
    problem = examine.problem(repo, mirror.tip)
    if problem is not None:
        raise BrokenSession(f"{branch} of '{mirror.remote}'", problem)
    settled.hear(repo, mirror.tip, now)
    try:
        append.plant(repo, branch, mirror.tip, when=now, reason=f"use: from {mirror.remote}")
        tip = mirror.tip
    except SessionExists:
        tip = union.unite(repo, branch, mirror.tip, subject=str(branch), when=now).commit
    tombstones.exhume(repo, events.session_id(repo, mirror.tip))
    snapshots = refs.targets(repo, remote.snaps(mirror.remote) + refs.path(branch))
    for snapshot in snapshots.values():
        snapref.join(repo, branch, snapshot, now)
    return settled.tip(repo, branch, tip, now)


def _both(found: Mapping[str, Oid], name: str) -> dict[SessionBranch, Oid]:
    """The session branches here that the remote has otherwise, and where it has them."""
    under = remote.heads(name)
    pairs = ((ref, refs.parse(ref), found.get(under + ref.removeprefix(refs.HEADS))) for ref in found)
    return {branch: tip for ref, branch, tip in pairs if branch and tip and tip != found[ref]}


def _elsewhere(repo: Repo, name: str, found: Mapping[str, Oid]) -> tuple[str, ...]:
    under = remote.heads(name)
    here = {branch.session for ref in found if (branch := refs.parse(ref))}
    if here >= {branch.session for ref in found if (branch := refs.parse(ref, under))}:
        return ()  # as it is most of the time: then nothing is read
    strange = (
        one
        for one in refs.listing(repo, under=under)
        if one.branch.session not in here and one.problem is None and one.state not in current.CLOSED
    )
    return tuple(
        sorted({one.branch.session for one in strange if not tombstones.is_buried(repo, one.session)})
    )


def _join_snapshots(repo: Repo, name: str, strange: Mapping[str, str], now: datetime) -> None:
    """Keep the snapshots of the sessions here, whatever the remote does later.

    Less those of sessions that were not united: under the same name it may have another one.
    """
    under = remote.snaps(name)
    here = refs.targets(repo, refs.HEADS, refs.SNAP)
    for mirror, tip in refs.targets(repo, under).items():
        path = mirror.removeprefix(under)
        branch = refs.parse(refs.HEADS + path)
        if branch is None or str(branch) in strange or refs.HEADS + path not in here:
            continue
        if here.get(refs.SNAP + path) != tip:
            snapref.join(repo, branch, tip, now)
