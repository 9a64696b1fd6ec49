"""Reading a session: its prompts in order, and one of them whole."""

import heapq
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from git_ctx import canonical, codec
from git_ctx.errors import BrokenSession
from git_ctx.model import Context, EventName, FileStates, Format, Oid, Prompt, Save
from git_ctx.porcelain import beside
from git_ctx.porcelain.context.conversation import read_prompt
from git_ctx.porcelain.moment import TYPES, read, where
from git_ctx.store import events
from git_ctx.store.repo import Repo
from git_ctx.store.trees import EMPTY_TREE
from git_ctx.value import dataclass

SUFFIXES: dict[Format, str] = {"markdown": "context.md", "xml": "context.xml", "json": "context.content.json"}
"""Under which suffix the exact content of a context is kept, by its format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A prompt or a save as the log tells of it. One that cannot be read has a `problem` and hides no other.

    `tip` is a commit that has it; `before` the prompt or save before it on that branch.
    """

    tip: Oid
    event: EventName
    before: EventName | None
    prompt: Prompt | None = None
    save: Save | None = None
    context: Context | None = None
    problem: str | None = None
    replies: int = 0
    requests: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A prompt (`asked`) or an answer to one, in its words."""

    event: EventName
    asked: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A prompt or a save with everything kept beside it. `content` is what was sent, to the byte."""

    event: EventName
    entry: Prompt | Save
    context: Context | None
    content: bytes | None
    files: FileStates | None


def history(repo: Repo, tips: Sequence[Oid]) -> Iterator[Logged]:
    """The prompts and saves of some branches of a session, each once, the last first."""
    for one, came in _united([_line(repo, tip, beside.TYPES) for tip in dict.fromkeys(tips)]):
        id = one.event.id
        try:
            context = _context(repo, one.tip, one.event) if one.prompt else None
        except BrokenSession as error:
            one = Logged(tip=one.tip, event=one.event, before=one.before, problem=str(error))
            context = None
        yield replace(one, context=context, replies=came["reply", id], requests=came["request", id])


def titles(repo: Repo, tips: Sequence[Oid]) -> Iterator[Logged]:
    """As `history`, in their own words alone: without contexts and what came of them."""
    return (one for one, _ in _united([_line(repo, tip, ()) for tip in dict.fromkeys(tips)]))


Came = Counter[tuple[str, str | None]]
"""How many of each type came of each prompt, as far as was read."""


def _united(lines: Sequence[Iterator[tuple[Logged, Came]]]) -> Iterator[tuple[Logged, Came]]:
    """What some branches have; what several of them have, once."""
    last = None
    for one, came in heapq.merge(*lines, key=lambda each: each[0].event, reverse=True):
        if one.event != last:
            yield one, came
        last = one.event


def _line(repo: Repo, tip: Oid, counted: Collection[str]) -> Iterator[tuple[Logged, Came]]:
    """Each prompt and save of one branch, and what came of them of the types that are counted."""
    after = None
    came: Came = Counter()
    for event in events.events(repo, tip):
        if event.type in counted:
            came[event.type, beside.prompt_of(repo, tip, event)] += 1
        if event.type in TYPES:
            if after is not None:
                yield _titled(repo, tip, after, event), came
            after = event
    if after is not None:
        yield _titled(repo, tip, after, None), came


def _titled(repo: Repo, tip: Oid, event: EventName, before: EventName | None) -> Logged:
    try:
        entry = read(repo, tip, event)
    except BrokenSession as error:
        return Logged(tip=tip, event=event, before=before, problem=str(error))
    if isinstance(entry, Save):
        return Logged(tip=tip, event=event, before=before, save=entry)
    return Logged(tip=tip, event=event, before=before, prompt=entry)


def patch(repo: Repo, one: Logged, options: Sequence[str]) -> bytes:
    """What changed in the files from the prompt or save before to this one; of the first, from its base.

    Raises `GitFailed` where one of the snapshots is gone, `BrokenSession` where an entry is damaged.
    """
    from git_ctx.store.files import compare

    entry = one.prompt or one.save
    if entry is None or entry.snapshot is None:
        return b""
    before = read(repo, one.tip, one.before).snapshot if one.before else None
    return compare.diff(repo, before or entry.base or EMPTY_TREE, entry.snapshot, options)


def said(repo: Repo, tip: Oid, first: EventName, last: EventName | None) -> Iterator[Said]:
    """What was asked and answered after one event, up to another or to the end, oldest first."""
    for event in events.events(repo, tip, newest_first=False, since=first.clock - 1):
        if event <= first or (last is not None and event > last):
            continue
        if event.type == "prompt":
            yield Said(event=event, asked=True, text=read_prompt(repo, tip, event).text)
        elif event.type == "reply" and (data := events.read(repo, tip, event, "reply.json")) is not None:
            yield Said(event=event, asked=False, text=canonical.load(data, where(event)).text("text"))


def show(repo: Repo, tip: Oid, event: EventName) -> Shown:
    """One prompt or save, and what was kept with it. Raises `BrokenSession`."""
    context = _context(repo, tip, event)
    files = events.read(repo, tip, event, "files.json")
    return Shown(
        event=event,
        entry=read(repo, tip, event),
        context=context,
        content=events.read(repo, tip, event, SUFFIXES[context.format]) if context else None,
        files=codec.decode_files(files, where(event)) if files is not None else None,
    )


def _context(repo: Repo, tip: Oid, event: EventName) -> Context | None:
    data = events.read(repo, tip, event, "context.json")
    return codec.decode_context(data, where(event)) if data is not None else None
