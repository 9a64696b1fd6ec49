"""What good files say of others: the tests that import them, the folder that they share."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import islice

from git_ctx.analysis.corpus import Corpus
from git_ctx.analysis.graph import imported
from git_ctx.analysis.kinds import language

Values = dict[str, float]

_TESTS = 15
_BESIDE = 60
_MATES = 6


def tested(corpus: Corpus, first: Values, best: Sequence[str]) -> tuple[Values, dict[str, str]]:
    """What the best tests import, and by which of them."""
    tests = list(islice((path for path in best if corpus.kind(path) == "test"), _TESTS))
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
    size = Counter(corpus.folders)
    whole = {folder: sum([first[other] for other in some]) for folder, some in good.items()}
    values: Values = {}
    for path, folder in zip(corpus.files, corpus.folders, strict=True):
        if folder in whole:
            some = good[folder]
            others = sum([first[other] for other in some if other != path]) if path in some else whole[folder]
            if others:
                values[path] = others / math.sqrt(size[folder])
    return values
