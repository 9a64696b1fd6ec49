"""Files that runs left behind: locks of refs that are gone, and what was never whole."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from git_ctx.pattern import lazily
from git_ctx.store import lock
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import pages

_HALF_A_HOOK = lazily(r"\.[a-z-]+\.[0-9]+\.tmp")
_TOO_OLD = 3600
"""Seconds after which no process can still be at work on a lock of git's or a half-written draft."""


def find(repo: Repo) -> tuple[Path, ...]:
    """What nobody needs or holds; empty directories are not counted."""
    locks = repo.shared / "locks"
    known = _names(repo)
    found = [path for path in _files(locks) if not _has_use(path.relative_to(locks).as_posix(), known)]
    for root in ("refs/ctx", "logs/refs/ctx"):
        found += [path for path in _files(repo.common_dir / root) if path.suffix == ".lock" and is_old(path)]
    for folder in ("pending", "forgotten"):
        found += [path for path in _files(repo.shared / folder) if path.suffix == ".tmp" and is_old(path)]
    hooks = (repo.common_dir / "hooks").glob(".*.tmp")
    found += [path for path in hooks if _HALF_A_HOOK.fullmatch(path.name) and is_old(path)]
    found += [path for path in _files(repo.shared / "scratch") if is_old(path)]
    found += [path for path in _files(pages.folder(repo)) if _is_left(path, known)]
    return tuple(path for path in sorted(found) if _free(path))


def remove(repo: Repo, paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Take away those that are still free, and the directories that this leaves empty; returns which."""
    gone = tuple(path for path in paths if _removed(path))
    for root, _, _ in os.walk(repo.shared / "locks", topdown=False):
        if Path(root) != repo.shared / "locks":
            with suppress(OSError):  # not empty
                Path(root).rmdir()
    return gone


def written(repo: Repo) -> Iterator[Path]:
    """Texts that were left in an editor's file, in any work tree: what came to nothing waits there."""
    for folder in (repo.common_dir, *(repo.common_dir / "worktrees").glob("*")):
        yield from folder.glob("CTX_*_EDITMSG")


def _names(repo: Repo) -> set[str]:
    """Refs below refs/ctx/ as their locks are called, and the names of sessions."""
    listed = repo.git("for-each-ref", "--format=%(refname)", "refs/ctx/")
    refs = [ref.removeprefix("refs/ctx/") for ref in os.fsdecode(listed).splitlines()]
    return {*refs, *(f"names/{ref.split('/')[1]}" for ref in refs if ref.startswith("heads/"))}


def _is_left(page: Path, known: set[str]) -> bool:
    """Whether a page shows a session that is no more, or was never finished."""
    return f"names/{page.stem}" not in known if page.suffix == ".html" else is_old(page)


def _has_use(name: str, known: set[str]) -> bool:
    return name in known or not name.startswith(("heads/", "snap/", "names/", "imports/"))


def _files(root: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(root):
        yield from (Path(folder, name) for name in names)


def is_old(path: Path) -> bool:
    """Whether a file is there, and no process can be at work on it any more."""
    try:
        return lock.age(path) > _TOO_OLD
    except OSError:
        return False


def _free(path: Path) -> bool:
    descriptor = _open(path)
    if descriptor is None:
        return False
    try:
        return lock.try_lock(descriptor)
    finally:
        os.close(descriptor)


def _removed(path: Path) -> bool:
    """Removed while we hold its lock. Who waits for it goes on without: refs move by compare-and-swap."""
    descriptor = _open(path)
    if descriptor is None:
        return False
    try:
        if not lock.try_lock(descriptor):
            return False
        path.unlink()
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _open(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
