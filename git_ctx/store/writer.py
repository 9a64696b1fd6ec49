"""Write objects, and see to it that they stay."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from git_ctx.errors import WriteFailed
from git_ctx.model import Oid
from git_ctx.store import loose, pruning
from git_ctx.store.objects import Tree, TreeEntry, dump
from git_ctx.store.repo import Repo
from git_ctx.store.writable import why

_BLOB, _TREE = b"100644", b"40000"
_ATTEMPTS = 3
_WITHDRAWN = 200
T = TypeVar("T")


class Writer:
    """Writes objects, synced to disk, and remembers them: until a ref reaches them, `git gc --prune=now`
    may take them at any moment. `WriteFailed` where they cannot be written.

    `sync` False: whoever asks for it has them synced all at once.
    """

    def __init__(self, repo: Repo, *, sync: bool = True) -> None:
        self._repo = repo
        self._sync = sync
        self._written: list[tuple[Oid, Callable[[], Oid]]] = []

    def blob(self, data: bytes) -> Oid:
        return self.write("blob", data)

    def tree(self, base: Tree | None, blobs: Iterable[tuple[str, Oid]], *trees: tuple[str, Oid]) -> Oid:
        """A tree like `base` with some entries more, or replaced."""
        entries = dict(base.entries) if base is not None else {}
        entries.update((name, TreeEntry(_BLOB, oid)) for name, oid in blobs)
        entries.update((name, TreeEntry(_TREE, oid)) for name, oid in trees)
        return self.raw_tree(dump(entries))

    def raw_tree(self, data: bytes) -> Oid:
        return self.write("tree", data)

    def commit(self, data: bytes) -> Oid:
        return self.write("commit", data)

    def adopt_commit(self, oid: Oid) -> None:
        """Remember a commit that git wrote for us, as if written here."""
        data = self._repo.git("cat-file", "commit", oid)
        self._written.append((oid, self._writing("commit", data)))

    def secure(self) -> bool:
        """Write again what a gc took before the ref reached it; whether it had taken anything. One that began
        before the ref moved may still be at it.
        """
        return pruning.outlasted(self._repo, lambda: self._checked(self._rewrite))

    def write(self, kind: str, data: bytes) -> Oid:
        write = self._writing(kind, data)
        oid = self._checked(write)
        self._written.append((oid, write))
        if self._sync:
            self._repo.fresh.hold(oid, kind, data)
        return oid

    def _writing(self, kind: str, data: bytes) -> Callable[[], Oid]:
        return partial(loose.write, self._repo.objects, kind, data, sync=self._sync)

    def _checked(self, write: Callable[[], T]) -> T:
        attempts = withdrawn = 0
        while attempts < _ATTEMPTS and withdrawn < _WITHDRAWN:
            try:
                return write()
            except FileNotFoundError as error:
                # A `git gc --prune=now` takes directories away before a file is in them, and files before
                # they have their names. It goes on doing so, but it comes to an end.
                problem: OSError = error
                withdrawn += 1
            except OSError as error:
                problem = error
                attempts += 1
        raise WriteFailed(str(self._repo.objects), why(self._repo.objects, problem))

    def _rewrite(self) -> bool:
        """What a gc has packed meanwhile is written again, too: the next one sees to that."""
        gone = [write for oid, write in self._written if not loose.is_there(self._repo.objects, oid)]
        for write in gone:
            write()
        return bool(gone)
