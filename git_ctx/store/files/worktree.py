"""The files of the work tree as they are now. Nothing is written."""

import os
from collections.abc import Mapping
from operator import attrgetter

from git_ctx.code import File, WorkTree
from git_ctx.model import NULL_OID, Oid
from git_ctx.store.asking import OFFLINE
from git_ctx.store.files.reader import Reader, Seen
from git_ctx.store.repo import Repo
from git_ctx.store.status import GITLINK, SYMLINK, Entry, Status, Version, status
from git_ctx.value import dataclass

DEFAULT_MAX_FILE_SIZE = 10_000_000

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
