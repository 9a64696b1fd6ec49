"""The session that the current git branch uses: another local one, or one that a remote had."""

from dataclasses import dataclass
from datetime import datetime

from git_ctx.errors import (
    AmbiguousSession,
    CtxError,
    DifferentSessions,
    NoGitBranch,
    NotShared,
    SessionNotFound,
)
from git_ctx.model import SessionBranch
from git_ctx.porcelain import forks
from git_ctx.porcelain.sharing import sync
from git_ctx.porcelain.sharing.sync import Mirror
from git_ctx.store import events, refs
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """The session branch that a git branch uses now. `remote`: whose copy it was made of, if it was made."""

    branch: SessionBranch
    git_branch: str
    before: SessionBranch | None
    remote: str | None = None


def use(repo: Repo, words: str, now: datetime) -> Used:
    """Make a session, as NAME or NAME@BRANCH, the current one on the git branch that HEAD is on.

    One that only a remote had at the last fetch is made here first. Raises `NotShared`,
    `AmbiguousSession`, `SessionClosed`, `NoGitBranch` on a detached HEAD, `DifferentSessions`.
    """
    git_branch = repo.branch()
    if git_branch is None:
        raise NoGitBranch
    before = _current(repo, git_branch)
    remote = None
    try:
        branch = current.current(repo, git_branch, words)
    except SessionNotFound:
        found = _mirrored(repo, git_branch, words)
        sync.adopt(repo, found, now)
        branch, remote = found.branch, found.remote
    tip = refs.tip(repo, branch)
    if tip is not None:
        forks.check_open(repo, branch, tip)
    current.set_current(repo, git_branch, branch)
    return Used(branch=branch, git_branch=git_branch, before=before, remote=remote)


def _current(repo: Repo, git_branch: str) -> SessionBranch | None:
    try:
        return current.current(repo, git_branch)
    except CtxError:
        return None


def _mirrored(repo: Repo, git_branch: str, words: str) -> Mirror:
    """What the remotes had of this name, where that is one thing."""
    name, at, branch = words.partition("@")
    found = sync.shared(repo, name)
    meant = [one for one in found if one.branch.branch == (branch if at else git_branch)]
    if not at and not meant:
        meant = list(found)
    if not meant:
        raise NotShared(words)
    if len({one.branch for one in meant}) > 1:
        raise AmbiguousSession(f"'{words}'", sorted({str(one.branch) for one in meant}))
    ids = {events.session_id(repo, one.tip) for one in meant}
    if len(ids) > 1:
        raise DifferentSessions(*(f"{one.branch} of {one.remote}" for one in meant[:2]))
    return meant[0]
