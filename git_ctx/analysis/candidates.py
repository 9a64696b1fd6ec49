"""The files of a ranking that may be shown, read and cut into blocks; and those that a line is enough for."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from git_ctx.analysis import forms
from git_ctx.analysis.blocks import Focus, blocks, lines_of
from git_ctx.analysis.budget import Candidate
from git_ctx.analysis.kinds import language
from git_ctx.analysis.outline import outline
from git_ctx.analysis.query import Query
from git_ctx.analysis.weights import PIN, WEIGHTS
from git_ctx.document import Part
from git_ctx.model import Ranked

RELEVANT = 40
"""Files of a ranking, from the top, that a context speaks of."""

_FEWEST = 8
_TOKENS_FOR_ONE = 1_000
_LARGEST = 1_000_000
_TELLING = 12
"""Characters of a line from which on it tells whether a file is a copy."""
_A_COPY = 0.6
_LEAST_OWN = 0.05
_CHARACTERS = 3.6
"""Of a token, on average over code."""

Text = Callable[[str], str | None]
"""A file's text by its path, as it may be shown; None where it may not."""


def candidates(
    ranked: Sequence[Ranked],
    query: Query,
    text: Text,
    room: int,
    marked: Mapping[str, frozenset[int]] = MappingProxyType({}),
) -> tuple[Candidate, ...]:
    """The best files that have text to show, more of them for more room; `marked` lines matter most.

    As many as the room could hold whole, so that small files do not leave it empty.
    """
    found: list[Candidate] = []
    size = 0
    best = _best(ranked)
    most = min(RELEVANT, _FEWEST + max(room, 0) // _TOKENS_FOR_ONE)
    told: dict[str, list[str]] = {}
    for place, each in enumerate(ranked[:RELEVANT]):
        shown = text(each.path) if len(found) < most or size < room * _CHARACTERS else None
        if shown and len(shown) <= _LARGEST:
            size += len(shown)
            trusted = trust(place, min(each.score, best), best) * _own(each.path, shown, told)
            found.append(_candidate(each, shown, _focus(query, each.path, marked), trusted))
    return tuple(found)


def _own(path: str, text: str, told: dict[str, list[str]]) -> float:
    """How much of a file is its own, where it is mostly a copy of one of its name that ranks before it."""
    twins = told.setdefault(path.rpartition("/")[2], [])
    said = _telling(text) if twins else frozenset()
    copied = max((len(said & _telling(twin)) / len(said) for twin in twins if said), default=0.0)
    twins.append(text)
    return max(1 - copied, _LEAST_OWN) if copied > _A_COPY else 1.0


def _telling(text: str) -> frozenset[str]:
    return frozenset(line for line in map(str.strip, lines_of(text)) if len(line) >= _TELLING)


def lines(ranked: Sequence[Ranked], taken: Sequence[Candidate]) -> tuple[Part, ...]:
    """The other relevant files, a line each."""
    known = {each.path for each in taken}
    rest = [each for each in ranked[:RELEVANT] if each.path not in known]
    return tuple(forms.line(each.path, language(each.path) or "", None, each.reasons) for each in rest)


def _best(ranked: Sequence[Ranked]) -> float:
    """The score that others are measured by: pins and what has changed take nothing from the rest."""
    most = sum(WEIGHTS.values())
    return next((each.score for each in ranked if each.score <= most), ranked[0].score if ranked else 0.0)


def trust(place: int, score: float, best: float) -> float:
    """How likely the file at this place of a ranking matters, against the others."""
    return (max(score, 0.0) / best if best > 0 else 1.0) ** 3 / (place + 3) + 1e-9


def _candidate(ranked: Ranked, text: str, focus: Focus, trusted: float) -> Candidate:
    spoken = language(ranked.path)
    outlined = outline(spoken, text)
    return Candidate(
        path=ranked.path,
        language=spoken or "",
        text=text,
        outline=outlined,
        blocks=blocks(lines_of(text), outlined, focus),
        reasons=ranked.reasons,
        trust=trusted,
        pinned=ranked.score >= PIN,
    )


def _focus(query: Query, path: str, marked: Mapping[str, frozenset[int]]) -> Focus:
    """What the prompt says of this file: a stack frame's line counts for every file of that name."""
    name = path.rpartition("/")[2]
    framed = (frame.line for frame in query.frames if frame.path.rpartition("/")[2] == name)
    return Focus(
        terms=query.terms,
        names={**dict.fromkeys(query.quoted, 1.0), **query.names},
        lines=marked.get(path, frozenset()).union(line for line in framed if line),
    )
