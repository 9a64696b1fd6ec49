"""Every object of a session looked at once: what is missing or damaged, and at which path it stands."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from git_ctx.errors import BrokenSession
from git_ctx.model import Oid
from git_ctx.store import objects, rawtree
from git_ctx.store.asking import OFFLINE
from git_ctx.store.repo import Repo

_DEEPEST = 16
_AHEAD = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """An object that cannot be read. `path` is '' for a commit; `oid` is what it should be."""

    oid: Oid
    path: str
    problem: str


class _Sound(NamedTuple):
    """The bytes of a tree without damage, and where in them each entry ends."""

    data: bytes
    ends: list[int]


@dataclass(slots=True, kw_only=True)
class Walk:
    """Goes through lines; what lines share it reads once. `seen` counts what was read."""

    repo: Repo
    sound: dict[Oid, tuple[Damage, ...]] = field(default_factory=dict)
    _latest: dict[str, _Sound] = field(default_factory=dict)
    _order: list[Oid] = field(default_factory=list)
    _places: dict[Oid, int] = field(default_factory=dict)
    _asked: int = 0

    @property
    def seen(self) -> int:
        return len(self.sound)

    def line(self, tip: Oid) -> Iterator[Damage]:
        """What is damaged of a commit, its tree and all that it goes back to."""
        self._list(tip)
        waiting, known = [tip], {tip}
        told = set[tuple[Oid, str]]()
        while waiting:
            oid = waiting.pop()
            self._look_ahead(oid)
            try:
                commit = objects.commit(self.repo, oid, f"commit {oid}")
            except BrokenSession as error:
                yield Damage(oid=oid, path="", problem=error.problem)
                continue
            self.sound.setdefault(oid, ())
            for damage in self.tree(commit.tree, "", 0):
                # As it stands in the trees of all commits from here on.
                if (damage.oid, damage.path) not in told:
                    told.add((damage.oid, damage.path))
                    yield damage
            waiting += [parent for parent in commit.parents if parent not in known]
            known.update(commit.parents)

    def tree(self, oid: Oid, path: str, depth: int) -> tuple[Damage, ...]:
        if oid not in self.sound:
            self.sound[oid] = ()
            self.sound[oid] = tuple(self._look(oid, path, depth))
        return self.sound[oid]

    def _look(self, oid: Oid, path: str, depth: int) -> Iterator[Damage]:
        if depth > _DEEPEST:
            yield Damage(oid=oid, path=path, problem="it is nested too deeply")
            return
        self._look_ahead(oid)
        try:
            data = objects.raw_tree(self.repo, oid, path)
            ends, entries = self._unknown(data, path)
        except BrokenSession as error:
            yield Damage(oid=oid, path=path, problem=error.problem)
            return
        whole = True
        for name, (mode, raw) in entries.items():
            ends.append((ends[-1] if ends else 0) + len(mode) + len(name) + len(raw) + 2)
            for damage in self._entry(mode, raw.hex(), rawtree.below(path, name), depth):
                whole = False
                yield damage
        if whole:
            self._latest[path] = _Sound(data, ends)

    def _entry(self, mode: bytes, oid: Oid, path: str, depth: int) -> tuple[Damage, ...]:
        if mode == rawtree.TREE:
            return self.tree(oid, path, depth + 1)
        if oid not in self.sound:
            self.sound[oid] = tuple(self._blob(oid, path))
        return self.sound[oid]

    def _unknown(self, data: bytes, path: str) -> tuple[list[int], rawtree.Raw]:
        """The entries of a tree, less those that it begins with as the sound one before it at this path did:
        one more with each event, each in a tree of its own. With them, where those left out end.
        """
        before = self._latest.get(path)
        if before is not None:
            ends = before.ends[: bisect_right(before.ends, _alike(before.data, data))]
            at = ends[-1] if ends else 0
            entries = rawtree.parse(data[at:], path)
            if not any(b" %s\0" % name in data[:at] for name in entries):
                return ends, entries
        return [], rawtree.parse(data, path)

    def _blob(self, oid: Oid, path: str) -> Iterator[Damage]:
        self._look_ahead(oid)
        try:
            objects.blob(self.repo, oid, path)
        except BrokenSession as error:
            yield Damage(oid=oid, path=path, problem=error.problem)

    def _list(self, tip: Oid) -> None:
        """In which order a line will be gone through, as far as git can tell; nothing depends on it."""
        if tip in self._places:
            return
        words = ("rev-list", "--objects", "--no-object-names", "--in-commit-order", "--stdin")
        listed = self.repo.run(*words, input=f"{tip}\n".encode(), env=OFFLINE).stdout.decode().split()
        for oid in listed:
            if oid not in self._places:
                self._places[oid] = len(self._order)
                self._order.append(oid)

    def _look_ahead(self, oid: Oid) -> None:
        at = self._places.get(oid, -1)
        if at >= self._asked:
            self._asked = at + _AHEAD
            objects.have_at_hand(self.repo, self._order[at : at + _AHEAD])


def _alike(one: bytes, other: bytes) -> int:
    """How many bytes they begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def entries(repo: Repo, tip: Oid) -> Iterator[tuple[str, Oid]]:
    """The files of a commit's tree, as far as they can be reached."""
    try:
        yield from _files(repo, objects.commit(repo, tip, f"commit {tip}").tree, "", 0)
    except BrokenSession:
        return


def _files(repo: Repo, oid: Oid, path: str, depth: int) -> Iterator[tuple[str, Oid]]:
    try:
        children = rawtree.parse(objects.raw_tree(repo, oid, path), path)
    except BrokenSession:
        return
    for name, (mode, raw) in sorted(children.items()):
        below = rawtree.below(path, name)
        if mode == rawtree.TREE and depth < _DEEPEST:
            yield from _files(repo, raw.hex(), below, depth + 1)
        elif mode == rawtree.BLOB:
            yield below, raw.hex()
