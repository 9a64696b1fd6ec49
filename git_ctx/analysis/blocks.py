"""A file cut into blocks (definitions, and what stands between them), each with its bearing on a prompt."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, islice
from math import log
from typing import Any

from git_ctx.document import Definition, Outline
from git_ctx.pattern import lazily
from git_ctx.value import dataclass

_LONG = 60
"""Lines from which on a block is cut, at a blank line where there is one."""
_SHORT = 10
"""Lines up to which neighbours make one block: an elision costs as much as a line or two."""
_SMALL = 80
"""Lines up to which a file is shown whole or not at all."""
_SAID_ABOVE = ("#", "//", "/*", "*", "@", "--", ";;", "%%")
"""How lines begin that speak of the definition below them."""
_NOTICE = lazily(r"copyright|\blicen[cs]ed?\b|SPDX-License", re.I)
_SHORTEST_NOTICE = 5
_BEFORE_NOTICE = 12
"""Lines of a file within which a notice begins."""
_MOST_TERMS = 60
_NAMED = 8.0
_FRAME = 20.0
_NAME = 2.0
_SPELLED = 3.0
_TELLING = 6
"""Characters from which on a spelled name is rarely found by chance."""
_MOST_PLACES = 50
_MOST_HITS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """What a prompt points at. Weights are above 0.

    `terms` are lower-case words and parts of identifiers; `names` identifiers and quotes as spelled;
    `lines` the lines of this file that a stack trace or the prompt names.
    """

    terms: Mapping[str, float]
    names: Mapping[str, float]
    lines: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Block:
    """Lines `start` to `end` of a file, counted from 1, and what they weigh for the prompt."""

    start: int
    end: int
    size: int
    weight: float


@lru_cache(maxsize=64)
def lines_of(text: str) -> tuple[str, ...]:
    """A text's lines as its outline counts them, without their ends; asked for each form of the file."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return tuple(lines[:-1] if not lines[-1] else lines)


def notice(lines: Sequence[str]) -> tuple[int, int] | None:
    """The first and last line of a copyright notice at the top of a file, where it is worth leaving out."""
    at = 0
    while at < min(len(lines), _BEFORE_NOTICE):
        end = _comment(lines, at)
        if end - at >= _SHORTEST_NOTICE and _NOTICE.search("\n".join(lines[at:end])):
            return at + 1, end
        at = max(end, at + 1)
    return None


def _comment(lines: Sequence[str], start: int) -> int:
    """The index after the comment that begins at a line; that of the line itself where none does."""
    first = lines[start].strip()
    end = start
    if first.startswith("/*"):
        while end < len(lines) and "*/" not in lines[end] and end - start < _LONG:
            end += 1
        return end + 1 if end < len(lines) and lines[end].rstrip().endswith("*/") else start
    mark = next((mark for mark in ("//", "#", "--", ";;", "%") if first.startswith(mark)), None)
    while mark and end < len(lines) and lines[end].lstrip().startswith(mark):
        end += 1
    return end


def blocks(lines: Sequence[str], outline: Outline, focus: Focus) -> tuple[Block, ...]:
    """All lines of a file, in blocks, in order. Those that the focus knows nothing of weigh 0."""
    spans = list(_spans(lines, outline)) if len(lines) > _SMALL else [(1, len(lines))] if lines else []
    weights = _weights(lines, spans, outline.definitions, focus)
    sizes = [len(line) + 1 for line in lines]
    return tuple(
        Block(start, end, sum(sizes[start - 1 : end]), weight)
        for (start, end), weight in zip(spans, weights, strict=True)
    )


def _spans(lines: Sequence[str], outline: Outline) -> Iterator[tuple[int, int]]:
    """First and last line of each block."""
    start, end = 0, 0
    for first, last in _cut(lines, _owned(lines, outline.definitions)):
        if start and last - start < _SHORT:
            end = last
            continue
        if start:
            yield start, end
        start, end = first, last
    if start:
        yield start, end


def _owned(lines: Sequence[str], definitions: Iterable[Definition]) -> Iterator[tuple[int, int]]:
    """Runs of lines that belong to the same innermost definition, or to none."""
    length = len(lines)
    owners = [-1] * (length + 1)
    for index, each in enumerate(sorted(definitions, key=lambda each: each.depth)):
        first, last = _above(lines, max(1, each.start)), min(length, each.end)
        owners[first : last + 1] = [index] * max(0, last - first + 1)
    start = 1
    for line in range(2, length + 2):
        if line > length or owners[line] != owners[start]:
            if length:
                yield start, line - 1
            start = line


def _above(lines: Sequence[str], start: int) -> int:
    """Where what is said of a definition begins: the comments and decorators right above it."""
    first = min(start, len(lines))
    while first > 1 and start - first < _LONG and _said_above(lines[first - 2].lstrip()):
        first -= 1
    return first


def _said_above(line: str) -> bool:
    return line.startswith(_SAID_ABOVE) and not line.startswith("#endif")


def _cut(lines: Sequence[str], runs: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Runs, the long ones cut at their last blank line before they grow too long."""
    for start, end in runs:
        while end - start >= _LONG:
            stop = start + _LONG - 1
            later_half = range(stop, start + _LONG // 2, -1)
            stop = next((at for at in later_half if not lines[at - 1].strip()), stop)
            if end - stop < _SHORT:  # a rest so short would go with what follows, and be left out with it
                break
            yield start, stop
            start = stop + 1
        yield start, end


def _weights(
    lines: Sequence[str], spans: Sequence[tuple[int, int]], definitions: Iterable[Definition], focus: Focus
) -> list[float]:
    starts = [start for start, _ in spans]
    text = Text(lines)
    hits: list[Counter[str]] = [Counter() for _ in spans]
    for line, term in hits_of(text, focus.terms):
        hits[bisect_right(starts, line) - 1][term] += 1
    spread = Counter(term for found in hits for term in found)
    rarity = {term: log(1 + len(spans) / count) for term, count in spread.items()}
    weights = [
        sum(focus.terms[term] * rarity[term] * (1 + log(count)) for term, count in sorted(found.items()))
        for found in hits
    ]
    bearing = (
        *_defined(definitions, focus, rarity),
        *_spelled(text, focus.names),
        *((line, _FRAME) for line in sorted(focus.lines) if 1 <= line <= len(lines)),
    )
    for line, weight in bearing:
        weights[bisect_right(starts, line) - 1] += weight
    return weights


class Text:
    """Lines joined, and which of them a character stands in."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.text = "\n".join(lines)
        self._ends = list(accumulate([len(line) + 1 for line in lines]))

    def line(self, at: int) -> int:
        return bisect_right(self._ends, at) + 1


def hits_of(text: Text, terms: Mapping[str, float]) -> Iterator[tuple[int, str]]:
    """Where the weightiest terms begin a word or a part of one."""
    weighty = tuple(sorted(filter(None, terms), key=lambda term: (-terms[term], term))[:_MOST_TERMS])
    if not weighty:
        return
    spelled = text.text
    low = _plain(spelled.replace("İ", "I").lower())  # the one letter whose small form is longer
    for which, at, _ in _searcher(weighty).find_matches_as_indexes(low)[:_MOST_HITS]:
        before = spelled[at - 1] if at else " "
        if not before.isalpha() or (spelled[at].isupper() and not before.isupper()):
            yield text.line(at), weighty[which]


@lru_cache(maxsize=1)
def _searcher(terms: tuple[str, ...]) -> Any:
    """Finds all of these in one pass; the same ones are looked for in every file."""
    from ahocorasick_rs import AhoCorasick, MatchKind

    return AhoCorasick(map(_plain, terms), matchkind=MatchKind.LeftmostLongest)


def _plain(text: str) -> str:
    """The text as UTF-8 can hold it, as long as it was."""
    return text.encode("utf-8", "replace").decode()


def _defined(
    definitions: Iterable[Definition], focus: Focus, rarity: Mapping[str, float]
) -> Iterator[tuple[int, float]]:
    """Definitions whose names are what the prompt is about."""
    most = max(rarity.values(), default=1.0)
    for each in definitions:
        low = each.name.lower()
        said = sum(weight * rarity.get(term, most) for term, weight in focus.terms.items() if term in low)
        yield each.start, _NAME * said + _NAMED * focus.names.get(each.name, 0.0)


def _spelled(text: Text, names: Mapping[str, float]) -> Iterator[tuple[int, float]]:
    """Lines that hold what the prompt spells; the more of them, the less each says."""
    for name in sorted(names, key=lambda name: (-names[name], name))[:_MOST_TERMS]:
        if len(name) < _TELLING:
            continue
        found = [each.start() for each in islice(re.finditer(re.escape(name), text.text), _MOST_PLACES)]
        for at in found:
            yield text.line(at), _SPELLED * names[name] / len(found) ** 0.5
