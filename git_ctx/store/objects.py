"""Read objects within bounds.

What is sound is read without libgit2, which takes longer to load than a prompt to read all that it needs.
libgit2 says what is the matter with the rest.
"""

import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from git_ctx.errors import BrokenSession
from git_ctx.model import Oid
from git_ctx.store import loose, message
from git_ctx.store.asking import OFFLINE
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

LARGEST_BLOB = 64 << 20
_LARGEST_TREE = 16 << 20
_LARGEST_COMMIT = 1 << 20
_LATELY = 32
_AHEAD = 500

_OID = re.compile(r"[0-9a-f]{40}")
_ENTRY = re.compile(rb"([0-7]{1,6}) ([^\0/]+)\0(.{20})", re.DOTALL)
_TREE = b"40000"
_GITLINK = b"160000"


class TreeEntry(NamedTuple):
    """`mode` as it is written in the tree."""

    mode: bytes
    oid: Oid

    @property
    def is_tree(self) -> bool:
        return self.mode == _TREE

    @property
    def is_blob(self) -> bool:
        return self.mode not in (_TREE, _GITLINK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A tree's entries by name, in its order."""

    oid: Oid
    entries: dict[str, TreeEntry]


def dump(entries: dict[str, TreeEntry]) -> bytes:
    """A tree's bytes, in the order that git wants: directories as if their names ended in '/'."""
    named = ((os.fsencode(name), entry) for name, entry in entries.items())
    ordered = sorted((name + b"/" if entry.is_tree else name, name, entry) for name, entry in named)
    return b"".join([b"%s %s\0%s" % (mode, name, bytes.fromhex(oid)) for _, name, (mode, oid) in ordered])


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit as far as sessions need it."""

    oid: Oid
    tree: Oid
    parents: tuple[Oid, ...]
    message: str


T = TypeVar("T", Tree, Commit)


def blob(repo: Repo, oid: Oid, where: str, largest: int = LARGEST_BLOB) -> bytes:
    """The content of a blob; `BrokenSession` where it is missing, damaged, too large or no blob."""
    return _read(repo, oid, "blob", where, largest)


def tree(repo: Repo, oid: Oid, where: str) -> Tree:
    """A tree; `BrokenSession` as for a blob. Not to be changed: who asks again is given the same."""
    known = repo.lately.get(oid)
    return known if isinstance(known, Tree) else _remember(repo, _tree(repo, oid, where))


def _tree(repo: Repo, oid: Oid, where: str) -> Tree:
    data = raw_tree(repo, oid, where)
    found = _ENTRY.findall(data)
    if sum(len(mode) + len(name) + 22 for mode, name, _ in found) != len(data):
        raise BrokenSession(where, f"tree {oid} is damaged")
    entries = {os.fsdecode(name): TreeEntry(mode, oid.hex()) for mode, name, oid in found}
    return Tree(oid=oid, entries=entries)


def raw_tree(repo: Repo, oid: Oid, where: str) -> bytes:
    """A tree's bytes as they stand; `BrokenSession` as for a blob."""
    return _read(repo, oid, "tree", where, _LARGEST_TREE)


def raw_commit(repo: Repo, oid: Oid, where: str) -> bytes:
    """A commit's bytes; `BrokenSession` as for a blob."""
    return _read(repo, oid, "commit", where, _LARGEST_COMMIT)


def commit(repo: Repo, oid: Oid, where: str) -> Commit:
    """A commit; `BrokenSession` as for a blob."""
    known = repo.lately.get(oid)
    return known if isinstance(known, Commit) else _remember(repo, _commit(repo, oid, where))


def _commit(repo: Repo, oid: Oid, where: str) -> Commit:
    data = raw_commit(repo, oid, where)
    header, _, text = data.partition(b"\n\n")
    values = [line.partition(" ")[::2] for line in header.decode("utf-8", "replace").split("\n")]
    trees = [value for key, value in values if key == "tree"]
    if not trees:
        raise BrokenSession(where, f"commit {oid} names no tree")
    parents = tuple(value for key, value in values if key == "parent")
    return Commit(oid=oid, tree=trees[0], parents=parents, message=text.decode("utf-8", "replace"))


def problem(repo: Repo, oid: Oid) -> str | None:
    """What is the matter with an object of any kind; None where it is sound, or too large to look at."""
    if _sound(repo, oid, LARGEST_BLOB):
        return None
    try:
        header = repo.odb.read_header(oid)
    except (KeyError, ValueError):
        return f"object {oid} is missing"
    except Exception as error:  # pygit2's own, which is not imported before it is needed
        return f"object {oid} is damaged ({error})"
    if header[1] > LARGEST_BLOB:
        return None
    kind = header[0].name.lower()
    try:
        _read_by_libgit2(repo, oid, kind, "", LARGEST_BLOB)
    except BrokenSession as error:
        return error.problem
    return None


def ahead(repo: Repo, oids: Iterable[Oid]) -> Iterator[Oid]:
    """The same ids; by the time each is taken its object is at hand."""
    left = iter(oids)
    while some := list(islice(left, _AHEAD)):
        have_at_hand(repo, some)
        yield from some


def have_at_hand(repo: Repo, oids: Iterable[Oid]) -> None:
    """Ask git in one go for objects that are about to be read; nothing depends on it."""
    repo.packed.ahead([oid for oid in oids if not loose.is_there(repo.objects, oid)])


def _remember(repo: Repo, found: T) -> T:
    """An event is found through three trees, and its neighbours through the same."""
    while len(repo.lately) >= _LATELY:
        del repo.lately[next(iter(repo.lately))]
    repo.lately[found.oid] = found
    return found


def contains(repo: Repo, tip: Oid, commit: Oid) -> bool:
    """Whether a commit is the tip or in its history."""
    if tip == commit:
        return True
    # Of git: libgit2 reads a loose commit that was cut short for ever.
    words = ("--no-replace-objects", "merge-base", "--is-ancestor", commit, tip)
    done = repo.run(*words, env=OFFLINE)
    # What is missing is a no to git, and an error in words; warnings and traces are none.
    errors = [line for line in done.words.splitlines() if line.startswith(("error: ", "fatal: "))]
    if done.status > 1 or errors:
        problem = message.last_words("\n".join(errors), f"git {done.status}")
        raise BrokenSession(f"commit {tip}", f"its history cannot be read ({problem})")
    return done.status == 0


def _check(repo: Repo, oid: Oid, kind: str, where: str, largest: int) -> None:
    """By its header alone: inflating first would let a small file fill the memory."""
    found, size = repo.odb.read_header(oid)
    name = found.name.lower()
    if name != kind:
        raise BrokenSession(where, f"{oid} is a {name}, not a {kind}")
    if size > largest:
        raise BrokenSession(where, f"{kind} {oid} is too large ({size} bytes)")
    if not _whole(repo.common_dir / "objects" / oid[:2] / oid[2:], size):
        raise BrokenSession(where, f"{kind} {oid} is damaged (cut short)")


def _whole(loose: Path, size: int) -> bool:
    """Whether a loose object's file goes to its end: libgit2 reads one that was cut short for ever."""
    import zlib

    try:
        packed = loose.read_bytes()
    except OSError:
        return True  # in a pack, which libgit2 reads well
    stream = zlib.decompressobj()
    try:
        stream.decompress(packed, size + 64)
    except zlib.error:
        return False
    return stream.eof


def _read(repo: Repo, oid: Oid, kind: str, where: str, largest: int) -> bytes:
    if _OID.fullmatch(oid):
        found = repo.fresh.read(oid, largest) or _sound(repo, oid, largest)
        if found is not None and found[0] == kind:
            return found[1]
    return _read_by_libgit2(repo, oid, kind, where, largest)


def _sound(repo: Repo, oid: Oid, largest: int) -> tuple[str, bytes] | None:
    """The kind and content of an object that git has, where nothing is the matter with it."""
    return (
        repo.packed.at_hand(oid, largest)
        or loose.read(repo.objects, oid, largest)
        or repo.packed.read(oid, largest)
    )


def _read_by_libgit2(repo: Repo, oid: Oid, kind: str, where: str, largest: int) -> bytes:
    import pygit2

    try:
        _check(repo, oid, kind, where, largest)
        data: bytes = repo.odb.read(oid)[1]
    except KeyError:
        return _promised(repo, oid, kind, where)
    except (pygit2.GitError, OSError) as error:  # the latter of a pack that is none
        raise BrokenSession(where, f"{kind} {oid} is damaged ({error})") from None
    return data


def _promised(repo: Repo, oid: Oid, kind: str, where: str) -> bytes:
    """An object that is not here: git can fetch it where a remote of a partial clone promised it."""
    if repo.is_partial:
        done = repo.run("cat-file", kind, oid)
        if done.status == 0:
            return done.stdout
    raise BrokenSession(where, f"{kind} {oid} is missing")
