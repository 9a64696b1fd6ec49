"""Sessions: begin one, list them, say where the current one stands."""

from contextlib import suppress
from datetime import datetime
from typing import Literal

from git_ctx import codec
from git_ctx.errors import CtxError
from git_ctx.model import Oid, Session, SessionBranch
from git_ctx.porcelain.here import Here, need_work_tree
from git_ctx.store import append, events, naming, objects, refs
from git_ctx.store.project import project
from git_ctx.store.refs import Listed
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current, examine, pending, titles
from git_ctx.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A session that was begun; `before` was the current one until then."""

    branch: SessionBranch
    session: Session
    tip: Oid
    before: SessionBranch | None


def start(repo: Repo, name: str | None, now: datetime, topic: str | None = None) -> Started:
    """Begin a session on the branch that HEAD is on and make it current there.

    Without a name it is named after the topic, else after the branch. Raises `SessionExists`,
    `InvalidName`, `IdentityMissing`, `NoWorkTree`, `WriteFailed`.
    """
    return begin(repo, name, now, topic, before=_current(repo))


def begin(
    repo: Repo, name: str | None, now: datetime, topic: str | None, before: SessionBranch | None
) -> Started:
    """As `start`, where it is known which session was current `before`."""
    need_work_tree(repo)
    if name is not None and (begun := _half_begun(repo, name, before)):
        return begun
    git_branch = repo.branch()
    id = naming.new_id()
    chosen = refs.check_name(name) if name is not None else naming.slug(topic or git_branch or "", id)
    branch = SessionBranch(session=chosen, branch=git_branch or current.DETACHED)
    session = Session(id=id, name=chosen, project=project(repo), created=now)
    tip = append.create(repo, branch, id, codec.encode_session(session), when=now)
    if git_branch:
        current.set_current(repo, git_branch, branch)
    return Started(branch=branch, session=session, tip=tip, before=before)


def withdraw(repo: Repo, begun: Here) -> None:
    """Take back a session that was begun for something that was refused; one that holds anything stays."""
    from git_ctx.store.sessions import moves

    name = begun.branch.session
    with moves.held(repo, name) as (held,):
        if held.refs == {refs.refname(begun.branch): begun.tip}:
            with moves.repointed(repo, name, None):
                moves.delete(repo, held, f"withdraw: {name}")


def _half_begun(repo: Repo, name: str, before: SessionBranch | None) -> Started | None:
    """A session that a run began here which was cut off: it holds nothing yet, and was not made current."""
    git_branch = repo.branch()
    branch = SessionBranch(session=refs.check_name(name), branch=git_branch or current.DETACHED)
    tip = refs.tip(repo, branch) if branch != before and git_branch else None
    if tip is None or git_branch is None or objects.commit(repo, tip, str(branch)).parents:
        return None
    session = codec.decode_session(events.session(repo, tip), str(branch))
    current.set_current(repo, git_branch, branch)
    return Started(branch=branch, session=session, tip=tip, before=before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A session branch in the list; `state` is what it is in now, `title` what was asked last."""

    listed: Listed
    title: str
    state: str
    current: bool


def listing(repo: Repo, everything: bool) -> list[Row]:
    """The session branches, the last used first; the ended and archived only for `everything`."""
    busy = pending.analyzing(repo)
    every = refs.listing(repo)
    found = examine.ends(repo, every)
    chosen = None
    with suppress(CtxError):  # none, or more than one: the list is there to help choosing
        chosen = current.among(repo, repo.branch(), every)
    shown = [one for one in found if everything or one.state not in current.CLOSED]
    asked = titles.titles(repo, shown)
    return [
        Row(
            listed=one,
            title=asked.get(one.tip, one.subject if one.prompts else ""),
            state="analyzing" if one.branch in busy and one.state in ("created", "active") else one.state,
            current=one.branch == chosen,
        )
        for one in shown
    ]


def elsewhere(repo: Repo) -> Literal["", "--all", "--remote"]:
    """Which option of `list` shows some where there is no open session."""
    if refs.listing(repo):
        return "--all"

    return "--remote" if any("/heads/" in name for name in refs.targets(repo, refs.REMOTES)) else ""


def _current(repo: Repo) -> SessionBranch | None:
    try:
        return current.current(repo, repo.branch())
    except CtxError:
        return None
