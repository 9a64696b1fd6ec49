"""What the names of all files say, together: worked out once for a list of paths, then remembered as a whole.

It hangs on the paths and our rules alone. A row of other rules, or a damaged one, is none.
"""

from collections.abc import Sequence
from functools import cache
from hashlib import sha1
from pathlib import Path
from typing import get_args
from zlib import compress, crc32, decompressobj
from zlib import error as ZlibError

from git_ctx.analysis import extensions, kinds
from git_ctx.analysis.kinds import FileKind, by_path, language
from git_ctx.analysis.memo import Memo
from git_ctx.value import dataclass

KIND = "roll"
FEW = 500
"""Paths up to which asking takes longer than looking."""


@dataclass(frozen=True, slots=True)
class Roll:
    """For each path what it is, and in which language, as far as its name says."""

    kinds: dict[str, FileKind]
    languages: dict[str, str | None]


_KINDS: tuple[FileKind, ...] = get_args(FileKind)
_LANGUAGES: tuple[str | None, ...] = (
    None,
    *sorted({*extensions.EXTENSIONS.values(), *extensions.NAMES.values()}),
)


def call(paths: Sequence[str], memo: Memo) -> Roll:
    rules = _rules() if len(paths) >= FEW else None
    if rules is None:
        return _look(paths)
    key = _key(rules, paths)
    row = memo.get(KIND, [key]).get(key)
    known = _decode(paths, row) if row is not None else None
    if known is None:
        known = _look(paths)
        memo.put(KIND, {key: _encode(known)})
    return known


def _look(paths: Sequence[str]) -> Roll:
    return Roll({path: by_path(path) for path in paths}, {path: language(path) for path in paths})


def _key(rules: bytes, paths: Sequence[str]) -> str:
    """Another one for other rules, for other paths, and for another order."""
    named = "\0".join(paths).encode("utf-8", "surrogateescape")
    return sha1(rules + named, usedforsecurity=False).hexdigest()


@cache
def _rules() -> bytes | None:
    """The rules as they are written: whoever changes one need not think of what is remembered.

    None where they cannot be read, as in an archive; then nothing is remembered.
    """
    try:
        sources = [Path(module.__file__ or "").read_bytes() for module in (kinds, extensions)]
    except OSError:
        return None
    return b"%08x" % crc32(b"".join(sources))


def _encode(roll: Roll) -> bytes:
    kind_of = {kind: number for number, kind in enumerate(_KINDS)}
    spoken = {name: number for number, name in enumerate(_LANGUAGES)}
    said = bytes([kind_of[kind] for kind in roll.kinds.values()])
    return compress(said + bytes([spoken[name] for name in roll.languages.values()]), 1)


def _decode(paths: Sequence[str], row: bytes) -> Roll | None:
    try:
        said = decompressobj().decompress(row, 2 * len(paths) + 1)
        if len(said) != 2 * len(paths):
            return None
        found = [_KINDS[number] for number in said[: len(paths)]]
        spoken = [_LANGUAGES[number] for number in said[len(paths) :]]
    except (ZlibError, IndexError):
        return None
    return Roll(dict(zip(paths, found, strict=True)), dict(zip(paths, spoken, strict=True)))
