"""Which commit each line of a file is of, as `git blame` tells."""

import os
import re

from git_ctx.errors import GitFailed
from git_ctx.model import NULL_OID, Oid
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

_HEADER = re.compile(rb"([0-9a-f]{40}) (\d+) (\d+)(?: \d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a file: its number and text now, and the commit and path it came from; no commit: not yet."""

    number: int
    text: str
    commit: Oid | None
    path: str


def blame(repo: Repo, path: str, first: int | None = None, last: int | None = None) -> tuple[Line, ...]:
    """Lines of a file of the work tree, counted from 1. Raises `GitFailed` where git knows no such file."""
    span = (f"-L{first},{last or first}",) if first else ()
    words = ("-c", "core.quotePath=true", "blame", "--line-porcelain", "--no-progress", *span, "--", path)
    done = repo.run(*words)
    if done.status:
        raise GitFailed(("blame",), done.status, done.words)
    return tuple(_parse(done.stdout, path))


def _parse(printed: bytes, path: str) -> list[Line]:
    found = []
    commit, number, source = NULL_OID, 0, path
    for line in printed.split(b"\n"):
        if line.startswith(b"\t"):
            text = line[1:].decode("utf-8", "replace").removesuffix("\r")
            known = None if commit == NULL_OID else commit
            found.append(Line(number=number, text=text, commit=known, path=source))
        elif header := _HEADER.fullmatch(line):
            commit, number, source = header[1].decode(), int(header[3]), path
        elif line.startswith(b"filename ") and not line.startswith(b'filename "'):
            source = os.fsdecode(line.removeprefix(b"filename "))
    return found
