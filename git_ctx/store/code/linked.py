"""Commits of code that sessions know: as git's hooks noted them, and as they were recorded."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from git_ctx import codec
from git_ctx.errors import BrokenSession, WriteFailed
from git_ctx.model import EventName, Link, Oid, SessionBranch
from git_ctx.store import events, layout, refs, swap
from git_ctx.store.asking import OFFLINE
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

NOTES = "refs/ctx/commits"
"""No ref; the name of a lock."""

_LARGEST = 8 << 20
_AT_ONCE = 500
_MADE = re.compile(r"commit ([0-9a-f]{40}) (-|refs/ctx/heads/\S+)((?: +[k-z]{16})+)")
_REWROTE = re.compile(r"rewrite ([0-9a-f]{40}) ([0-9a-f]{40})")
_PATH = re.compile(r"events/(\d{6})/([^/]+)", re.ASCII)
_TRAILER = re.compile(r"\bCtx-Prompt: *([k-z]{16})(?![k-z0-9])", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A commit that was made; `branch` is None where the hook did not know the session."""

    commit: Oid
    branch: SessionBranch | None
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What hooks saw and nobody recorded yet; `rewritten`: old and new, in order."""

    made: tuple[Made, ...] = ()
    rewritten: tuple[tuple[Oid, Oid], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A commit that a session has recorded, and where."""

    branch: SessionBranch
    tip: Oid
    event: EventName
    link: Link


def notes(repo: Repo) -> Notes:
    """What is noted; nothing is taken."""
    return _parse(b"".join(map(_read, (_taken(repo), _noted(repo)))))


@contextmanager
def taking(repo: Repo) -> Iterator[Notes]:
    """Take the notes out; a failure within leaves them to the next one."""
    with swap.alone(repo, NOTES):
        taken = _taken(repo)
        try:
            if not taken.exists() and _noted(repo).exists():
                _noted(repo).rename(taken)
        except OSError as error:
            raise WriteFailed(str(taken), (error.strerror or str(error)).lower()) from None
        yield _parse(_read(taken))
        with suppress(OSError):  # read-only by now: what is recorded twice counts once
            taken.unlink(missing_ok=True)


def in_message(text: str) -> tuple[str, ...]:
    """The prompts that a message names, wherever it does so, each once."""
    return tuple(dict.fromkeys(_TRAILER.findall(text)))


def recorded(repo: Repo, tips: Mapping[Oid, SessionBranch], named: Iterable[Oid]) -> Iterator[Recorded]:
    """The commits whose record has one of these object ids or patch ids, each once."""
    seen = set()
    wanted = frozenset(named)
    for tip, event in _holding(repo, tips, wanted, "*.commit.json"):
        if (tips[tip].session, event) in seen:
            continue
        seen.add((tips[tip].session, event))
        for link in _links(repo, tip, event):
            ids = {link.commit, link.tree, link.parent, link.since, link.patch, link.combined}
            if wanted & (ids | {*link.rewritten}):
                yield Recorded(branch=tips[tip], tip=tip, event=event, link=link)


def naming(repo: Repo, tips: Mapping[Oid, SessionBranch], ids: Iterable[Oid]) -> list[tuple[Oid, EventName]]:
    """The prompts and saves, with the tip that has them, that name one of these as their base or snapshot."""
    return list(_holding(repo, tips, frozenset(ids), "*.prompt.json", "*.save.json"))


def prompts(
    repo: Repo, tips: Mapping[Oid, SessionBranch], ids: Iterable[str]
) -> Iterator[tuple[Oid, EventName]]:
    """The prompts that have these ids, on every branch that has them; found by their names alone."""
    names = [f"*-{id}.prompt.json" for id in sorted(set(ids))]
    for start in range(0, len(names), _AT_ONCE):
        yield from _matching(repo, tips, ("-e", ""), names[start : start + _AT_ONCE])


def states(
    repo: Repo, tips: Mapping[Oid, SessionBranch], files: Mapping[str, Oid]
) -> Iterator[tuple[Oid, EventName, str]]:
    """The prompts and saves that had one of these files, just so, differing from their base; and which."""
    for tip, event in list(_holding(repo, tips, frozenset(files.values()), "*.files.json")):
        try:
            data = events.read(repo, tip, event, "files.json")
            known = codec.decode_files(data, f"#{event.clock} {event.id}").states if data is not None else ()
        except BrokenSession:
            continue
        for state in known:
            if state.oid is not None and files.get(state.path) == state.oid:
                yield tip, event, state.path


def tips(repo: Repo) -> dict[Oid, SessionBranch]:
    """Every sound session branch that is here, by the commit that it is at."""
    return {one.tip: one.branch for one in reversed(refs.listing(repo)) if one.problem is None}


def _holding(
    repo: Repo, tips: Mapping[Oid, SessionBranch], ids: frozenset[Oid], *names: str
) -> Iterator[tuple[Oid, EventName]]:
    patterns = [word for id in sorted(ids) for word in ("-e", f'"{id}"')]
    if patterns:
        yield from _matching(repo, tips, patterns, names)


def _matching(
    repo: Repo, tips: Mapping[Oid, SessionBranch], patterns: Sequence[str], names: Sequence[str]
) -> Iterator[tuple[Oid, EventName]]:
    paths = [f":(top,glob)events/*/{name}" for name in names]
    oids = list(tips)
    for start in range(0, len(oids), _AT_ONCE):
        some = oids[start : start + _AT_ONCE]
        words = ("grep", "-a", "-F", "-l", "-z", "--no-color", "--full-name")
        done = repo.run(*words, *patterns, *some, "--", *paths, env=OFFLINE)
        for record in os.fsdecode(done.stdout).split("\0"):
            tip, _, path = record.partition(":")
            event = _event(path)
            if event is not None and tip in tips:
                yield tip, event


def _event(path: str) -> EventName | None:
    parts = _PATH.fullmatch(path)
    found = layout.parse_event_file(int(parts[1]), parts[2]) if parts else None
    return EventName(clock=found[0], id=found[1], type=found[2].partition(".")[0]) if found else None


def _links(repo: Repo, tip: Oid, event: EventName) -> tuple[Link, ...]:
    """Those of an event; none where it cannot be read."""
    try:
        data = events.read(repo, tip, event, "commit.json")
        return codec.decode_links(data, f"#{event.clock} {event.id}").commits if data is not None else ()
    except BrokenSession:
        return ()


def _noted(repo: Repo) -> Path:
    return repo.shared / "commits"


def _taken(repo: Repo) -> Path:
    return repo.shared / "commits.taken"


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST)
    except OSError:
        return b""


def _parse(data: bytes) -> Notes:
    made, rewritten = [], []
    for line in os.fsdecode(data).splitlines():
        if found := _MADE.fullmatch(line):
            branch = None if found[2] == "-" else refs.parse(found[2])
            made.append(Made(commit=found[1], branch=branch, prompts=tuple(found[3].split())))
        elif rewrote := _REWROTE.fullmatch(line):
            rewritten.append((rewrote[1], rewrote[2]))
    return Notes(made=tuple(made), rewritten=tuple(rewritten))
