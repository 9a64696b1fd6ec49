"""What the history says of each file: changed lately, changed often, changed together with another."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from git_ctx.code import Touch

Values = dict[str, float]

WIDE = 40
"""A commit that changes more files than this says nothing about any of them."""
TOGETHER = 20

_LATELY = 300


def activity(touches: Sequence[Touch], paths: Collection[str]) -> tuple[Values, Values, Values]:
    """How lately and how often each path was changed, and its folder; counted in commits, not in days."""
    lately: Values = defaultdict(float)
    often: Values = defaultdict(float)
    folders: Values = defaultdict(float)
    for age, touch in enumerate(touches):
        if len(touch.paths) > WIDE:
            continue
        for path in touch.paths:
            if path in paths:
                lately[path] += math.exp(-age / _LATELY)
                often[path] += 1
        for folder in {path.rpartition("/")[0] for path in touch.paths}:
            folders[folder] += 1
    return _damped(lately), _damped(often), _of_folders(folders, paths)


def changes(touches: Sequence[Touch]) -> dict[str, tuple[int, int]]:
    """For each path, how often it was changed, and how many commits ago last; the newest is 1."""
    found: dict[str, tuple[int, int]] = {}
    for age, touch in enumerate(touches, 1):
        if len(touch.paths) <= WIDE:
            for path in touch.paths:
                times, last = found.get(path, (0, age))
                found[path] = times + 1, last
    return found


def _damped(values: Values) -> Values:
    return {path: math.log1p(value) for path, value in values.items()}


def _of_folders(folders: Values, paths: Collection[str]) -> Values:
    """What a folder's changes say of each file in it."""
    around = [path.rpartition("/")[0] for path in paths]
    sizes = Counter(around)
    shares = {
        folder: math.log1p(count / math.sqrt(sizes[folder]))
        for folder, count in folders.items()
        if folder in sizes
    }
    return {path: shares[folder] for path, folder in zip(paths, around, strict=True) if folder in shares}


def together(touches: Sequence[Touch], seeds: Mapping[str, float]) -> tuple[dict[str, float], dict[str, str]]:
    """What changed in the same commits as the seeds, by how sure that is; and with which seed most."""
    alone: dict[str, int] = defaultdict(int)
    pairs: dict[str, dict[str, int]] = {path: defaultdict(int) for path in seeds}
    for touch in touches:
        if len(touch.paths) > TOGETHER:
            continue
        for path in touch.paths:
            alone[path] += 1
            if path in pairs:
                for other in touch.paths:
                    pairs[path][other] += 1
    values: dict[str, float] = defaultdict(float)
    best: dict[str, tuple[float, str]] = {}
    for seed, others in pairs.items():
        for path, count in others.items():
            if path != seed and count > 1:
                value = seeds[seed] * count / (alone[seed] + 3) / math.sqrt(alone[path])
                values[path] += value
                best[path] = max(best.get(path, (0.0, "")), (value, seed))
    return dict(values), {path: seed for path, (_, seed) in best.items()}
