"""Reading a session: its prompts in order, and one of them whole."""

from collections.abc import Iterator

from git_ctx import codec
from git_ctx.errors import BrokenSession, NoPrompt, NoSession
from git_ctx.model import Context, EventName, FileStates, Format, Oid, Prompt, SessionBranch
from git_ctx.porcelain.conversation import read_prompt
from git_ctx.porcelain.here import Here
from git_ctx.store import current, events, revisions
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

SUFFIXES: dict[Format, str] = {"markdown": "context.md", "xml": "context.xml", "json": "context.content.json"}
"""Under which suffix the exact content of a context is kept, by its format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A prompt as the log tells of it. One that cannot be read has a `problem` and hides no other."""

    event: EventName
    prompt: Prompt | None
    context: Context | None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A prompt with everything kept beside it. `content` is what was sent, to the byte."""

    event: EventName
    prompt: Prompt
    context: Context | None
    content: bytes | None
    files: FileStates | None


def log(repo: Repo, here: Here) -> Iterator[Logged]:
    """The prompts of a session branch, the last first; read as they are asked for."""
    for event in events.events(repo, here.tip):
        if event.type == "prompt":
            yield _logged(repo, here.tip, event)


def _logged(repo: Repo, tip: Oid, event: EventName) -> Logged:
    try:
        prompt = read_prompt(repo, tip, event)
        return Logged(event=event, prompt=prompt, context=_context(repo, tip, event))
    except BrokenSession as error:
        return Logged(event=event, prompt=None, context=None, problem=str(error))


def find(repo: Repo, wanted: str | None, revision: str) -> tuple[Oid, EventName]:
    """The commit that a revision names, and its prompt: the last one there is at that commit.

    Raises `RevisionNotFound`, `AmbiguousRevision`, `NoPrompt` and what finding the session raises.
    """
    git_branch = repo.branch()
    found = revisions.resolve(repo, revision, _branch(repo, git_branch, wanted), git_branch)
    if found.event is not None and found.event.type == "prompt":
        return found.commit, found.event
    for event in events.events(repo, found.commit):
        if event.type == "prompt":
            return found.commit, event
    raise NoPrompt(revision)


def _branch(repo: Repo, git_branch: str | None, wanted: str | None) -> SessionBranch | None:
    """The current session, without which a revision can still name another one."""
    try:
        return current.current(repo, git_branch, wanted)
    except NoSession:
        return None


def show(repo: Repo, tip: Oid, event: EventName) -> Shown:
    """One prompt and what was kept with it. Raises `BrokenSession`."""
    context = _context(repo, tip, event)
    files = events.read(repo, tip, event, "files.json")
    return Shown(
        event=event,
        prompt=read_prompt(repo, tip, event),
        context=context,
        content=events.read(repo, tip, event, SUFFIXES[context.format]) if context else None,
        files=codec.decode_files(files, where(event)) if files is not None else None,
    )


def _context(repo: Repo, tip: Oid, event: EventName) -> Context | None:
    data = events.read(repo, tip, event, "context.json")
    return codec.decode_context(data, where(event)) if data is not None else None


def where(event: EventName) -> str:
    """How an error names an event."""
    return f"#{event.clock} {event.id}"
