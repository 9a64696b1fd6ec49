"""Which files matter for a prompt: every signal by its weight -> scored paths, with the reasons."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice

from git_ctx.analysis.aim import Aim
from git_ctx.analysis.company import beside, tested
from git_ctx.analysis.corpus import Corpus
from git_ctx.analysis.evidence import Evidence, Values
from git_ctx.analysis.past import activity, together
from git_ctx.analysis.query import Query, parse
from git_ctx.analysis.reader import CLOSE, Reader
from git_ctx.analysis.spelled import named
from git_ctx.analysis.weights import FIRST, WEIGHTS
from git_ctx.analysis.why import Why
from git_ctx.model import Ranked
from git_ctx.value import dataclass

EXPLAINED = 200
"""How many of the best come with their reasons, where nobody says otherwise."""

ENOUGH = 5_000
"""How many of the best a context looks at, pinned and changed files among them."""

ALL = Aim()
"""Every file may be ranked, and none comes first."""

_SEEDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Files, the best first. `rarity`: of the prompt's words, how rare each is in all files, 0 to 1."""

    files: tuple[Ranked, ...]
    rarity: Mapping[str, float]


def rank(
    corpus: Corpus,
    prompt: str,
    *,
    aim: Aim = ALL,
    explained: int = EXPLAINED,
    also: str | None = None,
    anyway: bool = True,
) -> tuple[Ranked, ...]:
    """The files of a ranking alone."""
    return ranking(corpus, prompt, aim=aim, explained=explained, also=also, anyway=anyway).files


def ranking(
    corpus: Corpus,
    prompt: str,
    *,
    aim: Aim = ALL,
    explained: int = EXPLAINED,
    also: str | None = None,
    anyway: bool = True,
    most: int | None = None,
) -> Ranking:
    """Every file that anything speaks for, the aim's first ones first, then the best, equal ones by path.

    `most`: how many are enough; of a hundred thousand files, a context has room for few.
    The first `explained` come with their reasons, and the path `also`. Where the prompt says nothing of any
    file, history and length alone decide; with `anyway` off only what the aim wants first is left then.

    The same files, touches and prompt give the same answer on every machine, at any time.
    """
    query = parse(prompt)
    reader = Reader(corpus, query)
    evidence = reader.evidence()
    signals = evidence.signals
    signals["spelled"], signals["frame"] = named(query, corpus.files)
    first = _scores(corpus, evidence, FIRST, aim)
    best = _best_first(first)
    readable = (path for path in best if path in corpus.digests and aim.takes(path))
    reader.look_closely(evidence, islice(readable, CLOSE))
    signals["lately"], signals["changes"], signals["lively"] = activity(corpus.touches, corpus.files)
    signals["lines"] = {path: math.log1p(count) for path, count in corpus.digests.lines.items() if count}
    signals["folder"] = beside(corpus, first, best)
    signals["tested"], tests = tested(corpus, first, best)
    signals["together"], mates = together(corpus.touches, {path: first[path] for path in best[:_SEEDS]})
    scores = _scores(corpus, evidence, WEIGHTS, aim) if first or anyway else {}
    if aim.only is not None:
        scores = {path: score for path, score in scores.items() if aim.takes(path)}
    for path, more in aim.first(corpus.kind, corpus.files):
        scores[path] = scores.get(path, 0.0) + more
    scores = {path: score for path, score in scores.items() if score > 0}
    if most is not None and len(scores) > most:
        least = sorted(scores.values())[-most]
        scores = {path: score for path, score in scores.items() if score >= least}
    files = _ordered(scores, Why(evidence, tests, mates, aim), explained, also)
    return Ranking(files=files, rarity=_rarity(query, evidence))


def _rarity(query: Query, evidence: Evidence) -> dict[str, float]:
    known = zip(evidence.known[: evidence.terms], evidence.worth, strict=False)
    rarity = {term: worth / query.terms[term] for term, worth in known}
    most = max(rarity.values(), default=1.0)
    return {term: value / most for term, value in rarity.items()}


def _scores(corpus: Corpus, evidence: Evidence, names: Iterable[str], aim: Aim) -> Values:
    """Each path's signals, scaled and weighed, times its place."""
    scores: Values = {}
    for name in names:
        weight, most = WEIGHTS[name], evidence.most(name)
        known = scores.get
        for path, value in evidence.signals[name].items() if most > 0 else ():
            scores[path] = known(path, 0.0) + weight * (value / most)
    kinds = corpus.settled
    places = {kind: aim.place(kind) for kind in set(kinds.values())}
    return {path: score * places[kinds[path]] for path, score in scores.items() if path in kinds}


def _best_first(scores: Values) -> list[str]:
    """The paths by their scores, equal ones by their names: sorting keeps these in their order."""
    return sorted(sorted(scores), key=scores.__getitem__, reverse=True)


def _ordered(scores: Values, why: Why, explained: int, also: str | None) -> tuple[Ranked, ...]:
    order = _best_first(scores)
    ranked = [Ranked(path=path, score=round(scores[path], 6)) for path in order]
    asked = [at for at, path in enumerate(order) if path == also] if also is not None else []
    for at in (*range(min(explained, len(order))), *asked):
        reasons, rest = why.account(order[at])
        ranked[at] = replace(ranked[at], reasons=reasons, rest=rest)
    return tuple(ranked)
