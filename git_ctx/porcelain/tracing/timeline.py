"""A session branch over time: its prompts and saves, read as they are asked for."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from functools import cached_property
from itertools import islice

from git_ctx.errors import BrokenSession
from git_ctx.model import EventName, Oid, Prompt, Save
from git_ctx.porcelain import moment
from git_ctx.store import events
from git_ctx.store.code.codelog import CodeCommit
from git_ctx.store.repo import Repo

_LONGEST = 90 * 24 * 3600
"""Seconds after which work on a prompt is not thought to have gone on."""
_SPANS = 20


class Timeline:
    """The prompts and saves that a commit of a session has, in order. What cannot be read is passed over."""

    def __init__(self, repo: Repo, tip: Oid) -> None:
        self._repo = repo
        self._tip = tip
        self._entries: dict[EventName, Prompt | Save | None] = {}

    @cached_property
    def events(self) -> tuple[EventName, ...]:
        try:
            found = events.events(self._repo, self._tip, newest_first=False)
            return tuple(event for event in found if event.type in moment.TYPES)
        except BrokenSession:
            return ()

    def read(self, event: EventName) -> Prompt | Save | None:
        if event not in self._entries:
            try:
                self._entries[event] = moment.read(self._repo, self._tip, event)
            except BrokenSession:
                self._entries[event] = None
        return self._entries[event]

    def time(self, event: EventName) -> int:
        """When it was, in seconds; the beginning of time where that cannot be read."""
        entry = self.read(event)
        when = entry.saved_at if isinstance(entry, Save) else entry.asked_at if entry else None
        return int(when.timestamp()) if when else 0

    def prompt_before(self, event: EventName) -> EventName | None:
        """The prompt before a prompt or a save."""
        at = bisect_left(self.events, (event.clock, event.id), key=lambda one: (one.clock, one.id))
        before = (each for each in reversed(self.events[:at]) if each.type == "prompt")
        return next(before, None)

    def last_before(self, when: int) -> EventName | None:
        """The last prompt that was asked by then."""
        at = bisect_right(self.events, when, key=self.time)
        return next((each for each in reversed(self.events[:at]) if each.type == "prompt"), None)

    def last(self) -> EventName | None:
        """The last prompt."""
        return next((each for each in reversed(self.events) if each.type == "prompt"), None)

    def upto(self, event: EventName) -> Iterator[EventName]:
        """The prompts and saves up to one, the newest first."""
        yield from reversed(self.events[: bisect_right(self.events, event)])

    def is_near(self, one: CodeCommit) -> bool:
        """Whether work for a commit could have been done here: begun by then, and not long over."""
        known = self.events
        if not known or self.time(known[0]) > one.time:
            return False
        last = self.last_before(one.time)
        return last is not None and one.time - self.time(last) < _LONGEST

    def spans(self, when: int) -> Iterator[tuple[Oid, Oid, list[EventName]]]:
        """What was changed from a base to a later one, or to the files as they were last, as far as was seen
        by then; the longest first, with the prompts in between.
        """
        at = bisect_right(self.events, when, key=self.time)
        known = [(event, entry) for event in self.events[:at][-500:] if (entry := self.read(event))]
        bases = list(dict.fromkeys(entry.base for _, entry in known if entry.base))[-_SPANS:]
        for index, old in enumerate(bases):
            begun = next(n for n, (_, entry) in enumerate(known) if entry.base == old)
            ends = [(base, self._first(known, base)) for base in reversed(bases[index + 1 :])]
            last = known[-1][1]
            if last.snapshot is not None:
                ends.insert(0, (last.snapshot, len(known)))
            for new, end in ends:
                yield old, new, [event for event, _ in known[begun:end] if event.type == "prompt"]

    def steps(self, when: int) -> Iterator[tuple[Oid, Oid, EventName]]:
        """From one base to the next, and the prompt asked last on the first; as far as by then."""
        at = bisect_right(self.events, when, key=self.time)
        last: EventName | None = None
        known = self.events[max(0, at - 100) : at + 2]
        steps = []
        for event in known:
            entry = self.read(event)
            before = self.read(last) if last is not None else None
            if entry is None or entry.base is None:
                continue
            if last is not None and before is not None and before.base and before.base != entry.base:
                steps.append((before.base, entry.base, last))
            last = event if event.type == "prompt" or last is None else last
        yield from reversed(steps[-_SPANS:])

    def stands_on(self, commits: Collection[Oid], event: EventName) -> bool:
        """Whether one of these commits was checked out at a prompt or a save up to this one."""
        some = islice(self.upto(event), 100)
        return any((entry := self.read(each)) is not None and entry.base in commits for each in some)

    @staticmethod
    def _first(known: list[tuple[EventName, Prompt | Save]], base: Oid) -> int:
        return next(n for n, (_, entry) in enumerate(known) if entry.base == base)
