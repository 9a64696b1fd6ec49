"""What was struck from an entry, told from the entry and the version that stands in its place.

So the same words can be struck where others quote them: nobody has to keep them for that. Pure.
"""

from collections.abc import Iterator

from git_ctx import redaction
from git_ctx.redaction import MARK
from git_ctx.safety.text import quoted

LEAST = 4
"""Characters: what is shorter is struck nowhere else, lest a mark take single letters out of everything."""


def words(path: str, data: bytes, less: bytes) -> frozenset[str]:
    """The texts that gave way to marks; none of an entry that is wholly forgotten, for then nobody knows
    what of it was meant. Where it is not certain what a mark stands for, all from the first to the last.
    """
    if redaction.is_wholly(path, less) or not redaction.is_less(path, less, data):
        return frozenset()
    pairs = _texts(path, data, less)
    return frozenset(
        word
        for text, other in pairs
        for word in _struck(text, other)
        if len(word.strip()) >= LEAST and MARK not in word
    )


def title(path: str, data: bytes, less: bytes) -> str | None:
    """How contexts quote a prompt that they would quote otherwise now."""
    if not path.endswith(".prompt.json") or not redaction.is_less(path, less, data):
        return None
    before, after = (_said(path, each) for each in (data, less))
    if before is None or after is None or quoted(before) == quoted(after):
        return None
    return f'with "{quoted(before)}"'


def _said(path: str, data: bytes) -> str | None:
    entry = redaction.entry_of(path, data)
    said = entry.get("text") if entry else None
    return said if isinstance(said, str) else None


def _texts(path: str, data: bytes, less: bytes) -> Iterator[tuple[str, str]]:
    entry, other = redaction.entry_of(path, data), redaction.entry_of(path, less)
    if entry is None:
        yield data.decode("utf-8", "surrogateescape"), less.decode("utf-8", "surrogateescape")
    else:
        yield from _pairs(entry, other)


def _pairs(value: object, less: object) -> Iterator[tuple[str, str]]:
    """The texts that stand at one place in both; of lists of which elements are gone, nobody knows it."""
    if isinstance(value, dict) and isinstance(less, dict):
        for name in sorted(value.keys() & less.keys()):
            yield from _pairs(value[name], less[name])
    elif isinstance(value, list) and isinstance(less, list) and len(value) == len(less):
        for pair in zip(value, less, strict=True):
            yield from _pairs(*pair)
    elif isinstance(value, str) and isinstance(less, str):
        yield value, less


def _struck(text: str, less: str) -> Iterator[str]:
    parts = less.split(MARK)
    if len(parts) == 1 or text == less:
        return
    size, rest = divmod(len(text) - sum(map(len, parts)), len(parts) - 1)
    word = text[len(parts[0]) :][:size]
    if not rest and size > 0 and word.join(parts) == text:
        yield word
        return
    found = _between(text, parts)
    backwards = _between(text[::-1], [part[::-1] for part in reversed(parts)])
    if found == [word[::-1] for word in reversed(backwards)]:
        yield from found
    else:
        yield text[len(parts[0]) : len(text) - len(parts[-1])]


def _between(text: str, parts: list[str]) -> list[str]:
    """What stands between some parts of a text, each of them taken where it comes first."""
    found = []
    at, end = len(parts[0]), len(text) - len(parts[-1])
    for part in parts[1:-1]:
        here = max(text.find(part, at, end), at)
        found.append(text[at:here])
        at = here + len(part)
    return [*found, text[at:end]]
