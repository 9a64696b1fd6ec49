"""A session as a reader meets it: what was asked, shown, answered and changed, in order."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from git_ctx.model import Ask, EventName, Item, Priority, Session
from git_ctx.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A file that differs. No `text`: binary, or left out for its size; `cut`: some of it was."""

    path: str
    status: Literal["added", "modified", "deleted", "renamed"]
    added: int
    removed: int
    text: str | None = None
    old_path: str | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What differs from the files of the moment before, or of the base commit (`since` None).

    `more`: how many files further.
    """

    since: EventName | None
    patches: tuple[Patch, ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was sent: a context, or the answer to a request. No `content`: it was left out.

    `more`: how many items further.
    """

    kind: str
    budget: int
    tokens: int
    items: tuple[Item, ...]
    content: str | None = None
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What came of a prompt: a reply with its words, or a request with its asks and what was given."""

    event: EventName
    when: datetime
    author: str
    text: str = ""
    asks: tuple[Ask, ...] = ()
    given: Given | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A prompt, a save, or another event. One that cannot be read has a `problem` and no more.

    `on`: the session branches that have it. `withheld`: paths that were not kept, and why.
    """

    event: EventName
    on: tuple[str, ...]
    when: datetime | None = None
    author: str = ""
    text: str = ""
    git_branch: str | None = None
    base: str | None = None
    conversation: str | None = None
    given: Given | None = None
    changes: Changes | None = None
    withheld: Mapping[str, str] | None = None
    beside: tuple[Beside, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A place in the graph of branches. `event`: the moment there, None where lines meet, as `title` says.

    `parents` are places before it; `tips`: the branches that end here.
    """

    event: EventName | None
    parents: tuple[int, ...]
    title: str = ""
    tips: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A session branch: its state, its number of prompts, and the branch that it was made from."""

    name: str
    state: str
    prompts: int
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`nodes`: parents before children. `left_out`: how many moments before the first one told are not told.

    `redacted`: the rules that took out what had been kept.
    """

    session: Session
    lines: tuple[Line, ...]
    moments: tuple[Moment, ...]
    nodes: tuple[Node, ...]
    pins: tuple[str, ...] = ()
    principles: tuple[tuple[Priority, str], ...] = ()
    left_out: int = 0
    redacted: tuple[str, ...] = ()
