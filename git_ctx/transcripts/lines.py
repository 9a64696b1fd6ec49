"""JSON Lines as a stranger may have written them: one object at a time, bounded, the damaged ones told of."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

import orjson

LONGEST = 64 << 20
"""Bytes of a line; images stand in lines, too."""
_MOST_PROBLEMS = 20
_MOST_DAMAGED = 50_000
_MOST_SKIPPED = 1 << 30
"""Damaged lines, and bytes of lines that were too long, after which it is something else, maybe endless."""

Fields = dict[str, Any]


class NotLines(Exception):
    """It is not what an agent writes."""


class Lines:
    """The objects of a stream, by the number of their line. What cannot be read is a problem, and skipped.

    Raises `NotLines` where next to nothing can be read.
    """

    def __init__(self, stream: BinaryIO, longest: int = LONGEST) -> None:
        self._stream = stream
        self._longest = longest
        self.problems: list[str] = []
        self.damaged = 0
        self.number = 0
        self._skipped = 0

    def __iter__(self) -> Iterator[Fields]:
        while line := self._stream.readline(self._longest + 1):
            self.number += 1
            if len(line) > self._longest:
                self._skip()
                self.report(f"longer than {self._longest >> 20} MiB")
            elif line.strip():
                found = _parsed(line)
                if isinstance(found, dict):
                    yield found
                else:
                    self.report("not a JSON object")

    def report(self, problem: str) -> None:
        self.damaged += 1
        if self.damaged > _MOST_DAMAGED:
            raise NotLines
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(f"line {self.number}: {problem}")

    def _skip(self) -> None:
        """To the end of the line; 1 MiB at a time."""
        while (part := self._stream.readline(1 << 20)) and not part.endswith(b"\n"):
            self._skipped += len(part)
            if self._skipped > _MOST_SKIPPED:
                raise NotLines


def _parsed(line: bytes) -> object:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        pass
    try:  # JavaScript may cut a character in two, which orjson does not take
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def text(fields: Fields, key: str) -> str:
    """A text, '' where there is none. Half a character, as JavaScript may cut one, becomes U+FFFD."""
    value = fields.get(key)
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def inner(fields: Fields, key: str) -> Fields:
    value = fields.get(key)
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[Fields]:
    """Those of a list that are objects."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def time(fields: Fields, key: str = "timestamp") -> datetime | None:
    """A time with its offset that we can keep; None for any other."""
    try:
        found = datetime.fromisoformat(text(fields, key))
    except ValueError:
        return None
    return found if found.tzinfo is not None and 1970 < found.year < 9998 else None
