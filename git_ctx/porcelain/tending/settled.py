"""What is known to be forgotten of sessions, brought home to every branch of them that is here."""

from collections.abc import Iterable
from datetime import datetime

from git_ctx.errors import CtxError
from git_ctx.model import Oid, SessionBranch
from git_ctx.store import events, refs, swap
from git_ctx.store.forgetting import marks, settle, spread
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import moves
from git_ctx.store.writer import Writer


def catch_up(repo: Repo, tips: Iterable[Oid], now: datetime) -> int:
    """Make all branches of the sessions that these commits are of forget; how many entries that changed.

    Cheap where nothing was forgotten. Raises what writing raises.
    """
    if not marks.any_learnt(repo):
        return 0
    ids = {id for tip in tips if (id := _session(repo, tip)) and marks.learnt(repo, id)}
    return sum(_all(repo, id, now) for id in sorted(ids))


def finish(repo: Repo, now: datetime) -> int:
    """The same for all sessions here of which a run that was cut off left branches as they were."""
    due = [id for id in sorted(swap.parts_below(repo, marks.TOMBS)) if spread.is_due(repo, id)]
    return sum(_all(repo, id, now) for id in due)


def tip(repo: Repo, branch: SessionBranch, at: Oid, now: datetime) -> Oid:
    """Where a branch that was just made at a commit is once it has forgotten what the session forgot."""
    id = _session(repo, at)
    if id is None or not marks.learnt(repo, id):
        return at
    _all(repo, id, now)
    return refs.tip(repo, branch) or at


def hear(repo: Repo, at: Oid, now: datetime) -> None:
    """Remember what a line that becomes a branch says to be forgotten: it holds for all of the session."""
    id = events.session_id(repo, at)
    writer = Writer(repo)
    heard = settle.lines(repo, writer, id, (at,))
    marks.learn(repo, writer, id, heard.marks, heard.replaced, now)


def commit(repo: Repo, tip: Oid) -> Oid:
    """A commit of a session as it is less what is forgotten here."""
    id = _session(repo, tip)
    if id is None or not marks.learnt(repo, id):
        return tip
    writer = Writer(repo)
    return settle.lines(repo, writer, id, (tip,)).tips[0]


def names(repo: Repo, session_id: str) -> list[str]:
    """The names that a session has here."""
    found = set()
    for ref, tip in refs.targets(repo, refs.HEADS).items():
        branch = refs.parse(ref)
        if branch is not None and _session(repo, tip) == session_id:
            found.add(branch.session)
    return sorted(found)


def _all(repo: Repo, session_id: str, now: datetime) -> int:
    held = names(repo, session_id)
    with moves.held(repo, *held):
        return spread.session(repo, held, session_id, now)


def _session(repo: Repo, tip: Oid) -> str | None:
    try:
        return events.session_id(repo, tip)
    except CtxError:
        return None
