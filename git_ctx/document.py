"""A context before it is rendered: what is told of the code base, and of which file how much."""

from git_ctx.code import Change
from git_ctx.model import Ask, Form, Kind, Reason
from git_ctx.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A named thing in a file. Lines count from 1, `end` is its last line; `depth` 0 is the top level.

    `start` is the first line of what decorates it, `head` the last one of its signature, 0 where unknown.
    """

    name: str
    kind: str
    start: int
    end: int
    depth: int
    signature: str
    head: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a file defines, in order, and what it imports, as spelled there."""

    definitions: tuple[Definition, ...] = ()
    imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language's share of the code base."""

    name: str
    files: int
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The code base at a glance: folders as text lines, languages by size, where to start reading."""

    project: str
    tree: tuple[str, ...]
    languages: tuple[Language, ...]
    entry_points: tuple[str, ...]
    files: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """Text taken from a file of the code base: set-up instructions or guidance."""

    path: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file as a context shows it. `text` is what stands between the fences, '' for a line.

    `lines` is the length of the whole file. `shown`: the first and last of each run of its lines that is
    shown, of a file in parts or as a diff.
    """

    path: str
    form: Form
    language: str
    text: str
    reasons: tuple[Reason, ...] = ()
    lines: int | None = None
    shown: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A context before it is rendered. A full one has overview, set-up and guidance; an update has news.

    No `task`: who reads it has the prompt. `cut`: relevant, but past the budget.
    `earlier`: one line per context already shown in this conversation.
    """

    kind: Kind
    task: str
    overview: Overview | None = None
    setup: tuple[Excerpt, ...] = ()
    guidance: tuple[Excerpt, ...] = ()
    parts: tuple[Part, ...] = ()
    changes: tuple[Change, ...] = ()
    cut: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an ask is given: files in some form, lines of text, and what there is to say about it."""

    ask: Ask
    found: bool
    parts: tuple[Part, ...] = ()
    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
