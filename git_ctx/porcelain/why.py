"""Why a line, a file or a commit is as it is: the prompts behind it."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from git_ctx.errors import CtxError, GitFailed, UsageError
from git_ctx.model import EventName, Oid, Prompt, SessionBranch
from git_ctx.porcelain import here, noted
from git_ctx.porcelain.tracing import behind, seen
from git_ctx.porcelain.tracing.behind import Clue, Clues, Place, Sessions, Sure
from git_ctx.safety import paths as safe
from git_ctx.store.code import blame, codelog
from git_ctx.store.code.blame import Line
from git_ctx.store.code.codelog import CodeCommit
from git_ctx.store.files.peek import Peek
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

MOST_COMMITS = 50
_LARGEST = 64 << 20
_LINES = re.compile(r"(.+):(\d{1,7})(?:-(\d{1,7}))?", re.DOTALL | re.ASCII)


class NotAFileOrCommit(CtxError):
    hint = "give PATH, PATH:LINE or a commit"

    def __init__(self, words: str) -> None:
        super().__init__(f"'{words}' is neither a file of the work tree nor a commit")


class FileOrCommit(UsageError):
    def __init__(self, words: str) -> None:
        super().__init__(f"'{words}' is both a file and a commit", f"give './{words}' for the file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A commit, or lines of a file, from 1; without `first` all of them."""

    commit: CodeCommit | None = None
    path: str | None = None
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A prompt, how it is known to be behind it, and to how many of the lines it has led."""

    branch: SessionBranch
    event: EventName
    prompt: Prompt
    clues: tuple[Clue, ...]
    sure: Sure
    lines: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What was asked about, and the prompts behind it, the best first.

    `commits` are those that it goes back to, each with how many lines it has, the most first; `uncommitted`
    lines are of none. `unknown`: prompts that commits name and that are not here. `left_out`: commits that
    were not looked at.
    """

    target: Target
    lines: tuple[Line, ...]
    commits: tuple[tuple[CodeCommit, int], ...]
    uncommitted: int
    behind: tuple[Behind, ...]
    unknown: tuple[str, ...] = ()
    left_out: int = 0


def target(repo: Repo, words: str) -> Target:
    """What the words name: a file, lines of one, or a commit; as seen from the current directory.

    Raises `NotAFileOrCommit`, `FileOrCommit`, `UsageError` for lines out of order.
    """
    path = _path(repo, words)
    commit = codelog.commit(repo, words)
    if path is not None and commit is not None and not words.startswith("./"):
        raise FileOrCommit(words)
    if path is not None:
        return Target(path=path)
    if commit is not None:
        return Target(commit=commit)
    found = _LINES.fullmatch(words)
    path = _path(repo, found[1]) if found else None
    if found is None or path is None:
        raise NotAFileOrCommit(words)
    first, last = int(found[2]), int(found[3] or found[2])
    if not 1 <= first <= last:
        raise UsageError(f"no such lines: {found[2]}-{found[3] or found[2]}", "lines count from 1")
    return Target(path=path, first=first, last=last)


def why(repo: Repo, wanted: Target, now: datetime) -> Why:
    """The prompts behind a commit, or behind lines of a file. Raises `UsageError` for lines it does not have.

    Commits that hooks have noted are recorded first.
    """
    noted.record(repo, now)
    sessions = Sessions(repo)
    if wanted.commit is not None:
        found = behind.behind(sessions, [wanted.commit])[wanted.commit.oid]
        return _told(sessions, wanted, (), [(wanted.commit, 0)], found, {})
    assert wanted.path is not None
    around = _blame(repo, wanted.path, wanted.first, wanted.last)
    lines = [line for line in around if _asked(wanted, line)]
    of: dict[Oid | None, list[Line]] = {}
    for line in lines:
        of.setdefault(line.commit, []).append(line)
    oids = sorted((oid for oid in of if oid), key=lambda oid: -len(of[oid]))
    commits = codelog.commits(repo, oids[:MOST_COMMITS])
    clues = behind.behind(sessions, commits)
    if None in of:
        clues[""] = _uncommitted(sessions, repo)
    sessions.places([id for each in clues.values() for id in each])
    total: Clues = {}
    counts: dict[str, int] = {}
    for oid, each in clues.items():
        _refine(sessions, of[oid or None], around, each, counts)
        for id, some in each.items():
            total[id] = list(dict.fromkeys((*total.get(id, ()), *some)))
    ranked = sorted(((one, len(of[one.oid])) for one in commits), key=lambda pair: -pair[1])
    return _told(sessions, wanted, lines, ranked, total, counts, len(of.get(None, ())), len(oids))


def _told(
    sessions: Sessions,
    wanted: Target,
    lines: Sequence[Line],
    commits: Sequence[tuple[CodeCommit, int]],
    clues: Clues,
    counts: Mapping[str, int],
    uncommitted: int = 0,
    known: int = 1,
) -> Why:
    places = sessions.places(clues)
    rows = []
    for place, each in behind.ordered(places, clues):
        prompt = behind.read(place, sessions)
        if prompt is not None:
            rows.append(
                Behind(
                    branch=place.branch,
                    event=place.event,
                    prompt=prompt,
                    clues=tuple(each),
                    sure=behind.surest(each),
                    lines=counts.get(prompt.id, 0),
                )
            )
    rows.sort(key=lambda row: -row.lines)
    return Why(
        target=wanted,
        lines=tuple(lines),
        commits=tuple(commits),
        uncommitted=uncommitted,
        behind=tuple(rows),
        unknown=tuple(id for id in clues if id not in places),
        left_out=max(0, known - MOST_COMMITS),
    )


def _refine(
    sessions: Sessions, lines: Sequence[Line], around: Sequence[Line], clues: Clues, counts: dict[str, int]
) -> None:
    """Add to the clues after which prompt the lines of a commit were first seen, and count them."""
    newest = _newest(sessions.places(clues).values(), clues)
    if newest is None:
        return
    found = _first_seen(sessions, newest, lines, around)
    for event in dict.fromkeys(found.values()):
        number = sum(1 for each in found.values() if each == event)
        words = "the line was" if len(lines) == 1 else f"{number} of the lines were"
        clues.setdefault(event.id, []).append(Clue(how="line", words=f"{words} first seen after it"))
    for line in lines:
        event = found.get(line.number, newest.event)
        counts[event.id] = counts.get(event.id, 0) + 1


def _newest(places: Iterable[Place], clues: Clues) -> Place | None:
    """The last prompt of those that are surest; what is older in its session may have led to a line."""
    some = list(places)
    best = min((behind.rank(clues[one.event.id]) for one in some), default=None)
    return max((one for one in some if behind.rank(clues[one.event.id]) == best), default=None)


def _first_seen(
    sessions: Sessions, newest: Place, lines: Sequence[Line], around: Sequence[Line]
) -> dict[int, EventName]:
    at = {line.number: line for line in around}
    by_path: dict[str, dict[int, seen.Needle]] = {}
    for line in lines:
        beside = (_beside(at, line, line.number + step) for step in (-1, 1))
        wanted = seen.needle(next(beside), line.text, next(beside))
        if wanted is not None:
            by_path.setdefault(line.path, {})[line.number] = wanted
    timeline, peek = sessions.line(newest.tip), Peek(sessions.repo)
    found: dict[int, EventName] = {}
    for path, needles in by_path.items():
        found |= seen.first_seen(timeline, peek, newest.event, path, needles)
    return found


def _beside(at: Mapping[int, Line], line: Line, number: int) -> str | None:
    """A line next to one, if it came with it."""
    other = at.get(number)
    return (
        other.text if other is not None and (other.commit, other.path) == (line.commit, line.path) else None
    )


def _uncommitted(sessions: Sessions, repo: Repo) -> Clues:
    """What is not committed was made in the current session, if in any: after its last prompt, or before."""
    try:
        at = here.session(repo, None)
    except CtxError:
        return {}
    last = sessions.line(at.tip).last()
    return (
        {
            last.id: [
                Clue(how="last", words="it is the last one of the session, and nothing is committed since")
            ]
        }
        if last
        else {}
    )


def _asked(wanted: Target, line: Line) -> bool:
    return wanted.first is None or wanted.first <= line.number <= (wanted.last or wanted.first)


def _blame(repo: Repo, path: str, first: int | None, last: int | None) -> tuple[Line, ...]:
    """The lines asked for, and one more on either side. Of a file new to git, none is committed."""
    file = Path(repo.work_tree or "") / path
    with file.open("rb") as opened:
        text = opened.read(_LARGEST + 1).decode("utf-8", "replace")
    there = text.splitlines()
    if first is not None and (last or first) > len(there):
        raise UsageError(f"'{path}' has {len(there):,} lines")
    start, end = (max(1, first - 1), min(len(there), (last or first) + 1)) if first else (None, None)
    try:
        return blame.blame(repo, path, start, end) if there else ()
    except GitFailed:
        numbered = enumerate(there, start=1)
        return tuple(Line(number=n, text=each, commit=None, path=path) for n, each in numbered)


def _path(repo: Repo, words: str) -> str | None:
    """A file of the work tree, from its top."""
    if repo.work_tree is None or not words or "\0" in words:
        return None
    full = Path(os.path.normpath(Path.cwd() / words))
    top = repo.work_tree.resolve()
    inside = Path(os.path.realpath(full.parent), full.name)
    if not inside.is_relative_to(top) or not inside.is_file():
        return None
    return safe.check(str(inside.relative_to(top)))
