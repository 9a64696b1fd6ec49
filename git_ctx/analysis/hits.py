"""A search for words and "phrases" in short texts: which have them, how well, and where to look."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

_TERM = re.compile(r'"([^"]+)"?|(\S+)')


@dataclass(frozen=True)
class Search:
    """What is searched for: words, and phrases whose words stand in a row; case does not count."""

    terms: tuple[str, ...]

    def score(self, text: str) -> float:
        """How well a text answers: 0 for none of the terms, and one more for each that it has.

        Whole words count for more than parts of words, often for more than once, and near the beginning
        for more than further down.
        """
        total = 0.0
        size = len(text)
        for pattern, whole in self._patterns:
            found = pattern.search(text)
            if found is None:
                continue
            place = 1 / (1 + found.start() / 200)
            exact = whole.search(text) is not None
            often = min(text.count(found[0]), 8)
            total += 1 + (0.5 * exact + 0.15 * place + 0.3 * often / (often + size / 400)) / len(self.terms)
        return total

    def has_all(self, text: str) -> bool:
        return all(pattern.search(text) for pattern, _ in self._patterns)

    def hits(self, text: str) -> list[tuple[int, int]]:
        """Where the terms stand, in order; none overlaps another."""
        found = sorted(each.span() for pattern, _ in self._patterns for each in pattern.finditer(text))
        apart: list[tuple[int, int]] = []
        for start, end in found:
            if not apart or start >= apart[-1][1]:
                apart.append((start, end))
        return apart

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
        """For each term: anywhere, and as whole words."""
        spelled = [r"\s+".join(map(re.escape, term.split())) for term in self.terms]
        return tuple(
            (re.compile(one, re.IGNORECASE), re.compile(rf"(?<!\w){one}(?!\w)", re.IGNORECASE))
            for one in spelled
        )


def parse(text: str) -> Search:
    """The terms of a search as it is typed; none where nothing but quotes and space is."""
    found = (phrase or word for phrase, word in _TERM.findall(text))
    return Search(terms=tuple(dict.fromkeys(" ".join(each.split()) for each in found if each.strip(' "'))))


def excerpt(text: str, hits: Sequence[tuple[int, int]], columns: int) -> tuple[str, list[tuple[int, int]]]:
    """A line of the text around its first hits, and where these stand in it."""
    start, end = _window(text, hits, columns)
    before, after = "…" if start else "", "…" if end < len(text) else ""
    line, places = before, []
    at = start
    for first, last in [*_within(hits, start, end), (end, end)]:
        line += _flat(text[at:first])
        if last > first:
            places.append((len(line), len(line) + len(_flat(text[first:last]))))
            line += _flat(text[first:last])
        at = last
    return line + after, places


def _window(text: str, hits: Sequence[tuple[int, int]], columns: int) -> tuple[int, int]:
    first = hits[0][0] if hits else 0
    start = max(0, min(first - columns // 3, len(text) - columns))
    if start:  # begin at a word
        space = re.compile(r"\s").search(text, start, first)
        start = space.end() if space else start
    return start, min(len(text), start + columns)


def _within(hits: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[tuple[int, int]]:
    return ((first, last) for first, last in hits if first >= start and last <= end)


def _flat(text: str) -> str:
    return re.sub(r"\s", " ", text)
