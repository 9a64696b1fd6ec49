"""Remotes: which one is meant, where it is, and the refs that mirror what it had at the last fetch."""

import os
from collections.abc import Mapping

from git_ctx.errors import NoRemote, RemoteNotFound
from git_ctx.model import Oid, SessionBranch
from git_ctx.store import claims, refs, swap
from git_ctx.store.project import without_credentials
from git_ctx.store.repo import Repo


def names(repo: Repo) -> tuple[str, ...]:
    """What `git remote` lists; nothing else is ever handed to git as a remote."""
    return tuple(os.fsdecode(repo.git("remote")).splitlines())


def choose(repo: Repo, wanted: str | None = None) -> str:
    """The remote named, else by `ctx.remote`, `branch.<b>.pushRemote`, `remote.pushDefault`,
    `branch.<b>.remote`, else the only one. Raises `RemoteNotFound` or `NoRemote`.
    """
    known = names(repo)
    named = wanted if wanted is not None else repo.config("ctx.remote")
    if named is not None:
        if named not in known:
            raise RemoteNotFound(named)
        return named
    branch = repo.branch()
    keys = ("branch.{}.pushRemote", "remote.pushDefault", "branch.{}.remote")
    for key in keys:
        value = repo.config(key.format(branch)) if branch or "{}" not in key else None
        if value in known:  # git takes URLs and '.' there, too
            return value
    if len(known) != 1:
        raise NoRemote(known)
    return known[0]


def url(repo: Repo, remote: str) -> str:
    """Where pushes to a remote go, without credentials; for people, and to notice that it changed."""
    done = repo.run("remote", "get-url", "--push", "--all", "--", remote)
    return " ".join(without_credentials(line) for line in os.fsdecode(done.stdout).splitlines())


def elsewhere(repo: Repo, remote: str) -> tuple[str, ...]:
    """Where pushes go, as git has it, where that is another place than fetches come from, or several."""
    wanted = (("--push", "--all"), ())
    told = [os.fsdecode(repo.run("remote", "get-url", *which, "--", remote).stdout) for which in wanted]
    return () if told[0] == told[1] else tuple(told[0].splitlines())


def heads(remote: str) -> str:
    """Under what the session branches of a remote are mirrored."""
    return f"{refs.REMOTES}{refs.encode(remote)}/heads/"


def snaps(remote: str) -> str:
    """Under what the snapshots that a remote has are mirrored."""
    return f"{refs.REMOTES}{refs.encode(remote)}/snap/"


def mirror(remote: str, branch: SessionBranch) -> str:
    return heads(remote) + refs.path(branch)


def mirrored(repo: Repo) -> dict[str, int]:
    """How many session branches are mirrored, by the remote's name; of renamed and removed remotes, too."""
    found: dict[str, int] = {}
    for name in refs.targets(repo, refs.REMOTES):
        part, _, rest = name.removeprefix(refs.REMOTES).partition("/")
        remote = refs.decode(part)
        if remote is not None:
            found[remote] = found.get(remote, 0) + rest.startswith("heads/")
    return found


def mirrored_names(repo: Repo) -> set[str]:
    """The remotes of which there are mirrors; starts no process."""
    parts = swap.parts_below(repo, refs.REMOTES)
    return {name for part in parts if (name := refs.decode(part)) is not None}


def set_mirrors(repo: Repo, moves: Mapping[str, Oid | None]) -> None:
    """Move mirrors, or delete those that are to hold None. Raises `GitFailed`."""
    lines = (f"update {name} {oid}\n" if oid else f"delete {name}\n" for name, oid in moves.items())
    if not moves:
        return
    words = ("update-ref", "-m", "ctx: as the remote has it", "--stdin")
    script = os.fsencode("".join(lines))
    takes = claims.refs(moves)
    if claims.run(repo, *words, takes=takes, input=script).status:
        swap.freed(repo, moves)
        claims.git(repo, *words, takes=takes, input=script)


def drop_mirrors(repo: Repo, remote: str) -> int:
    """Forget what a remote had; how many refs went."""
    gone = refs.targets(repo, heads(remote), snaps(remote))
    set_mirrors(repo, dict.fromkeys(gone))
    return len(gone)
