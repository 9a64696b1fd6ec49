"""What an assistant asks for: taken from the words of a call, or found in the text of its reply."""

import re
from collections.abc import Iterator, Sequence
from typing import cast, get_args

from git_ctx.errors import UsageError
from git_ctx.model import Ask, AskKind

MOST = 20
"""Asks of one reply that are heard: a reply is written by a machine, and answering costs tokens."""
LONGEST = 1000
"""Characters of what is asked for."""

_OPERANDS: dict[AskKind, str] = {"file": "PATH", "symbol": "NAME", "search": "TEXT", "question": "TEXT"}
"""What a kind cannot do without; `tree` and `diff` can."""
KINDS = tuple(kind for kind in get_args(AskKind) if kind != "command")
"""What can be asked for."""
_PROSE = ("search", "question")
"""Kinds whose words are one text; of the others each word is an ask."""

# At the beginning of a line, behind the marks of a list, a quotation or a shell; or in a code span.
_CALL = re.compile(
    rf"(?:^[ \t]*+(?:(?:[-*+>$%]|[0-9]{{1,3}}[.)])[ \t]++)*+(`)?|(?<![`\w])(`))(?:\$ )?"
    rf"git[ -]ctx request ({'|'.join(KINDS)})(?![\w-])[ \t]*"
    r"((?(1)[^`\n]*|(?(2)[^`\n]*|[^\n]*)))",
    re.MULTILINE,
)
_WORD = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|(\S+))""")
_REMARK = re.compile(r"(?:^|\s)(?:#|--[a-z]).*", re.DOTALL)
_PLACE = re.compile(r"(.+?):([0-9]{1,9})(?:-([0-9]{1,9}))?", re.DOTALL)


def asks(kind: AskKind, words: Sequence[str]) -> tuple[Ask, ...]:
    """What a call asks for: one ask for each path, name or directory. Raises `UsageError`."""
    if kind not in KINDS:
        raise UsageError(f"no such kind of request: '{kind}'", f"the kinds are {', '.join(KINDS)}")
    given = [" ".join(words).strip()] if kind in _PROSE else [word.strip() for word in words]
    given = [each for each in given if each]
    if not given and kind in _OPERANDS:
        raise UsageError(
            f"request {kind}: {_OPERANDS[kind]} is missing", "'git ctx request -h' tells what each kind takes"
        )
    if any(len(each) > LONGEST for each in given):
        raise UsageError(f"request {kind}: longer than {LONGEST:,} characters")
    return tuple(Ask(kind=kind, what=each) for each in dict.fromkeys(given or [""]))


def found(reply: str) -> tuple[tuple[Ask, ...], int]:
    """The asks in a reply, each once and in order, and how many more there were than are heard."""
    every = tuple(dict.fromkeys(_found(reply)))
    return every[:MOST], max(0, len(every) - MOST)


def place(what: str) -> tuple[str, tuple[int, int] | None]:
    """A path, and the first and last line where it ends in `:10` or `:10-40`."""
    spelled = _PLACE.fullmatch(what)
    if spelled is None:
        return what, None
    first, last = int(spelled[2]), int(spelled[3] or spelled[2])
    return spelled[1], (max(1, min(first, last)), max(1, first, last))


def check_lines(ask: Ask) -> None:
    """Raise `UsageError` for lines that no file has; those of a reply are taken as they may be meant."""
    spelled = _PLACE.fullmatch(ask.what) if ask.kind == "file" else None
    if spelled is None:
        return
    first, last = int(spelled[2]), int(spelled[3] or spelled[2])
    if not 1 <= first <= last:
        raise UsageError(
            f"no such lines: '{ask.what}'", "lines count from 1, the first one first, as in PATH:10-40"
        )


def _found(reply: str) -> Iterator[Ask]:
    for call in _CALL.finditer(reply):
        kind = cast(AskKind, call[3])
        try:
            yield from asks(kind, _words(kind, call[4]))
        except UsageError:  # said in passing, as in 'use git ctx request file'
            continue


def _words(kind: AskKind, rest: str) -> list[str]:
    """The words as a shell would part them, less options and remarks."""
    rest = rest.strip()
    if kind in _PROSE:
        quoted = _WORD.match(rest)
        inside = quoted and (quoted[1] or quoted[2])
        return [inside or rest]
    plain = (match for match in _WORD.finditer(_REMARK.sub("", rest)))
    return [word[1] or word[2] or word[3].rstrip(",;") for word in plain if any(word.groups())]
