"""What others shared: fetch it, unite it with what is here, make it one's own."""

from collections.abc import Mapping
from dataclasses import dataclass

from git_ctx.store import fetch as fetches
from git_ctx.store import remote
from git_ctx.store.fetch import Move
from git_ctx.store.repo import Repo
from git_ctx.store.transport import Progress, quiet


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a fetch brought. `stale`: mirrors of remotes that are no more, renamed ones for one."""

    remote: str
    moves: tuple[Move, ...]
    problems: Mapping[str, str]
    stale: tuple[str, ...]


def fetch(repo: Repo, name: str | None, *, files: bool = False, progress: Progress = quiet) -> Fetched:
    """Bring the mirrors of a remote up to date; nothing that is here changes.

    Raises `NoRemote`, `RemoteNotFound`, `RemoteFailed`.
    """
    chosen = remote.choose(repo, name)
    found = fetches.fetch(repo, chosen, files=files, progress=progress)
    return Fetched(remote=chosen, moves=found.moves, problems=found.problems, stale=stale(repo))


def stale(repo: Repo) -> tuple[str, ...]:
    """Remotes of which there are mirrors still, and that `git remote` does not know any more."""
    return tuple(sorted(remote.mirrored(repo).keys() - set(remote.names(repo))))
