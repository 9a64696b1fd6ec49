"""Advisory locks: one writer at a time on a ref, and a sign that a process is still alive.

The kernel frees them when their holder dies, so a dead one is never in the way.
"""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from git_ctx.errors import WriteFailed
from git_ctx.store import shared

PATIENCE = 30.0
"""Seconds that a writer waits for the others before it gives up."""

_NOT_OFFERED = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS)


class Taken(Exception):
    """Somebody else holds the lock, and went on doing so."""


@contextmanager
def held(path: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock at `path`, or raise `Taken`. Where the file system has none, go on without."""
    descriptor = _open(path)
    try:
        _wait(descriptor, path, patience)
        yield
    finally:
        os.close(descriptor)


def try_lock(descriptor: int) -> bool:
    """Take the lock of an open file, now or not at all."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NOT_OFFERED:
            raise
    return True


def age(path: Path) -> float:
    """Seconds since a file was last written, or until then: the clock may have been set back.

    Raises `OSError`.
    """
    return abs(time.time() - path.stat(follow_symlinks=False).st_mtime)


def pause(longest: float = 0.01) -> None:
    """Wait a moment, each waiter its own."""
    import random

    time.sleep(random.uniform(0.001, longest))


def _open(path: Path) -> int:
    try:
        with suppress(FileNotFoundError):  # its directory, empty, was tidied away in between
            return _made(path)
        return _made(path)
    except OSError as error:
        raise WriteFailed(str(path), error.strerror or str(error)) from None


def _made(path: Path) -> int:
    shared.mkdir(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    shared.made(path)
    return descriptor


def _wait(descriptor: int, path: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    while not try_lock(descriptor):
        if time.monotonic() > deadline:
            raise Taken(str(path))
        pause()
