"""What stands above a definition and is a part of it: its attributes, annotations, template, return type."""

from collections.abc import Sequence

from git_ctx.pattern import lazily

_MOST = 30
"""Lines above a definition that are looked at."""
_WRAPPED = 10
"""Lines that one annotation or template takes."""
_ENDS_CODE = frozenset(";{}")
_MARKS = {
    **dict.fromkeys(("java", "kotlin", "scala", "swift", "typescript", "javascript"), ("@", "")),
    **dict.fromkeys(("rust", "php"), ("#[", "]")),
    "csharp": ("[", "]"),
}
"""How a line above begins and ends that decorates; more than one such line may."""
_C = lazily(
    r"template\b|requires\b|\[\[|__attribute__\b|__declspec\b|extern \"C\"$"
    r"|[A-Z][A-Z0-9_]{3,}(?:\([^()]*\))?$"
)
_TYPE = lazily(r"(?!(?:else|do|return|case|default|public|private|protected)\b)[A-Za-z_][\w \t*&:<>,]*$")
_NAME_FIRST = lazily(r"[A-Za-z_~][\w:~]*[ \t]*\(")


def first(language: str, lines: Sequence[str], start: int) -> int:
    """The first line of a definition whose name stands in line `start`, counted from 1."""
    if language in ("c", "cpp"):
        return _of_c(lines, start)
    begins, ends = _MARKS.get(language, ("", ""))
    at = start
    while begins and at > 1 and start - at < _MOST:
        above = lines[at - 2].strip()
        if above.startswith(begins) and above.endswith(ends):
            at -= 1
            continue
        opened = _opened(lines, at - 1, begins) if above.endswith((")", "]")) else 0
        if not opened:
            break
        at = opened
    return at


def _opened(lines: Sequence[str], last: int, begins: str) -> int:
    """The line that begins with this what goes on until line `last`; 0 where code stands between."""
    for at in range(last, max(0, last - _WRAPPED), -1):
        line = lines[at - 1].strip()
        if line.startswith(begins):
            return at
        if not line or line[-1] in _ENDS_CODE:
            return 0
    return 0


def _of_c(lines: Sequence[str], start: int) -> int:
    at = start
    if at > 1 and _NAME_FIRST.match(lines[at - 1]) and _TYPE.match(lines[at - 2]):
        at -= 1
    while at > 1 and start - at < _MOST:
        above = lines[at - 2].strip()
        if above.startswith("#endif"):
            opened = _conditional(lines, at - 1)
        elif _C.match(above):
            opened = at - 1
        else:
            opened = _opened(lines, at - 1, "template") if above.endswith((">", ")")) else 0
        if not opened:
            break
        at = opened
    return at


def _conditional(lines: Sequence[str], last: int) -> int:
    """The `#if` of the `#endif` in line `last`, where all it chooses between are such decorations."""
    at = last - 1
    while at > 0 and last - at < _WRAPPED:
        line = lines[at - 1].strip()
        if line.startswith("#if"):
            return at
        if not line.startswith("#el"):
            opened = at if _C.match(line) else _opened(lines, at, "template")
            if not opened:
                return 0
            at = opened
        at -= 1
    return 0
