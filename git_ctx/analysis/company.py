"""What good files say of others: the tests that import them, the folder that they share."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from git_ctx.analysis.corpus import Corpus
from git_ctx.analysis.graph import imported
from git_ctx.analysis.kinds import language

Values = dict[str, float]

_TESTS = 15
_BESIDE = 60
_MATES = 6


def tested(corpus: Corpus, first: Values, best: Sequence[str]) -> tuple[Values, dict[str, str]]:
    """What the best tests import, and by which of them."""
    tests = [path for path in best if corpus.kind(path) == "test"][:_TESTS]
    edges = imported(
        {path: corpus.imports(path) for path in tests},
        {path: language(path) or "" for path in tests},
        corpus.files,
    )
    values: Values = defaultdict(float)
    by: dict[str, str] = {}
    for path in tests:
        targets = edges.get(path, ())
        for target in targets:
            values[target] += first[path] / math.sqrt(len(targets))
            by.setdefault(target, path)
    return dict(values), by


def beside(corpus: Corpus, first: Values, best: Sequence[str]) -> Values:
    """For each path, what the best others in its folder have; less in a folder of many."""
    good: dict[str, list[str]] = defaultdict(list)
    for path in best[:_BESIDE]:
        some = good[path.rpartition("/")[0]]
        if len(some) < _MATES:
            some.append(path)
    values: Values = {}
    size: Counter[str] = Counter()
    for path in corpus.files:
        folder = path.rpartition("/")[0]
        if folder in good:
            size[folder] += 1
            values[path] = sum([first[other] for other in good[folder] if other != path])
    return {path: value / math.sqrt(size[path.rpartition("/")[0]]) for path, value in values.items() if value}
