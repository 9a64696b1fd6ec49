"""Loose objects: a file each, as git writes them. Read and written here, since loading libgit2 costs more
than all that a prompt reads and writes.
"""

import os
import zlib
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha1
from pathlib import Path

from git_ctx.model import Oid
from git_ctx.store import shared

_HEADER = 64
_DEFLATED = b"\x78"
LEVEL = 1  # git's own for loose objects: a gc packs them better


def path(objects: Path, oid: Oid) -> Path:
    return objects / oid[:2] / oid[2:]


def is_there(objects: Path, oid: Oid) -> bool:
    return os.access(f"{objects}/{oid[:2]}/{oid[2:]}", os.F_OK)


def read(objects: Path, oid: Oid, largest: int) -> tuple[str, bytes] | None:
    """An object's type and content. None where it is not loose, of more than `largest` bytes, or damaged."""
    try:
        # A `Path` for each of ten thousand would take longer than all their reading.
        opened = os.open(f"{objects}/{oid[:2]}/{oid[2:]}", os.O_RDONLY | os.O_CLOEXEC)
        with os.fdopen(opened, "rb") as file:
            packed = file.read(largest + _HEADER)
        stream = zlib.decompressobj()
        # By a limit: inflating all would let a small file fill the memory.
        raw = stream.decompress(packed, largest + _HEADER)
    except (OSError, ValueError, zlib.error):
        return None
    if not stream.eof or stream.unused_data or not is_named(raw, oid):
        return None
    header, _, data = raw.partition(b"\0")
    return (header.split(b" ")[0].decode(), data) if len(data) <= largest else None


def named(kind: str, data: bytes) -> Oid:
    """The id of an object, which need not be there."""
    return sha1(b"%s %d\0" % (kind.encode(), len(data)) + data, usedforsecurity=False).hexdigest()


def is_named(raw: bytes, oid: Oid) -> bool:
    """Whether an object, header and content, is the one that an id names."""
    return sha1(raw, usedforsecurity=False).hexdigest() == oid


def write(objects: Path, kind: str, data: bytes, *, sync: bool = True) -> Oid:
    """Write an object, unless it is there; whole or not at all. Raises `OSError`."""
    raw = b"%s %d\0%s" % (kind.encode(), len(data), data)
    oid = sha1(raw, usedforsecurity=False).hexdigest()
    place = path(objects, oid)
    if keep_longer(objects, oid):
        return oid
    shared.mkdir(place.parent)
    # git's own name for such a file: should this process die, `git gc` removes it.
    unborn = place.with_name(f"tmp_obj_{os.urandom(6).hex()}")
    opened = os.open(unborn, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o444)
    try:
        try:
            shared.made(unborn)
            _write(opened, zlib.compress(raw, LEVEL))
            if sync:
                os.fsync(opened)
        finally:
            os.close(opened)
        unborn.rename(place)
    except BaseException:
        with suppress(OSError):
            unborn.unlink()
        raise
    if sync:
        sync_path(place.parent)
    return oid


def sync_path(path: Path) -> None:
    """Have a file or directory on the disk."""
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def among(objects: Path, oids: Iterable[Oid]) -> list[Oid]:
    """Those of many objects that have a file of their own, by one look at each folder of such files."""
    there: dict[str, set[str]] = {}
    found = []
    for oid in oids:
        folder = oid[:2]
        if folder not in there:
            there[folder] = set()
            with suppress(OSError), os.scandir(objects / folder) as entries:
                there[folder].update(entry.name for entry in entries)
        if oid[2:] in there[folder]:
            found.append(oid)
    return found


def keep_longer(objects: Path, oid: Oid) -> bool:
    """Whether the object is there; it is as young as a new one then, so that no gc takes it for old.

    A file that does not begin as all do is what a power cut left of one that git had not synced.
    """
    try:
        opened = os.open(f"{objects}/{oid[:2]}/{oid[2:]}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.utime(opened)
            return os.read(opened, 1) == _DEFLATED
        finally:
            os.close(opened)
    except OSError:
        return False


def is_none(path: Path) -> bool:
    """Whether a file begins as no object does."""
    try:
        with path.open("rb", buffering=0) as file:
            return file.read(1) != _DEFLATED
    except OSError:
        return False


def _write(opened: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(opened, left) :]
