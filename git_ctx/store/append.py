"""The store's one write: add entries to a session branch, in one commit, or add nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from git_ctx.errors import (
    BranchBusy,
    BrokenSession,
    DifferentSessions,
    SessionClosed,
    SessionExists,
    SessionNotFound,
)
from git_ctx.model import EventName, Oid, SessionBranch, State
from git_ctx.store import commits, events, layout, objects, refs, swap, upkeep
from git_ctx.store.events import Tip
from git_ctx.store.layout import Entry
from git_ctx.store.repo import Repo
from git_ctx.store.writer import Writer
from git_ctx.value import dataclass

_ATTEMPTS = 100
_CLOSED = ("ended", "archived")


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """Where an event stands. `fresh` is False when it stood there already; `commit` is then the tip."""

    event: EventName
    commit: Oid
    fresh: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Addition:
    event: str
    id: str
    subject: str
    when: datetime
    author: str | None
    place: Callable[[Writer, "_Place"], Oid]
    state: State | None
    prompts: int = 0
    while_closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the next entry goes: the tree it is added to, and its clock."""

    repo: Repo
    tree: Oid
    clock: int


def create(
    repo: Repo,
    branch: SessionBranch,
    session_id: str,
    session_json: bytes,
    *,
    when: datetime,
    author: str | None = None,
) -> Oid:
    """Begin a session: its first commit holds session.json alone. `SessionExists` where the name is taken."""
    name = refs.refname(branch)
    # Of two that begin sessions of one name on two branches at once, the second is told.
    with swap.alone(repo, f"names/{branch.session}"), swap.alone(repo, name):
        if refs.listing(repo, f"{refs.HEADS}{branch.session}/"):
            raise SessionExists(branch.session)
        writer = Writer(repo)
        tree = writer.tree(None, [(events.SESSION, writer.blob(session_json))])
        trailers = commits.trailers("session", session_id, session_id, "created", 0)
        subject = f"session: {branch.session}"
        commit, who = commits.make(repo, writer, tree, (), subject, trailers, when, author)
        swap.keep_reflog(repo, name)
        if not swap.swap(repo, name, None, commit, reason=subject, who=who, secure=writer.secure):
            raise SessionExists(branch.session)
    return commit


def append(
    repo: Repo,
    branch: SessionBranch,
    type: str,
    id: str,
    entries: Sequence[Entry],
    *,
    subject: str,
    when: datetime,
    author: str | None = None,
    seen: Oid | None = None,
) -> Appended:
    """Add an event to a session branch in one commit with the subject '<type>: <subject>'.

    An event with this id that was added after the tip `seen` is found and returned, never doubled.
    Raises `SessionNotFound`, `SessionClosed`, `BrokenSession`, `BranchBusy`, `WriteFailed` or `GitFailed`
    (signing), and then nothing was added.
    """

    return _add(repo, branch, _event(type, id, entries, subject, when, author), seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An event of the past, as somebody else wrote it down."""

    type: str
    id: str
    entries: Sequence[Entry]
    subject: str
    when: datetime


def append_past(
    repo: Repo, branch: SessionBranch, past: Sequence[Past], *, reason: str, while_closed: bool = False
) -> int:
    """Add events in one move, each in its commit, but for those that stand there already; tells how many.

    `while_closed`: a closed session stays closed, and takes them. Raises as `append` does; then none was.
    """
    name = refs.refname(branch)
    with swap.alone(repo, name):
        for _ in range(_ATTEMPTS):
            first = _tip(repo, branch, name)
            there = {event.id for event in events.events(repo, first.oid)}
            wanted = [one for one in past if one.id not in there]
            if not wanted:
                return 0
            clock = events.clock(repo, first.oid)
            tip, who, writer = first, "", Writer(repo)
            for number, one in enumerate(wanted, clock + 1):
                addition = _event(one.type, one.id, one.entries, one.subject, one.when, None)
                if while_closed:
                    kept = tip.state if tip.state in _CLOSED else addition.state
                    addition = replace(addition, while_closed=True, state=kept)
                tip, who = _made(repo, branch, writer, tip, number, addition)
            if swap.swap(repo, name, first.oid, tip.oid, reason=reason, who=who, secure=writer.secure):
                break
        else:
            raise BranchBusy(str(branch))
    upkeep.ask(repo)
    return len(wanted)


def fork(
    repo: Repo,
    branch: SessionBranch,
    at: Oid,
    id: str,
    entries: Sequence[Entry],
    *,
    subject: str,
    when: datetime,
    author: str | None = None,
) -> Appended:
    """Begin a session branch that goes on from a commit of its session, with a `branch` event.

    Raises `SessionExists` where there is one already, else as `append` does; then there is none.
    """
    name = refs.refname(branch)
    with swap.alone(repo, name):
        _check_free(repo, branch)
        swap.keep_reflog(repo, name)
        tip = events.tip(repo, at)
        addition = _event("branch", id, entries, subject, when, author)
        forked = _attempt(repo, branch, name, tip, events.clock(repo, at) + 1, addition, None)
        if forked is None:
            raise SessionExists(str(branch))
    return forked


def plant(repo: Repo, branch: SessionBranch, at: Oid, *, when: datetime, reason: str) -> None:
    """Have a session branch stand at a commit that is here already, as one from a remote's mirror.

    Raises `SessionExists` where there is one already, `DifferentSessions` where another session has the name.
    """
    name = refs.refname(branch)
    with swap.alone(repo, f"names/{branch.session}"), swap.alone(repo, name):
        _check_free(repo, branch)
        theirs = events.session_id(repo, at)
        for one in refs.listing(repo, f"{refs.HEADS}{branch.session}/"):
            if one.problem is None and (ours := events.session_id(repo, one.tip)) != theirs:
                raise DifferentSessions(f"{one.branch} ({ours})", f"{at[:12]} ({theirs})")
        events.clock(repo, at)
        swap.keep_reflog(repo, name)
        who = commits.idents(repo, when)[1]
        if not swap.swap(repo, name, None, at, reason=reason, who=who):
            raise SessionExists(str(branch))


def _check_free(repo: Repo, branch: SessionBranch) -> None:
    if swap.target(repo, refs.refname(branch)) is not None:
        raise SessionExists(str(branch))


def append_meta(
    repo: Repo,
    branch: SessionBranch,
    key: str,
    id: str,
    data: bytes,
    *,
    subject: str,
    when: datetime,
    author: str | None = None,
    state: State | None = None,
    seen: Oid | None = None,
) -> Appended:
    """Set something that can change, as `append` does; `state` is the one it puts the session branch in."""
    layout.check_key(key)

    def place(writer: Writer, at: _Place) -> Oid:
        return _graft(writer, at, ("meta", key), [(layout.meta_file(at.clock, id), writer.blob(data))])

    addition = _Addition(
        event=key,
        id=id,
        subject=subject,
        when=when,
        author=author,
        place=place,
        state=state,
        while_closed=state is not None,
    )
    return _add(repo, branch, addition, seen)


def _event(
    type: str, id: str, entries: Sequence[Entry], subject: str, when: datetime, author: str | None
) -> _Addition:
    def place(writer: Writer, at: _Place) -> Oid:
        files = [
            (layout.event_file(at.clock, id, entry.suffix), writer.blob(entry.data)) for entry in entries
        ]
        return _graft(writer, at, ("events", layout.hundred(at.clock)), files)

    return _Addition(
        event=type,
        id=id,
        subject=subject,
        when=when,
        author=author,
        place=place,
        state="active",
        prompts=int(type == "prompt"),
    )


def _add(repo: Repo, branch: SessionBranch, addition: _Addition, seen: Oid | None) -> Appended:
    name = refs.refname(branch)
    with swap.alone(repo, name):
        since = events.clock_at(repo, seen) if seen else None
        for _ in range(_ATTEMPTS):
            tip = _tip(repo, branch, name)
            last = events.clock(repo, tip.oid)
            # On a later attempt our own event may stand: a failure after the ref moved looks like one before.
            if since is not None and (there := _standing(repo, tip.oid, addition, since)):
                return Appended(event=there, commit=tip.oid, fresh=False)
            since = last if since is None else since
            appended = _attempt(repo, branch, name, tip, last + 1, addition, tip.oid)
            if appended:
                break
        else:
            raise BranchBusy(str(branch))
    upkeep.now_and_then(repo, appended.event.clock)
    return appended


def _attempt(
    repo: Repo,
    branch: SessionBranch,
    name: str,
    tip: Tip,
    clock: int,
    addition: _Addition,
    before: Oid | None,
) -> Appended | None:
    """Add to what a tip holds, and move the ref there from where it was; None where it is not there."""
    writer = Writer(repo)
    made, who = _made(repo, branch, writer, tip, clock, addition)
    subject = f"{addition.event}: {addition.subject}"
    if not swap.swap(repo, name, before, made.oid, reason=subject, who=who, secure=writer.secure):
        return None
    return Appended(event=EventName(clock=clock, id=addition.id, type=addition.event), commit=made.oid)


def _made(
    repo: Repo, branch: SessionBranch, writer: Writer, tip: Tip, clock: int, addition: _Addition
) -> tuple[Tip, str]:
    """What a tip becomes with an addition, which no ref names yet; and who commits it."""
    if tip.state in _CLOSED and not addition.while_closed:
        raise SessionClosed(str(branch), tip.state, ("reopen",))
    if clock > layout.LARGEST_CLOCK:
        raise BrokenSession(str(branch), "its clock is used up")
    tree = addition.place(writer, _Place(repo=repo, tree=tip.tree, clock=clock))
    state = addition.state or tip.state
    prompts = tip.prompts + addition.prompts
    trailers = commits.trailers(addition.event, addition.id, tip.session, state, prompts)
    subject = f"{addition.event}: {addition.subject}"
    commit, who = commits.make(
        repo, writer, tree, (tip.oid,), subject, trailers, addition.when, addition.author
    )
    return Tip(oid=commit, tree=tree, session=tip.session, state=state, prompts=prompts), who


def _graft(writer: Writer, at: _Place, path: tuple[str, str], files: Sequence[tuple[str, Oid]]) -> Oid:
    """A session's tree with files more in the directory two levels down, all else as it is."""
    root = objects.tree(at.repo, at.tree, "the session's tree")
    outer = events.subtree(at.repo, root, path[0])
    inner = events.subtree(at.repo, outer, path[1]) if outer is not None else None
    new_outer = writer.tree(outer, (), (path[1], writer.tree(inner, files)))
    return writer.tree(root, (), (path[0], new_outer))


def _tip(repo: Repo, branch: SessionBranch, name: str) -> Tip:
    oid = swap.target(repo, name)
    if oid is None:
        raise SessionNotFound(str(branch))
    return events.tip(repo, oid)


def _standing(repo: Repo, tip: Oid, addition: _Addition, since: int) -> EventName | None:
    metas = events.meta_names(repo, tip, addition.event)
    there = (entry for entry in metas if entry.clock > since and entry.id == addition.id)
    return next(there, None) or events.find(repo, tip, addition.id, since)
