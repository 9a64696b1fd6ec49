"""Read a session branch: lazily, newest first, never more than what is asked for."""

from collections.abc import Iterator, Sequence
from typing import get_args

from git_ctx.errors import BrokenSession
from git_ctx.model import EventName, Oid, State
from git_ctx.store import layout, message, objects
from git_ctx.store.objects import Tree
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

SESSION = "session.json"
_LARGEST_JSON = 16 << 20
_AHEAD = 50
_STATES: dict[str, State] = {state: state for state in get_args(State)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """What the commit that a session branch is at tells of it."""

    oid: Oid
    tree: Oid
    session: str
    state: State
    prompts: int


def tip(repo: Repo, oid: Oid) -> Tip:
    """Read from the commit's trailers, or from its tree where somebody else made the commit."""
    commit = objects.commit(repo, oid, f"commit {oid}")
    trailers = message.parse(commit.message)
    state, prompts = trailers.get("Ctx-State"), trailers.get("Ctx-Prompts", "")
    return Tip(
        oid=oid,
        tree=commit.tree,
        session=trailers.get("Ctx-Session") or session_id(repo, oid),
        state=_STATES.get(state or "") or derived_state(repo, oid),
        prompts=int(prompts) if prompts.isdecimal() and len(prompts) < 10 else count(repo, oid),
    )


def events(repo: Repo, tip: Oid, *, newest_first: bool = True, since: int = 0) -> Iterator[EventName]:
    """The events whose clock is past `since`, in order; reads one tree for a hundred of them, no blob."""
    top = subtree(repo, _root(repo, tip), "events")
    if top is None:
        return
    numbers = [number for number in hundreds(top) if number * 100 + 99 > since]
    for number in _ahead(repo, top, numbers[::-1] if newest_first else numbers):
        found = [event for event in _of_hundred(repo, top, number) if event.clock > since]
        yield from reversed(found) if newest_first else found


def at(repo: Repo, tip: Oid, clock: int) -> list[EventName]:
    """The events of one number, by one tree for a hundred; more than one where two lines were united."""
    top = subtree(repo, _root(repo, tip), "events")
    if top is None or clock // 100 not in hundreds(top):
        return []
    return [event for event in reversed(_of_hundred(repo, top, clock // 100)) if event.clock == clock]


def of_type(repo: Repo, tip: Oid, type: str) -> Iterator[EventName]:
    """The events of one type, newest first; a hundred without any is not looked at closer."""
    top = subtree(repo, _root(repo, tip), "events")
    if top is None:
        return
    mark = f".{type}.json\0".encode()
    for number in _ahead(repo, top, hundreds(top)[::-1]):
        entry = top.entries[f"{number:06}"]
        if entry.is_tree and mark in objects.raw_tree(repo, entry.oid, f"{number:06}"):
            yield from (event for event in reversed(_of_hundred(repo, top, number)) if event.type == type)


def find(repo: Repo, tip: Oid, id: str, since: int = 0) -> EventName | None:
    """The event with an id, among those whose clock is past `since`."""
    return next((event for event in events(repo, tip, since=since) if event.id == id), None)


def suffixes(repo: Repo, tip: Oid, event: EventName) -> tuple[str, ...]:
    """What an event consists of: `context.json`, `context.md`, `files.json`, `prompt.json`."""
    top = subtree(repo, _root(repo, tip), "events")
    tree = None if top is None else subtree(repo, top, layout.hundred(event.clock))
    parsed = (layout.parse_event_file(event.clock // 100, name) for name in _names(tree))
    return tuple(found[2] for found in parsed if found and found[:2] == (event.clock, event.id))


def read(
    repo: Repo, tip: Oid, event: EventName, suffix: str, largest: int = objects.LARGEST_BLOB
) -> bytes | None:
    """One entry of an event; None where it has no such entry."""
    name = layout.event_file(event.clock, event.id, suffix)
    top = subtree(repo, _root(repo, tip), "events")
    tree = None if top is None else subtree(repo, top, layout.hundred(event.clock))
    entry = tree.entries.get(name) if tree is not None else None
    if tree is None or entry is None or not entry.is_blob:
        return None
    _look_ahead(repo, tree, suffix)
    where = f"events/{layout.hundred(event.clock)}/{name}"
    return objects.blob(repo, entry.oid, where, largest)


def _look_ahead(repo: Repo, hundred: Tree, suffix: str) -> None:
    """Who reads a second entry of a kind is likely to read all of its hundred; texts may be large."""
    swept = repo.swept.get(suffix)
    if swept is None:
        repo.swept[suffix] = set()
    elif hundred.oid not in swept and suffix.endswith(".json"):
        swept.add(hundred.oid)
        end = f".{suffix}"
        objects.have_at_hand(repo, [oid for name, (_, oid) in hundred.entries.items() if name.endswith(end)])


def session(repo: Repo, tip: Oid) -> bytes:
    """The bytes of session.json."""
    data = _file(repo, tip, (SESSION,), _LARGEST_JSON)
    if data is None:
        raise BrokenSession(f"commit {tip}", f"it has no {SESSION}")
    return data


def session_id(repo: Repo, tip: Oid) -> str:
    """The id in session.json; '' where it has none."""
    return str(_value(session(repo, tip), "id") or "")


def meta(repo: Repo, tip: Oid, key: str) -> Iterator[tuple[EventName, bytes]]:
    """What was set under a key, in order: the last one counts, or they add up."""
    for entry in meta_names(repo, tip, key):
        data = read_meta(repo, tip, entry)
        if data is not None:
            yield entry, data


def read_meta(repo: Repo, tip: Oid, entry: EventName) -> bytes | None:
    """One setting, named as `meta_names` names it."""
    name = layout.meta_file(entry.clock, entry.id)
    return _file(repo, tip, ("meta", entry.type, name), _LARGEST_JSON)


def meta_names(repo: Repo, tip: Oid, key: str) -> list[EventName]:
    top = subtree(repo, _root(repo, tip), "meta")
    tree = None if top is None else subtree(repo, top, layout.check_key(key))
    return sorted(entry for name in _names(tree) if (entry := layout.parse_meta(key, name)))


def clock(repo: Repo, tip: Oid) -> int:
    """The highest clock seen in a session, 0 at its birth. `BrokenSession` where one leapt ahead."""
    root = _root(repo, tip)
    top = subtree(repo, root, "events")
    last = 0 if top is None else _event_clock(repo, top)
    return _stepped(last, _meta_clock(repo, root), f"commit {tip}")


def clock_at(repo: Repo, seen: Oid) -> int:
    """The clock at an earlier tip; 0, so that all is looked through, where that is gone."""
    try:
        return clock(repo, seen)
    except BrokenSession:
        return 0


def hundreds(top: Tree) -> list[int]:
    """The numbers of the hundreds that events lie in, in order."""
    numbers = sorted(number for name in _names(top) if (number := layout.parse_hundred(name)) is not None)
    before = 0
    for number in numbers:
        _stepped(before * 100, number * 100, f"tree {top.oid}")
        before = number
    return numbers


def count(repo: Repo, tip: Oid) -> int:
    """How many prompts a session has, counted one by one."""
    return sum(event.type == "prompt" for event in events(repo, tip))


def derived_state(repo: Repo, tip: Oid) -> State:
    """What the last entry under meta/state says; else created, or active once there is an event."""
    last = None
    for _, data in meta(repo, tip, "state"):
        last = _value(data)
    if last in ("active", "ended", "archived"):
        return _STATES[str(last)]
    return "created" if next(events(repo, tip), None) is None else "active"


def _stepped(before: int, after: int, where: str) -> int:
    if after - before > layout.LARGEST_STEP:
        raise BrokenSession(where, f"its clock leaps from {before} to {after}")
    return max(before, after)


def _event_clock(repo: Repo, top: Tree) -> int:
    for number in reversed(hundreds(top)):
        for name in reversed(_names(subtree(repo, top, f"{number:06}"))):
            if found := layout.parse_event_file(number, name):
                return found[0]
    return 0


def _meta_clock(repo: Repo, root: Tree) -> int:
    top = subtree(repo, root, "meta")
    highest = 0
    for key in _names(top):
        assert top is not None
        names = reversed(_names(subtree(repo, top, key)))
        highest = max(highest, next((e.clock for n in names if (e := layout.parse_meta(key, n))), 0))
    return highest


def _ahead(repo: Repo, top: Tree, numbers: Sequence[int]) -> Iterator[int]:
    """The same hundreds. Who looks at a third one is likely to go on: their trees are then at hand."""
    for place, number in enumerate(numbers):
        if place >= 2 and (place - 2) % _AHEAD == 0:
            objects.have_at_hand(repo, [top.entries[f"{n:06}"].oid for n in numbers[place : place + _AHEAD]])
        yield number


def _of_hundred(repo: Repo, top: Tree, number: int) -> list[EventName]:
    return layout.events(number, _names(subtree(repo, top, f"{number:06}")))


def _root(repo: Repo, tip: Oid) -> Tree:
    where = f"commit {tip}"
    return objects.tree(repo, objects.commit(repo, tip, where).tree, where)


def subtree(repo: Repo, tree: Tree, name: str) -> Tree | None:
    entry = tree.entries.get(name)
    return objects.tree(repo, entry.oid, name) if entry is not None and entry.is_tree else None


def _names(tree: Tree | None) -> list[str]:
    return [] if tree is None else list(tree.entries)


def _file(repo: Repo, tip: Oid, path: tuple[str, ...], largest: int) -> bytes | None:
    tree: Tree | None = _root(repo, tip)
    for name in path[:-1]:
        tree = subtree(repo, tree, name) if tree is not None else None
    entry = tree.entries.get(path[-1]) if tree is not None else None
    if entry is None or not entry.is_blob:
        return None
    return objects.blob(repo, entry.oid, "/".join(path), largest)


def _value(data: bytes, key: str = "value") -> object:
    import json

    try:
        return json.loads(data).get(key)
    except (ValueError, AttributeError, RecursionError):
        return None
