"""Reflogs: files of git's, or rows in its tables."""

import os
import re
from pathlib import Path

from git_ctx.model import NULL_OID, Oid
from git_ctx.pattern import lazily
from git_ctx.store.repo import Repo

_LINE = lazily(r"[0-9a-f]{40,64} [0-9a-f]{40,64} .*> (\d{1,11}) [+-]\d{4}\t(.*)", re.ASCII)
_ROW = lazily(r".*@\{(\d{1,11})\}\0(.*)", re.ASCII)
_OID = re.compile("[0-9a-f]{40}")
_MOST_ASKED = 500
_MAIN = "main-worktree/"
"""What git calls the refs by that the main work tree alone has, from any other."""


def path(repo: Repo, refname: str) -> Path:
    """Where the file is, if there is one."""
    alone = refname.startswith(("refs/", _MAIN))
    return (repo.common_dir if alone else repo.git_dir) / "logs" / refname.removeprefix(_MAIN)


def moves(repo: Repo, refname: str) -> list[tuple[int, str]]:
    """What happened to a ref, the oldest first: when, in seconds, and in which words."""
    if repo.tables:
        words = ("-c", "log.showSignature=false", "log", "-g", "--format=%gd%x00%gs", "--date=unix")
        found = map(_ROW.fullmatch, os.fsdecode(repo.run(*words, refname, "--").stdout).split("\n"))
        return [(int(one[1]), one[2]) for one in found if one][::-1]
    found = map(_LINE.fullmatch, os.fsdecode(_read(repo, refname)).split("\n"))
    return [(int(one[1]), one[2]) for one in found if one]


def stood(repo: Repo, refname: str) -> list[Oid]:
    """Where a ref was, the newest first; of objects that may be gone."""
    if repo.tables:  # whatever became of the objects; git stops at the first entry that is not there
        asked = [f"{refname}@{{{number}}}" for number in range(_MOST_ASKED)]
        named = repo.run("rev-parse", *asked).stdout.decode().split()
    else:
        lines = reversed(_read(repo, refname).splitlines())
        named = [oid for line in lines for oid in reversed(line[:81].decode("ascii", "replace").split(" "))]
    return [oid for oid in named if oid != NULL_OID and _OID.fullmatch(oid)]


def exists(repo: Repo, refname: str) -> bool:
    if repo.tables:
        return not repo.run("reflog", "exists", refname).status
    return path(repo, refname).exists()


def _read(repo: Repo, refname: str) -> bytes:
    try:
        return path(repo, refname).read_bytes()
    except OSError:
        return b""
