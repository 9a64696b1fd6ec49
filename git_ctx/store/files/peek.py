"""A file of a snapshot, line by line."""

from git_ctx.errors import BrokenSession
from git_ctx.model import Oid
from git_ctx.store import events, objects
from git_ctx.store.repo import Repo

_LARGEST = 4 << 20


class Peek:
    """Reads files out of trees; each version of one is read once."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._known: dict[Oid, tuple[str, ...]] = {}

    def lines(self, tree: Oid, path: str) -> tuple[str, ...] | None:
        """The lines of a file, () where the tree has no such file; None where that cannot be told."""
        try:
            oid = self._blob(tree, path)
            if oid is not None and oid not in self._known:
                data = objects.blob(self._repo, oid, path, _LARGEST)
                text = data.decode("utf-8", "replace")
                self._known[oid] = tuple(line.removesuffix("\r") for line in text.split("\n"))
        except BrokenSession:  # the snapshot was dropped, or the file is too large
            return None
        return self._known[oid] if oid is not None else ()

    def _blob(self, tree: Oid, path: str) -> Oid | None:
        *folders, name = path.split("/")
        at = objects.tree(self._repo, tree, "a snapshot")
        for folder in folders:
            inner = events.subtree(self._repo, at, folder)
            if inner is None:
                return None
            at = inner
        entry = at.entries.get(name)
        return entry.oid if entry is not None and entry.is_blob else None
