"""Canonical JSON: plain values <-> bytes, and fields read as if a stranger had written them.

Canonical is: UTF-8, sorted keys, two-space indent, one newline at the end. Reading bears any bytes:
what does not fit is `BrokenSession`, and never another error. Of a key that stands twice the last
one counts. Unknown keys are left alone.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice, pairwise
from typing import TypeVar

import orjson

from git_ctx.errors import BrokenSession, NewerFormat, WriteFailed
from git_ctx.model import FORMAT, Oid
from git_ctx.pattern import lazily
from git_ctx.safety import paths

T = TypeVar("T")

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 100
MAX_VALUES = 2_000_000
MAX_NUMBER = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""

_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
_SURROGATE = lazily("[\ud800-\udfff]")
# Possessive, and closed or not, so that no bytes make it go over them twice.
_STRING = lazily(rb'"(?>(?:[^"\\]++|\\.)*)"?', re.DOTALL)
_TIME = lazily(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_YEARS = range(1970, 9999)  # what every reader can shift to its own time zone
_ID = lazily(r"[k-z]{16}")
_NESTS = (dict, list, tuple)
_OID = lazily(r"[0-9a-f]{40}")
_SPANS = lazily(r"(?>[1-9]\d{0,8}-[1-9]\d{0,8}(?:,|\Z))+(?<!,)", re.ASCII)
MAX_SPANS = 1000
"""Runs of lines that are noted of a file; nobody shows more of one."""


def dump(fields: Mapping[str, object], what: str) -> bytes:
    """The bytes of one entry in today's format, or `WriteFailed` where they would be too many to read."""
    data = orjson.dumps({"format": FORMAT, **fields}, option=_OPTIONS)
    if len(data) > MAX_BYTES:
        raise WriteFailed(what, f"it is larger than {MAX_BYTES >> 20} MiB")
    return data


def form(value: object, deepest: int = MAX_DEPTH) -> bytes:
    """A JSON value in the canonical form, however large. ValueError where it is nested too deeply."""
    if _deeper_than(deepest, value):
        raise ValueError(f"nested more than {deepest} deep")
    return orjson.dumps(value, option=_OPTIONS)


def load(data: bytes, where: str) -> "Fields":
    """The fields of one entry in a format that we know; `where` is what an error names."""
    entry = parse(data, where)
    fields = Fields(entry, where)
    fields.check_format()
    # Most have not even so many brackets.
    if data.count(b"{") + data.count(b"[") > MAX_DEPTH and _deeper_than(MAX_DEPTH, entry):
        raise BrokenSession(where, f"nested more than {MAX_DEPTH} deep")
    return fields


def parse(data: bytes, where: str, largest: int = MAX_BYTES, most: int = MAX_VALUES) -> dict[str, object]:
    """A JSON object of at most so many bytes and values, as it is."""
    if len(data) > largest:
        raise BrokenSession(where, f"larger than {largest >> 20} MiB")
    if _more_values_than(most, data):
        raise BrokenSession(where, "too many values")
    try:
        entry = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BrokenSession(where, f"not JSON: {error}") from None
    if not isinstance(entry, dict):
        raise BrokenSession(where, "not a JSON object")
    return entry


def text(value: str) -> str:
    """Text as UTF-8 can hold it: what stands for a byte that is not UTF-8 becomes U+FFFD."""
    return value if value.isascii() else _SURROGATE.sub("\ufffd", value)


def path(value: str) -> str:
    """A path, quoted as git quotes where JSON could not hold it or reading would take it for quoted."""
    return paths.quote(value) if value.startswith('"') or _SURROGATE.search(value) else value


def spans(some: Iterable[tuple[int, int]]) -> str:
    """Runs of lines as one text: '1-20,45-60'."""
    return ",".join(f"{first}-{last}" for first, last in islice(some, MAX_SPANS))


def json(value: object) -> object:
    """A value of any JSON kind, or ValueError where it holds what the form cannot keep."""
    if _deeper_than(MAX_DEPTH - 1, value):
        raise ValueError(f"nested more than {MAX_DEPTH} deep")
    return _plain(value)


def time(value: datetime) -> str:
    """RFC 3339 with the offset, to the second; an offset that RFC 3339 cannot hold becomes UTC."""
    offset = value.utcoffset()
    if offset is None:
        raise ValueError("a time without its offset from UTC")
    if offset.total_seconds() % 60:
        value = value.astimezone(UTC)
    return value.isoformat(timespec="seconds")


class Fields:
    """The fields of one JSON object, each read as the type that the format gives it."""

    def __init__(self, entry: Mapping[str, object], where: str) -> None:
        self._entry = entry
        self._where = where

    def check_format(self) -> None:
        found = self.number("format")
        if found > FORMAT:
            raise NewerFormat(self._where, found, FORMAT)
        if found < 1:
            raise self._broken("format", "the number of a format")

    def text(self, key: str) -> str:
        value = self._value(key)
        if not isinstance(value, str):
            raise self._broken(key, "text")
        return value

    def number(self, key: str) -> int:
        value = self._value(key)
        if type(value) is not int or not 0 <= value <= MAX_NUMBER:
            raise self._broken(key, "a whole number in range")
        return value

    def time(self, key: str) -> datetime:
        value = self.text(key)
        try:
            found = datetime.fromisoformat(value) if _TIME.fullmatch(value) else None
        except ValueError:
            found = None
        if found is None or found.year not in _YEARS:
            raise self._broken(key, "a time with its offset")
        return found

    def id(self, key: str) -> str:
        return self._matching(key, _ID, "an id")

    def oid(self, key: str) -> Oid:
        return self._matching(key, _OID, "an object id")

    def oids(self, key: str) -> tuple[Oid, ...]:
        values = self.texts(key)
        if not all(_OID.fullmatch(value) for value in values):
            raise self._broken(key, "a list of object ids")
        return values

    def path(self, key: str) -> str:
        return self._path(key, self.text(key))

    def optional(self, read: Callable[[str], T], key: str) -> T | None:
        """What `read` finds under a key that must be there, or None where it holds null."""
        return None if self._value(key) is None else read(key)

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._list(key)
        if not all(isinstance(value, str) for value in values):
            raise self._broken(key, "a list of texts")
        return tuple(str(value) for value in values)

    def ids(self, key: str) -> tuple[str, ...]:
        return self._all_matching(key, _ID, "a list of ids")

    def flag(self, key: str) -> bool:
        value = self._value(key)
        if not isinstance(value, bool):
            raise self._broken(key, "true or false")
        return value

    def paths(self, key: str) -> tuple[str, ...]:
        return tuple(self._path(key, value) for value in self.texts(key))

    def __contains__(self, key: str) -> bool:
        return key in self._entry

    def __iter__(self) -> Iterator[str]:
        return iter(self._entry)

    def inner(self, key: str) -> "Fields":
        value = self._value(key)
        if not isinstance(value, dict):
            raise self._broken(key, "an object")
        return Fields(value, f"{self._where}: {key}")

    def any(self, key: str) -> object:
        """Whatever stands there, to be written again as it is."""
        return self._value(key)

    def base64(self, key: str) -> bytes:
        from base64 import b64decode

        try:
            return b64decode(self.text(key), validate=True)
        except ValueError:
            raise self._broken(key, "base64") from None

    def plain(self) -> dict[str, object]:
        """The whole object, keys that nobody knows included; for `dump`, which sets `format` itself."""
        return {key: value for key, value in self._entry.items() if key != "format"}

    def numbers(self, key: str) -> tuple[tuple[str, int], ...]:
        """An object of whole numbers, by name."""
        inside = self.inner(key)
        return tuple((name, inside.number(name)) for name in sorted(inside._entry))

    def spans(self, key: str) -> tuple[tuple[int, int], ...]:
        """Runs of lines: the first and the last of each, in order, none in another."""
        written = self._matching(key, _SPANS, "runs of lines such as 1-20,45-60").split(",")
        found = [tuple(map(int, run.split("-"))) for run in written]
        ends = [end for run in found for end in run]
        if len(found) > MAX_SPANS or ends != sorted(ends) or any(a[1] >= b[0] for a, b in pairwise(found)):
            raise self._broken(key, "runs of lines in order")
        return tuple((run[0], run[1]) for run in found)

    def objects(self, key: str) -> "Iterator[Fields]":
        """The objects of a list, each with its place in the errors it raises."""
        for number, value in enumerate(self._list(key)):
            if not isinstance(value, dict):
                raise self._broken(key, "a list of objects")
            yield Fields(value, f"{self._where}: {key}[{number}]")

    def json(self, key: str) -> object:
        """Any value but fractions and numbers that not every reader keeps."""
        value = self._value(key)
        if not all(_exact(scalar) for scalar in _scalars(value)):
            raise self._broken(key, "free of fractions and of numbers out of range")
        return value

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in allowed:
            raise self._broken(key, f"one of {', '.join(allowed)}")
        return value

    def _value(self, key: str) -> object:
        if key not in self._entry:
            raise BrokenSession(self._where, f"'{key}' is missing")
        return self._entry[key]

    def _path(self, key: str, value: str) -> str:
        try:
            return paths.unquote(value) if value.startswith('"') else value
        except ValueError:
            raise self._broken(key, "a path in its quoted form") from None

    def _list(self, key: str) -> list[object]:
        value = self._value(key)
        if not isinstance(value, list):
            raise self._broken(key, "a list")
        return value

    def _matching(self, key: str, form: re.Pattern[str], what: str) -> str:
        value = self.text(key)
        if not form.fullmatch(value):
            raise self._broken(key, what)
        return value

    def _all_matching(self, key: str, form: re.Pattern[str], what: str) -> tuple[str, ...]:
        values = self.texts(key)
        if not all(map(form.fullmatch, values)):
            raise self._broken(key, what)
        return values

    def _broken(self, key: str, what: str) -> BrokenSession:
        return BrokenSession(self._where, f"'{key}' is not {what}")


def _plain(value: object) -> object:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        return {text(key): _plain(child) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(child) for child in value]
    if value is None or (isinstance(value, int) and _exact(value)):
        return value
    raise ValueError(f"JSON of ours cannot hold {value!r:.50}")


def _more_values_than(limit: int, data: bytes) -> bool:
    """Whether parsing would make so many values that memory suffers; text does not count."""

    def count(structure: bytes) -> int:
        return structure.count(b",") + structure.count(b"[") + structure.count(b"{")

    return count(data) > limit and count(_STRING.sub(b"", data)) > limit


def _deeper_than(limit: int, value: object) -> bool:
    level = [value]
    for _ in range(limit):
        level = [child for parent in level for child in _children(parent) if isinstance(child, _NESTS)]
        if not level:
            return False
    return True


def _scalars(value: object) -> Iterator[object]:
    """All that lies in a value and holds no further values; its depth is known to be bounded."""
    if isinstance(value, _NESTS):
        for child in _children(value):
            yield from _scalars(child)
    else:
        yield value


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | tuple) else ()


def _exact(scalar: object) -> bool:
    return not isinstance(scalar, float) and (not isinstance(scalar, int) or abs(scalar) <= MAX_NUMBER)
