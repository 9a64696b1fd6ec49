"""`git grep` over session branches: what was asked, answered, saved or sent, without reading it all."""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from git_ctx.model import EventName, Oid, SessionBranch
from git_ctx.store import bounds, layout, message
from git_ctx.store.asking import LONGEST_PATTERN, OFFLINE
from git_ctx.store.repo import Repo

SAID = ("prompt.json", "reply.json", "save.json")
SENT = ("context.md", "context.xml", "context.content.json")

_OPTIONS = ("--no-color", "--no-line-number", "--no-column", "--no-heading", "--no-break", "--full-name")
_TIPS_AT_ONCE = 1000
# Canonical JSON has each of a text's lines on the one line that its key begins.
_LINE = re.compile(r'\s*"(?:text|message)": (".*"),?\s*')
_PATH = re.compile(r"events/(\d{6})/([^/]+)", re.ASCII)
_ASCII = re.compile(r"[ !#-\[\]-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A text of an event, or the lines of it that matched; `source` is what its entry's name ends in."""

    branch: SessionBranch
    tip: Oid
    event: EventName
    source: str
    text: str


def said(
    repo: Repo,
    tips: Mapping[Oid, SessionBranch],
    words: Sequence[str],
    every: bool,
    problems: dict[str, str],
) -> Iterator[Found]:
    """Prompts, replies and saves that have every word, or any; with some that have none, where git must
    guess: the caller looks again. Case does not count. What cannot be read goes into `problems`, by session
    branch, and hides no other.
    """
    keys = ("(", "-e", '"text": "', "--or", "-e", '"message": "', ")")
    for branch, tip, event, source, line in _grep(
        repo, tips, [*keys, *_wanted(words, every)], SAID, problems
    ):
        text = _LINE.fullmatch(line)
        if text is not None:
            try:
                yield Found(branch=branch, tip=tip, event=event, source=source, text=json.loads(text[1]))
            except ValueError:
                continue


def sent(
    repo: Repo,
    tips: Mapping[Oid, SessionBranch],
    words: Sequence[str],
    every: bool,
    problems: dict[str, str],
) -> Iterator[Found]:
    """Contexts that have every word, or any, with the lines that do; `problems` as in `said`."""
    patterns = [word for piece in _pieces(words, every) for word in ("-e", piece)] or ["-e", ""]
    lines: dict[tuple[SessionBranch, Oid, EventName, str], list[str]] = {}
    options = ["--all-match"] if every else []
    for branch, tip, event, source, line in _grep(repo, tips, [*options, *patterns], SENT, problems):
        lines.setdefault((branch, tip, event, source), []).append(line)
    for (branch, tip, event, source), found in lines.items():
        yield Found(branch=branch, tip=tip, event=event, source=source, text="\n".join(found))


def _wanted(words: Sequence[str], every: bool) -> list[str]:
    pieces = _pieces(words, every)
    if not pieces:
        return []
    joint = "--and" if every else "--or"
    alternatives = [word for piece in pieces for word in (joint, "-e", piece)][1:]
    return ["--and", "(", *alternatives, ")"]


def _pieces(words: Sequence[str], every: bool) -> list[str]:
    """The longest part of each word that stands in JSON as it is, and whose case git knows, less its tail.

    None where any of the words will do and one has no such part: then it could be anywhere.
    """
    found = [max(_ASCII.findall(word), key=len, default="") for word in words]
    if not every and not all(found):
        return []
    return [piece for piece in dict.fromkeys(each[:LONGEST_PATTERN] for each in found) if piece]


def _grep(
    repo: Repo,
    tips: Mapping[Oid, SessionBranch],
    patterns: Sequence[str],
    suffixes: Sequence[str],
    problems: dict[str, str],
) -> Iterator[tuple[SessionBranch, Oid, EventName, str, str]]:
    seen = set()
    oids = list(tips)
    paths = [f":(top,glob)events/*/*.{suffix}" for suffix in suffixes]
    for start in range(0, len(oids), _TIPS_AT_ONCE):
        some = oids[start : start + _TIPS_AT_ONCE]
        for record in os.fsdecode(_printed(repo, tips, patterns, some, paths, problems)).split("\n"):
            name, parted, line = record.partition("\0")
            tip, _, path = name.partition(":")
            found = event(path) if parted and tip in tips else None
            # Branches of one session share their events: each is told of once.
            if found is None or (place := (tips[tip].session, path, line)) in seen:
                continue
            seen.add(place)
            yield tips[tip], tip, found[0], found[1], line


def _printed(
    repo: Repo,
    tips: Mapping[Oid, SessionBranch],
    patterns: Sequence[str],
    some: Sequence[Oid],
    paths: Sequence[str],
    problems: dict[str, str],
) -> bytes:
    """What git found. It gives up at the first tree that is damaged: so the tips are halved until the damaged
    ones stand alone, and are named.
    """
    command = ("grep", "-a", "-i", "-F", "-z", *_OPTIONS, *patterns, *some, "--", *paths)
    done = repo.run(*command, env=OFFLINE, strange=True)
    if done.status in (0, 1):  # 1: nothing matched
        return done.stdout
    if len(some) == 1:
        problems[str(tips[some[0]])] = bounds.burst(done.words) or message.last_words(done.words)
        return b""
    middle = len(some) // 2
    halves = (some[:middle], some[middle:])
    return b"\n".join(_printed(repo, tips, patterns, half, paths, problems) for half in halves)


def event(path: str) -> tuple[EventName, str] | None:
    """The event that a path in a session's tree belongs to, and what of it stands there."""
    parts = _PATH.fullmatch(path)
    found = layout.parse_event_file(int(parts[1]), parts[2]) if parts else None
    if found is None:
        return None
    clock, id, suffix = found
    type = suffix.partition(".")[0]
    return EventName(clock=clock, id=id, type="prompt" if type == "context" else type), suffix
