"""What is known to be forgotten of a session: by marks in its trees, and by what was learnt of them here.

A mark is a setting, `meta/forgotten/<clock>-<id>.json`. It names entries, and the versions that have taken
their place. refs/ctx/forgotten/<session id> holds every mark that this repository has met, and those
versions: so an entry stays forgotten, whoever brings it back. The ref is never pushed.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from git_ctx import redaction, registers
from git_ctx.errors import BrokenSession
from git_ctx.model import Oid, Version
from git_ctx.pattern import lazily
from git_ctx.store import commits, layout, objects, rawtree, swap
from git_ctx.store.files.strip import Stripper
from git_ctx.store.rawtree import Raw
from git_ctx.store.repo import Repo
from git_ctx.store.writer import Writer
from git_ctx.value import dataclass

KEY = "forgotten"
TOMBS = "refs/ctx/forgotten/"

Read = dict[Oid, Raw]

_LARGEST = 16 << 20
_MANY = 1000
_ID = lazily(r"[a-z0-9]{4,40}", re.ASCII)
_META = lazily(r"meta/([a-z][a-z0-9-]{0,63})/([^/]+)", re.ASCII)
_EVENT = lazily(r"events/(\d{6})/([^/]+)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """`files`: the marks by name, and where their bytes are. `versions`: what they say of each path."""

    files: Mapping[str, Oid]
    versions: Mapping[str, tuple[Version, ...]]

    def __bool__(self) -> bool:
        return bool(self.files)

    def latest(self, path: str) -> frozenset[Oid]:
        """The versions over which no other one stands: one, unless two forgot apart from each other."""
        said = self.versions.get(path, ())
        return frozenset(one.oid for one in said) - {oid for one in said for oid in one.over}


NONE = Marks(files={}, versions={})


def known(repo: Repo, session_id: str, *trees: Oid) -> Marks:
    """All marks of a session, in some of its trees and in what was learnt here."""
    files: dict[str, Oid] = {}
    for tree in (*trees, *filter(None, [_tomb_tree(repo, session_id)])):
        files.update(_files(repo, tree))
    return _read(repo, files) if files else NONE


def learnt(repo: Repo, session_id: str) -> Marks:
    """The marks that this repository remembers; cheap where there are none."""
    tree = _tomb_tree(repo, session_id)
    return NONE if tree is None else _read(repo, _files(repo, tree))


def remembered(repo: Repo, session_id: str) -> Oid | None:
    """The commit that holds what this repository remembers; another one once there is more."""
    name = tomb(session_id)
    return None if name is None else swap.target(repo, name)


def any_learnt(repo: Repo) -> bool:
    """Whether anything of any session is forgotten here; costs nothing."""
    return bool(swap.parts_below(repo, TOMBS))


def learn(
    repo: Repo, writer: Writer, session_id: str, marks: Marks, versions: Mapping[str, Oid], when: datetime
) -> None:
    """Remember marks, and the versions at these paths, which `writer` wrote: they are secure from now on.

    Raises `WriteFailed`, `BranchBusy`.
    """
    name = tomb(session_id)
    if name is None or not marks:
        return
    with swap.alone(repo, name):
        old = swap.target(repo, name)
        before = None if old is None else objects.commit(repo, old, name).tree
        files = {f"meta/{KEY}/{file}": oid for file, oid in marks.files.items()}
        after = put(repo, writer, before, {**versions, **files})
        if after != before:
            _remember(repo, writer, name, old, after, when)


def drop(repo: Repo, name: str, paths: Collection[str], when: datetime) -> None:
    """Remember the versions at some paths no more: of what has them then all is forgotten. `name`: the ref.

    Raises `WriteFailed`, `BranchBusy`.
    """
    with swap.alone(repo, name):
        old = swap.target(repo, name)
        if old is not None:
            writer = Writer(repo)
            tree, _ = Stripper(repo, writer, lambda path, _: path in paths).tree(
                objects.commit(repo, old, name).tree
            )
            _remember(repo, writer, name, old, tree, when)


def _remember(repo: Repo, writer: Writer, name: str, old: Oid | None, tree: Oid, when: datetime) -> None:
    """Without parents: what stood there before is to go."""
    author, committer = commits.idents(repo, when)
    header = f"tree {tree}\nauthor {author}\ncommitter {committer}\n\nforgotten\n"
    commit = writer.commit(header.encode())
    if not swap.swap(repo, name, old, commit, reason="forgotten", who=committer, secure=writer.secure):
        raise BrokenSession(name, "it moved while it was locked")


def tomb(session_id: str) -> str | None:
    """The ref that remembers what of a session is forgotten; None for an id that no session of ours has."""
    return f"{TOMBS}{session_id}" if _ID.fullmatch(session_id) else None


def by_event(versions: Iterable[Version]) -> list[list[Version]]:
    """What marks are to say, each of one event or setting: a line that has it has all of it, and so the
    versions that the mark names. Who has these not would have to forget all of the entry.

    Of very many, each says it of a hundred.
    """
    said = sorted(versions, key=lambda one: one.path)
    found: dict[str, list[Version]] = {}
    for one in said:
        folder, _, name = one.path.rpartition("/")
        key = folder if len(said) > _MANY else f"{folder}/{name.partition('.')[0]}"
        found.setdefault(key, []).append(one)
    return list(found.values())


def wanted(repo: Repo, writer: Writer, marks: Marks, trees: Iterable[Oid]) -> dict[str, Oid]:
    """What has to stand at each marked path that one of these trees has, so that all forget alike.

    The latest version; where there is more than one, or what it says was never in the entry, then the entry
    with all forgotten that can be. That is the same whichever version it is made of, and it stays so.
    """
    trees = tuple(trees)
    found: dict[str, Oid] = {}
    read: Read = {}
    for path in marks.versions:
        here = {oid for tree in trees if (oid := at(repo, tree, path, read))}
        if here:
            found[path] = _wanted(repo, writer, path, here, marks.latest(path))
    return found


def at(repo: Repo, tree: Oid, path: str, read: Read | None = None) -> Oid | None:
    """The blob at a path of a tree; None where there is none. `read`: what was read of trees before."""
    *folders, name = path.split("/")
    read = {} if read is None else read
    oid = tree
    for folder in folders:
        mode, raw = _once(repo, oid, read).get(folder.encode(), (b"", b""))
        if mode != rawtree.TREE:
            return None
        oid = raw.hex()
    mode, raw = _once(repo, oid, read).get(name.encode("utf-8", "surrogateescape"), (b"", b""))
    return raw.hex() if mode == rawtree.BLOB else None


def is_wholly_forgotten(repo: Repo, path: str, oid: Oid) -> bool:
    return redaction.is_wholly(path, objects.blob(repo, oid, path))


def missing(repo: Repo, tree: Oid, marks: Marks) -> dict[str, Oid]:
    """The marks that a tree needs and has not: those that speak of entries that it has."""
    there = _files(repo, tree)
    needed = {}
    read: Read = {}
    for file, oid in marks.files.items():
        if file not in there and any(at(repo, tree, one.path, read) for one in _versions(repo, file, oid)):
            needed[f"meta/{KEY}/{file}"] = oid
    return needed


def put(repo: Repo, writer: Writer, tree: Oid | None, files: Mapping[str, Oid]) -> Oid:
    """A tree with some blobs more, or others in their place."""
    children = _children(repo, tree) if tree is not None else {}
    entries: Raw = dict(children)
    below: dict[str, dict[str, Oid]] = {}
    for path, oid in files.items():
        head, slash, rest = path.partition("/")
        if slash:
            below.setdefault(head, {})[rest] = oid
        else:
            entries[head.encode()] = rawtree.BLOB, bytes.fromhex(oid)
    for name, inner in below.items():
        mode, raw = children.get(name.encode(), (b"", b""))
        base = raw.hex() if mode == rawtree.TREE else None
        entries[name.encode()] = rawtree.TREE, bytes.fromhex(put(repo, writer, base, inner))
    if tree is not None and entries == children:
        return tree
    return writer.raw_tree(rawtree.dump(entries))


def _wanted(repo: Repo, writer: Writer, path: str, here: set[Oid], latest: frozenset[Oid]) -> Oid:
    only = next(iter(latest)) if len(latest) == 1 else None
    if here == {only}:
        return str(only)
    contents = [objects.blob(repo, oid, path) for oid in sorted(here)]
    whole = next((data for data in contents if redaction.is_wholly(path, data)), None)
    if only is not None and whole is None and _is_honest(repo, path, only, contents):
        return only
    return writer.blob(whole if whole is not None else redaction.wholly(path, contents[0]))


def _is_honest(repo: Repo, path: str, oid: Oid, contents: Iterable[bytes]) -> bool:
    """Whether a version is here, and says nothing that the entry did not."""
    try:
        less = objects.blob(repo, oid, path)
    except BrokenSession:
        return False
    return all(data == less or redaction.is_less(path, less, data) for data in contents)


def _tomb_tree(repo: Repo, session_id: str) -> Oid | None:
    name = tomb(session_id)
    oid = swap.target(repo, name) if name else None
    return None if oid is None or name is None else objects.commit(repo, oid, name).tree


def _files(repo: Repo, tree: Oid) -> dict[str, Oid]:
    """The marks in a tree, by name."""
    inner = tree
    for folder in (b"meta", KEY.encode()):
        mode, raw = _children(repo, inner).get(folder, (b"", b""))
        if mode != rawtree.TREE:
            return {}
        inner = raw.hex()
    return {
        rawtree.text(name): raw.hex()
        for name, (mode, raw) in _children(repo, inner).items()
        if mode == rawtree.BLOB and layout.parse_meta(KEY, rawtree.text(name))
    }


def _read(repo: Repo, files: Mapping[str, Oid]) -> Marks:
    versions: dict[str, list[Version]] = {}
    for file in sorted(files):
        for version in _versions(repo, file, files[file]):
            versions.setdefault(version.path, []).append(version)
    return Marks(files=files, versions={path: tuple(said) for path, said in versions.items()})


def _versions(repo: Repo, file: str, oid: Oid) -> Iterator[Version]:
    """What a mark says; one of no such form says nothing."""
    where = f"meta/{KEY}/{file}"
    try:
        meta = registers.decode_meta(objects.blob(repo, oid, where, _LARGEST), where)
        said = registers.read_forgotten(meta.value, where)
    except BrokenSession:
        return
    yield from (version for version in said if can_be_forgotten(version.path))


def can_be_forgotten(path: str) -> bool:
    """Whether a path of a session's tree is one of which something can be forgotten."""
    if event := _EVENT.fullmatch(path):
        return layout.parse_event_file(int(event[1]), event[2]) is not None
    if meta := _META.fullmatch(path):
        return meta[1] not in (KEY, "state") and layout.parse_meta(meta[1], meta[2]) is not None
    return path == "session.json"


def _once(repo: Repo, tree: Oid, read: Read) -> Raw:
    if tree not in read:
        read[tree] = _children(repo, tree)
    return read[tree]


def _children(repo: Repo, tree: Oid) -> Raw:
    return rawtree.parse(objects.raw_tree(repo, tree, "the session's tree"), "")
