"""The commits of a session less those that nobody looks for: where its moments stand to one another."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush

from git_ctx.model import EventName, Oid
from git_ctx.store.sessions.entries import Commit
from git_ctx.story import Node

_Kept = tuple[int, ...]


class Plot:
    """Each moment once, and each place where lines meet, parents before children.

    A commit of anything else stands for the moments before it.
    """

    def __init__(
        self, commits: Sequence[Commit], tips: Mapping[Oid, Sequence[str]], moments: Sequence[EventName]
    ) -> None:
        by_id = {event.id: event for event in moments}
        self._nodes: list[Node] = []
        self._place: dict[EventName, int] = {}
        kept: dict[Oid, _Kept] = {}
        for commit in commits:
            before = self._least(dict.fromkeys(n for oid in commit.parents for n in kept.get(oid, ())))
            event = by_id.get(commit.event)
            # An event that stands in two commits, as after a hand-made rebase, counts where it came first.
            if event is not None and event not in self._place:
                self._place[event] = len(self._nodes)
                kept[commit.oid] = (self._add(event, before),)
            elif len(before) > 1:
                kept[commit.oid] = (self._add(None, before, commit.subject),)
            else:
                kept[commit.oid] = before
        for tip, names in tips.items():
            for place in kept.get(tip, ())[:1]:
                node = self._nodes[place]
                self._nodes[place] = replace(node, tips=(*node.tips, *names))

    def nodes(self) -> tuple[Node, ...]:
        """In the order of their clocks, as far as parents come before children then."""
        waiting = [len(set(node.parents)) for node in self._nodes]
        children: dict[int, set[int]] = {}
        for place, node in enumerate(self._nodes):
            for parent in node.parents:
                children.setdefault(parent, set()).add(place)
        ready = [self._rank(place, 0) for place, count in enumerate(waiting) if not count]
        heapify(ready)
        new: dict[int, int] = {}
        while ready:
            clock, _, place = heappop(ready)
            new[place] = len(new)
            for child in children.get(place, ()):
                waiting[child] -= 1
                if not waiting[child]:
                    heappush(ready, self._rank(child, clock))
        return tuple(
            replace(self._nodes[place], parents=tuple(new[parent] for parent in self._nodes[place].parents))
            for place in new
        )

    def _rank(self, place: int, before: int) -> tuple[int, str, int]:
        event = self._nodes[place].event
        return (event.clock, event.id, place) if event else (before, "~", place)

    def before(self, event: EventName, fits: Callable[[EventName], bool]) -> EventName | None:
        """The nearest moment before one, along the line it was added to, that fits."""
        place = self._place.get(event)
        while place is not None:
            parents = self._nodes[place].parents
            place = parents[0] if parents else None
            found = self._nodes[place].event if place is not None else None
            if found is not None and fits(found):
                return found
        return None

    def _add(self, event: EventName | None, parents: _Kept, title: str = "") -> int:
        self._nodes.append(Node(event=event, parents=parents, title=title))
        return len(self._nodes) - 1

    def _least(self, places: Mapping[int, None]) -> _Kept:
        """Less those that are the parents of another one: a line that meets itself is one line."""
        direct = {parent for place in places for parent in self._nodes[place].parents}
        return tuple(place for place in places if place not in direct)
