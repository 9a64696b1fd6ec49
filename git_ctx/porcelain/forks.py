"""Session branches made from others: asked for, or found out when a git branch was made by git alone."""

from datetime import datetime

from git_ctx import codec
from git_ctx.errors import BrokenSession, CtxError, NoSession, SessionClosed
from git_ctx.model import EventName, Fork, Oid, SessionBranch
from git_ctx.porcelain.here import Here, open_session, session
from git_ctx.store import append, events, naming, refs, swap
from git_ctx.store.code import origin
from git_ctx.store.files import snapref
from git_ctx.store.layout import Entry
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current
from git_ctx.value import dataclass

_MOST_STEPS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Forked:
    """A session branch that goes on from another one, and the last event it has of that."""

    branch: SessionBranch
    source: SessionBranch
    at: EventName | None
    tip: Oid


def fork(repo: Repo, source: SessionBranch, at: Oid, branch: SessionBranch, now: datetime) -> Forked:
    """Make a session branch that goes on from a commit of another one.

    Raises `SessionExists`, `SessionClosed` where the commit is of an ended line, and what writing raises.
    """
    from git_ctx.porcelain.tending import (
        settled,  # a prompt looks for forks each time, and hardly ever makes one
    )

    at = settled.commit(repo, at)
    check_open(repo, source, at)
    last = next(events.events(repo, at), None)
    made = Fork(
        id=naming.new_id(),
        branch=branch.branch,
        source=source.branch,
        at=last.id if last else None,
        author=repo.identity(),
        made_at=now,
    )
    # the snapshots first: a session must never name one that git may already have dropped
    kept = swap.target(repo, refs.snapname(source))
    if kept is not None:
        snapref.join(repo, branch, kept, now)
    forked = append.fork(
        repo,
        branch,
        at,
        made.id,
        [Entry(suffix="branch.json", data=codec.encode_fork(made))],
        subject=f"{branch.branch} from {source.branch}" + (f" at #{last.clock}" if last else ""),
        when=now,
    )
    tip = settled.tip(repo, branch, forked.commit, now)
    return Forked(branch=branch, source=source, at=last, tip=tip)


def open_or_inherit(repo: Repo, wanted: str | None, now: datetime) -> tuple[Here, Forked | None]:
    """The session for a verb that adds to it; on a new git branch, the one that it carries on, forked.

    Raises `NoSession` where there is neither, and what `open_session` raises.
    """
    try:
        return open_session(repo, wanted), None
    except NoSession:
        git_branch = repo.branch()
        forked = inherit(repo, git_branch, now) if git_branch is not None else None
        if forked is None:
            raise
    return Here(branch=forked.branch, tip=forked.tip), forked


def reading(repo: Repo, wanted: str | None) -> Here:
    """The session for a verb that only looks; on a new git branch, the one that it will carry on.

    Raises as `session` does.
    """
    try:
        return session(repo, wanted)
    except NoSession:
        git_branch = repo.branch()
        found = _inherited(repo, git_branch) if git_branch is not None else None
        if found is None:
            raise
    return Here(branch=found[0], tip=found[1])


def inherit(repo: Repo, git_branch: str, now: datetime) -> Forked | None:
    """Carry on the session of the branch that a new git branch was made from, as it was then.

    None where git made it of none, or that one had no session yet.
    """
    found = _inherited(repo, git_branch)
    if found is None:
        return None
    source, at = found
    forked = fork(repo, source, at, _free(repo, source.session, git_branch), now)
    current.set_current(repo, git_branch, forked.branch)
    return forked


def read(repo: Repo, tip: Oid, event: EventName) -> Fork | None:
    """What a `branch` event says; None where it cannot be read."""
    data = events.read(repo, tip, event, "branch.json")
    try:
        return codec.decode_fork(data, f"#{event.clock} {event.id}") if data is not None else None
    except BrokenSession:
        return None


def own(repo: Repo, tip: Oid, branch: SessionBranch) -> Fork | None:
    """What a session branch was made from, whatever it was called then; None for the first of a session."""
    name = branch.branch
    for event in events.of_type(repo, tip, "branch"):
        found = read(repo, tip, event)
        if found is not None and found.branch == name:
            if not origin.was_renamed(repo, found.source, branch.branch):
                return found
            name = found.source
    return None


def check_open(repo: Repo, branch: SessionBranch, tip: Oid) -> None:
    """Raise `SessionClosed` for an ended or archived one: it is read-only, and what goes on from it or takes
    it in would be closed, too.
    """
    state = events.tip(repo, tip).state
    if state in current.CLOSED:
        raise SessionClosed(str(branch), state, ("reopen",))


def _inherited(repo: Repo, git_branch: str) -> tuple[SessionBranch, Oid] | None:
    """The session branch to go on from and the commit it was at; through branches that had no prompt."""
    seen = {git_branch}
    when: int | None = None
    for _ in range(_MOST_STEPS):
        made = origin.made_from(repo, git_branch)
        if made is None or made.source in seen:
            return None
        seen.add(made.source)
        when = made.when if when is None else min(when, made.when)
        try:
            source = current.current(repo, made.source)
        except NoSession:
            git_branch = made.source
            continue
        except CtxError:
            return None
        at = _at(repo, source, when)
        return (source, at) if at else None
    return None


def _at(repo: Repo, branch: SessionBranch, when: int) -> Oid | None:
    """Where a session branch was at a time; None where it was not yet."""
    words = ("rev-list", "--max-count=1", "--first-parent", f"--until={when}", refs.refname(branch), "--")
    return repo.git(*words).decode().strip() or None


def _free(repo: Repo, session: str, git_branch: str) -> SessionBranch:
    """A name for a session branch: the git branch's, or that with a number where it was used before."""
    known = {one.branch.branch for one in refs.listing(repo, f"{refs.HEADS}{session}/")}
    name, number = git_branch, 1
    while name in known:
        number += 1
        name = f"{git_branch}-{number}"
    return SessionBranch(session=session, branch=name)
