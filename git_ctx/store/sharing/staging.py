"""Where what a file brought stands for as long as it is taken in: as if a remote of some name had it."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from git_ctx.pattern import lazily
from git_ctx.store import lock
from git_ctx.store.repo import Repo
from git_ctx.store.sharing import remote

_NAME = lazily(r"import-[0-9a-f]{12}", re.ASCII)


@contextmanager
def place(repo: Repo) -> Iterator[str]:
    """The name of a remote that is none; its mirrors go at the end. Those of runs that died go first."""
    clear(repo)
    name = f"import-{os.urandom(6).hex()}"
    path = _lock(repo, name)
    with lock.held(path):
        try:
            yield name
        finally:
            remote.drop_mirrors(repo, name)
            path.unlink(missing_ok=True)


def clear(repo: Repo) -> None:
    """Drop the mirrors that runs left which died."""
    left = [name for name in remote.mirrored(repo) if _NAME.fullmatch(name) and _is_free(_lock(repo, name))]
    for name in set(left) - set(remote.names(repo)):
        remote.drop_mirrors(repo, name)


def _lock(repo: Repo, name: str) -> Path:
    return repo.shared / "locks" / "imports" / name


def _is_free(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        return lock.try_lock(descriptor)
    finally:
        os.close(descriptor)
