"""What the history says of each file: changed lately, changed often, changed together with another."""

import math
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence

from git_ctx.model import Touch

WIDE = 40
"""A commit that changes more files than this says nothing about any of them."""
TOGETHER = 20

_LATELY = 300


def activity(touches: Sequence[Touch], paths: Container[str]) -> tuple[dict[str, float], dict[str, float]]:
    """How lately and how often each path was changed; counted in commits back from HEAD, never in days."""
    lately: dict[str, float] = defaultdict(float)
    often: dict[str, float] = defaultdict(float)
    for age, touch in enumerate(touches):
        if len(touch.paths) <= WIDE:
            for path in touch.paths:
                if path in paths:
                    lately[path] += math.exp(-age / _LATELY)
                    often[path] += 1
    return (
        {path: math.log1p(value) for path, value in lately.items()},
        {path: math.log1p(value) for path, value in often.items()},
    )


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
