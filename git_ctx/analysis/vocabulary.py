"""The vocabulary of o200k (OpenAI's, MIT licence) as a table on disk: a run touches the pages that it asks.

`o200k.bin`, written by `scripts/vocabulary`, are `_ROWS` + 1 little-endian numbers of 32 bits, where each row
begins and the last one ends, and then the rows: for each token whose CRC-32 ends in the row's number its
length, its bytes, and its rank in three bytes.
"""

import mmap
import sys
from array import array
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from zlib import crc32

_ROWS = 1 << 17
_NONE = 1 << 24
"""A rank that none has."""


class Vocabulary:
    """Which byte strings are tokens, and which of two is put together first."""

    def __init__(self, table: Path) -> None:
        with table.open("rb") as file:
            self._table = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._ranks: dict[bytes, int] = {}

    def rank(self, token: bytes) -> int:
        """Its rank, the sooner the lower; `_NONE` for what is no token."""
        known = self._ranks.get(token)
        if known is None:
            known = self._ranks[token] = self._find(token)
        return known

    def forget(self) -> None:
        """What was asked; it is found again."""
        self._ranks.clear()

    def _find(self, token: bytes) -> int:
        table, size = self._table, len(token)
        row = (crc32(token) % _ROWS) * 4
        start = int.from_bytes(table[row : row + 4], "little")
        end = int.from_bytes(table[row + 4 : row + 8], "little")
        while start < end:
            after = start + 1 + table[start]
            if after - start - 1 == size and table[start + 1 : after] == token:
                return int.from_bytes(table[after : after + 3], "little")
            start = after + 3
        return _NONE

    def tokens(self, piece: bytes) -> int:
        """How many tokens a piece becomes, put together from its bytes: the pair of the lowest rank first."""
        if self.rank(piece) != _NONE:
            return 1
        rank = self.rank
        parts = [piece[at : at + 1] for at in range(len(piece))]
        ranks = [rank(piece[at : at + 2]) for at in range(len(piece) - 1)]
        while ranks and (lowest := min(ranks)) != _NONE:
            at = ranks.index(lowest)
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
            del ranks[at]
            if at < len(ranks):
                ranks[at] = rank(parts[at] + parts[at + 1])
            if at:
                ranks[at - 1] = rank(parts[at - 1] + parts[at])
        return len(parts)


@cache
def o200k() -> Vocabulary:
    return Vocabulary(Path(__file__).with_name("o200k.bin"))


def table(tokens: Iterable[bytes]) -> bytes:
    """The table of these tokens, that of the lowest rank first."""
    rows = [b""] * _ROWS
    for rank, token in enumerate(tokens):
        rows[crc32(token) % _ROWS] += bytes([len(token)]) + token + rank.to_bytes(3, "little")
    starts = array("I", [(_ROWS + 1) * 4])
    for row in rows:
        starts.append(starts[-1] + len(row))
    if sys.byteorder == "big":
        starts.byteswap()
    return starts.tobytes() + b"".join(rows)
