"""The files that a prompt names: paths spelled in it, and frames of its stack traces."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from git_ctx.analysis.kinds import MAIN
from git_ctx.analysis.query import Query, parts

_STEP = 0.5
"""How much less each further file of a stack trace says."""

_FEW = 2
"""A class's name that more files bear names none of them."""


class Names:
    """Finds the files that a spelled path may mean, by the longest common end."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            self._by_name[path.rpartition("/")[2].lower()].append(path)

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        """The files by their names without endings; a folder's main file by the folder's."""
        found: dict[str, list[str]] = defaultdict(list)
        for some in self._by_name.values():
            for path in some:
                found[_steps(path)[-1]].append(path)
        return found

    def meant(self, spelled: str) -> Sequence[str]:
        """The files whose paths share most of their end with this one, at least the name itself.

        A path without an ending means a file of that name in a folder of that name.
        """
        want = _spelled_steps(spelled)
        return self._with_ending(want) or self._without_ending(want)

    def owned(self, owner: str) -> Sequence[str]:
        """The files of a class's name, where they are few."""
        named = {owner.lower(), "_".join(parts(owner))}
        some = [path for name in sorted(named) for path in self._by_stem.get(name, ())]
        return some if len(some) <= _FEW else ()

    def run(self, spelled: str) -> Sequence[str]:
        """The files that a stack trace may mean: where it says a folder, none of that name in another one."""
        want = _spelled_steps(spelled)
        some = self._with_ending(want)
        return [path for path in some if len(want) < 2 or "/" not in path or _shared(_parts(path), want) > 1]

    def _with_ending(self, want: Sequence[str]) -> Sequence[str]:
        some = self._by_name.get(want[-1], []) if want else []
        return _most({path: _shared(_parts(path), want) for path in some}, 1)

    def _without_ending(self, want: Sequence[str]) -> Sequence[str]:
        some = self._by_stem.get(want[-1], []) if len(want) > 1 else []
        return _most({path: _shared(_steps(path), want) for path in some}, 2)


def _spelled_steps(spelled: str) -> list[str]:
    return [part for part in _parts(spelled) if part not in ("", ".", "..")]


def _parts(path: str) -> list[str]:
    return path.lower().split("/")


def _steps(path: str) -> list[str]:
    """A path in lower case without its ending; a folder's main file has the folder's."""
    folder, _, name = path.lower().rpartition("/")
    stem = name.rpartition(".")[0] or name
    around = folder.split("/") if folder else []
    return around if around and name in MAIN else [*around, stem]


def _most(shared: Mapping[str, int], least: int) -> list[str]:
    most = max(shared.values(), default=0)
    return [path for path, count in shared.items() if count == most >= least]


def _shared(have: Sequence[str], want: Sequence[str]) -> int:
    count = 0
    while count < min(len(have), len(want)) and have[-1 - count] == want[-1 - count]:
        count += 1
    return count


def named(query: Query, paths: Iterable[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Values for the files that spelled paths mean, and for those in stack traces; less where many fit.

    Of a trace's files the one where it happened has most; what led there has less with each step.
    """
    if not (query.paths or query.owners or query.frames):
        return {}, {}
    names = Names(paths)
    spelled: dict[str, float] = {}
    for text in query.paths:
        _raise(spelled, names.meant(text), 1.0)
    for owner in query.owners:
        _raise(spelled, names.owned(owner), 1.0)
    frames: dict[str, float] = {}
    for frame in query.frames:
        _raise(frames, names.run(frame.path), 1 / (1 + _STEP * len(frames)))
    return spelled, frames


def _raise(values: dict[str, float], paths: Sequence[str], value: float) -> None:
    for path in paths:
        values[path] = max(values.get(path, 0.0), value / math.sqrt(len(paths)))
