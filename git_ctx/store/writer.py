"""Write objects, and see to it that they stay."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from git_ctx.errors import WriteFailed
from git_ctx.model import Oid
from git_ctx.store import lock
from git_ctx.store.repo import Repo
from git_ctx.store.swap import why

if TYPE_CHECKING:
    import pygit2

_BLOB, _TREE = 0o100644, 0o040000
_ATTEMPTS = 3
_GC_PATIENCE = 0.2


class Writer:
    """Writes objects, synced to disk, and remembers them: until a ref reaches them, `git gc --prune=now`
    may take them at any moment. `WriteFailed` where they cannot be written.
    """

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._written: list[tuple[Oid, Callable[[], object]]] = []

    def blob(self, data: bytes) -> Oid:
        return self._write(lambda: self._repo.pygit.create_blob(data))

    def tree(
        self, base: "pygit2.Tree | None", blobs: Iterable[tuple[str, Oid]], *trees: tuple[str, Oid]
    ) -> Oid:
        """A tree like `base` with some entries more, or replaced."""
        entries = [(name, oid, _BLOB) for name, oid in blobs] + [(name, oid, _TREE) for name, oid in trees]

        def build() -> object:
            pygit = self._repo.pygit
            builder = pygit.TreeBuilder() if base is None else pygit.TreeBuilder(base)
            for entry in entries:
                builder.insert(*entry)
            return builder.write()

        return self._write(build)

    def raw_tree(self, data: bytes) -> Oid:
        from pygit2.enums import ObjectType

        return self._write(lambda: self._repo.pygit.write(ObjectType.TREE, data))

    def commit(self, data: bytes) -> Oid:
        from pygit2.enums import ObjectType

        # Never `create_commit`: it returns an id even where nothing could be written.
        return self._write(lambda: self._repo.pygit.write(ObjectType.COMMIT, data))

    def adopt_commit(self, oid: Oid) -> None:
        """Remember a commit that git wrote for us, as if written here."""
        from pygit2.enums import ObjectType

        data = self._repo.pygit.odb.read(oid)[1]
        self._written.append((oid, lambda: self._repo.pygit.write(ObjectType.COMMIT, data)))

    def written(self, write: Callable[[], object]) -> Oid:
        """The id of an object that libgit2 writes when called."""
        return self._write(write)

    def secure(self) -> None:
        """Write again what a gc took before the ref reached it. One that began before the ref moved may
        still be at it, so as long as there is one, look again for a moment.
        """
        running = self._repo.common_dir / "gc.pid"
        deadline = time.monotonic() + _GC_PATIENCE
        self._checked(self._rewrite)
        while running.exists() and time.monotonic() < deadline:
            lock.pause()
            self._checked(self._rewrite)

    def _write(self, write: Callable[[], object]) -> Oid:
        oid = str(self._checked(write))
        self._written.append((oid, write))
        return oid

    def _checked(self, write: Callable[[], object]) -> object:
        import pygit2

        for _ in range(_ATTEMPTS):
            try:
                return write()
            except (OSError, ValueError, pygit2.GitError) as error:
                problem = error
            with suppress(OSError, ValueError, pygit2.GitError):
                self._rewrite()  # a tree cannot be written when what it names was taken meanwhile
        directory = self._repo.common_dir / "objects"
        raise WriteFailed(str(directory), why(directory, problem))

    def _rewrite(self) -> None:
        for oid, write in self._written:
            if not self._repo.pygit.odb.exists(oid):
                write()
