"""Digests of many files as one row: a column for each number, and all their words and names as two texts.

A row of its own for every file takes longer to fetch and to take apart than to search. What is looked for is
looked for in the texts as they stand, so that the digest of one file is made only where somebody asks for it.
"""

import sys
from array import array
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, get_args
from zlib import crc32

from git_ctx.analysis.digest import VERSION, Digest
from git_ctx.analysis.kinds import FileKind

if TYPE_CHECKING:
    Column = array[int]

KIND = "sheaf"

Key = tuple[str, str | None]
"""What a digest hangs on: a blob's id, and the language that its file's name says."""

_SEEN: tuple[FileKind | None, ...] = (None, *get_args(FileKind))
_OID = 40
_NUMBER = "I"
_FORM = b"%s %s %d" % (VERSION, sys.byteorder.encode(), array(_NUMBER).itemsize)
"""How numbers stand in a row: that of another machine, on a disk that both see, is none."""


class Sheaf:
    """Digests in an order, each under its key. `words` and `names` have a line for each, without its end.

    `lengths` are those of the lines of `words`, `kinds` what was seen, as a number.
    """

    def __init__(
        self,
        keys: list[Key],
        kinds: bytes,
        numbers: "tuple[Column, Column, Column, Column]",
        names: bytes,
        words: bytes,
    ) -> None:
        self.keys, self.names, self.words = keys, names, words
        self.sizes, self.lines, self.vocabulary, self.lengths = numbers
        self.kinds = kinds

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def seen(self) -> list[FileKind | None]:
        return [_SEEN[number] for number in self.kinds]

    def digest(self, at: int) -> Digest:
        """The digest at this place, as it was bound in."""
        return Digest(
            _SEEN[self.kinds[at]],
            self.sizes[at],
            self.lines[at],
            self.vocabulary[at],
            self.names_of(at),
            self.words_of(at),
        )

    def names_of(self, at: int) -> bytes:
        return self._split[at]

    def words_of(self, at: int) -> bytes:
        start = self._starts[at] + at  # each line before has its end
        return self.words[start : start + self.lengths[at]]

    @cached_property
    def _split(self) -> list[bytes]:
        return self.names.split(b"\n")

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *accumulate(self.lengths)]


def bind(keys: Sequence[Key], digests: Sequence[Digest]) -> Sheaf:
    """These digests together."""
    numbers = (
        array(_NUMBER, [one.size for one in digests]),
        array(_NUMBER, [one.lines for one in digests]),
        array(_NUMBER, [one.vocabulary for one in digests]),
        array(_NUMBER, [len(one.words) for one in digests]),
    )
    number_of = {kind: number for number, kind in enumerate(_SEEN)}
    return Sheaf(
        list(keys),
        bytes([number_of[one.seen] for one in digests]),
        numbers,
        b"\n".join([one.names for one in digests]),
        b"\n".join([one.words for one in digests]),
    )


def encode(sheaf: Sheaf) -> bytes:
    spoken = sorted({language or "" for _, language in sheaf.keys})
    number_of = {name: number for number, name in enumerate(spoken)}
    numbers = (sheaf.sizes, sheaf.lines, sheaf.vocabulary, sheaf.lengths)
    body = b"".join(
        [
            b"%s\n%s\n%d %d\n" % (_FORM, " ".join(spoken).encode(), len(sheaf), len(sheaf.names)),
            "".join([oid for oid, _ in sheaf.keys]).encode(),
            bytes([number_of[language or ""] for _, language in sheaf.keys]),
            sheaf.kinds,
            *[column.tobytes() for column in numbers],
            sheaf.names,
            sheaf.words,
        ]
    )
    return b"%08x\n" % crc32(body) + body


def decode(row: bytes) -> Sheaf | None:
    """The sheaf that was encoded, or None where the row is anything else."""
    try:
        checksum, form, languages, said = row[:4096].split(b"\n", 4)[:4]
        if form != _FORM or checksum != b"%08x" % crc32(memoryview(row)[9:]):
            return None
        count, named = map(int, said.split(b" "))
        spoken = [name or None for name in languages.decode().split(" ")]
        at = len(checksum) + len(form) + len(languages) + len(said) + 4
        oids = row[at : at + _OID * count].decode()
        at += len(oids)
        tongues = [spoken[number] for number in row[at : at + count]]
        seen = row[at + count : at + 2 * count]
        at += 2 * count
        columns = []
        for _ in range(4):
            column = array(_NUMBER)
            column.frombytes(row[at : at + column.itemsize * count])
            at += column.itemsize * count
            columns.append(column)
        sizes, lines, vocabulary, lengths = columns
        if (
            not len(seen) == len(lengths) == count
            or sum(lengths) + max(0, count - 1) != len(row) - at - named
        ):
            return None
        keys = list(zip([oids[at : at + _OID] for at in range(0, _OID * count, _OID)], tongues, strict=True))
    except (ValueError, IndexError):
        return None
    return Sheaf(keys, seen, (sizes, lines, vocabulary, lengths), row[at : at + named], row[at + named :])
