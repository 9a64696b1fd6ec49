"""Where a command stands: the repository, its branch, and the session it is about."""

from git_ctx.errors import NoWorkTree, SessionClosed
from git_ctx.model import Oid, SessionBranch
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current
from git_ctx.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """A session branch and the commit it is at."""

    branch: SessionBranch
    tip: Oid


def session(repo: Repo, wanted: str | None) -> Here:
    """The session named, else the current one. Raises `NoSession`, `SessionNotFound`, `AmbiguousSession`."""
    one = current.listed(repo, repo.branch(), wanted)
    return Here(branch=one.branch, tip=one.tip)


def open_session(repo: Repo, wanted: str | None) -> Here:
    """As `session`, for a verb that adds to it: `SessionClosed` before any work is done for nothing."""
    at = session(repo, wanted)
    if wanted:  # the current one is never closed
        from git_ctx.store import events

        state = events.tip(repo, at.tip).state
        if state in current.CLOSED:
            raise SessionClosed(str(at.branch), state, ("reopen",))
    return at


def need_work_tree(repo: Repo) -> str:
    """The root of the work tree, or `NoWorkTree`."""
    if repo.work_tree is None:
        raise NoWorkTree
    return str(repo.work_tree)
