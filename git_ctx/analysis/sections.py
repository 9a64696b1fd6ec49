"""A document's sections by their headings (Markdown, reStructuredText), and text cut to some tokens."""

import re
from collections.abc import Iterator

from git_ctx.analysis.tokens import count
from git_ctx.value import dataclass

_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_UNDERLINE = re.compile(r"([=\-~^\"'`*+#.])\1{2,}[ \t]*$")
_LONG_LINE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands under it, up to the next heading of any level. Lines count from 1.

    `above` are the titles of the sections that this one is a part of, the outermost first.
    """

    title: str
    level: int
    start: int
    body: str
    above: tuple[str, ...] = ()


def sections(text: str) -> Iterator[Section]:
    """Every section of a document, in order; what stands before the first heading has no title."""
    lines = text.splitlines()
    heads = [(0, 0, 0, ""), *_headings(lines)]
    ends = [head[0] for head in heads[1:]] + [len(lines)]
    open_: list[tuple[int, str]] = []
    for (at, after, level, title), end in zip(heads, ends, strict=True):
        while open_ and open_[-1][0] >= level:
            open_.pop()
        body = "\n".join(lines[after:end]).strip("\n")
        if title or body:
            above = tuple(each for _, each in open_)
            yield Section(title=title, level=level, start=at + 1, body=body, above=above)
        if level:
            open_.append((level, title))


def _headings(lines: list[str]) -> Iterator[tuple[int, int, int, str]]:
    """Index of the heading, index of its body, level, words."""
    levels: dict[str, int] = {}
    fence = None
    for index, line in enumerate(lines):
        if opened := _FENCE.match(line):
            fence = opened[1] if fence is None else None if opened[1] == fence else fence
        if fence is not None or len(line) > _LONG_LINE:
            continue
        if atx := _ATX.match(line):
            yield index, index + 1, len(atx[1]), atx[2].strip()
        elif _underlined(lines, index):
            mark = lines[index + 1][0]
            yield index, index + 2, levels.setdefault(mark, len(levels) + 1), line.strip()


def _underlined(lines: list[str], index: int) -> bool:
    """Whether a line of words has a line of marks below it, of about its length."""
    if index + 1 >= len(lines) or not lines[index][:1].isalnum():
        return False
    below = lines[index + 1].rstrip()
    return bool(_UNDERLINE.match(below)) and len(below) >= min(3, len(lines[index].strip()))


def head(text: str, room: int) -> str:
    """The first lines of a text that take at most `room` tokens; a last line says how many are missing.

    '' where not even three lines would fit.
    """
    lines = [line + "\n" for line in text.strip("\n").split("\n")]
    kept, left = 0, room - count(_missing(len(lines)))
    for line in lines:
        left -= count(line) if len(line) < room * 12 else room
        if left < 0:
            break
        kept += 1
    if kept == len(lines) or (len(text) < room * 12 and count("".join(lines)) <= room):
        return "".join(lines)
    while kept and not lines[kept - 1].strip():
        kept -= 1
    return "".join(lines[:kept]) + _missing(len(lines) - kept) if kept >= 3 else ""


def _missing(lines: int) -> str:
    return f"… {lines} more line{'s' if lines > 1 else ''} …\n"
