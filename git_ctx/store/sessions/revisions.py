"""What a revision names: @, @~2, NAME@BRANCH~1, #12, four or more characters of a commit's or event's id."""

import re
from collections.abc import Sequence

from git_ctx.errors import (
    AmbiguousRevision,
    BrokenSession,
    InvalidName,
    NoSession,
    RevisionNotFound,
    SessionNotFound,
)
from git_ctx.model import EventName, Oid, SessionBranch
from git_ctx.pattern import lazily
from git_ctx.store import events, layout, message, objects, refs
from git_ctx.store.repo import Repo
from git_ctx.store.sessions.current import current
from git_ctx.value import dataclass

_FORM = lazily(r"(.*?)((?:~\d{0,9}|\^)*)", re.ASCII | re.DOTALL)
_STEP = lazily(r"~(\d*)|\^", re.ASCII)
_NUMBER = lazily(r"#(\d{1,8})", re.ASCII)
_EVENT_ID = lazily(r"[k-z]{4,16}")
_COMMIT_ID = lazily(r"[0-9a-f]{4,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A commit of a session, and the newest event there is at it: the commit's own, unless it merges or
    sets something. `branch` is None for a commit that was named by its id.
    """

    commit: Oid
    event: EventName | None
    branch: SessionBranch | None = None


def resolve(
    repo: Repo, revision: str, branch: SessionBranch | None, git_branch: str | None = None
) -> Revision:
    """What `revision` names, seen from the current session branch and git branch.

    Raises `RevisionNotFound`, `AmbiguousRevision` with what it could be, `NoSession` for `@` and `#N`
    without a current session, or `AmbiguousSession`.
    """
    form = _FORM.fullmatch(revision)
    assert form is not None  # any text is a base without steps
    base, steps = form[1], [int(step[1] or 1) if step[0] != "^" else 1 for step in _STEP.finditer(form[2])]
    found = _base(repo, base, branch, git_branch)
    if found is None:
        raise RevisionNotFound(revision)
    return _back(repo, found, sum(steps), revision) if sum(steps) else found


def introduced(repo: Repo, tip: Oid, event: EventName) -> Oid:
    """The commit in the history of `tip` that brought an event."""
    suffix = next(iter(events.suffixes(repo, tip, event)), None)
    if suffix is None:
        raise BrokenSession(f"commit {tip}", f"it has no event {event.id}")
    path = f"events/{layout.hundred(event.clock)}/{layout.event_file(event.clock, event.id, suffix)}"
    return repo.git("rev-list", "--max-count=1", tip, "--", path).decode().strip()


def _base(repo: Repo, base: str, branch: SessionBranch | None, git_branch: str | None) -> Revision | None:
    if base == "@":
        return _at(repo, _tip(repo, branch), branch)
    if number := _NUMBER.fullmatch(base):
        tip = _tip(repo, branch)
        return _one(repo, base, branch, tip, events.at(repo, tip, int(number[1])))
    if named := _session(repo, base, git_branch):
        return _at(repo, _tip(repo, named), named)
    if _EVENT_ID.fullmatch(base) and branch is not None:
        tip = _tip(repo, branch)
        alike = [event for event in events.events(repo, tip) if event.id.startswith(base)]
        return _one(repo, base, branch, tip, alike)
    return _commit(repo, base) if _COMMIT_ID.fullmatch(base) else None


def _back(repo: Repo, start: Revision, steps: int, revision: str) -> Revision:
    """First-parent steps, as in git."""
    oid = start.commit
    for _ in range(steps):
        parents = objects.commit(repo, oid, f"commit {oid}").parents
        if not parents:
            raise RevisionNotFound(revision)
        oid = parents[0]
    return _at(repo, oid, start.branch)


def _at(repo: Repo, commit: Oid, branch: SessionBranch | None) -> Revision:
    return Revision(commit=commit, event=next(events.events(repo, commit), None), branch=branch)


def _tip(repo: Repo, branch: SessionBranch | None) -> Oid:
    if branch is None:
        on = repo.branch()
        raise NoSession(f"branch '{on}'" if on else "a detached HEAD", repo.work_tree is not None)
    oid = refs.tip(repo, branch)
    if oid is None:
        raise SessionNotFound(str(branch))
    return oid


def _session(repo: Repo, base: str, git_branch: str | None) -> SessionBranch | None:
    try:
        return current(repo, git_branch, base) if base else None
    except (InvalidName, SessionNotFound):
        return None


def _one(
    repo: Repo, base: str, branch: SessionBranch | None, tip: Oid, found: Sequence[EventName]
) -> Revision | None:
    if len(found) > 1:
        raise AmbiguousRevision(base, [f"{event.id} (#{event.clock}, {event.type})" for event in found])
    return Revision(commit=introduced(repo, tip, found[0]), event=found[0], branch=branch) if found else None


def _commit(repo: Repo, base: str) -> Revision | None:
    """A commit of any session; code commits that begin alike do not count."""
    oids = repo.git("rev-parse", f"--disambiguate={base}").decode().split()
    found = [oid for oid in oids if _is_of_a_session(repo, oid)]
    if len(found) > 1:
        raise AmbiguousRevision(base, [f"{oid[:12]} ({_subject(repo, oid)})" for oid in found])
    return _at(repo, _settled(repo, found[0]), None) if found else None


def _settled(repo: Repo, oid: Oid) -> Oid:
    """The commit as it is less what is forgotten: git may have the old one for a while."""
    from git_ctx.store.forgetting import marks, settle
    from git_ctx.store.writer import Writer

    session_id = events.session_id(repo, oid)
    if not marks.learnt(repo, session_id):
        return oid
    return settle.lines(repo, Writer(repo), session_id, (oid,)).tips[0]


def _is_of_a_session(repo: Repo, oid: Oid) -> bool:
    try:
        commit = objects.commit(repo, oid, f"commit {oid}")
        tree = objects.tree(repo, commit.tree, f"commit {oid}").entries
    except BrokenSession:  # not a commit, for one
        return False
    return events.SESSION in tree and ("events" in tree or "Ctx-Session" in message.parse(commit.message))


def _subject(repo: Repo, oid: Oid) -> str:
    return message.clean(message.subject(objects.commit(repo, oid, f"commit {oid}").message))
