"""Where a definition's header ends and where its body does: by braces, newlines or a semicolon."""

import re

from git_ctx.analysis.languages import Grammar, definitions_pattern, mask_pattern
from git_ctx.pattern import lazily
from git_ctx.value import dataclass

_HEADER = 4000


@dataclass(frozen=True, slots=True)
class Found:
    name: str
    kind: str
    at: int
    """Where its first line begins."""
    after: int
    """Where its name ends: the rest of the header follows."""
    limit: int
    """How far the header may reach: never past the next definition, which keeps all of it linear."""


def definitions(grammar: Grammar, text: str, masked: str) -> list[Found]:
    found: list[Found] = []
    limit = len(text)
    for match in reversed(list(definitions_pattern(grammar.name).finditer(text))):
        kind = match.lastgroup
        if kind is None or masked[match.start(kind)] == " ":  # it stands in a string or a comment
            continue
        at, after = match.start() + 1, match.end(kind)
        limit = max(after, min(limit, after + _HEADER))
        found.append(Found(match[kind].strip(), kind.rstrip("0123456789"), at, after, limit))
        limit = at
    return found[::-1]


def masked(grammar: Grammar, text: str) -> str:
    """The text with strings and comments blanked, newlines kept, length unchanged."""
    pattern = mask_pattern(grammar.name)
    return pattern.sub(_blank, text) if pattern else text


def _blank(match: re.Match[str]) -> str:
    found = match[0]
    if "\n" not in found:
        return " " * len(found)
    return "\n".join([" " * len(line) for line in found.split("\n")])


def braces(masked: str) -> dict[int, int]:
    """Where each opening brace's partner stands; unmatched ones are left out."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for match in re.finditer("[{}]", masked):
        if match[0] == "{":
            opened.append(match.start())
        elif opened:
            pairs[opened.pop()] = match.start()
    return pairs


def extent(grammar: Grammar, masked: str, pairs: dict[int, int], one: Found) -> tuple[int, int | None]:
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


_OPENERS = lazily(r"[()\[\]:;\n]")
_STOPS = lazily(r"[(){};\n\[\]]")
_GOES_ON = lazily(
    r"\n[ \t\n]*+(?:\{|where\b|throws\b|extends\b|implements\b|with\b|permits\b|:|->|=>|[|&.?])"
)
_COMMA = lazily(r"[,=(\[<|&+][ \t]*+$")


def _indented_header(grammar: Grammar, masked: str, one: Found) -> int:
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


def _braced_header(grammar: Grammar, masked: str, one: Found) -> int:
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
