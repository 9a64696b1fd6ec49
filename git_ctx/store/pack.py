"""Many objects written as one pack, as git does: two files to sync, where each alone would be one."""

import os
import zlib
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha1
from pathlib import Path

from git_ctx.model import Oid
from git_ctx.store import loose, shared

_KINDS = {"commit": 1, "tree": 2, "blob": 3}
_LARGEST = 1 << 31
"""What the index of a pack has four bytes for, less a bit."""


def fits(size: int) -> bool:
    """Whether objects of so many bytes in all may go into one pack of ours."""
    return size < _LARGEST - (64 << 20)


def write(objects: Path, count: int, found: Iterable[tuple[Oid, str, bytes]]) -> None:
    """Write so many objects, each an id, a kind and its content, on the disk: all, or none. Raises `OSError`.

    What `found` itself raises, it may: then nothing is written.
    """
    folder = objects / "pack"
    shared.mkdir(folder)
    # git's own names for such files: should this process die, `git gc` removes them.
    unborn = [folder / f"tmp_{kind}_{os.urandom(6).hex()}" for kind in ("pack", "idx")]
    try:
        name, index = _write(unborn[0], count, found)
        _write_synced(unborn[1], index)
        # The index last: by it git knows the pack.
        unborn[0].rename(folder / f"pack-{name}.pack")
        unborn[1].rename(folder / f"pack-{name}.idx")
    except BaseException:
        for path in unborn:
            with suppress(OSError):
                path.unlink()
        raise
    loose.sync_path(folder)


def header(kind: int, size: int) -> bytes:
    """Kind and size as they stand before an object in a pack: four bits of it, then seven in each byte."""
    first, size = kind << 4 | size & 15, size >> 4
    found = bytearray()
    while size:
        found.append(first | 0x80)
        first, size = size & 0x7F, size >> 7
    found.append(first)
    return bytes(found)


def _write(path: Path, count: int, found: Iterable[tuple[Oid, str, bytes]]) -> tuple[str, bytes]:
    """The pack; returns its checksum, by which it is named, and its index."""
    places: list[tuple[bytes, int, int]] = []
    start = b"PACK\0\0\0\2" + count.to_bytes(4, "big")
    sum, at = sha1(start, usedforsecurity=False), len(start)
    with os.fdopen(_create(path), "wb") as file:
        file.write(start)
        for oid, kind, data in found:
            packed = header(_KINDS[kind], len(data)) + zlib.compress(data, loose.LEVEL)
            places.append((bytes.fromhex(oid), zlib.crc32(packed), at))
            at += len(packed)
            sum.update(packed)
            file.write(packed)
        if len(places) != count or at >= _LARGEST:
            raise ValueError(f"{len(places)} objects of {at} bytes make no pack of {count}")
        file.write(sum.digest())
        file.flush()
        os.fsync(file.fileno())
    return sum.hexdigest(), _index(places, sum.digest())


def _index(places: list[tuple[bytes, int, int]], sum: bytes) -> bytes:
    """Version 2: how many ids begin with up to each byte, the ids in order, their checksums and places."""
    places.sort()
    firsts = [0] * 256
    for oid, _, _ in places:
        firsts[oid[0]] += 1
    counts, upto = [], 0
    for number in firsts:
        upto += number
        counts.append(upto.to_bytes(4, "big"))
    sums = [crc.to_bytes(4, "big") for _, crc, _ in places]
    offsets = [at.to_bytes(4, "big") for _, _, at in places]
    index = b"".join([b"\xfftOc\0\0\0\2", *counts, *(oid for oid, _, _ in places), *sums, *offsets, sum])
    return index + sha1(index, usedforsecurity=False).digest()


def _create(path: Path) -> int:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o444)
    shared.made(path)
    return opened


def _write_synced(path: Path, data: bytes) -> None:
    with os.fdopen(_create(path), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
