"""A rule: how to tell one kind of secret, and how to look for it around a literal."""

import re
from dataclasses import dataclass
from functools import cached_property

from git_ctx.safety import judge
from git_ctx.safety.judge import Judge

# A key begins where a word begins, or after an escape in a string ("\nghp_…").
_BEGIN = rb"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"
_END = rb"(?![A-Za-z0-9])"
_LINE = 300
"""As far as the line or the surroundings of a literal are looked at."""


@dataclass(frozen=True)
class Rule:
    """`form` is tried where a literal begins; or from the start of its line; or, for a form with the
    literal inside, from `before` bytes ahead, or from the last `since` there. `near` must be found on its
    line, before the literal; `unless` nowhere around it. `judge` sees what would be reported.
    """

    name: str
    literals: tuple[bytes, ...]
    form: bytes
    judge: Judge = judge.key
    near: bytes = b""
    unless: bytes = b""
    before: int = 0
    since: bytes = b""
    whole_line: bool = False
    delimited: bool = True

    @cached_property
    def pattern(self) -> re.Pattern[bytes]:
        return re.compile(_BEGIN + b"(?:" + self.form + b")" + _END if self.delimited else self.form)

    def find(self, data: bytes, literal: int) -> tuple[int, int] | None:
        """Where a real secret of this kind stands, by the literal that begins here."""
        if self.before and not self._is_near(data, literal):
            return None
        if self.whole_line:
            found = self.pattern.match(data, _line_start(data, literal))
        elif self.before:
            found = self.pattern.search(data, self._window(data, literal), literal + _LINE)
        else:
            found = self.pattern.match(data, literal)
        if not found or not self._is_near(data, literal):
            return None
        if self.unless and re.search(self.unless, data[max(0, literal - _LINE) : literal + _LINE]):
            return None
        start, end = found.span("secret" if "secret" in self.pattern.groupindex else 0)
        return (start, end) if self.judge(data[start:end]) else None

    def _is_near(self, data: bytes, literal: int) -> bool:
        return not self.near or bool(re.search(self.near, data[_line_start(data, literal) : literal]))

    def _window(self, data: bytes, literal: int) -> int:
        first = max(0, literal - self.before)
        return max(first, data.rfind(self.since, first, literal)) if self.since else first


def _line_start(data: bytes, at: int) -> int:
    furthest = max(0, at - _LINE)
    newline = data.rfind(b"\n", furthest, at)
    return furthest if newline < 0 else newline + 1


def prefixed(name: str, prefixes: str, rest: bytes, judge: Judge = judge.key) -> Rule:
    """A key that opens with one of some words, which say what it is, and goes on at random."""
    words = prefixes.split()
    either = b"|".join(re.escape(word.encode()) for word in words)
    return Rule(name, tuple(word.lower().encode() for word in words), b"(?:" + either + b")" + rest, judge)
