"""Paths as text and as targets: git's C-style quoting, and what must never be written."""

import re

from git_ctx.errors import UnsafePath
from git_ctx.pattern import lazily

_ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}
_UNESCAPES = {letter: byte for byte, letter in _ESCAPES.items()}
_QUOTED_PIECE = lazily(r'\\([abtnvfr"\\])|\\([0-3][0-7]{2})|([ !#-\[\]-~]+)')

# What HFS+ leaves out when it compares names, as git's own check lists it.
_HFS_IGNORED = lazily("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
_GIT_DIRECTORY = lazily(r"(?:\.git|git~[0-9]+)[. ]*(?::.*)?", re.IGNORECASE | re.DOTALL)
_ONLY_DOTS = lazily(r"[. ]+")
_DRIVE = lazily(r"[A-Za-z]:")


def quote(path: str) -> str:
    r"""A path in git's quoted form: `caf\351` in double quotes, whole, in printable ASCII."""
    return '"' + "".join(map(_quote_byte, path.encode("utf-8", "surrogateescape"))) + '"'


def unquote(quoted: str) -> str:
    """The path that `quote` was given, or ValueError where it is not in that form."""
    inner = quoted[1:-1]
    if len(quoted) < 2 or quoted[0] != '"' or quoted[-1] != '"':
        raise ValueError("not in double quotes")
    path, at = bytearray(), 0
    while at < len(inner):
        piece = _QUOTED_PIECE.match(inner, at)
        if piece is None:
            raise ValueError("a character that quoting would have escaped, or half an escape")
        letter, octal, plain = piece.groups()
        path += plain.encode() if plain else bytes([int(octal, 8) if octal else _UNESCAPES[letter]])
        at = piece.end()
    return path.decode("utf-8", "surrogateescape")


def check(path: str) -> str:
    """The path itself, or `UnsafePath` where writing to it could leave or harm the work tree."""
    found = problem(path)
    if found:
        raise UnsafePath(path, found)
    return path


def problem(path: str) -> str | None:
    """Why nothing may ever be written to this path, whatever the file system; None for a safe one.

    A backslash separates parts on Windows and is an ordinary character elsewhere, so parts are
    judged both ways, and a backslash that leads nowhere is let through.
    """
    if not path:
        return "it is empty"
    if "\0" in path:
        return "it holds a NUL"
    if path[0] in "/\\" or _DRIVE.match(path):
        return "it is absolute"
    if "" in path.split("/"):
        return "a part of it is empty"
    for part in path.replace("\\", "/").split("/"):
        seen = _HFS_IGNORED.sub("", part)
        if _ONLY_DOTS.fullmatch(seen):
            return "it leads out of its directory"
        if _GIT_DIRECTORY.fullmatch(seen):
            return "it leads into a git directory"
    return None


def _quote_byte(byte: int) -> str:
    if byte in _ESCAPES:
        return "\\" + _ESCAPES[byte]
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"
