"""A prompt's words in the words of every file, in one pass.

What is scanned are identifiers, a space between them, a newline after each file's: a term is found at
the beginning of each part (` term`, `_term`, `Term`, `TERM`), where its ending is only an inflection.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from git_ctx.analysis.query import parts

_WORDY = bytes(c if chr(c).isalnum() or c == 95 or c >= 128 else 32 for c in range(128)) + bytes(
    range(128, 256)
)
_APART = b"\0" + _WORDY[1:]
_TAIL = re.compile(rb"[a-z]*")
_UPPER_TAIL = re.compile(rb"[A-Z]*(?![a-z])")
_ENDINGS = frozenset(
    [
        "",
        "s",
        "es",
        "ed",
        "d",
        "ing",
        "er",
        "ers",
        "r",
        "rs",
        "or",
        "ors",
        "ion",
        "ions",
        "tion",
        "able",
        "al",
        "ment",
        "ments",
        "ly",
        "e",
        "y",
        "ies",
        "ied",
        "ity",
        "ance",
        "ence",
        "ization",
    ]
)
_STRIP = re.compile(
    r"(?<=[^\W\d_]{3})(?:izations?|ations?|ements?|ments?|ings?|ied|ies|ers?|ors?|able|ed|es|ions?|s|e|y)$"
)


def wordy(text: bytes) -> bytes:
    """The bytes with everything that stands in no identifier made a space."""
    return text.translate(_WORDY)


def all_wordy(texts: Sequence[str]) -> bytes:
    """The same of many texts, none of which holds a NUL: a line for each, with a space before and behind."""
    joined = "\0".join(texts).encode("utf-8", "surrogateescape").translate(_APART)
    return b" " + joined.replace(b"\0", b" \n ") + b" "


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A word without its ending, where four letters or more are left: a cheap stand-in for a stemmer."""
    short = _STRIP.sub("", word)
    return short if len(short) >= 4 else word if len(word) <= 4 else word.removesuffix("s")


def inflects(part: str, term: str) -> bool:
    """Whether a part of an identifier is a term, or an inflection of it, as the scan finds them."""
    short = stem(term)
    return part == term or (part.startswith(short) and part[len(short) :] in _ENDINGS)


class Scanner:
    """Finds terms and names; each is known by its place in `terms + names`, a name only as spelled."""

    def __init__(self, terms: Sequence[str], names: Sequence[str] = ()) -> None:
        from ahocorasick_rs import BytesAhoCorasick

        self.terms = tuple(terms)
        self._stems = [stem(term) for term in self.terms]
        patterns: dict[bytes, list[int]] = {b"\n": []}
        for number, short in enumerate(self._stems):
            for spelled in _beginnings(short):
                patterns.setdefault(spelled, []).append(number)
        self._exact = len(patterns)
        for number, name in enumerate(names, len(self.terms)):
            for whole in spellings(name):
                exact = b" " + whole.encode("utf-8", "surrogateescape") + b" "
                patterns.setdefault(exact, []).append(number)
        self._owners = list(patterns.values())
        self._upper = [spelled.isupper() and spelled[:1].isalpha() for spelled in patterns]
        self._whole = [self._owners[0]] + [
            [number for number in some if self._fits(number, "")] for some in self._owners[1 : self._exact]
        ]
        self._automaton = BytesAhoCorasick(list(patterns))
        self._known: dict[tuple[int, bytes], tuple[int, ...]] = {}

    def lines(self, text: bytes) -> list[dict[int, int]]:
        """For each line, how often each term is found in it."""
        here: dict[int, int] = {}
        found = [here]
        owners, upper, known, exact = self._owners, self._upper, self._known, self._exact
        whole = self._whole
        lower_tail, upper_tail = _TAIL.match, _UPPER_TAIL.match
        for pattern, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if pattern >= exact:
                numbers: Sequence[int] = owners[pattern]
            elif not pattern:
                here = {}
                found.append(here)
                continue
            else:
                after = text[end]
                if upper[pattern] and 65 <= text[start - 1] <= 90:  # the end of a word in capitals
                    continue
                if after == 32 or after == 95:
                    for number in whole[pattern]:
                        here[number] = here.get(number, 0) + 1
                    continue
                tail = upper_tail(text, end) if upper[pattern] else lower_tail(text, end)
                rest = tail[0] if tail else b"?"
                numbers = known.get((pattern, rest)) or self._ending(pattern, rest)
            for number in numbers:
                if number >= 0:
                    here[number] = here.get(number, 0) + 1
        return found

    def _ending(self, pattern: int, rest: bytes) -> tuple[int, ...]:
        """The terms that a pattern stands for where `rest` follows it: itself or an inflection."""
        spelled = rest.decode("ascii").lower()
        numbers = tuple(number for number in self._owners[pattern] if self._fits(number, spelled))
        self._known[pattern, rest] = numbers or (-1,)
        return self._known[pattern, rest]

    def _fits(self, number: int, rest: str) -> bool:
        return rest in _ENDINGS or self._stems[number] + rest == self.terms[number]


def _beginnings(short: str) -> list[bytes]:
    """How a term's stem may begin a part of an identifier."""
    plain = short.encode()
    if not short.isascii():
        return [plain]
    if plain.isalpha():
        return [b" " + plain, b"_" + plain, plain.capitalize(), plain.upper()]
    return [b" " + plain, b"_" + plain]


def spellings(name: str) -> list[str]:
    """A name as spelled, and as each convention would spell its parts."""
    some = parts(name)
    if len(some) < 2:
        return [name]
    pascal = "".join(part.capitalize() for part in some)
    joined = "".join(some)
    return list(
        dict.fromkeys(
            [name, "_".join(some), "_".join(some).upper(), pascal, some[0] + pascal[len(some[0]) :], joined]
        )
    )
