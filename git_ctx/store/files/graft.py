"""Snapshots of plain files without an index: their blobs as they were searched, and the trees above them.

git's own way, by a private index, is right for every file and costs two processes more and each object
twice. Here only what git would store byte for byte is written; the rest is left to it.
"""

import contextlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from git_ctx.errors import WriteFailed
from git_ctx.model import Oid
from git_ctx.store import loose, objects
from git_ctx.store.files.reader import Reader
from git_ctx.store.files.worktree import blob_id
from git_ctx.store.objects import Tree, TreeEntry
from git_ctx.store.repo import Repo
from git_ctx.store.status import SYMLINK, Version
from git_ctx.store.writer import Writer

_CONVERTING = ("filter", "ident", "working-tree-encoding")
_TREE = b"40000"

Nest = dict[str, "Version | Nest | None"]


def may_write(repo: Repo) -> bool:
    """Whether `loose` would put objects where git does, with the permissions that git gives them."""
    shared = (repo.config("core.sharedRepository") or "false").lower()
    return shared in ("false", "umask", "0", "no", "off") and "GIT_OBJECT_DIRECTORY" not in os.environ


def are_plain(repo: Repo, paths: Iterable[str]) -> bool:
    """Whether no attribute makes git change what it stores of these paths, all in UTF-8.

    Line ends are another matter: only content without any CR LF is safe from being changed.
    """
    try:
        names = "".join(f"{path}\0" for path in paths).encode()
    except UnicodeEncodeError:
        return False
    if not names:
        return True
    told = os.fsdecode(repo.git("check-attr", "-z", "--stdin", *_CONVERTING, input=names)).split("\0")
    return all(value in ("unspecified", "unset") for value in told[2::3])


def write_blobs(repo: Repo, versions: Mapping[str, Version], limit: int) -> bool:
    """Write the files as blobs, not yet synced; False where one is no longer what its id says.

    Raises `WriteFailed`.
    """
    with Reader(str(repo.work_tree)) as reader:
        for path in sorted(versions):
            seen = reader.see(path, limit)
            if seen is None or seen.content is None or seen.is_link != (versions[path].mode == SYMLINK):
                return False
            if blob_id(seen.content) != versions[path].oid:
                return False
            # Each by its own: a writer remembers what it wrote.
            Writer(repo, sync=False).blob(seen.content)
    return True


@contextlib.contextmanager
def synced_together(repo: Repo, written: Collection[Oid]) -> Iterator[None]:
    """Sync the objects that are written within, and that `written` names in the end, all at once.

    One after the other, each would wait for the file system's journal; now the first does for all.
    Raises `WriteFailed`.
    """
    yield
    # What is not there by this name was in a pack before.
    files = [path for oid in written if (path := loose.path(repo.objects, oid)).exists()]
    try:
        for path in (*files, *{file.parent for file in files}, repo.objects):
            sync(path)
    except OSError as error:
        raise WriteFailed(str(repo.objects), error.strerror or str(error)) from None


def sync(path: Path) -> None:
    """Have a file or directory on the disk."""
    loose.sync_path(path)


def graft(repo: Repo, base: Oid, versions: Mapping[str, Version | None], written: set[Oid]) -> Oid | None:
    """Write the tree of a commit with other versions of some paths, or without them (None).

    None where nothing is left. The ids of the trees go into `written`. Raises `WriteFailed`.
    """
    commit = objects.commit(repo, base, "the base commit")
    root = objects.tree(repo, commit.tree, "the base commit")
    return _write(repo, written, root, _nest(versions))


def _nest(versions: Mapping[str, Version | None]) -> Nest:
    """Changes by folder. A path that goes makes room for a folder, and a file takes the place of one."""
    nest: Nest = {}
    for path in sorted(versions, key=lambda path: path.count("/")):
        *folders, name = path.split("/")
        here = _below(nest, folders)
        if here is not None:
            here[name] = versions[path]
    return nest


def _below(nest: Nest, folders: list[str]) -> Nest | None:
    for folder in folders:
        below = nest.get(folder)
        if isinstance(below, Version):
            return None
        if below is None:
            below = nest[folder] = {}
        nest = below
    return nest


def _write(repo: Repo, written: set[Oid], base: Tree | None, changes: Nest) -> Oid | None:
    """The id of the tree; None for an empty one, which git does not have in another."""
    entries = dict(base.entries) if base is not None else {}
    for name, change in changes.items():
        if isinstance(change, dict):
            oid, mode = _write(repo, written, _folder(repo, base, name), change), _TREE
        else:
            oid, mode = (change.oid, b"%o" % change.mode) if change is not None else (None, b"")
        if oid is not None:
            entries[name] = TreeEntry(mode, oid)
        else:
            entries.pop(name, None)
    if not entries:
        return None
    tree = Writer(repo, sync=False).raw_tree(objects.dump(entries))
    written.add(tree)
    return tree


def _folder(repo: Repo, base: Tree | None, name: str) -> Tree | None:
    entry = base.entries.get(name) if base is not None else None
    return objects.tree(repo, entry.oid, "the base commit") if entry is not None and entry.is_tree else None
