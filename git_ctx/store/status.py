"""What git says differs from HEAD and the index: one `git status`, parsed; nothing is written."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from git_ctx.errors import GitFailed, NoWorkTree
from git_ctx.model import Oid
from git_ctx.store.asking import OFFLINE
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

GITLINK = 0o160000
SYMLINK = 0o120000

_EMPTY_BLOB = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"

_STATUS = (
    "status",
    "--porcelain=v2",
    "-z",
    "--branch",
    # Counting commits against the upstream walks history.
    "--no-ahead-behind",
    "--untracked-files=all",
    "--ignored=no",
    "--no-renames",
    # A submodule counts by the commit it is at; what is dirty inside it would cost a process each.
    "--ignore-submodules=dirty",
)


class Version(NamedTuple):
    """A path's mode and blob (or commit of a submodule) in a commit or in the index."""

    mode: int
    oid: Oid


@dataclass(frozen=True, slots=True)
class Entry:
    """A path that differs. No `head`: not in the base commit. No `index`: not tracked, or unmerged.

    `touched`: the work tree has something else than the index. `mode` is the work tree's as git sees
    it; 0: not there, or not looked at.
    """

    path: str
    head: Version | None = None
    index: Version | None = None
    touched: bool = True
    mode: int = 0
    untracked: bool = False
    unmerged: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """`nested`: repositories inside the work tree that are not submodules."""

    branch: str | None
    base: Oid | None
    entries: tuple[Entry, ...]
    nested: tuple[str, ...]


def status(repo: Repo) -> Status:
    """Ask git what differs. Raises `NoWorkTree` in a bare repository."""
    if repo.work_tree is None:
        raise NoWorkTree
    found = parse(_ask(repo))
    return _with_heads(repo, found) if any(_is_doubtful(entry) for entry in found.entries) else found


def _ask(repo: Repo) -> bytes:
    done = repo.run(*_STATUS, env=OFFLINE)
    if done.status and "filter" in done.words:
        # A required filter that fails stops even a look. Without it the file merely counts as changed.
        done = repo.run(*no_filter_required(repo), *_STATUS, env=OFFLINE)
    if done.status:
        raise GitFailed(_STATUS, done.status, done.words)
    return done.stdout


def no_filter_required(repo: Repo) -> Iterator[str]:
    """Options under which git goes on where a filter fails, and takes the file as it is."""
    named = repo.git("config", "-z", "--name-only", "--get-regexp", r"^filter\..*\.required$", check=False)
    for key in filter(None, os.fsdecode(named).split("\0")):
        yield from ("-c", f"{key}=false")


def parse(output: bytes) -> Status:
    """Read `git status --porcelain=v2 -z --branch --no-renames`."""
    branch: str | None = None
    base: Oid | None = None
    entries: dict[str, Entry] = {}
    nested: list[str] = []
    for record in filter(None, os.fsdecode(output).split("\0")):
        match record[0]:
            case "#":
                key, _, value = record[2:].partition(" ")
                if key == "branch.oid" and value != "(initial)":
                    base = value
                elif key == "branch.head" and value != "(detached)":
                    branch = value
            case "1":
                entry = _ordinary(record)
                entries[entry.path] = entry
            case "u":
                path = record.split(" ", 10)[10]
                entries[path] = Entry(path, mode=int(record.split(" ", 7)[6], 8), unmerged=True)
            case "?" if record.endswith("/"):
                nested.append(record[2:-1])
            case "?":
                _add_untracked(entries, record[2:])
    return Status(branch, base, tuple(entries.values()), tuple(nested))


def _ordinary(record: str) -> Entry:
    _, states, _, *modes, head, index, path = record.split(" ", 8)
    in_head, in_index, in_tree = (int(mode, 8) for mode in modes)
    return Entry(
        path,
        head=Version(in_head, head) if in_head else None,
        # Of a path that is only intended to be added the index holds no content.
        index=Version(in_index, index) if in_index else None,
        touched=states[1] != ".",
        mode=in_tree,
    )


def _add_untracked(entries: dict[str, Entry], path: str) -> None:
    """A path may be deleted in the index and yet stand, untracked, in the work tree."""
    known = entries.get(path)
    if known is None:
        entries[path] = Entry(path, untracked=True, touched=True)
    else:
        entries[path] = replace(known, index=None, untracked=True, touched=True)


def _is_doubtful(entry: Entry) -> bool:
    """Whether git's answer leaves open what HEAD has.

    The 'ours' of an unmerged path may stem from another path; and a path that was intended to be
    added, but is gone, is reported as if HEAD had it, empty.
    """
    return entry.unmerged or (entry.head is not None and entry.head.oid == _EMPTY_BLOB and not entry.mode)


def _with_heads(repo: Repo, found: Status) -> Status:
    doubtful = [entry.path for entry in found.entries if _is_doubtful(entry)]
    heads = versions(repo, found.base, doubtful) if found.base else {}
    entries = (replace(e, head=heads.get(e.path)) if _is_doubtful(e) else e for e in found.entries)
    return replace(found, entries=tuple(entries))


def versions(repo: Repo, tree: Oid, paths: Iterable[str]) -> dict[str, Version]:
    """What a tree or commit has of the given paths."""
    found: dict[str, Version] = {}
    wanted = tuple(paths)
    for start in range(0, len(wanted), 500):
        listed = repo.git("ls-tree", "-z", "--full-tree", tree, "--", *wanted[start : start + 500])
        for record in filter(None, os.fsdecode(listed).split("\0")):
            meta, _, path = record.partition("\t")
            mode, kind, oid = meta.split(" ")
            if kind != "tree":
                found[path] = Version(int(mode, 8), oid)
    return found
