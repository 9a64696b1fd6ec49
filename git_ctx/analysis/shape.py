"""A text's lines and their indentation: where the block that a line begins comes to its end."""

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from git_ctx.analysis.languages import Grammar

_ABOVE = 40
"""How many lines above a definition are searched for its decorators."""


class Lines:
    """Offsets to line numbers, in a text with a newline put before it."""

    def __init__(self, text: str) -> None:
        self._ends = list(accumulate([len(line) + 1 for line in text.split("\n")[:-1]]))

    def number(self, at: int) -> int:
        return max(1, bisect_right(self._ends, at + 1))


class Shape:
    """A text's indentation: where the block that a line begins comes to its end."""

    def __init__(self, grammar: Grammar, lines: list[str]) -> None:
        self._closers = grammar.closers or ("}", ")", "]")
        self._word = re.compile(
            "|".join(re.escape(c) + (r"\b" if c.isalpha() else "") for c in self._closers)
        )
        self._through = grammar.name != "python"
        self._lines = lines

    # Both are worked out when asked for: where braces tell the ends of blocks, they never are.
    @cached_property
    def _indents(self) -> list[int]:
        """The indentation of each line, -1 for a blank one; nearly all lines are without a tab."""
        return [
            _indent(line) if "\t" in line else len(line) - len(rest) if (rest := line.lstrip(" ")) else -1
            for line in self._lines
        ]

    @cached_property
    def _next(self) -> list[int]:
        """For each line, the next one that is not blank and no deeper."""
        indents = self._indents
        after = [len(indents)] * len(indents)
        waiting: list[int] = []
        for number, indent in enumerate(indents):
            if indent < 0:
                continue
            while waiting and indents[waiting[-1]] >= indent:
                after[waiting.pop()] = number
            waiting.append(number)
        return after

    def end(self, start: int) -> int:
        """The last line of the block whose first line is `start` (lines here count from 1 too)."""
        at = start
        while True:
            following = self._next[at]
            if following >= len(self._lines) or self._indents[following] < self._indents[start]:
                break
            if not self._word.match(self._lines[following].lstrip()):
                break
            at = following
            if self._through and self._ends(following):
                return following
        last = min(following, len(self._lines)) - 1
        while last > at and self._indents[last] < 0:
            last -= 1
        return last

    def _ends(self, line: int) -> bool:
        """Whether this line closes the whole block, as `end` and `}` do, not only its header."""
        stripped = self._lines[line].lstrip()
        return stripped.startswith(("end", "}")) and not stripped.rstrip().endswith("{")

    def decorated(self, start: int) -> int:
        """The line of the first decorator above a definition, or its own."""
        first = start
        for line in range(start - 1, max(0, start - _ABOVE), -1):
            stripped = self._lines[line].lstrip()
            if stripped.startswith("@") and self._indents[line] == self._indents[start]:
                first = line
            elif self._indents[line] <= self._indents[start] and not stripped.startswith((")", "]", "}")):
                break
        return first


def _indent(line: str) -> int:
    stripped = line.lstrip(" \t")
    return len(line[: len(line) - len(stripped)].expandtabs(8)) if stripped else -1
