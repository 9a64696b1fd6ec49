"""What can change about a session, read as one value: pins and the session's own principles.

Entries add up in order, whoever wrote them, so two people's stay side by side. One that cannot be read
counts for nothing: it may be of a later version, and must not stand in the way of a prompt.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

from git_ctx import registers
from git_ctx.errors import BrokenSession
from git_ctx.model import EventName, Meta, Oid, Pins, Principle, Priority, SessionBranch, Withdrawn
from git_ctx.store import append, events, naming
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

T = TypeVar("T")

MOST = 1000
"""How many entries of a key count, the latest: a stranger's session must not take for ever to read."""

PRIORITIES: tuple[Priority, ...] = ("high", "normal", "low")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """A path or glob that is pinned, and by whom."""

    path: str
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A principle that holds, under the id of its entry, and who asked for it."""

    id: str
    text: str
    priority: Priority
    author: str


def pins(repo: Repo, tip: Oid) -> tuple[Pinned, ...]:
    """What is pinned, by path. Of each path the last setting counts."""
    found: dict[str, Pinned | None] = {}
    for _, meta, setting in _settings(repo, tip, "pins", registers.read_pins):
        for path in setting.paths:
            found[path] = Pinned(path=path, author=meta.author) if setting.pinned else None
    return tuple(one for _, one in sorted(found.items()) if one is not None)


def principles(repo: Repo, tip: Oid) -> tuple[Held, ...]:
    """The principles that hold: high ones first, then in the order in which they were asked for."""
    return guidance(repo, tip)[0]


def guidance(repo: Repo, tip: Oid) -> tuple[tuple[Held, ...], tuple[Held, ...]]:
    """The principles that hold, and those that were withdrawn."""
    found, gone = [], set[str]()
    for entry, meta, setting in _settings(repo, tip, "guidance", registers.read_guidance):
        if isinstance(setting, Withdrawn):
            gone.update(setting.ids)
        else:
            found.append(Held(id=entry.id, text=setting.text, priority=setting.priority, author=meta.author))
    found.sort(key=lambda one: PRIORITIES.index(one.priority))
    return tuple(one for one in found if one.id not in gone), tuple(one for one in found if one.id in gone)


def set_pins(repo: Repo, branch: SessionBranch, setting: Pins, now: datetime) -> None:
    """Raises `SessionClosed`, and what appending raises."""
    words = " ".join(setting.paths)
    subject = words if setting.pinned else f"unpin {words}"
    _set(repo, branch, "pins", registers.pins_value(setting), subject, now)


def set_guidance(repo: Repo, branch: SessionBranch, setting: Principle | Withdrawn, now: datetime) -> str:
    """The entry's id. Raises `SessionClosed`, and what appending raises."""
    subject = setting.text if isinstance(setting, Principle) else f"withdraw {' '.join(setting.ids)}"
    return _set(repo, branch, "guidance", registers.guidance_value(setting), subject, now)


def _set(
    repo: Repo, branch: SessionBranch, key: str, value: dict[str, object], subject: str, now: datetime
) -> str:
    data = registers.encode_meta(Meta(value=value, author=repo.identity(), set_at=now))
    id = naming.new_id()
    append.append_meta(repo, branch, key, id, data, subject=subject, when=now)
    return id


def _settings(
    repo: Repo, tip: Oid, key: str, read: Callable[[object, str], T]
) -> Iterator[tuple[EventName, Meta, T]]:
    for entry in events.meta_names(repo, tip, key)[-MOST:]:
        where = f"meta/{key} #{entry.clock} {entry.id}"
        try:
            meta = registers.decode_meta(events.read_meta(repo, tip, entry) or b"", where)
            yield entry, meta, read(meta.value, where)
        except BrokenSession:
            continue
