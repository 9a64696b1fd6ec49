"""Pins: paths and globs whose files come first in every ranking of a session, whatever is asked."""

import os
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from fnmatch import translate
from pathlib import Path

from git_ctx.errors import CtxError, UsageError
from git_ctx.model import Oid, Pins, SessionBranch
from git_ctx.porcelain import settings
from git_ctx.porcelain.forks import Forked, open_or_inherit, reading
from git_ctx.porcelain.here import need_work_tree
from git_ctx.porcelain.settings import Pinned
from git_ctx.safety import paths as safe
from git_ctx.safety import secrets
from git_ctx.store.files import worktree
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

LONGEST = 1000
MOST = 100


class NotPinned(CtxError):
    hint = "'git ctx pin' lists what is"

    def __init__(self, path: str) -> None:
        super().__init__(f"'{path}' is not pinned")


class OutsideWorkTree(UsageError):
    def __init__(self, path: str) -> None:
        super().__init__(f"'{path}' is not a path below the top of the work tree")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A pin, and how many files it stands for now."""

    pin: Pinned
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What was pinned, with how many files each stands for; or what was unpinned.

    `forked`: the session was carried on from another branch for it.
    """

    branch: SessionBranch
    paths: tuple[str, ...]
    files: tuple[int, ...] = ()
    forked: Forked | None = None


def pin(repo: Repo, words: Sequence[str], wanted: str | None, now: datetime) -> Changed:
    """Pin paths, folders and globs as seen from the current directory.

    Raises `OutsideWorkTree`, `UnsafePath`, `SecretInName`, `SessionClosed`, and what finding the session
    raises.
    """
    need_work_tree(repo)
    chosen = tuple(dict.fromkeys(_from_top(repo, word) for word in words))
    if len(chosen) > MOST:
        raise UsageError(f"more than {MOST} paths at once; give their folder, or a glob in quotes")
    for path in chosen:
        secrets.check_name("what is pinned", path)
    at, forked = open_or_inherit(repo, wanted, now)
    settings.set_pins(repo, at.branch, Pins(paths=chosen, pinned=True), now)
    names = worktree.names(repo)
    return Changed(
        branch=at.branch,
        paths=chosen,
        files=tuple(len(matching((one,), names)) for one in chosen),
        forked=forked,
    )


def unpin(repo: Repo, words: Sequence[str], wanted: str | None, now: datetime) -> Changed:
    """Unpin what was pinned, under the words it was pinned with; () is all. Raises `NotPinned`."""
    known = {one.path for one in settings.pins(repo, reading(repo, wanted).tip)}
    chosen = tuple(dict.fromkeys(_known(repo, word, known) for word in words)) or tuple(sorted(known))
    at, forked = open_or_inherit(repo, wanted, now)
    if chosen:
        settings.set_pins(repo, at.branch, Pins(paths=chosen, pinned=False), now)
    return Changed(branch=at.branch, paths=chosen, forked=forked)


def listing(repo: Repo, wanted: str | None) -> tuple[Listed, ...]:
    """What is pinned in the session named, else the current one."""
    found = settings.pins(repo, reading(repo, wanted).tip)
    names = worktree.names(repo) if found and repo.work_tree else []
    return tuple(Listed(pin=one, files=len(matching((one.path,), names))) for one in found)


def pinned(repo: Repo, tip: Oid, names: Iterable[str]) -> tuple[str, ...]:
    """The files that the pins of a session stand for, among those named."""
    found = settings.pins(repo, tip)
    return matching([one.path for one in found], names) if found else ()


def matching(patterns: Sequence[str], names: Iterable[str]) -> tuple[str, ...]:
    """The names that are one of the patterns, lie below one, or that it matches as a glob.

    As in git's own patterns for paths, `*` matches `/` too; `**/` also matches no folder at all.
    """
    whole = frozenset(patterns)
    below = tuple(f"{pattern}/" for pattern in patterns)
    globs = [match for pattern in patterns for match in _globs(pattern)]
    return tuple(
        name
        for name in names
        if name in whole or name.startswith(below) or any(match(name) for match in globs)
    )


def _globs(pattern: str) -> list[Callable[[str], object]]:
    if not any(mark in pattern for mark in "*?[") or len(pattern) > LONGEST:
        return []
    return [re.compile(translate(each)).match for each in {pattern, pattern.removeprefix("**/")}]


def _from_top(repo: Repo, word: str) -> str:
    """A word of the command line as a path from the top of the work tree."""
    top = Path(need_work_tree(repo)).resolve()
    full = os.path.normpath(Path.cwd().resolve() / word)
    path = os.path.relpath(full, top)
    if path in (".", "..") or path.startswith("../") or not word or len(path) > LONGEST:
        raise OutsideWorkTree(word)
    return safe.check(path)


def _known(repo: Repo, word: str, known: set[str]) -> str:
    """As it is, for what others pinned elsewhere; else as seen from the current directory."""
    if word in known:
        return word
    path = _from_top(repo, word) if repo.work_tree else word
    if path not in known:
        raise NotPinned(word)
    return path
