"""Of the files that rank high for a later prompt, the lines that it asks for and that were not shown yet.

A first context is filled, since nothing is known. Later, a prompt that names something gets it, and one that
names nothing ("now also cover the other case") gets nothing: the chat has what it talks about.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence, Set

from git_ctx.analysis import forms
from git_ctx.analysis.blocks import Text, hits_of, lines_of
from git_ctx.analysis.budget import Candidate, Cost
from git_ctx.analysis.query import Query, parts
from git_ctx.analysis.scan import inflects, stem
from git_ctx.analysis.stopwords import DONE, TALK
from git_ctx.document import Definition, Part
from git_ctx.model import Reason
from git_ctx.value import dataclass

Spans = Sequence[tuple[int, int]]
"""Runs of lines, the first and last of each, in order."""

_EACH = 1000
"""Tokens for each thing that a prompt names."""
_BESIDE = 0.5
"""What a block must have of the best one's bearing, be that one shown already or not."""
_OF_TALK = 0.3
_COMMON = 0.05
_RARITY = 0.25
_LITTLE = 0.2
"""A block that has less says too little of what is named, be it the best there is."""
_DEFINES = 2.0
_IN_PART = 0.5
"""Of the name of a definition, one part or some."""
_LONG = 150
"""Lines up to which a definition that is asked for comes whole."""
_SCRAPS = 2
"""Lines that are not worth showing by themselves, where all that is around them is known."""
_TELLING = 12
"""Characters of a line from which on it tells whether a block is a copy."""
_ALIKE = 0.6
_TRUST = 0.25
"""The power by which trust in a file counts: what defines a thing is rarely far down."""
_CHARACTERS = 3.6
_HEADING = 30
_NEARLY_WHOLE = 0.75


def subject(query: Query, rarity: Mapping[str, float]) -> dict[str, float]:
    """What a prompt names, with weights that add up to 1: identifiers, and words that are no part of one.

    Empty for a prompt of nothing but words of talk; beside others they say little. `rarity`: of words, from 0
    to 1. It counts by a root, since the verbs of a question are rarer than what it is about.
    """
    within = {part for name in query.names for part in parts(name)}
    words = {term: weight for term, weight in query.terms.items() if term not in within}
    talk = {term for term in words if term in DONE or any(inflects(term, word) for word in TALK)}
    if not query.names and talk == set(words):
        return {}
    named = {
        term: weight * max(_COMMON, rarity.get(term, 0.0)) ** _RARITY * (_OF_TALK if term in talk else 1.0)
        for term, weight in words.items()
    }
    named.update(query.names)
    total = sum(named.values())
    return {name: weight / total for name, weight in named.items()}


def afresh(named: Collection[str], names: Collection[str], earlier: Sequence[Set[str]]) -> int:
    """How many things a prompt asks for by itself: identifiers, and words that no earlier prompt of the chat
    has; at least one. None where an earlier one named the same: that was answered.
    """
    if any(old == frozenset(named) for old in earlier):
        return 0
    new = frozenset(named).difference(*earlier) | frozenset(named).intersection(names)
    return max(1, len(new)) if named else 0


def room(things: int, most: int) -> int:
    """The tokens that may be spent on so many things that a prompt asks for."""
    return min(most, _EACH * things)


@dataclass(frozen=True, slots=True)
class _Found:
    """A block of the file at a place, its bearing on what is named, what of that it says, and what of its
    lines is new.
    """

    bearing: float
    file: int
    start: int
    said: frozenset[str]
    new: tuple[int, ...]
    text: tuple[str, ...]

    @property
    def size(self) -> int:
        return sum(len(line) + 1 for line in self.text)


def lines(
    files: Sequence[Candidate],
    known: Mapping[str, Spans],
    named: Mapping[str, float],
    room: int,
    cost: Cost,
) -> tuple[Part, ...]:
    """Of each file the blocks that bear on what is named and are not known, in the order of the files.

    All parts together cost at most `room`. What was built from a file, or copied, is not shown beside it.
    """
    texts = [lines_of(each.text) for each in files]
    seen = [_seen(known.get(each.path, ()), len(text)) for each, text in zip(files, texts, strict=True)]
    found = [one for at, each in enumerate(files) for one in _found(at, each, texts[at], seen[at], named)]
    trust = [(each.trust / files[0].trust) ** _TRUST for each in files]
    worth = {one: one.bearing * trust[one.file] for one in found}
    least = max(_LITTLE, _BESIDE * max(worth.values(), default=0.0))
    told = {text[number - 1].strip() for text, some in zip(texts, seen, strict=True) for number in some}
    picked: dict[int, list[_Found]] = {}
    left = float(room)
    for one in sorted(found, key=lambda one: (-worth[one], one.file, one.start)):
        size = one.size / _CHARACTERS + (0 if one.file in picked else _HEADING)
        if worth[one] >= least and one.new and size <= left and not _is_copy(one.text, told):
            picked.setdefault(one.file, []).append(one)
            told.update(line.strip() for line in one.text)
            left -= size
    fitting: list[Part] = []
    for at in sorted(picked):
        if part := _fitting(files[at], picked[at], known.get(files[at].path, ()), named, room, cost):
            fitting.append(part)
            room -= cost(part)
    return tuple(fitting)


def _seen(known: Spans, length: int) -> frozenset[int]:
    return frozenset(line for start, end in known for line in range(start, min(end, length) + 1))


def _found(
    at: int, each: Candidate, text: Sequence[str], seen: frozenset[int], named: Mapping[str, float]
) -> Iterator[_Found]:
    for block, (bearing, said) in zip(each.blocks, _bearing(each, text, named), strict=True):
        whole = range(block.start, block.end + 1)
        new = [number for number in whole if number not in seen and text[number - 1].strip()]
        if len(new) <= _SCRAPS and not seen.isdisjoint(whole):
            new = []
        yield _Found(bearing, at, block.start, said, tuple(new), tuple(text[number - 1] for number in new))


def _is_copy(text: Sequence[str], told: Collection[str]) -> bool:
    long = [line for line in map(str.strip, text) if len(line) >= _TELLING]
    return len(long) > _SCRAPS and sum(line in told for line in long) >= len(long) * _ALIKE


def _bearing(
    each: Candidate, lines: Sequence[str], named: Mapping[str, float]
) -> Iterator[tuple[float, frozenset[str]]]:
    """Of each block, how much of what is named it says, and more where it defines that; and what it says."""
    text = Text(lines)
    said: dict[int, dict[str, int]] = {}
    place = {line: at for at, block in enumerate(each.blocks) for line in range(block.start, block.end + 1)}
    for line, name in _said(text, named):
        if line in place:
            counts = said.setdefault(place[line], {})
            counts[name] = counts.get(name, 0) + 1
    defined: dict[int, float] = {}
    tells: dict[int, set[str]] = {}
    owners = _owners(each.outline.definitions, named)
    sought = {name: weight for name, weight in named.items() if name not in owners}
    for one in each.outline.definitions:
        meant = _meant(one, sought)
        for at in {place[line] for line in _whole(one) if line in place} if meant else ():
            defined[at] = max(defined.get(at, 0.0), _DEFINES * sum(meant.values()))
            tells.setdefault(at, set()).update(meant)
    for at in range(len(each.blocks)):
        counts = {name: count for name, count in said.get(at, {}).items() if name in sought}
        bearing = sum(named[name] * count / (count + 0.5) for name, count in counts.items())
        yield bearing + defined.get(at, 0.0), frozenset({*counts, *tells.get(at, ())})


def _said(text: Text, named: Mapping[str, float]) -> Iterator[tuple[int, str]]:
    """The lines that say what is named: a word at the beginning of one, an identifier as it is spelled."""
    spelled = {_stem(name): name for name in named}
    for line, found in hits_of(text, {name: named[spelled[name]] for name in spelled}):
        yield line, spelled[found]


def _stem(name: str) -> str:
    """How a word begins in all its forms; an identifier has but one."""
    return stem(name) if _is_word(name) else name.lower()


def _is_word(name: str) -> bool:
    return name.isalpha() and name.islower()


def _whole(one: Definition) -> range:
    """The lines of a definition, or of one too long its head."""
    return range(one.start, (one.end if one.end - one.start < _LONG else one.start) + 1)


def _owners(definitions: Sequence[Definition], named: Collection[str]) -> frozenset[str]:
    """What is named only to say where another thing is: of `JsonReader.skipValue`, the class."""
    low = {name.lower(): name for name in named}
    meant = [one for one in definitions if one.name.lower() in low]
    return frozenset(
        low[owner.name.lower()]
        for owner in meant
        if any(
            owner.start <= one.start and one.end <= owner.end and one.name.lower() != owner.name.lower()
            for one in meant
        )
    )


def _meant(one: Definition, named: Mapping[str, float]) -> dict[str, float]:
    """What of that which is named stands in the name of a definition, and how much of it that is."""
    low, within = one.name.lower(), parts(one.name)
    found: dict[str, float] = {}
    for name, weight in named.items():
        if name.lower() == low:
            found[name] = weight
        elif any(inflects(part, name) for part in within) if _is_word(name) else name.lower() in low:
            found[name] = _IN_PART * weight
    return found


def _part(each: Candidate, some: Sequence[_Found], known: Spans, named: Mapping[str, float]) -> Part:
    said = sorted(frozenset().union(*(one.said for one in some)), key=lambda name: (-named[name], name))
    reasons = (Reason(kind="asked", detail=", ".join(said)),)
    size = sum(block.size for block in each.blocks)
    if not known and sum(one.size for one in some) >= size * _NEARLY_WHOLE:
        return forms.lean(each.path, each.language, each.text, reasons)
    spans = forms.without_notice([(line, line) for one in some for line in one.new], each.text)
    return forms.excerpts(each.path, each.language, each.text, each.outline, spans, reasons, known)


def _fitting(
    each: Candidate,
    some: Sequence[_Found],
    known: Spans,
    named: Mapping[str, float],
    room: int,
    cost: Cost,
) -> Part | None:
    """The part with as many of the blocks, from the best on, as there is room for, with gaps and heads."""
    for count in range(len(some), 0, -1):
        part = _part(each, some[:count], known, named)
        if cost(part) <= room:
            return part
    return None
