"""The values git ctx works with: frozen, keyword-only, under the words of git's glossary and DESIGN.

Paths are str relative to the work tree's root, '/' between the parts, and hold bytes that are not
UTF-8 as surrogates (`os.fsdecode`). Object ids are 40 lower-case hex digits. Times are aware.
"""

from datetime import datetime
from typing import Literal

from git_ctx.value import dataclass

Oid = str

Kind = Literal["full", "update"]
Format = Literal["markdown", "xml", "json"]
Form = Literal["whole", "definitions", "outline", "line", "diff"]
AskKind = Literal["file", "symbol", "search", "tree", "diff", "question", "command"]
"""`command`: what an agent ran by itself, as its transcript tells; nobody can ask for it here."""
Priority = Literal["high", "normal", "low"]
State = Literal["created", "analyzing", "active", "ended", "archived"]

NULL_OID: Oid = "0" * 40
"""The id of no object, as git writes it."""

FORMAT = 1
"""The number of the stored form that this version writes, and the newest it reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`session.json`: written once, at birth."""

    id: str
    name: str
    project: str
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class SessionBranch:
    """A session's name and the git branch that this line of it belongs to."""

    session: str
    branch: str

    def __str__(self) -> str:
        return f"{self.session}@{self.branch}"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class EventName:
    """Where an event stands: Lamport clock, then id; and what it is (`prompt`, `save`, …)."""

    clock: int
    id: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """Where an entry was taken from: the transcript that an agent wrote of a conversation."""

    agent: str
    conversation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What was asked, by whom, and on which files; of one that was `imported`, nobody kept the files."""

    id: str
    text: str
    asked_at: datetime
    author: str
    branch: str | None = None
    base: Oid | None = None
    snapshot: Oid | None = None
    redacted: tuple[str, ...] = ()
    imported: Imported | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """The files as they were, kept without a prompt. `restored`: the event whose files had just come back."""

    id: str
    message: str
    saved_at: datetime
    author: str
    branch: str | None = None
    base: Oid | None = None
    snapshot: Oid | None = None
    restored: str | None = None


TESTED = "tested"
"""The kind of a reason that names the file of a file's tests: no reason to show it, but worth knowing."""

BACK = "back"
"""The kind of a reason that says of a changed file with which prompt the chat knew it as it is again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a file was chosen: a kind (`path`, `terms`, `symbol`, …), words, its share of the score."""

    kind: str
    detail: str
    share: float = 0.0

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}" if self.detail else self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A file's place in a ranking: a score above 0, best first, and its reasons, the most telling first.

    `rest` is what else the score is made of: it completes the account and tells a reader little.
    """

    path: str
    score: float
    reasons: tuple[Reason, ...] = ()
    rest: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One file in a context: which content of it was shown, in what form, at what cost.

    `lines`: the first and last of each run of its lines that was shown, where it was shown in parts or as a
    diff; () where nobody noted them.
    """

    path: str
    oid: Oid | None
    form: Form
    tokens: int
    reasons: tuple[str, ...] = ()
    lines: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Of which files a context may speak, and which come first, as was asked for with its prompt.

    `exclude` and `include` are patterns as in a .gitignore at the top; no `include`, no `languages`: all.
    What differs from the commit named `changed` comes first. `tests`: they count as source, or are left out.
    """

    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    changed: str | None = None
    tests: bool | None = None

    def __str__(self) -> str:
        """As the options that ask for it."""
        lists = {"exclude": self.exclude, "include": self.include, "lang": self.languages}
        words = [f"--{option} '{','.join(values)}'" for option, values in lists.items() if values]
        words += [f"--changed={self.changed}"] if self.changed is not None else []
        words += ["--tests" if self.tests else "--no-tests"] if self.tests is not None else []
        return " ".join(words)


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What was chosen to go with a prompt. `after` is the prompt before it in its conversation.

    The exact content that was sent stands beside it, under `content` (`.context.md`, `.xml`, `.json`).
    `guidance`: the principles that hold, as far as this context and those before it told of them.
    `sections`: what each part of it takes, in tokens; they add up to `tokens`. () where nobody counted.
    """

    prompt: str
    kind: Kind
    conversation: str
    after: str | None
    budget: int
    tokens: int
    format: Format
    items: tuple[Item, ...] = ()
    guidance: tuple[str, ...] = ()
    scope: Scope = EVERYTHING
    sections: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One thing asked for, as on the command line: `file`, then 'src/app.py:10-40'.

    `reply`: the reply in which the assistant asked for it; None where it was asked for directly.
    """

    kind: AskKind
    what: str
    reply: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for beyond a context, and what of which file was given; `snapshot`: the files then.

    The exact content that was given stands beside it (`.request.md`, `.xml`, `.content.json`).
    """

    id: str
    prompt: str | None
    conversation: str
    asked_at: datetime
    author: str
    asks: tuple[Ask, ...]
    snapshot: Oid | None
    budget: int
    tokens: int
    format: Format
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the assistant answered to a prompt, and what it asked for in it."""

    id: str
    prompt: str
    conversation: str
    replied_at: datetime
    author: str
    text: str
    redacted: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileState:
    """A path that differs from the base commit. No `oid`: deleted, or `withheld` with the reason why."""

    path: str
    mode: int | None
    oid: Oid | None
    withheld: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStates:
    """What of the work tree differs from `base`, and the `tree` that holds all of it but the withheld."""

    base: Oid | None
    tree: Oid | None
    states: tuple[FileState, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """A `branch` event: the session branch of `branch` goes on from that of `source`, as it was at an event.

    `at` is the id of the last event there; None: there was none yet.
    """

    id: str
    branch: str
    source: str
    at: str | None
    author: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A commit of code, and the prompts behind it; `rewritten` are the commits that it stands for now.

    `patch` is the patch id of what it changed; `combined` that of all that was changed since the commit
    `since`, where the unbroken line of linked commits that it ends began: as one commit, it would have that.
    """

    commit: Oid
    tree: Oid
    parent: Oid | None
    patch: Oid | None
    since: Oid | None
    combined: Oid | None
    prompts: tuple[str, ...]
    rewritten: tuple[Oid, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """A `commit` event: commits that were made in the session, oldest first."""

    id: str
    recorded_at: datetime
    author: str
    commits: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What can change about a session: one setting of one key (`state`, `title`, `pins`, …).

    `value` is JSON: text, whole numbers, truth values, None, lists, and dictionaries by text.
    """

    value: object
    author: str
    set_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """A setting of `pins`: paths and globs that are pinned from now on, or not. Of each, the last counts."""

    paths: tuple[str, ...]
    pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Principle:
    """A setting of `guidance`: what the session asks of those who work on it."""

    text: str
    priority: Priority = "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """A setting of `guidance`: principles, by their ids, that hold no longer."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What has taken the place of an entry of which something was forgotten: `path` in the session's tree,
    the `oid` that is there now, and the versions `over` which it stands, forgotten in part before.
    """

    path: str
    oid: Oid
    over: tuple[Oid, ...] = ()
