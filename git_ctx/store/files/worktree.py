"""The files of the work tree as they are now: listed, and read for analysis. Nothing is written."""

import os
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from time import perf_counter

from git_ctx.code import File, WorkTree
from git_ctx.model import NULL_OID, Oid
from git_ctx.store import loose
from git_ctx.store.asking import OFFLINE
from git_ctx.store.files.reader import Reader, Seen
from git_ctx.store.repo import Repo
from git_ctx.store.status import GITLINK, SYMLINK, Entry, Status, Version, status
from git_ctx.value import dataclass

DEFAULT_MAX_FILE_SIZE = 10_000_000

MANY = 1000
"""Files from which on it pays to look for them in packs."""

SLOW = 0.00005
"""Seconds; a file that is in memory takes less than half, with the folders on its way."""

_SAMPLE = 50
_ELSEWHERE = (b"version https://git-lfs", b"\0GITCRYPT")
"""How a blob begins that stands for what a filter puts into the work tree."""

_UNITS = {"k": 1024, "m": 1024**2, "g": 1024**3}

Index = dict[str, Version]

_new = tuple.__new__
"""Makes one of many without the detour of its constructor, which takes three times as long."""


@dataclass(frozen=True, slots=True)
class Held:
    """Why a path is withheld, and what is known of the file there."""

    reason: str
    mode: int
    size: int | None = None


def look(repo: Repo) -> WorkTree:
    """The work tree as it is, at the price of `git status` and `git ls-files`.

    A file that differs from the index gets the id of its raw bytes: where a filter applies (line
    ends, LFS), git would give it another, which only a snapshot knows. One that is larger than
    `ctx.maxFileSize`, or cannot be read, is listed as withheld.
    """
    found = status(repo)
    listed = index(repo)
    sizes: dict[str, int] = {}
    held: dict[str, Held] = {}
    limit = max_file_size(repo)
    with Reader(str(repo.work_tree)) as reader:
        for entry in touched(found):
            seen = reader.see(entry.path, limit)
            if seen is None:
                listed.pop(entry.path, None)
            elif seen.content is None:
                held[entry.path] = Held(seen.problem or "", seen.mode, seen.size)
            else:
                listed[entry.path] = Version(mode(repo, entry, seen), blob_id(seen.content))
                sizes[entry.path] = seen.size
    return assemble(repo, found, listed, sizes, held)


def names(repo: Repo) -> list[str]:
    """The paths of the files that are tracked, or untracked and not ignored, sorted."""
    listed = os.fsdecode(
        repo.git("ls-files", "-z", "--cached", "--others", "--exclude-standard", env=OFFLINE)
    )
    return sorted(set(filter(None, listed.split("\0"))))


def touched(found: Status) -> list[Entry]:
    """The files that the work tree has otherwise than the index, sorted; submodules left out."""
    return sorted((e for e in found.entries if e.touched and e.mode != GITLINK), key=attrgetter("path"))


def read(root: Path | str, file: File, limit: int = DEFAULT_MAX_FILE_SIZE) -> bytes | None:
    """A file's bytes on disk; None when it is gone, too large, withheld, or no plain file any more.

    A symbolic link is given as its text. For many files, one `Reader` is cheaper.
    """
    with Reader(root) as reader:
        return content(reader, file, limit)


def content(reader: Reader, file: File, limit: int = DEFAULT_MAX_FILE_SIZE) -> bytes | None:
    """As `read`, with a reader at hand."""
    if file.withheld is not None:
        return None
    if file.mode != SYMLINK:
        return reader.plain(file.path, limit)
    seen = reader.see(file.path, limit)
    return seen.content if seen is not None and seen.is_link else None


def contents(
    repo: Repo, reader: Reader, files: Sequence[File], limit: int = DEFAULT_MAX_FILE_SIZE
) -> Iterator[bytes | None]:
    """As `content` for each of the files. Where the disk has yet to find many of them they are taken out of
    packs, at a third of the price; then line ends are as git keeps them.
    """

    def taken(file: File, data: bytes | None) -> bytes | None:
        if data is None or data.startswith(_ELSEWHERE):
            return content(reader, file, limit)
        return data if len(data) <= limit else None

    if len(files) >= MANY and _are_packed(repo, files) and _are_slow(reader, files, limit):
        return map(taken, files, repo.packed.contents([file.oid for file in files]))
    return (content(reader, file, limit) for file in files)


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
        content(reader, file, limit)
        took.append(perf_counter() - start)
    return sorted(took)[len(took) // 2] >= SLOW


def _sample(files: Sequence[File]) -> Sequence[File]:
    return files[:: len(files) // _SAMPLE + 1]


def max_file_size(repo: Repo) -> int:
    """`ctx.maxFileSize` in bytes, with git's k, m, g; what is no number counts as the default."""
    value = (repo.config("ctx.maxFileSize") or "").strip().lower()
    unit = _UNITS.get(value[-1:], 1)
    number = value[:-1] if unit > 1 else value
    return int(number) * unit if number.isdecimal() else DEFAULT_MAX_FILE_SIZE


def index(repo: Repo, env: Mapping[str, str] | None = None) -> Index:
    """What the index holds, by path. Of an unmerged path, one side."""
    listed = os.fsdecode(repo.git("ls-files", "-s", "-z", env={**OFFLINE, **(env or {})}))
    modes = {"100644": 0o100644, "100755": 0o100755, "120000": SYMLINK, "160000": GITLINK}
    # '100644 <40 hex digits> 0\tpath'
    records = listed.split("\0")[:-1]
    return {record[50:]: _new(Version, (modes[record[:6]], record[7:47])) for record in records}


def assemble(
    repo: Repo, found: Status, listed: Index, sizes: Mapping[str, int], held: Mapping[str, Held]
) -> WorkTree:
    """The work tree of an index that was brought up to date, less what is withheld."""
    files = [
        _new(File, (path, oid, mode, sizes.get(path), None))
        for path, (mode, oid) in listed.items()
        if mode != GITLINK and path not in held
    ]
    files += (
        File(path=path, oid=NULL_OID, mode=known.mode, size=known.size, withheld=known.reason)
        for path, known in held.items()
    )
    submodules = (path for path, version in listed.items() if version.mode == GITLINK)
    return WorkTree(
        root=str(repo.work_tree),
        branch=found.branch,
        base=found.base,
        files=tuple(sorted(files, key=attrgetter("path"))),
        changed=tuple(sorted(e.path for e in found.entries if _is_changed(e, listed, held))),
        deleted=tuple(sorted(e.path for e in found.entries if _is_deleted(e, listed, held))),
        nested=tuple(sorted({*submodules, *found.nested})),
    )


def blob_id(content: bytes) -> Oid:
    """The id git gives these bytes as a blob."""
    from hashlib import sha1

    return sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _is_changed(entry: Entry, listed: Index, held: Mapping[str, Held]) -> bool:
    now = listed.get(entry.path)
    return entry.path in held or (now is not None and now.mode != GITLINK and now != entry.head)


def _is_deleted(entry: Entry, listed: Index, held: Mapping[str, Held]) -> bool:
    was_file = entry.head is not None and entry.head.mode != GITLINK
    return was_file and entry.path not in listed and entry.path not in held


def mode(repo: Repo, entry: Entry, seen: Seen) -> int:
    """As git sees it, where it was asked: it knows whether the file system keeps executable bits."""
    if (entry.mode == SYMLINK) == seen.is_link and entry.mode:
        return entry.mode
    trusted = seen.is_link or repo.config_bool("core.filemode", True)
    return seen.mode if trusted else 0o100644
