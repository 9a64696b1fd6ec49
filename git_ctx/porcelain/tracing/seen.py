"""After which prompt lines of a file were first seen: the snapshots of a session tell."""

import re
from collections.abc import Mapping, Sequence

from git_ctx.model import EventName
from git_ctx.porcelain.tracing.timeline import Timeline
from git_ctx.store.files.peek import Peek

_FARTHEST = 300
_WORDS = re.compile(r"\w")
_ENOUGH = 5

Needle = tuple[str, ...]
"""A line; together with those around it, where it says too little by itself."""


def needle(before: str | None, line: str, after: str | None) -> Needle | None:
    """What to look for; None for a line that could stand anywhere."""
    if len(_WORDS.findall(line)) >= _ENOUGH:
        return (line,)
    together = tuple(each for each in (before, line, after) if each is not None)
    return together if sum(len(_WORDS.findall(each)) for each in together) >= _ENOUGH else None


def first_seen(
    line: Timeline, peek: Peek, last: EventName, path: str, needles: Mapping[int, Needle]
) -> dict[int, EventName]:
    """After which prompt lines came that were not there yet at some prompt or save, up to the prompt `last`.

    Those that were there all along, or of which the snapshots cannot tell, are left out.
    """
    found: dict[int, EventName] = {}
    left = dict(needles)
    since: list[int] = []
    for step, event in enumerate(line.upto(last)):
        entry = line.read(event)
        if not left or step > _FARTHEST or entry is None or entry.snapshot is None:
            break
        there = peek.lines(entry.snapshot, path)
        if there is None:
            break
        since += [number for number, each in left.items() if not _holds(there, each)]
        if event.type == "prompt":
            found.update(dict.fromkeys(since, event))
            since = []
        left = {number: each for number, each in left.items() if number not in found and number not in since}
    return found


def _holds(lines: Sequence[str], wanted: Needle) -> bool:
    if len(wanted) == 1:
        return wanted[0] in lines
    starts = range(len(lines) - len(wanted) + 1)
    return any(tuple(lines[at : at + len(wanted)]) == wanted for at in starts)
