"""What differs between two trees: which paths, and how, as git shows it."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from git_ctx.code import Change
from git_ctx.model import Oid
from git_ctx.pattern import lazily
from git_ctx.store.asking import OFFLINE
from git_ctx.store.repo import Repo
from git_ctx.store.status import GITLINK

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
LARGEST_PATCH = 200_000

ENDLESS = 10**9
"""Lines, where it is not known how many more there are."""

_HUNK = lazily(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")

_RENAMES = ("-M", "-l400")
_RAW = ("diff-tree", "-r", "-z", "--raw", "--no-abbrev", *_RENAMES, "--ignore-submodules=none")
_PATCH = (
    "-c",
    # Larger files count as binary: nobody reads their diffs, and making them takes long.
    "core.bigFileThreshold=1m",
    "-c",
    "core.quotePath=false",
    "-c",
    "diff.suppressBlankEmpty=false",
    "--literal-pathspecs",
    "diff-tree",
    "-r",
    "-p",
    "-z",
    "--raw",
    "--no-abbrev",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--submodule=short",
    "--unified=3",
    "--src-prefix=a/",
    "--dst-prefix=b/",
)
# Paths are given as arguments, and there is an end to their length.
_PATHS_AT_ONCE = 500


def changes(repo: Repo, old: Oid | None, new: Oid | None) -> tuple[Change, ...]:
    """How the second tree differs from the first, sorted by path, renames found; None: no files.

    Submodules are left out. A change of mode alone is a change.
    """
    if old == new:
        return ()
    listed = repo.git(*_RAW, old or EMPTY_TREE, new or EMPTY_TREE, env=OFFLINE)
    return tuple(sorted(_parse(os.fsdecode(listed)), key=lambda change: change.path))


def contents(repo: Repo, tree: Oid) -> dict[str, Oid]:
    """The blob ids of a tree's files by path; submodules are left out."""
    listed = os.fsdecode(repo.git("ls-tree", "-r", "-z", "--full-tree", tree, env=OFFLINE))
    records = (record.split(" ", 2) for record in listed.split("\0") if record)
    return {rest[41:]: rest[:40] for _, kind, rest in records if kind == "blob"}


def patches(
    repo: Repo, old: Oid | None, new: Oid | None, paths: Iterable[str], limit: int = LARGEST_PATCH
) -> dict[str, str]:
    """The unified diffs of these paths between two trees, headers included, as git shows them.

    Binary files, paths that do not differ, and diffs of more than `limit` bytes have none. A renamed
    file appears under both names, if both are asked for.
    """
    wanted = tuple(dict.fromkeys(paths))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _PATHS_AT_ONCE):
        some = wanted[start : start + _PATHS_AT_ONCE]
        printed = repo.git(
            *_PATCH, "--no-renames", old or EMPTY_TREE, new or EMPTY_TREE, "--", *some, env=OFFLINE
        )
        asked = set(some)
        found.update((path, text) for _, path, text in _split(printed, limit) if path in asked)
    return found


def renamed(
    repo: Repo, old: Oid, new: Oid, names: Mapping[str, str], limit: int = LARGEST_PATCH
) -> dict[str, str]:
    """The diffs of files that were renamed, by their new names, as changes of what they were before.

    `names`: the new names and the old ones. Where nothing but the name changed there is none.
    """
    found: dict[str, str] = {}
    pairs = list(names.items())
    for start in range(0, len(pairs), _PATHS_AT_ONCE // 2):
        some = [name for pair in pairs[start : start + _PATHS_AT_ONCE // 2] for name in pair]
        printed = repo.git(*_PATCH, *_RENAMES, old, new, "--", *some, env=OFFLINE)
        found.update((path, text) for was, path, text in _split(printed, limit) if names.get(path) == was)
    return {path: text for path, text in found.items() if "\n@@ " in text}


def patch(repo: Repo, old: Oid | None, new: Oid | None, path: str, limit: int = LARGEST_PATCH) -> str | None:
    """The diff of one path between two trees; None where `patches` has none."""
    return patches(repo, old, new, (path,), limit).get(path)


def new_lines(patch: str) -> Iterator[int]:
    """The lines of the new file that a patch adds, or takes others away before."""
    at = 0
    for line in patch.split("\n"):
        if found := _HUNK.match(line):
            at = max(1, int(found[3]))
        elif at and line.startswith(("+", "-")):
            yield at
        at += bool(at) and line.startswith(("+", " "))


def kept_lines(patch: str) -> Iterator[tuple[int, int, int]]:
    """The runs of lines that a patch leaves alone: the number of the first before, after, and how many."""
    old = new = 1
    inside = False
    for line in patch.split("\n"):
        if found := _HUNK.match(line):
            start, after = _starts(found)
            yield old, new, start - old
            old, new, inside = start, after, True
        elif inside and line.startswith(" "):
            yield old, new, 1
            old, new = old + 1, new + 1
        elif inside:
            old, new = old + line.startswith("-"), new + line.startswith("+")
    yield old, new, ENDLESS


def _starts(hunk: re.Match[str]) -> tuple[int, int]:
    """Where a hunk begins before and after; git names the line before it where it takes none."""
    old, olds, new, news = hunk.groups()
    return int(old) + (olds == "0"), int(new) + (news == "0")


def _parse(listed: str) -> Iterator[Change]:
    fields = iter(listed.split("\0"))
    for meta in fields:
        if not meta:
            continue
        old_mode, new_mode, old_oid, new_oid, status = meta.removeprefix(":").split(" ")
        paths = tuple(islice(fields, 2 if status[0] in "RC" else 1))
        old_blob = None if int(old_mode, 8) in (0, GITLINK) else old_oid
        new_blob = None if int(new_mode, 8) in (0, GITLINK) else new_oid
        change = _change(status[0], paths, old_blob, new_blob)
        if change is not None:
            yield change


def _change(status: str, paths: Sequence[str], old: Oid | None, new: Oid | None) -> Change | None:
    """A submodule counts as no file, so a file that takes its place is added."""
    if status == "R" and old is not None and new is not None:
        return Change(status="renamed", path=paths[1], old_path=paths[0], old_oid=old, new_oid=new)
    if old is None and new is None:
        return None
    word = "added" if old is None else "deleted" if new is None else "modified"
    return Change(status=word, path=paths[-1], old_oid=old, new_oid=new)  # type: ignore[arg-type]


def _split(printed: bytes, limit: int) -> Iterator[tuple[str, str, str]]:
    """The old and new paths of the raw part, in whose order the patches follow, each with its own."""
    raw, _, text = printed.partition(b"\0\0")
    # No line of a patch but its first begins so: content is indented, and names with a newline quoted.
    sections = iter([b"diff --git " + part for part in (b"\n" + text).split(b"\ndiff --git ")[1:]])
    fields = iter(os.fsdecode(raw).split("\0"))
    for meta in fields:
        status = meta.rpartition(" ")[2]
        paths = tuple(islice(fields, 2 if status[:1] in ("R", "C") else 1))
        # Where a file becomes a link, git shows the one deleted and the other added.
        section = b"\n".join(islice(sections, 2 if status == "T" else 1))
        if paths and len(section) <= limit and not _is_binary(section):
            yield paths[0], paths[-1], section.decode("utf-8", "replace").rstrip("\n") + "\n"


def _is_binary(section: bytes) -> bool:
    head = section.partition(b"\n@@ ")[0]
    return b"\nBinary files " in head
