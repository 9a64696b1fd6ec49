"""What was found that speaks for each file: the signals, and the words behind them."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from git_ctx.analysis.corpus import Corpus
from git_ctx.analysis.query import parts
from git_ctx.analysis.scan import inflects, spellings, stem, wordy

Values = dict[str, float]
"""A value above 0 for each of some paths."""

Found = Mapping[int, int]
"""Terms by number, and how often each was found."""

SHOWN = 6
"""How many words a reason names."""

_TELLING = 0.2
"""What a word must be worth beside the best one, to be named with it."""


@dataclass(slots=True)
class Evidence:
    """Signals by name, and what was found in each file's words, definitions and path.

    `known` are the terms and then the names that were looked for, `worth` what finding each is worth.
    """

    corpus: Corpus
    known: Sequence[str]
    terms: int
    worth: Sequence[float]
    signals: dict[str, Values] = field(default_factory=dict)
    in_words: dict[str, Found] = field(default_factory=dict)
    in_names: dict[str, Found] = field(default_factory=dict)
    in_paths: dict[str, Found] = field(default_factory=dict)
    in_past: dict[str, tuple[Found, str]] = field(default_factory=dict)
    """For each path, of the commits that changed it the subject that says most of what the prompt says."""
    quotes: dict[str, str] = field(default_factory=dict)

    def quoted(self, found: Mapping[str, Sequence[str]]) -> None:
        """Take note of the files that have what the prompt quotes; less where many have it."""
        values: Values = {}
        for text, paths in found.items():
            for path in paths:
                values[path] = values.get(path, 0.0) + 1 / len(paths)
                self.quotes.setdefault(path, text)
        self.signals["quoted"] = values

    def most(self, name: str) -> float:
        """What a signal's best path has: the others are measured by it."""
        return max(self.signals[name].values(), default=0.0)

    def words(self, path: str) -> str:
        """The most telling words of the prompt that stand in a file, as they stand there."""
        if path not in self.in_words:
            return ""
        return self._spelled(self.in_words[path], self.corpus.digests.words(path))

    def defined(self, path: str) -> str:
        """The most telling of the names that a file defines, by the prompt's words in them."""
        if path not in self.in_names:
            return ""
        return self._spelled(self.in_names[path], self.corpus.digests.names(path))

    def in_path(self, path: str) -> str:
        """The most telling words of the prompt in a path."""
        joined = self._spelled(self.in_paths.get(path, {}), _text(path.replace("-", "_")))
        return ", ".join(word if word in path else word.replace("_", "-") for word in joined.split(", "))

    def subject(self, path: str) -> str:
        """The most telling words of the prompt in the subject of a commit that changed a file."""
        found, subject = self.in_past.get(path, ({}, ""))
        return self._spelled(found, _text(subject))

    def _spelled(self, found: Found, text: bytes) -> str:
        """Words in the spelling that a text has; those that hardly count beside the best are left out."""
        best = sorted(found, key=lambda number: (-self.worth[number], number))[:SHOWN]
        least = self.worth[best[0]] * _TELLING if best else 0.0
        low = text.lower() if best else b""
        said: dict[str, str] = {}
        for number in best:
            if self.worth[number] >= least:
                word = self._as_found(number, text, low)
                said.setdefault(word.lower(), word)
        return ", ".join(said.values())

    def _as_found(self, number: int, text: bytes, low: bytes) -> str:
        """A name or a word as a text spells it; of several identifiers, the shortest that has it whole."""
        known = self.known[number]
        if number >= self.terms:
            some = spellings(known)
            return next((one for one in some if one.encode("utf-8", "surrogateescape") in text), known)
        around = map(os.fsdecode, _around(os.fsencode(stem(known)), text, low))
        fitting = [word for word in around if any(inflects(part, known) for part in parts(word))]
        return min(fitting, key=lambda word: (known not in parts(word), len(word), word), default=known)


def _text(plain: str) -> bytes:
    return b" " + wordy(os.fsencode(plain)) + b" "


def _around(part: bytes, text: bytes, low: bytes) -> set[bytes]:
    """The words of a text that a part stands in; `low` is the text in lower case."""
    found = set()
    at = low.find(part)
    while at >= 0:
        start, end = low.rfind(b" ", 0, at) + 1, low.find(b" ", at)
        end = len(low) if end < 0 else end
        found.add(text[start:end])
        at = low.find(part, end)
    return found
