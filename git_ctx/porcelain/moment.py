"""A moment of a session whose files were kept: a prompt or a save."""

from git_ctx import codec
from git_ctx.errors import BrokenSession, FilesGone, FilesNeverKept, NoPrompt, NoSession
from git_ctx.model import EventName, Oid, Prompt, Save, SessionBranch
from git_ctx.porcelain import forks
from git_ctx.store import events
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import revisions
from git_ctx.value import dataclass

TYPES = ("prompt", "save")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """`branch`: the session branch it was looked for in; None for a commit named by its id.

    `withheld`: paths whose content was not kept, with the reason.
    """

    branch: SessionBranch | None
    commit: Oid
    event: EventName
    entry: Prompt | Save
    tree: Oid
    withheld: dict[str, str]

    @property
    def title(self) -> str:
        return self.entry.message if isinstance(self.entry, Save) else self.entry.text


def find(repo: Repo, wanted: str | None, revision: str) -> tuple[revisions.Revision, EventName]:
    """What a revision names, and the prompt or save there: the last one at that commit.

    Raises `RevisionNotFound`, `AmbiguousRevision`, `NoPrompt` and what finding the session raises.
    """
    git_branch = repo.branch()
    found = revisions.resolve(repo, revision, _branch(repo, wanted), git_branch)
    if found.event is not None and found.event.type in TYPES:
        return found, found.event
    for event in events.events(repo, found.commit):
        if event.type in TYPES:
            return found, event
    raise NoPrompt(revision)


def moment(repo: Repo, wanted: str | None, revision: str) -> Moment:
    """The files that a revision names. Raises as `find`, and `FilesGone`, `BrokenSession`."""
    found, event = find(repo, wanted, revision)
    entry = read(repo, found.commit, event)
    if isinstance(entry, Prompt) and entry.imported:
        raise FilesNeverKept(f"#{event.clock}")
    if entry.snapshot is None or repo.run("cat-file", "-e", entry.snapshot).status:
        raise FilesGone(f"#{event.clock}")
    files = events.read(repo, found.commit, event, "files.json")
    states = codec.decode_files(files, where(event)).states if files is not None else ()
    return Moment(
        branch=found.branch,
        commit=found.commit,
        event=event,
        entry=entry,
        tree=entry.snapshot,
        withheld={state.path: state.withheld for state in states if state.withheld is not None},
    )


def read(repo: Repo, tip: Oid, event: EventName) -> Prompt | Save:
    """A prompt or a save, by its type. Raises `BrokenSession`."""
    data = events.read(repo, tip, event, f"{event.type}.json")
    if data is None:
        raise BrokenSession(where(event), f"its {event.type} is missing")
    return (codec.decode_save if event.type == "save" else codec.decode_prompt)(data, where(event))


def where(event: EventName) -> str:
    """How an error names an event."""
    return f"#{event.clock} {event.id}"


def _branch(repo: Repo, wanted: str | None) -> SessionBranch | None:
    """The current session, or the one it will carry on; a revision can still name another one."""
    try:
        return forks.reading(repo, wanted).branch
    except NoSession:
        return None
