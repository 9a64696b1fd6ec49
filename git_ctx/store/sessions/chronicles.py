"""Sessions whole, commit by commit: read from git, and made into a bundle that git can read."""

import os
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha1
from pathlib import Path

from git_ctx.chronicle import Chronicle, Step, ancestors_first
from git_ctx.errors import BrokenSession
from git_ctx.model import Oid, SessionBranch
from git_ctx.safety import paths
from git_ctx.store import objects, refs
from git_ctx.store.asking import OFFLINE
from git_ctx.store.pack import header
from git_ctx.store.repo import Repo

_COMMIT, _TREE, _BLOB = 1, 2, 3
_KINDS = {_COMMIT: b"commit", _TREE: b"tree", _BLOB: b"blob"}
_LISTED = ("rev-list", "--topo-order", "--reverse", "--parents", "--stdin")
_COMPARED = ("diff-tree", "--stdin", "--root", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--always")
_ENTRY = "100644"
_DEEPEST = 16
_CONTROL = re.compile("[\\0-\x20\x7f]")


def read(repo: Repo, session: str, tips: Mapping[SessionBranch, Oid]) -> Chronicle:
    """Some branches of a session with all their history.

    Raises `BrokenSession`, also where the history takes away or rewrites an entry: no session's does.
    """
    found: dict[str, Oid] = {}
    steps = []
    added = dict(_steps(repo, tips.values()))
    for oid in objects.ahead(repo, added):
        for path, blob in added[oid].items():
            if found.setdefault(path, blob) != blob:
                raise BrokenSession(
                    path, "it is not the same in every commit, and entries are never rewritten"
                )
        data = objects.raw_commit(repo, oid, f"commit {oid}")
        steps.append(Step(oid=oid, data=data, adds=tuple(sorted(added[oid]))))
    places = sorted(found)
    blobs = zip(places, objects.ahead(repo, [found[path] for path in places]), strict=True)
    return Chronicle(
        session=session,
        branches={branch.branch: tip for branch, tip in tips.items()},
        steps=tuple(steps),
        entries={path: objects.blob(repo, blob, path) for path, blob in blobs},
    )


def _steps(repo: Repo, tips: Iterable[Oid]) -> Iterator[tuple[Oid, dict[str, Oid]]]:
    """Each commit, parents before children, with the blobs that it has beyond its first parent."""
    listed = repo.git(*_LISTED, input="".join(f"{tip}\n" for tip in tips).encode(), env=OFFLINE)
    lines = [line.split(b" ")[:2] for line in listed.splitlines()]
    # A second id on a line is what the commit is compared with, whatever its parents are.
    wanted = b"".join(b" ".join(line) + b"\n" for line in lines)
    fields = iter(os.fsdecode(repo.git(*_COMPARED, input=wanted, env=OFFLINE)).split("\0"))
    oid, added = "", dict[str, Oid]()
    for field in fields:
        if not field.startswith(":"):
            if oid:
                yield oid, added
            oid, added = field, {}
            continue
        path = next(fields)
        _, mode, _, blob, status = field.split(" ")
        if (mode, status) != (_ENTRY, "A"):
            raise BrokenSession(path, f"commit {oid} does more than add it, and entries are never rewritten")
        added[path] = blob


def bundle(chronicle: Chronicle, target: Path) -> None:
    """Write a chronicle as a git bundle, made of its entries alone.

    Raises `BrokenSession` where a commit does not come out under its id, or leads to what is not there.
    """
    pack = _Pack()
    blobs = {path: pack.add(_BLOB, data) for path, data in chronicle.entries.items()}
    trees: dict[Oid, Oid | None] = {}
    for step, parents in ancestors_first(chronicle.steps):
        where = f"commit {step.oid}"
        missing = [path for path in step.adds if path not in blobs]
        if missing:
            raise BrokenSession(where, f"its entry '{missing[0]}' is missing")
        tree = pack.tree(trees[parents[0]] if parents else None, {path: blobs[path] for path in step.adds})
        if not step.data.startswith(f"tree {tree}\n".encode()) or pack.add(_COMMIT, step.data) != step.oid:
            raise BrokenSession(where, "what it says of itself is not true")
        trees[step.oid] = tree
    heads = {}
    for name, tip in chronicle.branches.items():
        if tip not in trees:
            raise BrokenSession(f"branch {name}", f"commit {tip} is missing")
        ref = refs.refname(SessionBranch(session=chronicle.session, branch=name))
        if refs.parse(ref) is None or _CONTROL.search(ref):
            raise BrokenSession(f"branch {name}", "it has a name that no branch may have")
        heads[ref] = tip
    with target.open("xb") as file:
        file.write(b"# v2 git bundle\n")
        file.writelines(os.fsencode(f"{tip} {ref}\n") for ref, tip in heads.items())
        file.write(b"\n")
        file.writelines(pack.bytes())


class _Pack:
    """Objects as git packs them, without deltas."""

    def __init__(self) -> None:
        self._objects: dict[Oid, bytes] = {}
        self._trees: dict[Oid, dict[str, tuple[bool, Oid]]] = {}

    def add(self, kind: int, data: bytes) -> Oid:
        oid = sha1(b"%s %d\0" % (_KINDS[kind], len(data)) + data, usedforsecurity=False).hexdigest()
        if oid not in self._objects:
            self._objects[oid] = header(kind, len(data)) + zlib.compress(data, 1)
        return oid

    def tree(self, base: Oid | None, blobs: Mapping[str, Oid]) -> Oid:
        """The tree of some entries more."""
        below: dict[str, dict[str, Oid]] = {}
        entries = dict(self._trees[base]) if base else {}
        for path, oid in blobs.items():
            name, _, rest = path.partition("/")
            if _is_unfit(path) or (name in entries and entries[name][0] != bool(rest)):
                raise BrokenSession(path, "it is no path that an entry may have")
            if rest:
                below.setdefault(name, {})[rest] = oid
            else:
                entries[name] = False, oid
        for name, some in below.items():
            if name in entries and not entries[name][0]:
                raise BrokenSession(name, "it is no path that an entry may have")
            entries[name] = True, self.tree(entries[name][1] if name in entries else None, some)
        oid = self.add(_TREE, _tree(entries))
        self._trees[oid] = entries
        return oid

    def bytes(self) -> Iterator[bytes]:
        sum = sha1(usedforsecurity=False)
        for piece in (b"PACK\0\0\0\2" + len(self._objects).to_bytes(4, "big"), *self._objects.values()):
            sum.update(piece)
            yield piece
        yield sum.digest()


def _is_unfit(path: str) -> bool:
    return paths.problem(path) is not None or path.count("/") > _DEEPEST


def _tree(entries: Mapping[str, tuple[bool, Oid]]) -> bytes:
    """In the order that git wants: directories as if their names ended in '/'."""
    rows = sorted((os.fsencode(name) + b"/" * below, below, oid) for name, (below, oid) in entries.items())
    return b"".join(
        (b"40000 %s\0" % name[:-1] if below else b"100644 %s\0" % name) + bytes.fromhex(oid)
        for name, below, oid in rows
    )
