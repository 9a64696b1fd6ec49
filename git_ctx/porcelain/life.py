"""The life of a session branch: ended, archived, reopened. The closed are read-only and never current."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from git_ctx import registers
from git_ctx.errors import (
    AmbiguousSession,
    BrokenSession,
    CtxError,
    MoveNotAllowed,
    SessionNotFound,
)
from git_ctx.model import Meta, SessionBranch, State
from git_ctx.porcelain import noted
from git_ctx.porcelain.tending import recover
from git_ctx.store import append, naming, refs
from git_ctx.store.refs import Listed
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current, pending
from git_ctx.value import dataclass

Closed = Literal["ended", "archived"]

ALLOWED: dict[str, tuple[str, ...]] = {
    "created": ("prompt", "end", "archive"),
    "active": ("prompt", "end", "archive"),
    "analyzing": ("prompt",),
    "ended": ("reopen",),
    "archived": ("reopen",),
}
"""By which verbs a session branch leaves a state, or stays in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A session branch that was brought into another state."""

    branch: SessionBranch
    state: State
    prompts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """What was moved, and the session that is current on this git branch from now on."""

    moved: tuple[Moved, ...]
    current: SessionBranch | None


def close(repo: Repo, wanted: Sequence[str], state: Closed, now: datetime) -> Moves:
    """End or archive sessions: NAME@BRANCH for one branch, NAME for all of its open ones; () is the current.

    A prompt whose run died is kept first. Raises `MoveNotAllowed` where nothing of a session is open or a
    prompt is on its way, and what finding a session raises; then none was closed.
    """
    recover.finish(repo)
    noted.record(repo, now)
    chosen = [one for words in wanted or (None,) for one in _open_ones(repo, words)]
    return _moved(repo, list(dict.fromkeys(chosen)), state, now)


def reopen(repo: Repo, wanted: str, now: datetime) -> Moves:
    """Take up a closed session branch again: NAME@BRANCH, or NAME where one branch of it fits best.

    Raises `MoveNotAllowed` where it is open, `AmbiguousSession`, and what finding it raises.
    """
    found = _named(repo, wanted)
    closed = [one for one in found if one.state in current.CLOSED]
    here = [one for one in closed if one.branch.branch == repo.branch()]
    fitting = here if len(closed) > 1 and here else closed
    if not fitting:
        raise _refused(found[0])
    if len(fitting) > 1:
        raise AmbiguousSession(f"'{wanted}'", sorted(str(one.branch) for one in fitting))
    return _moved(repo, fitting, "active", now)


def refuse_busy(repo: Repo, found: Sequence[Listed]) -> None:
    """Raise `MoveNotAllowed` where a prompt is on its way to one of these."""
    busy = pending.under_way(repo)
    for one in found:
        if one.branch in busy and one.state not in current.CLOSED:
            raise MoveNotAllowed(str(one.branch), "analyzing", ALLOWED["analyzing"])


def _open_ones(repo: Repo, wanted: str | None) -> list[Listed]:
    found = _named(repo, wanted or str(current.current(repo, repo.branch())))
    still_open = [one for one in found if one.state not in current.CLOSED]
    if not still_open:
        raise _refused(found[0])
    return still_open


def _named(repo: Repo, wanted: str) -> list[Listed]:
    """The sound branches of a session, or the one that is meant. `SessionNotFound`, `BrokenSession`."""
    name, at, branch = wanted.partition("@")
    found = refs.listing(repo, f"{refs.HEADS}{refs.check_name(name)}/")
    meant = [one for one in found if not at or one.branch.branch == branch]
    if not meant:
        raise SessionNotFound(wanted)
    sound = [one for one in meant if one.problem is None]
    if not sound:
        raise BrokenSession(str(meant[0].branch), meant[0].problem or "it cannot be read")
    return sound


def _moved(repo: Repo, chosen: Sequence[Listed], state: State, now: datetime) -> Moves:
    refuse_busy(repo, chosen)
    moved = []
    for one in chosen:
        setting = Meta(value=state, author=repo.identity(), set_at=now)
        append.append_meta(
            repo,
            one.branch,
            "state",
            naming.new_id(),
            registers.encode_meta(setting),
            subject=state,
            when=now,
            state=state,
        )
        moved.append(Moved(branch=one.branch, state=state, prompts=one.prompts))
    return Moves(moved=tuple(moved), current=_current(repo))


def _current(repo: Repo) -> SessionBranch | None:
    try:
        return current.current(repo, repo.branch())
    except CtxError:
        return None


def _refused(one: Listed) -> MoveNotAllowed:
    return MoveNotAllowed(str(one.branch), one.state, ALLOWED.get(one.state, ()))
