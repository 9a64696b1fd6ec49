"""Reads files for one prompt: first every file's digest, then the text of the best.

A digest says whether a term is there; the text says how often, and where it stands together with others.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from git_ctx.analysis.corpus import Corpus
from git_ctx.analysis.evidence import Evidence, Found, Values
from git_ctx.analysis.kinds import language
from git_ctx.analysis.outline import beginnings
from git_ctx.analysis.past import TOGETHER
from git_ctx.analysis.query import Query
from git_ctx.analysis.scan import Scanner, all_wordy, wordy

TERMS = 64
NAMES = 48
QUOTED = 12
"""How many of each are looked for."""

CLOSE = 200
"""How many files are looked at closely."""

PAIR = 0.5
"""What two words that stand together weigh as one name, against a name that is spelled."""

SAMPLE = 160
COMMON = 0.5
"""A term that stands in more than this share of a sample is not looked for in a long prompt."""

PASSAGE = 2500
PASSAGES = 3
_NAMES_AT_ONCE = 10_000
_K1, _B = 1.2, 0.6


class Reader:
    """Scans files for one prompt's terms and names, each weighed by how rare it is here."""

    def __init__(self, corpus: Corpus, query: Query) -> None:
        self._corpus = corpus
        self._read = list(corpus.digests)
        terms = _chosen(corpus, self._read, query.terms)
        weights = {**{pair: PAIR * weight for pair, weight in query.pairs.items()}, **query.names}
        names = sorted(weights, key=lambda name: (-weights[name], name))[:NAMES]
        self._few = len(terms)
        self._known = (*terms, *names)
        self._scanner = Scanner(terms, names)
        self._weights = [query.terms[term] for term in terms] + [weights[name] for name in names]
        self._worth: list[float] = []
        self._quoted = query.quoted[:QUOTED]

    def evidence(self) -> Evidence:
        """All the signals that the digests and the paths give."""
        digests = self._corpus.digests
        words = digests.in_words(self._scanner)
        names = digests.in_names(self._scanner)
        rarity = _rarity(words, len(self._known))
        self._worth = [weight * rare for weight, rare in zip(self._weights, rarity, strict=True)]
        made = Evidence(self._corpus, self._known, self._few, self._worth)
        made.in_words = {path: found for path, found in zip(self._read, words, strict=True) if found}
        made.in_names = {path: found for path, found in zip(self._read, names, strict=True) if found}
        self._text(made)
        self._definitions(made)
        self._paths(made)
        self._subjects(made)
        return made

    def look_closely(self, evidence: Evidence, paths: Iterable[str]) -> None:
        """Add what the texts of these files say: their best passages, and how often the names stand there."""
        counted: dict[str, dict[int, int]] = {}
        sizes: dict[str, int] = {}
        passages: Values = {}
        quoted: dict[str, list[str]] = {text: [] for text in self._quoted}
        for path in paths:
            data = self._corpus.read(path) or b""
            for text in self._quoted:
                if text.encode("utf-8", "surrogateescape") in data:
                    quoted[text].append(path)
            sizes[path] = len(data)
            counted[path], passages[path] = self._passages(path, data)
        mean = sum(sizes.values()) / (len(sizes) or 1) or 1
        names: Values = {}
        for path, found in counted.items():
            room = _K1 * (1 - _B + _B * sizes[path] / mean)
            names[path] = sum([self._worth[name] * n / (n + room) for name, n in found.items()])
        evidence.quoted(quoted)
        evidence.signals["passages"], evidence.signals["names-often"] = passages, names

    def _text(self, made: Evidence) -> None:
        sizes, worth, few = self._corpus.digests.vocabulary, self._worth, self._few
        mean = sum(sizes.values()) / (len(self._read) or 1) or 1
        text: Values = {}
        names: Values = {}
        known: dict[tuple[int, ...], tuple[float, float]] = {}  # most files have the same few terms
        for path, found in made.in_words.items():
            some = tuple(sorted(found))
            if some not in known:
                known[some] = (
                    sum([worth[term] for term in some if term < few]),
                    sum([worth[name] for name in some if name >= few]),
                )
            said, named = known[some]
            text[path] = said / (1 + _K1 * (1 - _B + _B * sizes[path] / mean))
            if named:
                names[path] = named
        made.signals["text"], made.signals["names"] = text, names

    def _definitions(self, made: Evidence) -> None:
        digests, worth, few = self._corpus.digests, self._worth, self._few
        rare = _rarity(list(made.in_names.values()), len(self._known), len(self._read))
        parts: Values = {}
        symbols: Values = {}
        for path, found in made.in_names.items():
            room = 1 + 0.02 * digests.names(path).count(b" ")
            parts[path] = sum([worth[term] * n / (n + room) for term, n in found.items() if term < few])
            whole = sum([self._weights[name] * rare[name] for name in found if name >= few])
            if whole:
                symbols[path] = whole
        made.signals["definitions"], made.signals["symbol"] = parts, symbols

    def _paths(self, made: Evidence) -> None:
        """A file's own name, and its whole path; a folder is scanned once for all its files."""
        paths = list(self._corpus.files)
        folders = list(dict.fromkeys(self._corpus.folders))
        in_folder = dict(zip(folders, self._lines_of(folders), strict=True))
        worth = {folder: self._by_terms(around) for folder, around in in_folder.items() if around}
        names: Values = {}
        whole: Values = {}
        titled: dict[int, list[str]] = {}
        found_in = self._scanner.lines(self._corpus.titles) if paths else []
        for path, folder, found in zip(paths, self._corpus.folders, found_in, strict=True):
            around = in_folder[folder]
            if found:
                names[path] = self._by_terms(found)
                for name in found:
                    if name >= self._few:
                        titled.setdefault(name, []).append(path)
                made.in_paths[path] = both = {**around, **found}
                whole[path] = self._by_terms(both)
            elif around:
                made.in_paths[path] = around
                whole[path] = worth[folder]
        made.signals["path"], made.signals["name"] = whole, names
        made.signals["titled"] = self._titled(titled)

    def _by_terms(self, found: Found) -> float:
        """What the terms among what was found are worth together."""
        return sum([self._worth[term] for term in found if term < self._few])

    def _titled(self, found: Mapping[int, Sequence[str]]) -> Values:
        """The files whose own names are identifiers of the prompt; less where many have the same."""
        values: Values = {}
        for name, paths in sorted(found.items()):
            for path in paths:
                values[path] = values.get(path, 0.0) + self._weights[name] / math.sqrt(len(paths))
        return values

    def _subjects(self, made: Evidence) -> None:
        """What the subjects of commits say of the files that they changed."""
        touches = [touch for touch in self._corpus.touches if len(touch.paths) <= TOGETHER]
        lines = self._lines_of([touch.subject for touch in touches])
        worth = [a * b for a, b in zip(self._weights, _rarity(lines, len(self._known)), strict=True)]
        mean = sum([len(touch.subject) for touch in touches]) / (len(touches) or 1) or 1
        squares: Values = {}
        best: Values = {}
        for touch, found in zip(touches, lines, strict=True):
            room = _K1 * (1 - _B + _B * len(touch.subject) / mean)
            said = sum([worth[term] * n / (n + room) for term, n in found.items()])
            for path in touch.paths if found else ():
                squares[path] = squares.get(path, 0.0) + said * said / math.sqrt(len(touch.paths))
                if said > best.get(path, 0.0):
                    best[path], made.in_past[path] = said, (found, touch.subject)
        made.signals["subjects"] = {path: math.sqrt(value) for path, value in squares.items()}

    def _lines_of(self, paths: Sequence[str]) -> list[dict[int, int]]:
        some = (paths[at : at + _NAMES_AT_ONCE] for at in range(0, len(paths), _NAMES_AT_ONCE))
        return [found for part in some for found in self._scanner.lines(all_wordy(part))]

    def _passages(self, path: str, data: bytes) -> tuple[dict[int, int], float]:
        """How often each name stands in a text; and what its best passages are worth by their terms."""
        few, worth = self._few, self._worth
        names: dict[int, int] = {}
        values = []
        for here in self._scanner.lines(b" " + b" \n ".join(_cut(path, data)) + b" "):
            value = 0.0
            for term, count in here.items():
                if term < few:
                    value += worth[term] * count / (count + 1)
                else:
                    names[term] = names.get(term, 0) + count
            if value:
                values.append(value)
        return names, sum(sorted(values, reverse=True)[:PASSAGES])


def _rarity(lines: Sequence[Found], known: int, total: int | None = None) -> list[float]:
    """For each term, how rare the files are that have it."""
    counts = [0] * known
    for found in lines:
        for term in found:
            counts[term] += 1
    every = len(lines) if total is None else total
    return [math.log(1 + (every - count + 0.5) / (count + 0.5)) for count in counts]


def _chosen(corpus: Corpus, read: Sequence[str], weights: Mapping[str, float]) -> list[str]:
    """The terms worth looking for: the weightiest, less those that a sample has in every other file."""
    terms = sorted(weights, key=lambda term: (-weights[term], term))
    if len(terms) <= TERMS:
        return terms
    sample = read[:: max(1, len(read) // SAMPLE)]
    found = Scanner(terms).lines(b"\n".join([corpus.digests.words(path) for path in sample]))
    rarity = dict(zip(terms, _rarity(found, len(terms)), strict=True))
    least = math.log(1 + (1 - COMMON) / COMMON)
    worth = {term: weights[term] * rarity[term] for term in terms if rarity[term] >= least}
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
