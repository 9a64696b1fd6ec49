"""Every object of a session looked at once: what is missing or damaged, and at which path it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from git_ctx.errors import BrokenSession
from git_ctx.model import Oid
from git_ctx.store import objects, rawtree
from git_ctx.store.repo import Repo

_DEEPEST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """An object that cannot be read. `path` is '' for a commit; `oid` is what it should be."""

    oid: Oid
    path: str
    problem: str


@dataclass(slots=True, kw_only=True)
class Walk:
    """Goes through lines; what lines share it reads once. `seen` counts what was read."""

    repo: Repo
    sound: dict[Oid, tuple[Damage, ...]] = field(default_factory=dict)

    @property
    def seen(self) -> int:
        return len(self.sound)

    def line(self, tip: Oid) -> Iterator[Damage]:
        """What is damaged of a commit, its tree and all that it goes back to."""
        waiting, known = [tip], {tip}
        while waiting:
            oid = waiting.pop()
            try:
                commit = objects.commit(self.repo, oid, f"commit {oid}")
            except BrokenSession as error:
                yield Damage(oid=oid, path="", problem=error.problem)
                continue
            self.sound.setdefault(oid, ())
            yield from self.tree(commit.tree, "", 0)
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
        try:
            entries = rawtree.parse(objects.raw_tree(self.repo, oid, path), path)
        except BrokenSession as error:
            yield Damage(oid=oid, path=path, problem=error.problem)
            return
        for name, (mode, raw) in entries.items():
            below = rawtree.below(path, name)
            if mode == rawtree.TREE:
                yield from self.tree(raw.hex(), below, depth + 1)
            elif raw.hex() not in self.sound:
                self.sound[raw.hex()] = tuple(self._blob(raw.hex(), below))
                yield from self.sound[raw.hex()]

    def _blob(self, oid: Oid, path: str) -> Iterator[Damage]:
        try:
            objects.blob(self.repo, oid, path)
        except BrokenSession as error:
            yield Damage(oid=oid, path=path, problem=error.problem)


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
