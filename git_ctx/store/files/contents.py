"""The bytes of files of the work tree, for analysis: from the disk, or out of packs where that is slow."""

import os
from collections.abc import Iterator, Sequence
from time import perf_counter

from git_ctx.code import File
from git_ctx.store import loose
from git_ctx.store.files.reader import Reader
from git_ctx.store.files.worktree import DEFAULT_MAX_FILE_SIZE
from git_ctx.store.repo import Repo
from git_ctx.store.status import SYMLINK

MANY = 1000
"""Files from which on it pays to look for them in packs."""

SLOW = 0.00005
"""Seconds; a file that is in memory takes less than half, with the folders on its way."""

_SAMPLE = 50
_ELSEWHERE = (b"version https://git-lfs", b"\0GITCRYPT")
"""How a blob begins that stands for what a filter puts into the work tree."""


def one(reader: Reader, file: File, limit: int = DEFAULT_MAX_FILE_SIZE) -> bytes | None:
    """A file's bytes on disk; None when it is gone, too large, withheld, or no plain file any more.

    A symbolic link is given as its text.
    """
    if file.withheld is not None:
        return None
    if file.mode != SYMLINK:
        return reader.plain(file.path, limit)
    seen = reader.see(file.path, limit)
    return seen.content if seen is not None and seen.is_link else None


def each(
    repo: Repo, reader: Reader, files: Sequence[File], limit: int = DEFAULT_MAX_FILE_SIZE
) -> Iterator[bytes | None]:
    """As `one` for each of the files. Where the disk has yet to find many of them they are taken out of
    packs, at a third of the price; then line ends are as git keeps them.
    """

    def taken(file: File, data: bytes | None) -> bytes | None:
        if data is None or data.startswith(_ELSEWHERE):
            return one(reader, file, limit)
        return data if len(data) <= limit else None

    if len(files) >= MANY and _are_packed(repo, files) and _are_slow(reader, files, limit):
        return map(taken, files, repo.packed.contents([file.oid for file in files]))
    return (one(reader, file, limit) for file in files)


def _are_packed(repo: Repo, files: Sequence[File]) -> bool:
    """Whether the objects of most of some files are in packs, and each of them has a file on disk."""
    if repo.config_bool("core.sparseCheckout", False):
        return False
    sample = _sample(files)
    return 2 * sum(loose.is_there(repo.objects, file.oid) for file in sample) < len(sample)


def _are_slow(reader: Reader, files: Sequence[File], limit: int) -> bool:
    """Whether most of some files take longer to read than they would out of a pack, by reading a few."""
    took = []
    for file in _sample(files):
        start = perf_counter()
        one(reader, file, limit)
        took.append(perf_counter() - start)
    return sorted(took)[len(took) // 2] >= SLOW


def _sample(files: Sequence[File]) -> Sequence[File]:
    """A few, others each time: what was read by the last run, and it alone, may be in memory."""
    step = len(files) // _SAMPLE + 1
    return files[os.getpid() % step :: step]
