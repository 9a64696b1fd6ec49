"""The remotes, and what each of them had at the last fetch; asks nobody."""

from dataclasses import dataclass, replace
from typing import Literal

from git_ctx.errors import BrokenSession, CtxError, RemoteNotFound
from git_ctx.store import config, events, objects, refs
from git_ctx.store.forgetting import tombstones
from git_ctx.store.refs import Listed
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import examine
from git_ctx.store.sharing import remote

Relation = Literal[
    "up to date", "ahead", "behind", "diverged", "not here", "deleted here", "another session", "broken"
]
"""How the session branch here stands to the remote's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A session branch of a remote; `relation` says how the one here stands to it."""

    listed: Listed
    relation: Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """A remote, or what is left of one (`gone`); `chosen`: used where none is named."""

    name: str
    url: str
    sessions: int
    chosen: bool = False
    gone: bool = False


def listing(repo: Repo, name: str | None) -> tuple[str, tuple[Row, ...]]:
    """The remote that is meant, and the session branches that it had, the last used first."""
    chosen = remote.choose(repo, name)
    under = remote.heads(chosen)
    found = refs.listing(repo, under=under)
    here = refs.targets(repo, refs.HEADS)
    return chosen, tuple(_row(repo, one, here.get(refs.refname(one.branch))) for one in found)


def remotes(repo: Repo) -> tuple[Remote, ...]:
    """Every remote, and those that are gone but still mirrored."""
    names, mirrored = remote.names(repo), remote.mirrored(repo)
    chosen = _chosen(repo)
    known = [
        Remote(name=name, url=remote.url(repo, name), sessions=mirrored.get(name, 0), chosen=name == chosen)
        for name in names
    ]
    lost = sorted(mirrored.keys() - set(names))
    return (*known, *(Remote(name=name, url="", sessions=mirrored[name], gone=True) for name in lost))


def use(repo: Repo, name: str) -> None:
    """Share with this remote from now on, where none is named. Raises `RemoteNotFound`."""
    if name not in remote.names(repo):
        raise RemoteNotFound(name)
    config.put(repo, "ctx.remote", name)


def prune(repo: Repo) -> tuple[str, ...]:
    """Drop what is left of remotes that are gone; which those were. Sessions here stay as they are."""
    lost = sorted(remote.mirrored(repo).keys() - set(remote.names(repo)))
    for name in lost:
        remote.drop_mirrors(repo, name)
    return tuple(lost)


def _row(repo: Repo, theirs: Listed, ours: str | None) -> Row:
    problem = theirs.problem or (examine.problem(repo, theirs.tip) if ours != theirs.tip else None)
    if problem is not None:
        return Row(listed=replace(theirs, state="broken", problem=problem), relation="broken")
    return Row(listed=theirs, relation=_relation(repo, theirs, ours))


def _relation(repo: Repo, theirs: Listed, ours: str | None) -> Relation:
    if ours == theirs.tip:
        return "up to date"
    try:
        id = events.session_id(repo, theirs.tip)
        if ours is None:
            return "deleted here" if tombstones.is_buried(repo, id) else "not here"
        if events.session_id(repo, ours) != id:
            return "another session"
        if objects.contains(repo, ours, theirs.tip):
            return "ahead"
        return "behind" if objects.contains(repo, theirs.tip, ours) else "diverged"
    except BrokenSession:
        return "broken"


def _chosen(repo: Repo) -> str | None:
    try:
        return remote.choose(repo)
    except CtxError:
        return None
