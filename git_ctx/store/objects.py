"""Read objects within bounds."""

from pathlib import Path
from typing import TYPE_CHECKING

from git_ctx.errors import BrokenSession
from git_ctx.model import Oid
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

if TYPE_CHECKING:
    import pygit2

LARGEST_BLOB = 64 << 20
_LARGEST_TREE = 16 << 20
_LARGEST_COMMIT = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit as far as sessions need it."""

    oid: Oid
    tree: Oid
    parents: tuple[Oid, ...]
    message: str


def blob(repo: Repo, oid: Oid, where: str, largest: int = LARGEST_BLOB) -> bytes:
    """The content of a blob; `BrokenSession` where it is missing, damaged, too large or no blob."""
    return _read(repo, oid, "blob", where, largest)


def tree(repo: Repo, oid: Oid, where: str) -> "pygit2.Tree":
    """A tree, as pygit2 has it; `BrokenSession` as for a blob."""
    import pygit2

    try:
        _check(repo, oid, "tree", where, _LARGEST_TREE)
        found = repo.pygit[oid]
    except KeyError:
        raise BrokenSession(where, f"tree {oid} is missing") from None
    except pygit2.GitError as error:
        raise BrokenSession(where, f"tree {oid} is damaged ({error})") from None
    assert isinstance(found, pygit2.Tree)
    return found


def raw_tree(repo: Repo, oid: Oid, where: str) -> bytes:
    """A tree's bytes, for what libgit2 would not show as it is; `BrokenSession` as for a blob."""
    return _read(repo, oid, "tree", where, _LARGEST_TREE)


def raw_commit(repo: Repo, oid: Oid, where: str) -> bytes:
    """A commit's bytes; `BrokenSession` as for a blob."""
    return _read(repo, oid, "commit", where, _LARGEST_COMMIT)


def commit(repo: Repo, oid: Oid, where: str) -> Commit:
    data = raw_commit(repo, oid, where)
    header, _, text = data.partition(b"\n\n")
    values = [line.partition(" ")[::2] for line in header.decode("utf-8", "replace").split("\n")]
    trees = [value for key, value in values if key == "tree"]
    if not trees:
        raise BrokenSession(where, f"commit {oid} names no tree")
    parents = tuple(value for key, value in values if key == "parent")
    return Commit(oid=oid, tree=trees[0], parents=parents, message=text.decode("utf-8", "replace"))


def contains(repo: Repo, tip: Oid, commit: Oid) -> bool:
    """Whether a commit is the tip or in its history."""
    import pygit2

    if tip == commit:
        return True
    try:
        return repo.pygit.descendant_of(tip, commit)
    except (KeyError, pygit2.GitError) as error:
        raise BrokenSession(f"commit {tip}", f"its history cannot be read ({error})") from None


def _check(repo: Repo, oid: Oid, kind: str, where: str, largest: int) -> None:
    """By its header alone: inflating first would let a small file fill the memory."""
    found, size = repo.pygit.odb.read_header(oid)
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
    import pygit2

    try:
        _check(repo, oid, kind, where, largest)
        data: bytes = repo.pygit.odb.read(oid)[1]
    except KeyError:
        return _promised(repo, oid, kind, where)
    except pygit2.GitError as error:
        raise BrokenSession(where, f"{kind} {oid} is damaged ({error})") from None
    return data


def _promised(repo: Repo, oid: Oid, kind: str, where: str) -> bytes:
    """An object that is not here: git can fetch it where a remote of a partial clone promised it."""
    if repo.config("extensions.partialClone") or repo.config("remote.origin.promisor"):
        done = repo.run("cat-file", kind, oid)
        if done.status == 0:
            return done.stdout
    raise BrokenSession(where, f"{kind} {oid} is missing")
