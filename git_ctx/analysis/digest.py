"""What is kept of a file's content for the ranking: its names, its imports, every word once.

A digest depends on the content and its language alone, so that it is kept by blob oid. Its bytes carry
a checksum: one that is damaged, foreign or of another version is no digest, and is made anew.
"""

from dataclasses import dataclass
from typing import Any
from zlib import crc32

from git_ctx.analysis.extensions import CODE, DOCUMENTS
from git_ctx.analysis.kinds import FileKind, glance
from git_ctx.analysis.languages import GRAMMARS
from git_ctx.analysis.outline import imports, names
from git_ctx.analysis.scan import wordy

VERSION = b"1"
KIND = "digest"

LOOKED_AT = 65_536
"""How much of a data file is looked at."""
_MUCH = 2_000_000
"""How much of any file is looked at."""


@dataclass(frozen=True, slots=True)
class Digest:
    """`words` and `names`: a space before, between and behind; no newline."""

    seen: FileKind | None
    size: int
    lines: int
    count: int
    names: bytes
    imports: tuple[str, ...]
    words: bytes


def digest(language: str | None, data: bytes) -> Digest:
    seen = glance(data)
    if seen in ("binary", "minified"):
        return Digest(seen, len(data), 0, 0, b" ", (), b" ")
    size, newlines = len(data), data.count(b"\n")
    data = data[: _MUCH if language in CODE or language in DOCUMENTS else LOOKED_AT]
    words = set(wordy(data).split())
    text = data.decode("utf-8", "surrogateescape") if language in GRAMMARS else ""
    defined = wordy(" ".join(names(language, text)).encode("utf-8", "surrogateescape"))
    spelled = imports(language, text)
    return Digest(
        seen, size, newlines, len(words), b" " + defined + b" ", spelled, b" " + b" ".join(words) + b" "
    )


def encode(language: str | None, made: Digest) -> bytes:
    head = " ".join((made.seen or "-", str(made.size), str(made.lines), str(made.count)))
    spelled = "\t".join(made.imports).encode("utf-8", "surrogateescape")
    body = b"\n".join((_mark(language), head.encode(), made.names, spelled.replace(b"\n", b" "), made.words))
    return b"%08x\n" % crc32(body) + body


def decode(language: str | None, row: bytes) -> Digest | None:
    """The digest that was encoded for this language, or None where the row is anything else."""
    body = row[9:]
    mark = _mark(language) + b"\n"
    if not body.startswith(mark) or row[:9] != b"%08x\n" % crc32(body):
        return None
    head, defined, spelled, words = body[len(mark) :].split(b"\n")
    said, size, lines, count = head.decode().split()
    some = tuple(spelled.decode("utf-8", "surrogateescape").split("\t")) if spelled else ()
    seen: Any = None if said == "-" else said
    return Digest(seen, int(size), int(lines), int(count), defined, some, words)


def _mark(language: str | None) -> bytes:
    return VERSION + b" " + (language or "-").encode()
