"""What may go: snapshots past their retention, files that dead runs left, results nobody asked for."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from git_ctx.errors import BrokenSession, CtxError
from git_ctx.model import Oid, SessionBranch
from git_ctx.porcelain.tending import recover
from git_ctx.store import events, refs, swap, upkeep
from git_ctx.store.cache import Cache
from git_ctx.store.files import snapref
from git_ctx.store.refs import Listed
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current, litter, pending
from git_ctx.store.sharing import staging
from git_ctx.value import dataclass

DEFAULT_RETENTION = 90


class BadRetention(CtxError):
    hint = "it is a number of days, or 'never'"

    def __init__(self, value: str) -> None:
        super().__init__(f"ctx.retention is '{value}'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """The snapshots of a session branch; `since` is when anything last happened to it."""

    branch: SessionBranch
    snapshots: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What went, or would go. `recovered`: prompts of dead runs that were kept; `cache`: bytes freed."""

    dropped: tuple[Dropped, ...]
    litter: tuple[Path, ...]
    recovered: int = 0
    cache: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Expired:
    branch: SessionBranch
    head: Oid | None
    snap: Oid
    since: datetime


def retention(repo: Repo) -> timedelta | None:
    """How long snapshots are kept once their session is closed: `ctx.retention` in days; None is for ever."""
    value = (repo.config("ctx.retention") or "").strip().lower()
    if value == "never":
        return None
    if value and not (value.isascii() and value.isdecimal() and len(value) < 6):
        raise BadRetention(value)
    return timedelta(days=int(value or DEFAULT_RETENTION))


def preview(repo: Repo, now: datetime) -> Collected:
    """What `collect` would do; nothing is changed."""
    return Collected(
        dropped=tuple(_dropped(repo, one) for one in _expired(repo, now)), litter=litter.find(repo)
    )


def collect(repo: Repo, now: datetime) -> Collected:
    """Drop what may go, finish what dead runs left unfinished, and ask git whether it has work to do.

    Never touched: what belongs to a session that is open or cannot be read, or to a prompt on its way.
    """
    recovered = recover.finish(repo)
    dropped = []
    for one in _expired(repo, now):
        told = _dropped(repo, one)
        if _drop(repo, one):
            dropped.append(told)
    staging.clear(repo)
    removed = litter.remove(repo, litter.find(repo))
    with Cache(repo.shared) as cache:
        freed = cache.tidy()
    upkeep.ask(repo)
    return Collected(dropped=tuple(dropped), litter=removed, recovered=recovered, cache=freed)


def _expired(repo: Repo, now: datetime) -> Iterator[_Expired]:
    kept_for = retention(repo)
    if kept_for is None:
        return
    busy = pending.analyzing(repo)
    heads = {one.branch: one for one in refs.listing(repo)}
    for branch, snap, taken in snapref.listing(repo):
        head = heads.get(branch)
        # Of a session that is gone, only the time of the last snapshot is known.
        since = max(head.updated, taken) if head else taken
        if branch not in busy and now - since >= kept_for and (head is None or _is_closed(repo, head)):
            yield _Expired(branch=branch, head=head.tip if head else None, snap=snap, since=since)


def _is_closed(repo: Repo, head: Listed) -> bool:
    """By its commit and by its tree: what cannot be brought back is not decided by a summary alone."""
    try:
        return (
            head.problem is None
            and head.state in current.CLOSED
            and events.derived_state(repo, head.tip) in current.CLOSED
        )
    except BrokenSession:
        return False


def _dropped(repo: Repo, one: _Expired) -> Dropped:
    try:
        count = snapref.count(repo, one.snap)
    except BrokenSession:
        count = 0
    return Dropped(branch=one.branch, snapshots=count, since=one.since.astimezone(UTC))


def _drop(repo: Repo, one: _Expired) -> bool:
    """Nothing where the session was reopened, or anything else happened to it, a moment ago."""
    with swap.alone(repo, refs.refname(one.branch)):
        return refs.tip(repo, one.branch) == one.head and snapref.drop(repo, one.branch, one.snap)
