"""Where the current session stands."""

from typing import Literal

from git_ctx import codec
from git_ctx.code import Change
from git_ctx.errors import GitFailed
from git_ctx.model import Prompt, Session, SessionBranch
from git_ctx.porcelain import forks, settings
from git_ctx.porcelain.look import titles
from git_ctx.store import events, trees
from git_ctx.store.files import worktree
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import pending
from git_ctx.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A session branch, what it has pinned, and what has `changed` since its `last` prompt.

    `source`: the branch that it was made from.
    """

    branch: SessionBranch
    session: Session
    state: str
    prompts: int
    last: Prompt | None
    changed: tuple[Change, ...]
    pins: tuple[str, ...]
    guidance: int
    source: str | None = None


def status(repo: Repo, wanted: str | None) -> Status:
    """Of the session named, else the current one. Writes nothing."""
    at = forks.reading(repo, wanted)
    tip = events.tip(repo, at.tip)
    last = next((one.prompt for one in titles(repo, [at.tip]) if one.prompt and one.prompt.snapshot), None)
    return Status(
        branch=at.branch,
        session=codec.decode_session(events.session(repo, at.tip), str(at.branch)),
        state="analyzing" if at.branch in pending.analyzing(repo) else tip.state,
        prompts=tip.prompts,
        last=last,
        changed=_changed(repo, last),
        pins=tuple(one.path for one in settings.pins(repo, at.tip)),
        guidance=len(settings.principles(repo, at.tip)),
        source=fork.source if (fork := forks.own(repo, at.tip, at.branch)) else None,
    )


def _changed(repo: Repo, last: Prompt | None) -> tuple[Change, ...]:
    if last is None or last.snapshot is None or repo.work_tree is None:
        return ()
    try:
        then = trees.contents(repo, last.snapshot)
    except GitFailed:  # the snapshot was dropped, or never came along with the session
        return ()
    now = {file.path: file.oid for file in worktree.look(repo).files if file.withheld is None}
    return tuple(
        Change(status=_kind(then.get(path), now.get(path)), path=path)
        for path in sorted({*then, *now})
        if then.get(path) != now.get(path)
    )


def _kind(then: str | None, now: str | None) -> Literal["added", "modified", "deleted"]:
    if then is None:
        return "added"
    return "deleted" if now is None else "modified"
