"""Trees that anyone may have made, judged by their raw bytes before a file of them is written."""

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from git_ctx.errors import BrokenSession, UnsafePath
from git_ctx.model import Oid
from git_ctx.safety import paths
from git_ctx.store import objects
from git_ctx.store.repo import Repo

DEEPEST = 200
MOST_FILES = 2_000_000
LONGEST = 4000

_FILE, _LINK, _GITLINK, _FOLDER = "file", "link", "submodule", "folder"
# The second of a pair is what old programs wrote. Further bits (setuid, sticky) are nobody's honest mode.
_KINDS = {
    b"100644": _FILE,
    b"100664": _FILE,
    b"100755": _FILE,
    b"120000": _LINK,
    b"160000": _GITLINK,
    b"40000": _FOLDER,
    b"040000": _FOLDER,
}
_ENTRY = re.compile(rb"([0-7]{5,7}) ([^\0]+)\0(.{20})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Size:
    """Of a tree: how many files are in it, and how long the longest path and how deep the deepest is."""

    files: int = 1
    length: int = 0
    depth: int = 0


def check(repo: Repo, tree: Oid) -> None:
    """Raise where writing this tree into a folder could leave it or harm it.

    `UnsafePath` names the first such path; `BrokenSession` is raised where a tree is missing or damaged.
    A link may point anywhere, as git has it; what must not be is a second entry that leads through it.
    """
    _Judge(repo).tree(tree, "")


class _Judge:
    """Looks at each tree once, however often it occurs: a bomb of trees costs no more than its objects."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._folds = repo.config_bool("core.ignorecase", False)
        self._known: dict[Oid, _Size] = {}

    def tree(self, oid: Oid, path: str) -> _Size:
        if oid not in self._known:
            self._known[oid] = self._look(oid, path)
        size = self._known[oid]
        if path.count("/") + size.depth > DEEPEST or len(path) + size.length > LONGEST:
            raise UnsafePath(path, "it leads too deep")
        if size.files > MOST_FILES:
            raise UnsafePath(path, "it holds too many files")
        return size

    def _look(self, oid: Oid, path: str) -> _Size:
        if path.count("/") > DEEPEST:
            raise UnsafePath(path, "it leads too deep")
        files = length = depth = 0
        seen: dict[str, str] = {}
        for kind, name, below in _entries(objects.raw_tree(self._repo, oid, path or "the snapshot"), path):
            whole = path + name
            self._check(whole, name, kind, seen)
            size = self.tree(below, whole + "/") if kind == _FOLDER else _Size()
            files += size.files
            length = max(length, len(name) + 1 + size.length)
            depth = max(depth, 1 + size.depth)
        return _Size(files, length, depth)

    def _check(self, whole: str, name: str, kind: str, seen: dict[str, str]) -> None:
        problem = "it is no single name" if "/" in name else paths.problem(name)
        if problem is None and kind == _LINK and name.lower() == ".gitmodules":
            problem = "it is a link that git would read"
        if problem is not None:
            raise UnsafePath(whole, problem)
        same = seen.get(f"={name}")
        if same is not None:
            raise UnsafePath(whole, "it stands there twice")
        folded = _folded(name)
        other = seen.get(folded)
        # Where a folder and a link answer to one name, what goes into the folder follows the link.
        if other is not None and (self._folds or _LINK in (other, kind)):
            raise UnsafePath(whole, "another path differs from it in case alone")
        seen[f"={name}"] = seen[folded] = kind


def _folded(name: str) -> str:
    return "~" + unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _entries(data: bytes, path: str) -> Iterator[tuple[str, str, Oid]]:
    """The kind, name and id of each entry, or `BrokenSession`, `UnsafePath`."""
    at = 0
    while at < len(data):
        found = _ENTRY.match(data, at)
        if found is None:
            raise BrokenSession(path or "the snapshot", "its tree is damaged")
        mode, name, oid = found.groups()
        kind = _KINDS.get(mode)
        if kind is None:
            raise UnsafePath(path + os.fsdecode(name), f"its mode is {mode.decode()}")
        yield kind, os.fsdecode(name), oid.hex()
        at = found.end()
