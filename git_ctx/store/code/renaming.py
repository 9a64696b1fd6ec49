"""A git branch given another name, so that it is there at every moment: `git branch -m` deletes it first."""

import os
from contextlib import suppress
from pathlib import Path

from git_ctx.model import Oid
from git_ctx.store import claims, reflogs, shared
from git_ctx.store.code import origin
from git_ctx.store.repo import Repo

_HEADS = "refs/heads/"
_UNDER_WAY = ("rebase-merge", "rebase-apply", "BISECT_LOG")


def rename(repo: Repo, old: str, new: str) -> None:
    """Rename a git branch as git does: with its reflog, its configuration, and the work trees that are on it.

    A run that was cut off is finished. Raises `GitFailed`, in git's words, where git would not have it.
    """
    before, after = _oid(repo, old), _oid(repo, new)
    whole = repo.tables and before and not after  # there git itself leaves no moment without the branch
    if whole or (after and not is_half_done(repo, old, new)) or _is_under_way(repo):
        claims.git(repo, "branch", "-m", "--", old, new, takes=(*_takes(old, new), claims.CONFIG))
        return
    words = f"Branch: renamed {_HEADS}{old} to {_HEADS}{new}"
    if before and not after:
        _copy_reflog(repo, old, new)
        create = ("update-ref", "-m", words, f"{_HEADS}{new}", before, "0" * 40)
        claims.git(repo, *create, takes=_takes(new))
    for home in _homes(repo):
        if _is_on(repo, home, old):
            move = (f"--git-dir={home}", "symbolic-ref", "-m", words, "HEAD", f"{_HEADS}{new}")
            claims.git(repo, *move, takes=(os.path.relpath(home / "HEAD.lock", repo.common_dir),))
    if before:
        claims.git(repo, "update-ref", "-d", f"{_HEADS}{old}", before, takes=_takes(old))
    if any(key.startswith(f"{old}.") for key, _ in repo.config_section("branch")):
        sections = (f"branch.{old}", f"branch.{new}")
        claims.git(repo, "config", "--local", "--rename-section", *sections, takes=(claims.CONFIG,))


def is_half_done(repo: Repo, old: str, new: str) -> bool:
    """Whether a run that was cut off renamed a branch in part: the new one is the old, and was called so."""
    before, after = _oid(repo, old), _oid(repo, new)
    if after is None or not origin.was_renamed(repo, old, new):
        return False
    copied = not repo.tables and _log(repo, new).startswith(_log(repo, old))
    return before is None or (before == after and copied)


def _oid(repo: Repo, name: str) -> Oid | None:
    return repo.run("rev-parse", "--verify", "--quiet", f"{_HEADS}{name}").stdout.decode().strip() or None


def _homes(repo: Repo) -> list[Path]:
    """The git directories of all work trees."""
    return [repo.common_dir, *sorted((repo.common_dir / "worktrees").glob("*"))]


def _is_on(repo: Repo, home: Path, branch: str) -> bool:
    with suppress(OSError):
        return repo.branch_of(home) == branch
    return False


def _is_under_way(repo: Repo) -> bool:
    """Whether something is at work that remembers names of branches: git knows what to say of it."""
    return any((home / name).exists() for home in _homes(repo) for name in _UNDER_WAY)


def _takes(*names: str) -> tuple[str, ...]:
    return claims.refs((*(f"{_HEADS}{name}" for name in names), "HEAD"))


def _copy_reflog(repo: Repo, old: str, new: str) -> None:
    data = _log(repo, old)
    target = reflogs.path(repo, f"{_HEADS}{new}")
    if data:
        with suppress(OSError):
            shared.mkdir(target.parent)
            target.write_bytes(data)
            shared.made(target)


def _log(repo: Repo, name: str) -> bytes:
    try:
        return reflogs.path(repo, f"{_HEADS}{name}").read_bytes()
    except OSError:
        return b""
