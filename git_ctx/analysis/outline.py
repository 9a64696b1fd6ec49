"""One file's text -> its definitions with their first and last lines, and its imports.

Regexes from the table of languages, not parsers: good enough to choose and cut by, at a speed that
allows every file. `names` and `imports` are for every file, `outline` for the files that are shown.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from git_ctx.analysis.languages import (
    GRAMMARS,
    Grammar,
    definitions_pattern,
    imports_pattern,
    mask_pattern,
)
from git_ctx.model import Definition, Outline

SIGNATURE = 300
"""A signature's longest length in characters."""

_HEADER = 4000
_NESTING = 40


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    kind: str
    at: int
    """Where its first line begins."""
    after: int
    """Where its name ends: the rest of the header follows."""
    limit: int
    """How far the header may reach: never past the next definition, which keeps all of it linear."""


def outline(language: str | None, text: str) -> Outline:
    """What a file defines and imports; empty for a language that is not in the table."""
    grammar = GRAMMARS.get(language or "")
    if grammar is None:
        return Outline()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if grammar.blocks == "heading":
        return Outline(definitions=tuple(_headings(text)))
    found = imports(grammar.name, text)
    return Outline(definitions=tuple(_nested(_blocks(grammar, "\n" + text))), imports=found)


def names(language: str | None, text: str) -> list[str]:
    """The names that a file defines, in order, repeated where they are; fast, and not exact."""
    grammar = GRAMMARS.get(language or "")
    if grammar is None or grammar.blocks == "heading":
        return []
    found = definitions_pattern(grammar.name).finditer("\n" + text)
    return [match[match.lastgroup] for match in found if match.lastgroup]


def beginnings(language: str | None, data: bytes) -> list[int]:
    """The offsets of the lines on which definitions begin; as fast and as inexact as `names`."""
    if language not in GRAMMARS or GRAMMARS[language].blocks == "heading":
        return []
    found = definitions_pattern(language).finditer("\n" + data.decode("latin-1"))
    return [match.start() for match in found]


def imports(language: str | None, text: str) -> tuple[str, ...]:
    """What a file imports, as spelled; Python's `from a import b` as `a.b`. Each once, in order."""
    pattern = imports_pattern(language) if language in GRAMMARS else None
    if pattern is None:
        return ()
    spread = _SPREAD.get(language or "", _as_spelled)
    return tuple(dict.fromkeys(name for match in pattern.finditer("\n" + text) for name in spread(match)))


def _as_spelled(match: re.Match[str]) -> Iterator[str]:
    for group in match.groups():
        if group:
            yield " ".join(group.split())


def _python_imports(match: re.Match[str]) -> Iterator[str]:
    module, members, modules = match.groups()
    for part in re.sub(r"#[^\n]*", "", members or modules).split(","):
        name = part.strip("() \t\n\\").split(" ")[0]
        if modules and name:
            yield name
        elif name:
            yield (
                module
                if name == "*"
                else f"{module.removesuffix('.')}.{name}"
                if module.strip(".")
                else module + name
            )


def _go_imports(match: re.Match[str]) -> Iterator[str]:
    block, one = match.groups()
    if one:
        yield one
    else:
        yield from re.findall(r'"([^"\n]+)"', block)


_SPREAD = {"python": _python_imports, "go": _go_imports}


def _blocks(grammar: Grammar, text: str) -> Iterator[Definition]:
    """Definitions with their ends, not yet nested; `text` begins with an added newline."""
    masked = _masked(grammar, text)
    found = _definitions(grammar, text, masked)
    if not found:
        return
    lines = _Lines(text)
    pairs = _braces(masked) if grammar.blocks == "brace" else {}
    shape = _Shape(grammar, masked.split("\n")) if grammar.blocks in ("indent", "brace") else None
    for one in found:
        header, last = _extent(grammar, masked, pairs, one)
        start = lines.number(one.at)
        end = lines.number(last) if last is not None else None
        if shape is not None and end is None:
            end = shape.end(start)
        first = shape.decorated(start) if shape is not None and grammar.name == "python" else start
        yield Definition(
            name=one.name,
            kind=one.kind,
            start=first,
            end=max(start, end or start),
            depth=0,
            signature=_signature(grammar, text, one, header),
        )


def _definitions(grammar: Grammar, text: str, masked: str) -> list[_Found]:
    found: list[_Found] = []
    limit = len(text)
    for match in reversed(list(definitions_pattern(grammar.name).finditer(text))):
        kind = match.lastgroup
        if kind is None or masked[match.start(kind)] == " ":  # it stands in a string or a comment
            continue
        at, after = match.start() + 1, match.end(kind)
        limit = max(after, min(limit, after + _HEADER))
        found.append(_Found(match[kind].strip(), kind.rstrip("0123456789"), at, after, limit))
        limit = at
    return found[::-1]


def _masked(grammar: Grammar, text: str) -> str:
    """The text with strings and comments blanked, newlines kept, length unchanged."""
    pattern = mask_pattern(grammar.name)
    return pattern.sub(_blank, text) if pattern else text


def _blank(match: re.Match[str]) -> str:
    found = match[0]
    if "\n" not in found:
        return " " * len(found)
    return "\n".join([" " * len(line) for line in found.split("\n")])


def _braces(masked: str) -> dict[int, int]:
    """Where each opening brace's partner stands; unmatched ones are left out."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for match in re.finditer("[{}]", masked):
        if match[0] == "{":
            opened.append(match.start())
        elif opened:
            pairs[opened.pop()] = match.start()
    return pairs


def _extent(grammar: Grammar, masked: str, pairs: dict[int, int], one: _Found) -> tuple[int, int | None]:
    """Where the header ends, and where the definition does (None: ask the indentation)."""
    if grammar.blocks == "statement":
        semicolon = masked.find(";", one.after)
        last = len(masked) - 1 if semicolon < 0 else semicolon
        return last, last
    if grammar.blocks == "indent":
        return _indented_header(grammar, masked, one), None
    if one.kind == "macro" and grammar.name in ("c", "cpp"):
        last = _continued(masked, one.after, one.limit)
        return last, last
    stop = _braced_header(grammar, masked, one)
    if masked[stop : stop + 1] != "{":
        return stop, stop - (masked[stop : stop + 1] == "\n")
    return stop, pairs.get(stop)


_OPENERS = re.compile(r"[()\[\]:;\n]")
_STOPS = re.compile(r"[(){};\n\[\]]")
_GOES_ON = re.compile(
    r"\n[ \t\n]*+(?:\{|where\b|throws\b|extends\b|implements\b|with\b|permits\b|:|->|=>|[|&.?])"
)
_COMMA = re.compile(r"[,=(\[<|&+][ \t]*+$")


def _indented_header(grammar: Grammar, masked: str, one: _Found) -> int:
    """The end of a Python or Ruby header: the first newline or colon outside brackets."""
    open_ = 0
    for match in _OPENERS.finditer(masked, one.after, one.limit):
        token = match[0]
        if token in "([":
            open_ += 1
        elif token in ")]":
            open_ -= 1
        elif open_ <= 0 and (token != ":" or grammar.name == "python"):
            return match.start() + (token == ":")
    return _line_end(masked, one.after)


def _braced_header(grammar: Grammar, masked: str, one: _Found) -> int:
    """Where a definition's `{` stands; or its `;`, or where newlines end things, its newline."""
    open_ = 0
    for match in _STOPS.finditer(masked, one.after, one.limit):
        token = match[0]
        if token in "([":
            open_ += 1
        elif token in ")]":
            open_ = max(0, open_ - 1)
        elif not open_ and (token != "\n" or (grammar.newline_ends and not _goes_on(masked, match.start()))):
            return match.start()
    return _line_end(masked, one.after)


def _goes_on(masked: str, newline: int) -> bool:
    """Whether a header is carried on past a newline."""
    return bool(_GOES_ON.match(masked, newline) or _COMMA.search(masked, max(0, newline - 20), newline))


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _continued(text: str, at: int, limit: int) -> int:
    """The end of a line that backslashes carry on."""
    end = _line_end(text, at)
    while end < limit and text[end - 1] == "\\":
        end = _line_end(text, end + 1)
    return end - 1


def _signature(grammar: Grammar, text: str, one: _Found, header: int) -> str:
    spelled = " ".join(text[one.at : min(header, one.at + 2 * SIGNATURE)].split())
    spelled = spelled.removesuffix(":") if grammar.name == "python" else spelled
    return spelled if len(spelled) <= SIGNATURE else spelled[: SIGNATURE - 1] + "…"


class _Lines:
    """Offsets to line numbers, in a text with a newline put before it."""

    def __init__(self, text: str) -> None:
        self._starts = [match.start() for match in re.finditer("\n", text)]

    def number(self, at: int) -> int:
        return max(1, bisect_right(self._starts, at))


class _Shape:
    """A text's indentation: where the block that a line begins comes to its end."""

    def __init__(self, grammar: Grammar, lines: list[str]) -> None:
        self._closers = grammar.closers or ("}", ")", "]")
        self._word = re.compile(
            "|".join(re.escape(c) + (r"\b" if c.isalpha() else "") for c in self._closers)
        )
        self._through = grammar.name != "python"
        self._lines = lines
        self._indents = [_indent(line) for line in lines]
        self._next = self._smaller()

    def _smaller(self) -> list[int]:
        """For each line, the next one that is not blank and no deeper."""
        after = [len(self._lines)] * len(self._lines)
        waiting: list[int] = []
        for number, indent in enumerate(self._indents):
            if indent < 0:
                continue
            while waiting and self._indents[waiting[-1]] >= indent:
                after[waiting.pop()] = number
            waiting.append(number)
        return after

    def end(self, start: int) -> int:
        """The last line of the block whose first line is `start` (lines here count from 1 too)."""
        at = start
        while True:
            following = self._next[at]
            if following >= len(self._lines) or self._indents[following] < self._indents[start]:
                break
            if not self._word.match(self._lines[following].lstrip()):
                break
            at = following
            if self._through and self._ends(following):
                return following
        last = min(following, len(self._lines)) - 1
        while last > at and self._indents[last] < 0:
            last -= 1
        return last

    def _ends(self, line: int) -> bool:
        """Whether this line closes the whole block, as `end` and `}` do, not only its header."""
        stripped = self._lines[line].lstrip()
        return stripped.startswith(("end", "}")) and not stripped.rstrip().endswith("{")

    def decorated(self, start: int) -> int:
        """The line of the first decorator above a definition, or its own."""
        first = start
        for line in range(start - 1, max(0, start - _NESTING), -1):
            stripped = self._lines[line].lstrip()
            if stripped.startswith("@") and self._indents[line] == self._indents[start]:
                first = line
            elif self._indents[line] <= self._indents[start] and not stripped.startswith((")", "]", "}")):
                break
        return first


def _indent(line: str) -> int:
    stripped = line.lstrip(" \t")
    return len(line[: len(line) - len(stripped)].expandtabs(8)) if stripped else -1


def _nested(definitions: Iterator[Definition]) -> Iterator[Definition]:
    """The same definitions with their depths: how many of the others each stands in."""
    ends: list[int] = []
    for one in sorted(definitions, key=lambda found: (found.start, -found.end)):
        while ends and ends[-1] < one.start:
            ends.pop()
        depth = len(ends)
        if one.end > one.start and depth < _NESTING:
            ends.append(one.end)
        yield Definition(
            name=one.name, kind=one.kind, start=one.start, end=one.end, depth=depth, signature=one.signature
        )


@cache
def _fence() -> re.Pattern[str]:
    return re.compile(r"[ ]{0,3}(```+|~~~+)")


def _headings(text: str) -> Iterator[Definition]:
    """A document's headings; each lasts until the next one that is no deeper."""
    lines = text.split("\n")
    found: list[tuple[int, int, str]] = []
    fence = ""
    for number, line in enumerate(lines, 1):
        mark = _fence().match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence and line.startswith("#"):
            level = len(line) - len(line.lstrip("#"))
            title = line[level:].strip().rstrip("#").strip()
            if level <= 6 and line[level : level + 1] in (" ", "\t") and title:
                found.append((number, level, title[:SIGNATURE]))
    total = len(lines) - (not lines[-1])
    ends: list[int] = []
    open_: list[int] = []
    for index, (number, level, _) in enumerate(found):
        while open_ and found[open_[-1]][1] >= level:
            ends[open_.pop()] = number - 1
        ends.append(total)
        open_.append(index)
    for (number, level, title), end in zip(found, ends, strict=True):
        yield Definition(
            name=title,
            kind="heading",
            start=number,
            end=end,
            depth=level - 1,
            signature="#" * level + " " + title,
        )
