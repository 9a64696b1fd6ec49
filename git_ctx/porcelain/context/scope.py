"""Steering for one prompt: which files it is about, said on the command line and in .ctxignore files."""

import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from git_ctx.analysis.aim import Aim
from git_ctx.analysis.kinds import by_path, fence, language
from git_ctx.code import WorkTree
from git_ctx.errors import NoCommit, UsageError
from git_ctx.model import EVERYTHING, Oid, Scope
from git_ctx.pattern import lazily
from git_ctx.porcelain.here import need_work_tree
from git_ctx.safety import secrets
from git_ctx.store.files import base, patterns, worktree
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

LONGEST = 1000
MOST = 100

_ALIASES = {
    "c++": "cpp",
    "c#": "csharp",
    "f#": "fsharp",
    "golang": "go",
    "shell": "bash",
    "objective-c": "objectivec",
}
_SPECIAL = lazily(r"([*?\[\\])")
# what a pattern is made of: an escaped character, a set of them, anything that opens neither
_PIECES = lazily(r"(?>(?:\\.|\[[!^]?\]?(?>(?:\\.|[^\]\\])*)\]|[^\\\[])*)", re.DOTALL)


class BadPattern(UsageError):
    hint = "a pattern is as in a .gitignore: '*.md', 'docs/', 'src/**/*.ts'; quote it for the shell"

    def __init__(self, pattern: str, problem: str) -> None:
        super().__init__(f"not a valid pattern: '{pattern}' {problem}")


class UnknownLanguage(UsageError):
    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"unknown language: '{name}'")
        self.hint = f"known are {', '.join(sorted(known))}; a file's ending will do, too"


class NothingLeft(UsageError):
    hint = "patterns are as in a .gitignore; one with a slash is seen from the current directory"

    def __init__(self, scope: Scope) -> None:
        super().__init__(f"no file is left with {scope}")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a scope makes of a work tree: `hidden` files are never read; `aim` is for the ranking.

    `since` is the commit that what is changed differs from.
    """

    aim: Aim
    since: Oid | None = None
    hidden: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


ALL = View(aim=Aim())


def read(
    repo: Repo,
    *,
    exclude: Sequence[str] = (),
    include: Sequence[str] = (),
    lang: Sequence[str] = (),
    changed: str | None = None,
    tests: bool | None = None,
    place: Path | None = None,
) -> Scope:
    """A scope as the command line gives it; several patterns or languages may stand in one word, with commas.

    A pattern with a slash is seen from `place`, the current directory; one without means files of any folder.
    `changed`: '' is the usual base. Raises `BadPattern`, `UnknownLanguage`, `NoCommit`, `NothingLeft`.
    """
    need_work_tree(repo)
    scope = Scope(
        exclude=_patterns(repo, exclude, "--exclude", place),
        include=_patterns(repo, include, "--include", place),
        languages=tuple(dict.fromkeys(_language(word) for word in _words(lang, "--lang"))),
        changed=(changed or base.usual(repo)) if changed is not None else None,
        tests=tests,
    )
    if scope.changed is not None:
        base.begin(repo, scope.changed)
    if scope.include or scope.languages:
        names = worktree.names(repo)
        if not any(_narrowed(repo, scope, names, names)):
            raise NothingLeft(replace(scope, exclude=(), changed=None))
    return scope


def inherit(before: Scope, scope: Scope) -> Scope:
    """What holds for a later prompt of a conversation: as before, but for what it is asked anew."""
    if before == EVERYTHING:
        return scope
    return Scope(
        exclude=scope.exclude or before.exclude,
        include=scope.include or before.include,
        languages=scope.languages or before.languages,
        changed=before.changed if scope.changed is None else scope.changed,
        tests=before.tests if scope.tests is None else scope.tests,
    )


def view(
    repo: Repo, scope: Scope, found: WorkTree, pins: Collection[str] = (), asked: Collection[str] = ()
) -> View:
    """The files of a work tree as a scope has them. What is pinned, or was `asked` for, is never hidden."""
    out = patterns.left_out(repo, found, scope.exclude)
    hidden = out.difference(pins, asked) if out else out
    aim, since = Aim(pins=pins), None
    if scope != EVERYTHING:
        since = _since(repo, scope)
        aim = Aim(
            pins=pins,
            only=_only(repo, scope, found, pins),
            changed=base.differing(repo, since, found) if since else (),
            since=scope.changed or "",
            tests=scope.tests is True,
        )
    count = sum(file.path in hidden for file in found.files) if hidden else 0
    where = " and ".join([patterns.IGNORE, *(["--exclude"] if scope.exclude else [])])
    notes = (f"left out by {where}: {_files(count)}",) if count else ()
    return View(aim=aim, since=since, hidden=hidden, notes=notes)


def _only(repo: Repo, scope: Scope, found: WorkTree, pins: Collection[str]) -> frozenset[str] | None:
    if not scope.include and not scope.languages and scope.tests is not False:
        return None
    names = [file.path for file in found.files]
    return frozenset(_narrowed(repo, scope, names, found.changed)).union(pins)


def _narrowed(repo: Repo, scope: Scope, names: Iterable[str], loose: Iterable[str]) -> Iterator[str]:
    """Those of the names that the scope is about; `loose` ones are perhaps not in the index."""
    included = patterns.matched(repo, scope.include, loose) if scope.include else None
    for name in names:
        if included is not None and name not in included:
            continue
        if scope.languages and not _spoken(name).intersection(scope.languages):
            continue
        if scope.tests is not False or by_path(name) != "test":
            yield name


def _spoken(name: str) -> set[str]:
    """What a file is written in; a component's own language beside the one that it is read as."""
    read_as = language(name) or ""
    return {read_as, fence(name, read_as)}


def _since(repo: Repo, scope: Scope) -> Oid | None:
    try:
        return base.begin(repo, scope.changed) if scope.changed is not None else None
    except NoCommit:  # it was there with an earlier prompt
        return None


def _patterns(repo: Repo, given: Sequence[str], option: str, place: Path | None) -> tuple[str, ...]:
    words = list(_words(given, option))
    if len(words) > MOST:
        raise UsageError(
            f"more than {MOST} patterns for {option}", "give their folder, or write a .ctxignore"
        )
    return tuple(dict.fromkeys(_from_top(repo, word, place) for word in words))


def _words(given: Sequence[str], option: str) -> Iterator[str]:
    for each in given:
        words = [word for word in map(str.strip, each.split(",")) if word]
        if not words:
            raise UsageError(f"{option} is empty")
        yield from words


def _from_top(repo: Repo, word: str, place: Path | None) -> str:
    """A pattern of the command line as a line of a .gitignore at the top of the work tree."""
    secrets.check_name("a pattern", word)
    bare = word.removeprefix("!")
    if not bare or len(word) > LONGEST:
        raise BadPattern(word[:80], "is empty" if not bare else "is too long")
    if not _PIECES.fullmatch(bare):
        raise BadPattern(word, "has a '[' without its ']', or a lone '\\' at its end")
    relative = bare in (".", "..") or ("/" in bare.rstrip("/") and not bare.startswith(("/", "**/")))
    return word if not relative else "!" * (bare != word) + _below_top(repo, word, bare, place)


def _below_top(repo: Repo, word: str, bare: str, place: Path | None) -> str:
    top = Path(need_work_tree(repo)).resolve()
    here = _SPECIAL.sub(r"\\\1", os.path.relpath((place or Path.cwd()).resolve(), top))
    path = os.path.normpath(os.path.join(here, bare))  # noqa: PTH118 -- it is a pattern
    if path == ".." or path.startswith("../"):
        raise BadPattern(word, "is not below the top of the work tree")
    return "*" if path == "." else f"/{path}{'/' if bare.endswith('/') else ''}"


def _language(word: str) -> str:
    """A language by its name, or by the ending of its files."""
    from git_ctx.analysis.extensions import EXTENSIONS, NAMES

    low = word.lower().removeprefix("*").removeprefix(".")
    known = {*EXTENSIONS.values(), *NAMES.values(), "vue", "svelte"}
    found = low if low in known else _ALIASES.get(low) or EXTENSIONS.get(low)
    if found is None:
        raise UnknownLanguage(word, known)
    return found


def _files(count: int) -> str:
    return f"{count:,} file{'' if count == 1 else 's'}"
