"""What is left of an entry of which two people forgot different parts, apart from each other.

Both parts go and the rest stays, and neither the original nor what was forgotten is needed to tell: all that
is kept stands in both versions. Pure, from bytes to bytes.
"""

import re
from collections.abc import Iterator, Sequence

from git_ctx import canonical, redaction
from git_ctx.redaction import MARK

_TOKEN = re.compile(r"\[forgotten\]|\w+|\W")
_MOST = 4_000_000
"""Pairs of lines, or of words, that are compared: beyond it the place is forgotten as a whole."""
_MARKS = re.compile(r"(?:\[forgotten\]){2,}")


def of(path: str, one: bytes, other: bytes) -> bytes:
    """An entry that says no more than either version; forgotten wholly where they have too little in common.

    It does not matter which is which.
    """
    one, other = sorted((one, other))
    # A text of one mark is not yet the form that all agree on of what is forgotten wholly.
    if any(redaction.is_wholly(path, each) for each in (one, other)):
        return redaction.wholly(path, one)
    common = _common(path, one, other)
    if common is not None and all(redaction.is_less(path, common, each) for each in (one, other)):
        return common
    return redaction.wholly(path, one)


def _common(path: str, one: bytes, other: bytes) -> bytes | None:
    left, right = redaction.entry_of(path, one), redaction.entry_of(path, other)
    if left is None and right is None:
        return _text(one.decode("utf-8", "surrogateescape"), other.decode("utf-8", "surrogateescape")).encode(
            "utf-8", "surrogateescape"
        )
    if left is None or right is None:
        return None
    both = _value(left, right, "")
    return canonical.dump(both, "an entry") if isinstance(both, dict) else None


def _value(one: object, other: object, key: str) -> object:
    if one == other:
        return one
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return {name: _value(one[name], other[name], name) for name in one}
    if isinstance(one, list) and isinstance(other, list):
        return _list(one, other, key)
    if isinstance(one, str) and isinstance(other, str) and key not in redaction.TREES:
        return _text(one, other)
    # One may be null where the other names a snapshot; of two snapshots nobody has what both left.
    return None


def _list(one: list[object], other: list[object], key: str) -> list[object]:
    """What stands in both: at the same place, or under the same path where some have gone."""
    if len(one) == len(other) and all(map(_matches, one, other)):
        return [_value(left, right, key) for left, right in zip(one, other, strict=True)]
    found: list[object] = []
    at = 0
    for each in one:
        where = next((place for place in range(at, len(other)) if _is_that(each, other[place])), None)
        if where is not None:
            found.append(_value(each, other[where], key))
            at = where + 1
    return found


def _matches(one: object, other: object) -> bool:
    """Whether they may be one element, of which something was forgotten here or there."""
    return not (isinstance(one, dict) and isinstance(other, dict)) or one.get("path") == other.get("path")


def _is_that(one: object, other: object) -> bool:
    return one == other or (isinstance(one, dict) and isinstance(other, dict) and _matches(one, other))


def _text(one: str, other: str) -> str:
    """Line by line; where a line differs, word by word. What only one has gives way to a mark."""
    left, right = one.split("\n"), other.split("\n")
    if len(left) == len(right):
        return "\n".join(_line(*pair) for pair in zip(left, right, strict=True))
    return _aligned(re.findall(r"[^\n]*\n|[^\n]+", one), re.findall(r"[^\n]*\n|[^\n]+", other))


def _line(one: str, other: str) -> str:
    """Marks are matched with nothing: what one stands for is what the other one tells."""
    if one == other:
        return one
    left = ["\0" if word == MARK else word for word in _TOKEN.findall(one)]
    right = ["\1" if word == MARK else word for word in _TOKEN.findall(other)]
    return _aligned(left, right)


def _aligned(one: Sequence[str], other: Sequence[str]) -> str:
    if len(one) * len(other) > _MOST:
        return MARK
    return _MARKS.sub(MARK, "".join(_blocks(one, other)))


def _blocks(one: Sequence[str], other: Sequence[str]) -> Iterator[str]:
    from difflib import SequenceMatcher

    at = [0, 0]
    for left, right, size in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
        if [left, right] != at:
            yield MARK
        yield "".join(one[left : left + size])
        at = [left + size, right + size]
