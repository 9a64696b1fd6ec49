"""What speaks for each file, by the words of the prompt: in its text, its names, its path.

First every file by the words of its digest, which say whether a term is there; then the best of them
by their text, which says how often, and where it stands together with the others.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from git_ctx.analysis.corpus import Corpus
from git_ctx.analysis.kinds import language
from git_ctx.analysis.outline import beginnings
from git_ctx.analysis.query import Query
from git_ctx.analysis.scan import Scanner, wordy

TERMS = 64
NAMES = 48
PAIR = 0.5
SAMPLE = 160
COMMON = 0.5
CLOSE = 200
"""How many files are looked at closely."""

PASSAGE = 2500
_K1, _B = 1.2, 0.6

Values = dict[str, float]
"""Paths with a value above 0 each."""


@dataclass(slots=True)
class Evidence:
    """Signals by name, each a value for some files; and the terms found in each file, weightiest first."""

    signals: dict[str, Values] = field(default_factory=dict)
    found: dict[str, tuple[str, ...]] = field(default_factory=dict)
    defined: dict[str, tuple[str, ...]] = field(default_factory=dict)
    in_path: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Reader:
    """Scans files for one prompt's terms and names, each weighed by how rare it is here."""

    def __init__(self, corpus: Corpus, query: Query) -> None:
        self.corpus = corpus
        self.read = [path for path in corpus.files if path in corpus.digests]
        self.terms = _chosen(corpus, self.read, query.terms)
        weights = {**{pair: PAIR * weight for pair, weight in query.pairs.items()}, **query.names}
        self.names = sorted(weights, key=lambda name: (-weights[name], name))[:NAMES]
        self.known = (*self.terms, *self.names)
        self.scanner = Scanner(self.terms, self.names)
        self.weights = [query.terms[term] for term in self.terms] + [weights[name] for name in self.names]

    def evidence(self) -> Evidence:
        """All the signals that words give, the close look included."""
        digests = self.corpus.digests
        words = self._lines([digests[path].words for path in self.read])
        self._weigh(words)
        made = Evidence()
        signals = made.signals
        signals["text"], signals["names"] = self._text(words)
        defined = self._lines([digests[path].names for path in self.read])
        signals["definitions"], signals["symbol"] = self._definitions(defined)
        paths = list(self.corpus.files)
        in_path = self._lines([_path_words(path) for path in paths])
        in_name = self._lines([_path_words(_stem(path)) for path in paths])
        signals["path"] = self._covered(paths, in_path)
        signals["name"] = self._covered(paths, in_name)
        self._explain(made.found, self.read, words)
        self._explain(made.defined, self.read, defined)
        self._explain(made.in_path, paths, in_path)
        return made

    def _lines(self, rows: Sequence[bytes]) -> Sequence[Mapping[int, int]]:
        """What stands in each row. Without rows there is nothing, where one empty line would count."""
        return self.scanner.lines(b"\n".join(rows)) if rows else ()

    def _weigh(self, words: Sequence[Mapping[int, int]]) -> None:
        """Turn the weights into what finding a term is worth: its weight by its rarity."""
        counts = [0] * len(self.known)
        for found in words:
            for term in found:
                counts[term] += 1
        total = len(words)
        self.rarity = [math.log(1 + (total - count + 0.5) / (count + 0.5)) for count in counts]
        self.worth = [weight * rarity for weight, rarity in zip(self.weights, self.rarity, strict=True)]

    def _text(self, words: Sequence[Mapping[int, int]]) -> tuple[Values, Values]:
        digests, worth, few = self.corpus.digests, self.worth, len(self.terms)
        mean = sum(digests[path].vocabulary for path in self.read) / (len(self.read) or 1) or 1
        text: Values = {}
        names: Values = {}
        for path, found in zip(self.read, words, strict=True):
            if found:
                norm = 1 - _B + _B * digests[path].vocabulary / mean
                text[path] = sum([worth[term] for term in found if term < few]) / (1 + _K1 * norm)
                named = sum([worth[name] for name in found if name >= few])
                if named:
                    names[path] = named
        return text, names

    def _definitions(self, defined: Sequence[Mapping[int, int]]) -> tuple[Values, Values]:
        worth, few = self.worth, len(self.terms)
        counts = [0] * len(self.known)
        for found in defined:
            for term in found:
                counts[term] += 1
        parts: Values = {}
        symbols: Values = {}
        for path, found in zip(self.read, defined, strict=True):
            if found:
                room = 1 + 0.02 * self.corpus.digests[path].names.count(b" ")
                parts[path] = sum([worth[term] * n / (n + room) for term, n in found.items() if term < few])
                whole = [
                    self.weights[t] * math.log(1 + len(self.read) / counts[t]) for t in found if t >= few
                ]
                if whole:
                    symbols[path] = sum(whole)
        return parts, symbols

    def _covered(self, paths: Sequence[str], lines: Sequence[Mapping[int, int]]) -> Values:
        few = len(self.terms)
        pairs = (
            (p, sum([self.worth[t] for t in found if t < few]))
            for p, found in zip(paths, lines, strict=True)
            if found
        )
        return {path: value for path, value in pairs if value}

    def close(self, paths: Iterable[str]) -> tuple[Values, Values, Values]:
        """For each path: its terms by how often they stand in its text, its best passage, its names."""
        counted: dict[str, dict[int, int]] = {}
        sizes: dict[str, int] = {}
        passages: Values = {}
        for path in paths:
            data = self.corpus.read(path) or b""
            sizes[path] = len(data)
            counted[path], passages[path] = self._passages(path, data)
        mean = sum(sizes.values()) / (len(sizes) or 1) or 1
        few = len(self.terms)
        often: Values = {}
        names: Values = {}
        for path, found in counted.items():
            room = _K1 * (1 - _B + _B * sizes[path] / mean)
            values = [(term, self.worth[term] * n / (n + room)) for term, n in found.items()]
            often[path] = sum([value for term, value in values if term < few])
            names[path] = sum([value for term, value in values if term >= few])
        return often, passages, names

    def _passages(self, path: str, data: bytes) -> tuple[dict[int, int], float]:
        """How often each term stands in a text; and what its three best passages are worth."""
        found = self.scanner.lines(b" " + b" \n ".join(_cut(path, data)) + b" ")
        few = len(self.terms)
        counts: dict[int, int] = {}
        values = []
        for here in found:
            if here:
                for term, count in here.items():
                    counts[term] = counts.get(term, 0) + count
                values.append(sum([self.worth[t] * n / (n + 1) for t, n in here.items() if t < few]))
        return counts, sum(sorted(values, reverse=True)[:3])

    def _explain(
        self, into: dict[str, tuple[str, ...]], paths: Sequence[str], lines: Sequence[Mapping[int, int]]
    ) -> None:
        for path, found in zip(paths, lines, strict=True):
            if found:
                best = sorted(found, key=lambda term: (-self.worth[term], term))[:6]
                into[path] = tuple(self.known[term] for term in best)


def _chosen(corpus: Corpus, read: Sequence[str], weights: Mapping[str, float]) -> list[str]:
    """The terms worth scanning for: the weightiest, less those that a sample has in every other file."""
    terms = sorted(weights, key=lambda term: (-weights[term], term))
    if len(terms) <= TERMS:
        return terms
    sample = read[:: max(1, len(read) // SAMPLE)]
    found = Scanner(terms).lines(b"\n".join([corpus.digests[path].words for path in sample]))
    counts = [0] * len(terms)
    for line in found:
        for term in line:
            counts[term] += 1
    worth = {
        term: weights[term] * math.log(1 + (len(sample) - n + 0.5) / (n + 0.5))
        for term, n in zip(terms, counts, strict=True)
        if n <= COMMON * len(sample)
    }
    return sorted(worth, key=lambda term: (-worth[term], term))[:TERMS]


def _cut(path: str, data: bytes) -> list[bytes]:
    """A text in passages: each from a definition to the next one, long ones cut again."""
    plain = wordy(data)
    cut = []
    at = 0
    for start in [*beginnings(language(path), data), len(plain)]:
        while start - at > PASSAGE:
            cut.append(plain[at : at + PASSAGE])
            at += PASSAGE
        if start > at:
            cut.append(plain[at:start])
            at = start
    return cut


def _path_words(path: str) -> bytes:
    return b" " + wordy(path.encode("utf-8", "surrogateescape")).replace(b"\n", b" ") + b" "


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name
