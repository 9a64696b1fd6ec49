"""A snapshot's tree less some of its files. Looks at each folder once, however many snapshots have it."""

import re
from collections.abc import Callable

from git_ctx.errors import BrokenSession
from git_ctx.model import Oid
from git_ctx.store import objects
from git_ctx.store.repo import Repo
from git_ctx.store.writer import Writer

_ENTRY = re.compile(rb"([0-7]{5,7}) ([^\0]+)\0(.{20})", re.DOTALL)
_FOLDERS = (b"40000", b"040000")
_DEEPEST = 200

Drop = Callable[[str, Oid], bool]
"""Whether a file goes, by its path and its blob."""


class Stripper:
    """Strips trees by one rule, and remembers what it found."""

    def __init__(self, repo: Repo, writer: Writer, drop: Drop) -> None:
        self._repo = repo
        self._writer = writer
        self._drop = drop
        self._known: dict[tuple[str, Oid], tuple[Oid | None, tuple[str, ...]]] = {}

    def tree(self, oid: Oid) -> tuple[Oid, tuple[str, ...]]:
        """The tree less what goes, and the paths that went. Raises `BrokenSession`."""
        new, gone = self._folder("", oid)
        return (self._writer.raw_tree(b"") if new is None else new), gone

    def _folder(self, path: str, oid: Oid) -> tuple[Oid | None, tuple[str, ...]]:
        known = self._known.get((path, oid))
        if known is None:
            known = self._known[path, oid] = self._look(path, oid)
        return known

    def _look(self, path: str, oid: Oid) -> tuple[Oid | None, tuple[str, ...]]:
        if path.count("/") > _DEEPEST:
            raise BrokenSession(path, "it is nested too deeply")
        kept: list[bytes] = []
        gone: list[str] = []
        for found in _ENTRY.finditer(objects.raw_tree(self._repo, oid, path or "a snapshot")):
            mode, name, raw = found.groups()
            whole = path + name.decode("utf-8", "surrogateescape")
            new: Oid | None = raw.hex()
            if mode in _FOLDERS:
                new, below = self._folder(whole + "/", raw.hex())
                gone += below
            elif self._drop(whole, raw.hex()):
                new = None
                gone.append(whole)
            if new is not None:
                kept.append(b"%s %s\0%s" % (mode, name, bytes.fromhex(new)))
        if not gone:
            return oid, ()
        return (self._writer.raw_tree(b"".join(kept)) if kept else None), tuple(gone)
