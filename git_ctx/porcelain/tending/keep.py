"""Whole sessions: given another name, or deleted."""

from collections.abc import Mapping
from datetime import datetime

from git_ctx.errors import BrokenSession, SessionNotFound
from git_ctx.model import Oid
from git_ctx.porcelain.life import refuse_busy
from git_ctx.porcelain.tending import recover
from git_ctx.store import events, refs
from git_ctx.store.files import snapref
from git_ctx.store.forgetting import tombstones
from git_ctx.store.refs import Listed
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current, moves, pending
from git_ctx.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """All of a session that is here: its branches, and the remotes that had it at the last fetch."""

    name: str
    branches: tuple[Listed, ...]
    remotes: tuple[str, ...]

    @property
    def prompts(self) -> int:
        """Of the longest branch: what branches share is not counted twice."""
        return max((one.prompts for one in self.branches), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """`git_branches` use it under its new name now."""

    session: Whole
    name: str
    git_branches: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """`refs` are where they stood: git keeps what they held until it prunes."""

    session: Whole
    refs: Mapping[str, Oid]


def whole(repo: Repo, name: str | None) -> Whole:
    """The session of this name, else the current one; one whose deletion was cut off has snapshots alone.

    Raises `SessionNotFound`, `NoSession`.
    """
    known = name if name is not None else current.current(repo, repo.branch()).session
    found = refs.listing(repo, f"{refs.HEADS}{refs.check_name(known)}/")
    if not found and not any(branch.session == known for branch, _, _ in snapref.listing(repo)):
        error = SessionNotFound(known)
        if deleted := tombstones.stood(repo, known, {}):
            error.hint = f"it was deleted here; where its refs stood is in '{deleted[0]}'"
        raise error
    return Whole(name=known, branches=tuple(found), remotes=moves.remotes(repo, known))


def rename(repo: Repo, new: str, name: str | None = None) -> Renamed:
    """Give a session another name here: its refs move, its id stays, and remotes keep the old name.

    Raises `SessionExists`, `InvalidName`, `MoveNotAllowed` while a prompt is on its way, `BranchBusy`.
    """
    refs.check_name(new)
    recover.finish(repo)
    session = whole(repo, name)
    with moves.held(repo, session.name, new) as (old, target):
        refuse_busy(repo, session.branches)
        with moves.repointed(repo, session.name, new) as used:
            moves.rename(repo, old, target, f"rename: {session.name} to {new}")
    return Renamed(session=session, name=new, git_branches=used)


def delete(repo: Repo, name: str, now: datetime) -> Deleted:
    """Delete a session here, with its snapshots; its id is remembered, so that no pull brings it back.

    Raises `SessionNotFound`, `MoveNotAllowed` while a prompt is on its way, `BranchBusy`, `WriteFailed`.
    """
    recover.finish(repo)
    session = whole(repo, name)
    with moves.held(repo, name) as (held,):
        refuse_busy(repo, session.branches)
        # Remembered first: a run that dies in between leaves a session that can be deleted again.
        for id in _ids(repo, session):
            tombstones.bury(repo, id, name, now, held.refs)
        path, known = tombstones.stood(repo, name, held.refs) or (None, held.refs)
        try:
            with moves.repointed(repo, name, None):
                moves.delete(repo, held, f"delete: {name}")
        except (KeyboardInterrupt, SystemExit) as cut:
            if path:
                cut.add_note(f"where its refs stood is in '{path}'; run it again to finish")
            raise
    pending.drop(repo, name)
    return Deleted(session=session, refs=known)


def _ids(repo: Repo, session: Whole) -> set[str]:
    found = set()
    for one in session.branches:
        try:
            found.add(one.session or events.tip(repo, one.tip).session)
        except BrokenSession:  # it can still be deleted
            continue
    return found
