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

from git_ctx.analysis import extensions, kinds, scan
from git_ctx.analysis.kinds import MAIN, FileKind, by_path, language
from git_ctx.analysis.memo import Memo
from git_ctx.analysis.scan import all_wordy
from git_ctx.value import dataclass

KIND = "roll"
FEW = 500
"""Paths up to which asking takes longer than looking."""

_BYTES = 4
"""Of a character, at most."""


@dataclass(frozen=True, slots=True)
class Roll:
    """For each path what it is, and in which language, as far as its name says; `titles` are their own names
    in one text, as `wordy` makes it, a line for each.
    """

    kinds: dict[str, FileKind]
    languages: dict[str, str | None]
    titles: bytes


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
    return Roll(
        {path: by_path(path) for path in paths},
        {path: language(path) for path in paths},
        _titles(paths),
    )


def _titles(paths: Sequence[str]) -> bytes:
    return all_wordy([_title(path) for path in paths])


def _title(path: str) -> str:
    """A file's own name; where that only says that it is its folder's main file, the folder's."""
    folder, slash, name = path.rpartition("/")
    if slash and name in MAIN:
        name = folder.removesuffix("/src").rpartition("/")[2]
    return (name.rpartition(".")[0] or name).replace("-", "_")


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
        sources = [Path(module.__file__ or "").read_bytes() for module in (kinds, extensions, scan)]
        sources.append(Path(__file__).read_bytes())
    except OSError:
        return None
    return b"%08x" % crc32(b"".join(sources))


def _encode(roll: Roll) -> bytes:
    kind_of = {kind: number for number, kind in enumerate(_KINDS)}
    spoken = {name: number for number, name in enumerate(_LANGUAGES)}
    said = bytes([kind_of[kind] for kind in roll.kinds.values()])
    said += bytes([spoken[name] for name in roll.languages.values()])
    return compress(said + roll.titles, 1)


def _decode(paths: Sequence[str], row: bytes) -> Roll | None:
    try:
        reader = decompressobj()
        said = reader.decompress(row, _BYTES * sum(map(len, paths)) + 5 * len(paths) + 1)
        count = len(paths)
        found = [_KINDS[number] for number in said[:count]]
        spoken = [_LANGUAGES[number] for number in said[count : 2 * count]]
        titles = said[2 * count :]
        if not reader.eof or titles.count(b"\n") != count - 1:
            return None
        return Roll(dict(zip(paths, found, strict=True)), dict(zip(paths, spoken, strict=True)), titles)
    except (ZlibError, IndexError, ValueError):
        return None
