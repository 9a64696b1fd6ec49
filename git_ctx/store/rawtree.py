"""A session's tree as its bytes have it: the names, modes and ids, of which any may be forged. Pure."""

import re

from git_ctx.errors import BrokenSession
from git_ctx.safety import paths

BLOB, TREE = b"100644", b"40000"
_PLAIN_NAME = re.compile(rb"[0-9a-z][0-9a-z.-]*")

Raw = dict[bytes, tuple[bytes, bytes]]
"""A tree as it is: name -> mode and object id, in bytes."""


def parse(data: bytes, path: str) -> Raw:
    """The entries of a tree; `BrokenSession` for one that git would call broken, or no session has."""
    found: Raw = {}
    at = 0
    while at < len(data):
        space = data.find(b" ", at)
        end = data.find(b"\0", space)
        mode, name, oid = data[at:space], data[space + 1 : end], data[end + 1 : end + 21]
        if space < 0 or end < 0 or len(oid) < 20:
            raise BrokenSession(path or "the session's tree", "its tree is damaged")
        _check_entry(mode, name, below(path, name), name in found)
        found[name] = mode, oid
        at = end + 21
    return found


def _check_entry(mode: bytes, name: bytes, path: str, known: bool) -> None:
    if mode not in (BLOB, TREE):
        raise BrokenSession(path, "it is neither an ordinary file nor a directory")
    if known:
        raise BrokenSession(path, "its tree names it twice")
    if not _PLAIN_NAME.fullmatch(name) and (b"/" in name or paths.problem(text(name))):
        raise BrokenSession(path, "it has a name that no file may have")


def dump(entries: Raw) -> bytes:
    """A tree's bytes, in the order that git wants: directories as if their names ended in '/'."""
    ordered = sorted(entries.items(), key=lambda one: one[0] + b"/" if one[1][0] == TREE else one[0])
    return b"".join(b"%s %s\0%s" % (mode, name, oid) for name, (mode, oid) in ordered)


def below(path: str, name: bytes) -> str:
    return f"{path}/{text(name)}" if path else text(name)


def text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
