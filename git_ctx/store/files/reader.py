"""Files of the work tree read without ever leaving it: no link followed, no pipe waited for."""

import errno
import os
import stat
from pathlib import Path
from types import TracebackType
from typing import Self

from git_ctx.store.status import SYMLINK
from git_ctx.value import dataclass

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK, opening a named pipe would wait for somebody to write into it.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_AT_LEAST = 8192
"""Bytes that are asked for, of however small a file."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A path as found. Without `content`, `problem` says why."""

    mode: int
    size: int
    content: bytes | None = None
    problem: str | None = None

    @property
    def is_link(self) -> bool:
        return self.mode == SYMLINK


class Reader:
    """Opens paths under a root, each directory on the way once as long as paths come sorted.

    What a symbolic link holds is its text; where it leads is never looked at. A path that runs
    through one does not exist.
    """

    def __init__(self, root: Path | str) -> None:
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._open: list[tuple[str, int]] = []
        self._within: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave(0)
        os.close(self._root)

    def see(self, path: str, limit: int) -> Seen | None:
        """What stands at `path`, read when it is no larger than `limit` bytes; None: no file at all."""
        name = path.rpartition("/")[2]
        try:
            within = self._enter(path.removesuffix(name))
            found = os.stat(name, dir_fd=within, follow_symlinks=False)
        except (OSError, ValueError):
            return None
        if stat.S_ISDIR(found.st_mode):
            return None
        if stat.S_ISLNK(found.st_mode):
            return _seen(found, SYMLINK, content=os.readlink(os.fsencode(name), dir_fd=within))
        if not stat.S_ISREG(found.st_mode):
            return _seen(found, 0o100644, problem="not a regular file")
        if found.st_size > limit:
            return _seen(found, _mode(found), problem=too_large(limit))
        return _read(name, within, limit)

    def plain(self, path: str, limit: int) -> bytes | None:
        """The bytes of what git has just seen as a plain file; None where it is none now, or too large.

        With half the questions to the system that `see` asks.
        """
        try:
            within, name = self.place(path)
            opened = os.open(name, _FILE, dir_fd=within)
        except (OSError, ValueError):
            return None
        try:
            found = os.fstat(opened)
            if not stat.S_ISREG(found.st_mode) or found.st_size > limit:
                return None
            content = _content(opened, found.st_size, limit)
        except OSError:
            return None
        finally:
            os.close(opened)
        return content if len(content) <= limit else None

    def plainly(self, path: str) -> os.stat_result | None:
        """What the system tells of a plain file, without opening it; None where there is none."""
        try:
            within, name = self.place(path)
            found = os.stat(name, dir_fd=within, follow_symlinks=False)
        except (OSError, ValueError):
            return None
        return found if stat.S_ISREG(found.st_mode) else None

    def place(self, path: str) -> tuple[int, str]:
        """A descriptor of the folder that a path is in, and its name there. Raises `OSError`.

        The descriptor is good until the next call.
        """
        name = path.rpartition("/")[2]
        return self._enter(path.removesuffix(name)), name

    def _enter(self, within: str) -> int:
        """A descriptor of the directory, with its last slash; what is open of the way to it is used again."""
        if within == self._within:
            return self._last()
        self._within = None
        folders = within.split("/")[:-1]
        common = 0
        while common < min(len(folders), len(self._open)) and self._open[common][0] == folders[common]:
            common += 1
        self._leave(common)
        for folder in folders[common:]:
            if folder in ("", ".", ".."):
                raise FileNotFoundError(errno.ENOENT, "not a path of a work tree", folder)
            self._open.append((folder, os.open(folder, _DIRECTORY, dir_fd=self._last())))
        self._within = within
        return self._last()

    def _last(self) -> int:
        return self._open[-1][1] if self._open else self._root

    def _leave(self, depth: int) -> None:
        while len(self._open) > depth:
            os.close(self._open.pop()[1])


def too_large(limit: int) -> str:
    for unit, size in (("MB", 1_000_000), ("kB", 1_000)):
        if limit >= size:
            return f"larger than {limit / size:g} {unit}"
    return f"larger than {limit} bytes"


def _read(name: str, within: int, limit: int) -> Seen | None:
    try:
        opened = os.open(name, _FILE, dir_fd=within)
    except FileNotFoundError:
        return None
    except OSError:
        found = os.stat(name, dir_fd=within, follow_symlinks=False)
        return _seen(found, _mode(found), problem="cannot be read")
    try:
        return _take_in(opened, limit)
    finally:
        os.close(opened)


def _take_in(opened: int, limit: int) -> Seen:
    found = os.fstat(opened)
    if not stat.S_ISREG(found.st_mode):
        return _seen(found, 0o100644, problem="not a regular file")
    try:
        content = _content(opened, found.st_size, limit)
    except OSError:
        return _seen(found, _mode(found), problem="cannot be read")
    if len(content) > limit:
        return _seen(found, _mode(found), problem=too_large(limit))
    return _seen(found, _mode(found), content=content)


def _content(opened: int, size: int, limit: int) -> bytes:
    """All bytes up to one more than the limit, however the file grows meanwhile."""
    parts = []
    room = limit + 1
    while room > 0 and (part := os.read(opened, min(room, max(size + 1, _AT_LEAST)))):
        parts.append(part)
        room -= len(part)
        if len(part) == size:  # one byte more was asked for: nothing follows
            break
    return b"".join(parts)


def _seen(
    found: os.stat_result, mode: int, *, content: bytes | None = None, problem: str | None = None
) -> Seen:
    return Seen(mode, found.st_size, content, problem)


def _mode(found: os.stat_result) -> int:
    return plain_mode(found.st_mode)


def plain_mode(mode: int) -> int:
    """What git makes of a plain file's permissions."""
    return 0o100755 if mode & stat.S_IXUSR else 0o100644
