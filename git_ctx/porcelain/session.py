"""Sessions: begin one, list them, say where the current one stands."""

from dataclasses import dataclass
from datetime import datetime

from git_ctx import codec
from git_ctx.errors import UsageError
from git_ctx.model import Change, Context, Prompt, Session, SessionBranch
from git_ctx.porcelain.here import Here, need_work_tree
from git_ctx.store import append, current, naming, pending, refs, worktree
from git_ctx.store.refs import Listed
from git_ctx.store.repo import Repo

DETACHED = "HEAD"
"""The branch of a session that was begun on a detached HEAD; git lets no branch have this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A session that was begun; `before` was the current one until then."""

    branch: SessionBranch
    session: Session
    before: SessionBranch | None


def start(repo: Repo, name: str | None, now: datetime, topic: str | None = None) -> Started:
    """Begin a session on the branch that HEAD is on and make it current there.

    Without a name it is named after the topic, else after the branch. Raises `SessionExists`,
    `InvalidName`, `IdentityMissing`, `NoWorkTree`, `WriteFailed`.
    """
    need_work_tree(repo)
    git_branch = repo.branch()
    id = naming.new_id()
    chosen = refs.check_name(name) if name is not None else naming.slug(topic or git_branch or "", id)
    branch = SessionBranch(session=chosen, branch=git_branch or DETACHED)
    session = Session(id=id, name=chosen, project=repo.project(), created=now)
    before = current.chosen(repo, git_branch) if git_branch else None
    append.create(repo, branch, id, codec.encode_session(session), when=now)
    if git_branch:
        current.set_current(repo, git_branch, branch)
    return Started(branch=branch, session=session, before=before)
