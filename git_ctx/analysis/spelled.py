"""The files that a prompt names: paths spelled in it, and frames of its stack traces."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from git_ctx.analysis.query import Query


class Names:
    """Finds the files that a spelled path may mean, by the longest common end."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            self._by_name[path.rpartition("/")[2].lower()].append(path)

    def meant(self, spelled: str) -> Sequence[str]:
        """The files whose paths share most of their end with this one, at least the name itself."""
        want = [part for part in spelled.lower().split("/") if part not in ("", ".", "..")]
        some = self._by_name.get(want[-1], []) if want else []
        shared = {path: _shared(path.lower().split("/"), want) for path in some}
        most = max(shared.values(), default=0)
        return [path for path, count in shared.items() if count == most]


def _shared(have: Sequence[str], want: Sequence[str]) -> int:
    count = 0
    while count < min(len(have), len(want)) and have[-1 - count] == want[-1 - count]:
        count += 1
    return count


def named(query: Query, paths: Iterable[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Values for the files that spelled paths mean, and for those in stack traces; less where many fit."""
    if not query.paths and not query.frames:
        return {}, {}
    names = Names(paths)
    spelled: dict[str, float] = {}
    for text in query.paths:
        _raise(spelled, names.meant(text))
    frames: dict[str, float] = {}
    for frame in query.frames:
        _raise(frames, names.meant(frame.path))
    return spelled, frames


def _raise(values: dict[str, float], paths: Sequence[str]) -> None:
    for path in paths:
        values[path] = max(values.get(path, 0.0), 1 / math.sqrt(len(paths)))
