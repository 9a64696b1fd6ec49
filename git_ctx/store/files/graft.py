"""Snapshots of plain files without an index: whether that is possible, and the trees above them.

git's own way, by a private index, is right for every file and costs two processes more and each object
twice. Here only what git would store byte for byte is taken; the rest is left to it.
"""

import os
from collections.abc import Collection, Iterable, Mapping

from git_ctx.model import Oid
from git_ctx.store import loose, objects
from git_ctx.store.objects import Tree, TreeEntry
from git_ctx.store.repo import Repo
from git_ctx.store.status import Version

_CONVERTING = ("filter", "ident", "working-tree-encoding")
_LINE_ENDS = ("text", "crlf", "eol")
_TREE = b"40000"

Nest = dict[str, "Version | Nest | None"]


def may_write(repo: Repo) -> bool:
    """Whether `loose` would put objects where git does, with the permissions that git gives them."""
    shared = (repo.config("core.sharedRepository") or "false").lower()
    return shared in ("false", "umask", "0", "no", "off") and "GIT_OBJECT_DIRECTORY" not in os.environ


def are_plain(repo: Repo, paths: Iterable[str], crlf: Collection[str]) -> bool:
    """Whether nothing makes git change what it stores of these paths, all in UTF-8; `crlf` are those of
    them that have line ends which git changes where it is told to.
    """
    if crlf and repo.config_bool("core.autocrlf", False):
        return False
    try:
        names = "".join(f"{path}\0" for path in paths).encode()
    except UnicodeEncodeError:
        return False
    if not names:
        return True
    asked = (*_CONVERTING, *(_LINE_ENDS if crlf else ()))
    told = os.fsdecode(repo.git("check-attr", "-z", "--stdin", *asked, input=names)).split("\0")
    return all(
        value in ("unspecified", "unset") or (attribute in _LINE_ENDS and path not in crlf)
        for path, attribute, value in zip(told[::3], told[1::3], told[2::3], strict=False)
    )


def graft(
    repo: Repo, base: Oid | None, versions: Mapping[str, Version | None]
) -> tuple[Oid | None, dict[Oid, bytes]]:
    """The tree of a commit with other versions of some paths, or without them (None); None where nothing
    is left. With it the bytes of all trees that differ from the commit's, which nobody wrote yet. Before
    the first commit (`base` None) it is made of these paths alone.
    """
    root = None
    if base is not None:
        commit = objects.commit(repo, base, "the base commit")
        root = objects.tree(repo, commit.tree, "the base commit")
    made: dict[Oid, bytes] = {}
    return _make(repo, made, root, _nest(versions)), made


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


def _make(repo: Repo, made: dict[Oid, bytes], base: Tree | None, changes: Nest) -> Oid | None:
    """The id of the tree; None for an empty one, which git does not have in another."""
    entries = dict(base.entries) if base is not None else {}
    below = [
        entries[name].oid for name, change in changes.items() if name in entries and isinstance(change, dict)
    ]
    if len(below) > 1:
        objects.have_at_hand(repo, below)
    for name, change in changes.items():
        if isinstance(change, dict):
            oid, mode = _make(repo, made, _folder(repo, base, name), change), _TREE
        else:
            oid, mode = (change.oid, b"%o" % change.mode) if change is not None else (None, b"")
        if oid is not None:
            entries[name] = TreeEntry(mode, oid)
        else:
            entries.pop(name, None)
    if not entries:
        return None
    data = objects.dump(entries)
    oid = loose.named("tree", data)
    made[oid] = data
    return oid


def _folder(repo: Repo, base: Tree | None, name: str) -> Tree | None:
    entry = base.entries.get(name) if base is not None else None
    return objects.tree(repo, entry.oid, "the base commit") if entry is not None and entry.is_tree else None
