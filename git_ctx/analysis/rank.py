"""Which files matter for a prompt: every signal by its weight -> scored paths, with the reasons."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial

from git_ctx.analysis.corpus import Corpus
from git_ctx.analysis.evidence import CLOSE, Evidence, Reader, Values
from git_ctx.analysis.graph import imported
from git_ctx.analysis.kinds import FileKind, language
from git_ctx.analysis.past import activity, together
from git_ctx.analysis.query import parse
from git_ctx.analysis.spelled import named
from git_ctx.model import Ranked, Reason

WEIGHTS = {
    "spelled": 1.04,
    "text": 0.85,
    "name": 0.49,
    "twin": 0.46,
    "frame": 0.34,
    "lines": 0.33,
    "often": 0.31,
    "names-often": 0.29,
    "path": 0.27,
    "lately": 0.25,
    "tested": 0.20,
    "changes": 0.20,
    "definitions": 0.30,
    "passages": 0.36,
    "names": 0.19,
    "symbol": 0.18,
    "imported": 0.17,
    "together": 0.15,
    "lively": 0.30,
    "folder": 0.20,
}
"""What each signal counts, each scaled so that its best file has 1."""

FIRST = ("spelled", "frame", "text", "definitions", "path", "name", "symbol", "names")
"""The signals that choose what is looked at closely and whose neighbours are followed."""

PLACE: dict[FileKind, float] = {
    "source": 1.0,
    "test": 0.31,
    "document": 0.35,
    "config": 0.35,
    "data": 0.36,
    "example": 0.61,
    "vendored": 0.2,
    "generated": 0.3,
    "minified": 0.1,
    "lock": 0.1,
    "binary": 0.1,
}
"""What a file's score is multiplied by for being what it is."""

PIN = 100.0
EXPLAINED = 200
"""How many of the best come with their reasons."""
_SEEDS = 30
_TEST_SEEDS = 15
_COMPANY = 60


def rank(corpus: Corpus, prompt: str, *, pins: Sequence[str] = ()) -> tuple[Ranked, ...]:
    """Every file that anything speaks for, best first, equal ones by path; pinned ones before all.

    The same files, touches and prompt give the same answer on every machine.
    """
    query = parse(prompt)
    reader = Reader(corpus, query)
    evidence = reader.evidence()
    signals = evidence.signals
    signals["spelled"], signals["frame"] = named(query, corpus.files)
    first = _scores(corpus, {name: signals[name] for name in FIRST})
    best = sorted(first, key=lambda path: (-first[path], path))
    close = [path for path in best if path in corpus.digests][:CLOSE]
    signals["often"], signals["passages"], signals["names-often"] = reader.close(close)
    signals["lately"], signals["changes"], signals["lively"] = activity(corpus.touches, corpus.files)
    signals["folder"] = _company(corpus, first, best)
    signals["lines"] = {
        path: math.log1p(digest.lines) for path, digest in corpus.digests.items() if digest.lines
    }
    notes = _follow(corpus, signals, first, best)
    scores = _scores(corpus, signals)
    for path in pins:
        if path in corpus.files:
            scores[path] = scores.get(path, 0.0) + PIN
    why = _Why(corpus, evidence, notes, frozenset(pins))
    order = sorted((path for path in scores if scores[path] > 0), key=lambda path: (-scores[path], path))
    return tuple(
        Ranked(
            path=path, score=round(scores[path], 6), reasons=why.reasons(path) if place < EXPLAINED else ()
        )
        for place, path in enumerate(order)
    )


def _scores(corpus: Corpus, signals: Mapping[str, Values]) -> Values:
    """Each path's signals, scaled and weighed, times its place. What no word speaks for gets nothing."""
    scores: Values = defaultdict(float)
    for name, values in signals.items():
        most = max(values.values(), default=0.0)
        if most > 0:
            weight = WEIGHTS[name] / most
            for path, value in values.items():
                scores[path] += weight * value
    return {path: score * PLACE[corpus.kind(path)] for path, score in scores.items() if path in corpus.files}


def _follow(
    corpus: Corpus, signals: dict[str, Values], first: Values, best: Sequence[str]
) -> dict[str, Mapping[str, str]]:
    """Carry the score of the best files to what they import, test or change with; and say from which."""
    top = first[best[0]] if best else 1.0
    seeds = {path: first[path] / top for path in best[:_SEEDS]}
    tests = [path for path in best if corpus.kind(path) == "test"][:_TEST_SEEDS]
    sure = {path: first[path] / first[tests[0]] for path in tests}
    edges = imported(
        {path: digest.imports for path, digest in corpus.digests.items() if path in seeds or path in sure},
        {path: language(path) or "" for path in corpus.digests},
        corpus.files,
    )
    signals["imported"], by = _spread(seeds, edges)
    signals["tested"], test = _spread(sure, edges)
    signals["twin"], twin = _twins(corpus, sure)
    signals["together"], mate = together(corpus.touches, seeds)
    return {"imported": by, "tested": {**test, **twin}, "together": mate}


def _company(corpus: Corpus, first: Values, best: Sequence[str]) -> Values:
    """For each path, the best of the others in its folder; less in a folder of many."""
    beside: dict[str, list[str]] = defaultdict(list)
    for path in best[:_COMPANY]:
        beside[path.rpartition("/")[0]].append(path)
    size: dict[str, int] = defaultdict(int)
    for path in corpus.files:
        size[path.rpartition("/")[0]] += 1
    values: Values = {}
    for path in corpus.files:
        folder = path.rpartition("/")[0]
        some = [first[other] for other in beside.get(folder, ())[:6] if other != path]
        if some:
            values[path] = sum(some) / math.sqrt(size[folder])
    return values


def _spread(seeds: Values, edges: Mapping[str, set[str]]) -> tuple[Values, dict[str, str]]:
    values: Values = defaultdict(float)
    source: dict[str, str] = {}
    for path, value in seeds.items():
        for target in edges.get(path, ()):
            values[target] += value / math.sqrt(len(edges[path]))
            source.setdefault(target, path)
    return dict(values), source


def _twins(corpus: Corpus, tests: Values) -> tuple[Values, dict[str, str]]:
    """The files that tests are named after: `test_session.py` and `SessionTest.java` for `session`."""
    wanted: dict[str, tuple[float, str]] = {}
    for path, value in tests.items():
        stem = _bare(path).replace("test", "").replace("spec", "").strip("_-")
        if len(stem) > 3 and stem not in wanted:
            wanted[stem] = (value, path)
    values: Values = {}
    source: dict[str, str] = {}
    for path in corpus.files if wanted else ():
        known = wanted.get(_bare(path))
        if known and corpus.kind(path) != "test":
            values[path], source[path] = known
    return values, source


def _bare(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0].lower()


class _Why:
    """The reasons for a file's place, weightiest first; each is a fact that can be looked up."""

    def __init__(
        self, corpus: Corpus, evidence: Evidence, notes: Mapping[str, Mapping[str, str]], pins: frozenset[str]
    ) -> None:
        self._corpus, self._evidence, self._notes, self._pins = corpus, evidence, notes, pins
        self._most = {
            name: max(values.values(), default=0.0) or 1.0 for name, values in evidence.signals.items()
        }

    def reasons(self, path: str) -> tuple[Reason, ...]:
        share = partial(self._share, path)
        made = [
            ("pin", "pinned" if path in self._pins else "", 1.0),
            ("spelled", "named in the prompt", share("spelled")),
            ("trace", "in a stack trace of the prompt", share("frame")),
            (
                "terms",
                ", ".join(self._evidence.found.get(path, ())),
                share("text", "often", "passages", "names", "names-often"),
            ),
            (
                "symbol",
                "defines " + ", ".join(self._evidence.defined.get(path, ())),
                share("definitions", "symbol"),
            ),
            ("path", ", ".join(self._evidence.in_path.get(path, ())), share("path", "name")),
            ("imports", f"imported by {self._notes['imported'].get(path)}", share("imported")),
            ("tests", f"tested by {self._notes['tested'].get(path)}", share("tested", "twin")),
            ("history", f"changed with {self._notes['together'].get(path)}", share("together")),
            ("recent", "changed lately", share("lately", "changes", "lively")),
        ]
        total = sum(value for _, detail, value in made if detail and value > 0) or 1.0
        some = [
            Reason(kind=kind, detail=detail, share=round(value / total, 3))
            for kind, detail, value in made
            if detail and value > 0
        ]
        return tuple(sorted(some, key=lambda reason: -reason.share))

    def _share(self, path: str, *names: str) -> float:
        signals = self._evidence.signals
        return sum(WEIGHTS[name] * signals[name].get(path, 0.0) / self._most[name] for name in names)
