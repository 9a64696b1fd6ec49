"""Where an entry lies in a session's tree: its clock and id are its name. Pure; knows no git.

events/<6-digit hundreds>/<nn>-<id>.<suffix>
meta/<key>/<8-digit clock>-<id>.json
"""

import re
from collections.abc import Iterable

from git_ctx.model import EventName
from git_ctx.value import dataclass

LARGEST_CLOCK = 99_999_999
LARGEST_STEP = 1_000_000
"""No honest clock is further than this from the one before."""

_COMPANIONS = ("context", "files")

_ID = r"[a-z0-9]{4,40}"
_HUNDRED = re.compile(r"\d{6}", re.ASCII)
_EVENT = re.compile(rf"(\d\d)-({_ID})\.([a-z0-9][a-z0-9.-]{{0,60}})", re.ASCII)
_META = re.compile(rf"(\d{{8}})-({_ID})\.json", re.ASCII)
_KEY = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of an event: what its name ends in (`prompt.json`, `context.md`, …), and its bytes."""

    suffix: str
    data: bytes


def hundred(clock: int) -> str:
    return f"{clock // 100:06}"


def event_file(clock: int, id: str, suffix: str) -> str:
    """The name of an entry inside its hundred."""
    return _checked(f"{clock % 100:02}-{id}.{suffix}", _EVENT)


def meta_file(clock: int, id: str) -> str:
    return _checked(f"{clock:08}-{id}.json", _META)


def check_key(key: str) -> str:
    return _checked(key, _KEY)


def parse_hundred(name: str) -> int | None:
    return int(name) if _HUNDRED.fullmatch(name) else None


def parse_meta(key: str, name: str) -> EventName | None:
    found = _META.fullmatch(name)
    return EventName(clock=int(found[1]), id=found[2], type=key) if found else None


def parse_event_file(hundred: int, name: str) -> tuple[int, str, str] | None:
    """Clock, id and suffix; None for a name that is not ours, which is left alone."""
    found = _EVENT.fullmatch(name)
    return (hundred * 100 + int(found[1]), found[2], found[3]) if found else None


def events(hundred: int, names: Iterable[str]) -> list[EventName]:
    """The events whose entries lie in one hundred, in order."""
    suffixes: dict[tuple[int, str], list[str]] = {}
    for name in names:
        parsed = parse_event_file(hundred, name)
        if parsed:
            suffixes.setdefault(parsed[:2], []).append(parsed[2])
    # Sorted as pairs: comparing values takes longer than all the rest.
    return [EventName(clock=clock, id=id, type=_type(suffixes[clock, id])) for clock, id in sorted(suffixes)]


def _type(suffixes: list[str]) -> str:
    """`prompt` for prompt.json, context.json, context.md, files.json: the entry that is no companion."""
    own = sorted(suffix.partition(".")[0] for suffix in suffixes)
    return next((name for name in own if name not in _COMPANIONS), own[0])


def _checked(name: str, form: re.Pattern[str]) -> str:
    if not form.fullmatch(name):
        raise ValueError(f"not a name for an entry: {name!r}")
    return name
