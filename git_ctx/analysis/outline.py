"""One file's text -> its definitions with their first and last lines, and its imports.

Regexes from the table of languages, not parsers: good enough to choose and cut by, at a speed that
allows every file. `names` and `imports` are for every file, `outline` for the files that are shown.
"""

import re
from collections.abc import Iterator
from functools import cache

from git_ctx.analysis import decoration, headers
from git_ctx.analysis.headers import Found
from git_ctx.analysis.languages import GRAMMARS, Grammar, definitions_pattern, imports_pattern
from git_ctx.analysis.shape import Lines, Shape
from git_ctx.document import Definition, Outline
from git_ctx.pattern import lazily

SIGNATURE = 300
"""A signature's longest length in characters."""

_NESTING = 40
_GUARD = lazily(r"_H(?:H|PP|XX)?_*$|_INCLUDED_*$")


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


def _scala_imports(match: re.Match[str]) -> Iterator[str]:
    """`a.{B, C => D}` as a.B and a.C."""
    package, members = match.groups()
    if members is None:
        yield package
    else:
        named = re.findall(r"(\w+)[^,]*", members)
        yield from (package + name for name in named if name != "_")


_SPREAD = {"scala": _scala_imports, "python": _python_imports, "go": _go_imports}


def _blocks(grammar: Grammar, text: str) -> Iterator[Definition]:
    """Definitions with their ends, not yet nested; `text` begins with an added newline."""
    masked = headers.masked(grammar, text)
    found = [one for one in headers.definitions(grammar, text, masked) if not _guards(one)]
    if not found:
        return
    lines = Lines(text)
    plain = text[1:].split("\n")
    pairs = headers.braces(masked) if grammar.blocks == "brace" else {}
    shape = Shape(grammar, masked.split("\n")) if grammar.blocks in ("indent", "brace") else None
    for one in found:
        header, last = headers.extent(grammar, masked, pairs, one)
        start = lines.number(one.at)
        end = lines.number(last) if last is not None else None
        if shape is not None and end is None:
            end = shape.end(start)
        if shape is not None and grammar.name == "python":
            first = shape.decorated(start)
        else:
            first = decoration.first(grammar.name, plain, start)
        yield Definition(
            name=one.name,
            kind=one.kind,
            start=first,
            end=max(start, end or start),
            depth=0,
            signature=_signature(grammar, text, one, header),
            head=_head(plain, lines.number(header - 1)),
        )


def _guards(one: Found) -> bool:
    """Whether a macro is the one that keeps a header from being read twice: it defines nothing."""
    return one.kind == "macro" and bool(_GUARD.search(one.name))


def _head(lines: list[str], last: int) -> int:
    """The last line of a signature that ends in line `last`, less a brace that stands there alone."""
    return last - (lines[last - 1].strip() == "{")


def _signature(grammar: Grammar, text: str, one: Found, header: int) -> str:
    if one.kind == "variable":  # what it is made of may be as long as a file
        header = min(header, (text + "\n").index("\n", one.after))
    spelled = " ".join(text[one.at : min(header, one.at + 2 * SIGNATURE)].split())
    spelled = spelled.removesuffix(":") if grammar.name == "python" else spelled
    return spelled if len(spelled) <= SIGNATURE else spelled[: SIGNATURE - 1] + "…"


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
            name=one.name,
            kind=one.kind,
            start=one.start,
            end=one.end,
            depth=depth,
            signature=one.signature,
            head=one.head,
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
