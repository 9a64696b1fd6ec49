"""Which files of the work tree were searched before and are as they were, by what the system tells of them.

Where a hundred thousand files are not tracked, each prompt would read all of them again. What is remembered
hangs on the rules that were searched by; of a file that may have changed since without its times telling,
or that was withheld, nothing is. It lies in the cache: without it, or with a damaged one, files are read.
"""

import os
import time
from hashlib import sha1
from zlib import crc32

from git_ctx.model import Oid
from git_ctx.store.cache import Cache
from git_ctx.store.files.reader import Reader
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

KIND = "searched"

_VERSION = "1"
_ROWS = 16
_YOUNG = 3_000_000_000
"""Nanoseconds: some file systems tell times by two seconds. What is younger may change and look the same."""


@dataclass(frozen=True, slots=True)
class Known:
    """A plain file that was searched, and may be kept: its mode on disk and size, its blob's id, and whether
    it has line ends that git may change.
    """

    mode: int
    size: int
    oid: Oid
    crlf: bool


class Searched:
    """What one look at the work tree asks and adds; kept when it is closed."""

    def __init__(self, repo: Repo, reader: Reader, rules: str) -> None:
        self._repo, self._reader = repo, reader
        about = f"{_VERSION}\0{rules}\0{repo.work_tree}\0".encode("utf-8", "surrogateescape")
        self._names = [sha1(about + b"%d" % row, usedforsecurity=False).hexdigest() for row in range(_ROWS)]
        self._now = time.time_ns()
        with Cache(repo.shared) as cache:
            rows = cache.get(KIND, self._names)
        self._old = [_decode(rows.get(name, b"")) for name in self._names]
        self._new: list[dict[bytes, bytes]] = [{} for _ in self._names]
        self._asked: dict[bytes, bytes] = {}
        self._changed: set[int] = set()

    def find(self, path: str) -> Known | None:
        """The file, where it is as it was when it was searched. Ask before it is read."""
        found = self._reader.plainly(path)
        if found is None:
            return None
        name = os.fsencode(path)
        sign = b"%d %d %d %d %d %d" % (
            found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev,
        )  # fmt: skip
        row = crc32(name) % _ROWS
        said, _, rest = self._old[row].get(name, b"").partition(b"\t")
        if said != sign or len(rest) != 41:
            if max(found.st_mtime_ns, found.st_ctime_ns) < self._now - _YOUNG:
                self._asked[name] = sign
            return None
        self._new[row][name] = self._old[row][name]
        return Known(found.st_mode, found.st_size, rest[:40].decode(), rest[40:] == b"+")

    def add(self, path: str, oid: Oid, crlf: bool) -> None:
        """Remember a file that was asked for in vain, then read, searched, and may be kept."""
        name = os.fsencode(path)
        sign = self._asked.pop(name, None)
        if sign is not None:
            row = crc32(name) % _ROWS
            self._new[row][name] = b"%s\t%s%s" % (sign, oid.encode(), b"+" if crlf else b"-")
            self._changed.add(row)

    def close(self) -> None:
        """Keep what is new; where files are gone, what was known of them goes with the next that comes."""
        if self._changed:
            with Cache(self._repo.shared) as cache:
                cache.put(KIND, {self._names[row]: _encode(self._new[row]) for row in sorted(self._changed)})


def _encode(files: dict[bytes, bytes]) -> bytes:
    return b"\0".join([part for pair in files.items() for part in pair])


def _decode(row: bytes) -> dict[bytes, bytes]:
    parts = row.split(b"\0")
    return dict(zip(parts[::2], parts[1::2], strict=False))
