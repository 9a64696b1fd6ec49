"""Exact token counts (o200k), offline.

A text of a context's size is counted here, each of its pieces once: the library that counts faster needs
50 ms and 66 MiB to get ready. It takes what is long.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from git_ctx.analysis.pieces import pieces
from git_ctx.analysis.vocabulary import o200k

_SURROGATE = re.compile("[\ud800-\udfff]")
_LONG = 400_000
"""Characters of a text from which on the library is ready sooner than this is done."""
_LONG_PIECE = 200
_MOST = 200_000
_MOST_SECTIONS = 1_000
"""Pieces and texts that are remembered, by a program that goes on and on."""


class _Counts(dict[str, int]):
    """How many tokens each piece is, of those that the pattern cuts."""

    def __missing__(self, piece: str) -> int:
        if len(self) >= _MOST:
            self.clear()
            o200k().forget()
        count = o200k().tokens(piece.encode()) if len(piece) <= _LONG_PIECE else _library().count(piece)
        self[piece] = count
        return int(count)


class _Sections(dict[str, int]):
    """How many tokens each text is, of those that were cut at headings."""

    def __missing__(self, text: str) -> int:
        if len(self) >= _MOST_SECTIONS:
            self.clear()
        cut = pieces(text)
        count = int(_library().count(text)) if cut is None else sum(map(_counts.__getitem__, cut))
        self[text] = count
        return count


_counts = _Counts()
_sections = _Sections()


@cache
def _library() -> Any:
    from rs_bpe import openai

    return openai.o200k_base()


def count(text: str) -> int:
    """How many tokens the text is; what UTF-8 cannot hold counts as its replacement character."""
    try:
        return _count(text)
    except UnicodeEncodeError:
        return _count(_SURROGATE.sub("\ufffd", text))


def _count(text: str) -> int:
    return sum(map(_sections.__getitem__, _cut(text))) if len(text) < _LONG else int(_library().count(text))


def _cut(text: str) -> Iterator[str]:
    """At lines that begin with a number sign, where no piece crosses: what is tried has these in common."""
    *before, last = text.split("\n#")
    mark = ""
    for each in before:
        yield f"{mark}{each}\n"
        mark = "#"
    yield mark + last
