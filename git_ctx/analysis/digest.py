"""What is kept of a file's content for the ranking: the names it defines, and every word once.

A digest depends on the content and its language alone, so that it is kept by blob oid. Its bytes carry
a checksum: one that is damaged, foreign or of another version is no digest, and is made anew.
"""

from functools import cache
from typing import Any, NamedTuple
from zlib import crc32

from git_ctx.analysis.extensions import CODE, DOCUMENTS
from git_ctx.analysis.kinds import FileKind, glance
from git_ctx.analysis.languages import GRAMMARS
from git_ctx.analysis.outline import names
from git_ctx.analysis.scan import wordy

VERSION = b"6"
KIND = "digest"

LARGE = 4_000_000
"""Bytes from which on a file is known by its name only."""

LOOKED_AT = 16_384
"""How much of a data file is looked at."""
_MUCH = 524_288
"""How much of any file is looked at."""


class Digest(NamedTuple):
    """`words` and `names`: a space before, between and behind; no newline.

    That of a file of more than `LARGE` bytes only says so.
    """

    seen: FileKind | None
    size: int
    lines: int
    vocabulary: int
    names: bytes
    words: bytes


def digest(language: str | None, data: bytes) -> Digest:
    if len(data) > LARGE:
        return Digest(None, len(data), 0, 0, b" ", b" ")
    seen = glance(data)
    if seen in ("binary", "minified", "context"):
        return Digest(seen, len(data), 0, 0, b" ", b" ")
    size, newlines = len(data), data.count(b"\n")
    data = data[: _MUCH if language in CODE or language in DOCUMENTS else LOOKED_AT]
    words = set(wordy(data).split())
    text = data.decode("utf-8", "surrogateescape") if language in GRAMMARS else ""
    defined = wordy(" ".join(names(language, text)).encode("utf-8", "surrogateescape"))
    kept = b" " + b" ".join(words) + b" "
    return Digest(seen, size, newlines, len(words), b" " + defined + b" ", kept)


def encode(language: str | None, made: Digest) -> bytes:
    head = " ".join((made.seen or "-", str(made.size), str(made.lines), str(made.vocabulary)))
    body = b"\n".join((_mark(language), head.encode(), made.names, made.words))
    return b"%08x\n" % crc32(body) + body


def decode(language: str | None, row: bytes) -> Digest | None:
    """The digest that was encoded for this language, or None where the row is anything else."""
    try:
        checksum, mark, head, defined, words = row.split(b"\n")
        if mark != _mark(language) or checksum != b"%08x" % crc32(memoryview(row)[9:]):
            return None
        said, size, lines, vocabulary = head.decode().split(" ")
        seen: Any = None if said == "-" else said
        return Digest(seen, int(size), int(lines), int(vocabulary), defined, words)
    except ValueError:
        return None


@cache
def _mark(language: str | None) -> bytes:
    return VERSION + b" " + (language or "-").encode()
