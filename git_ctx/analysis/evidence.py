"""What was found that speaks for each file: the signals, and the words behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from git_ctx.analysis.corpus import Corpus
from git_ctx.analysis.scan import spellings, stem

Values = dict[str, float]
"""A value above 0 for each of some paths."""

Found = Mapping[int, int]
"""Terms by number, and how often each was found."""

SHOWN = 6
"""How many words a reason names."""


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
    quotes: dict[str, str] = field(default_factory=dict)

    def quoted(self, found: Mapping[str, Sequence[str]]) -> None:
        """Take note of the files that have what the prompt quotes; less where many have it."""
        values: Values = {}
        for text, paths in found.items():
            for path in paths:
                values[path] = values.get(path, 0.0) + 1 / len(paths)
                self.quotes.setdefault(path, text)
        self.signals["quoted"] = values

    def scaled(self, name: str) -> Values:
        """A signal with 1 for its best path."""
        values = self.signals[name]
        most = max(values.values(), default=0.0)
        return {path: value / most for path, value in values.items()} if most > 0 else {}

    def words(self, path: str) -> str:
        """The weightiest words of the prompt that stand in a file, as they stand there."""
        if path not in self.in_words:
            return ""
        return self._spelled(self.in_words[path], self.corpus.digests[path].words)

    def defined(self, path: str) -> str:
        """The weightiest words of the prompt in the names that a file defines."""
        if path not in self.in_names:
            return ""
        return self._spelled(self.in_names[path], self.corpus.digests[path].names)

    def in_path(self, path: str) -> str:
        """The weightiest words of the prompt in a path."""
        return self._spelled(self.in_paths.get(path, {}), path.encode("utf-8", "surrogateescape"))

    def _spelled(self, found: Found, text: bytes) -> str:
        best = sorted(found, key=lambda number: (-self.worth[number], number))[:SHOWN]
        low = text.lower() if best else b""
        return ", ".join(dict.fromkeys(self._as_found(number, text, low) for number in best))

    def _as_found(self, number: int, text: bytes, low: bytes) -> str:
        """A name in the spelling that the file has; a term, or its stem where only an inflection is there."""
        known = self.known[number]
        if number < self.terms:
            return known if known.encode() in low else stem(known)
        some = spellings(known)
        return next((one for one in some if one.encode("utf-8", "surrogateescape") in text), known)
