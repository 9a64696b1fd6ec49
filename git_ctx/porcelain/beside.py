"""What came of a prompt: the replies to it, and what was asked for beyond its context."""

from collections.abc import Iterator

from git_ctx import codec
from git_ctx.errors import BrokenSession, NoSession
from git_ctx.model import EventName, Format, Oid, Reply, Request
from git_ctx.porcelain.moment import where
from git_ctx.store import events, refs
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current
from git_ctx.store.sessions.revisions import Revision

TYPES = ("request", "reply")

SUFFIXES: dict[Format, str] = {"markdown": "request.md", "xml": "request.xml", "json": "request.content.json"}
"""Under which suffix the exact content that a request was given is kept, by its format."""


def beside(repo: Repo, tip: Oid, prompt: EventName) -> Iterator[tuple[EventName, Request | Reply]]:
    """What was asked for and answered after a prompt, in order. Raises `BrokenSession`."""
    for event in events.events(repo, tip, newest_first=False, since=prompt.clock):
        # Most came of other prompts: look before decoding.
        data = _kept(repo, tip, event)
        if data is not None and prompt.id.encode() in data:
            kept = _decode(data, event)
            if kept.prompt == prompt.id:
                yield event, kept


def read(repo: Repo, tip: Oid, event: EventName) -> Request | Reply | None:
    """A request or a reply; None for an event of another type. Raises `BrokenSession`."""
    data = _kept(repo, tip, event)
    return _decode(data, event) if data is not None else None


def _kept(repo: Repo, tip: Oid, event: EventName) -> bytes | None:
    return events.read(repo, tip, event, f"{event.type}.json") if event.type in TYPES else None


def _decode(data: bytes, event: EventName) -> Request | Reply:
    return (codec.decode_reply if event.type == "reply" else codec.decode_request)(data, where(event))


def prompt_of(repo: Repo, tip: Oid, event: EventName) -> str | None:
    """The prompt that a request or reply belongs to; None for one that cannot be read: it hides no other."""
    try:
        kept = read(repo, tip, event)
    except BrokenSession:
        return None
    return kept.prompt if kept else None


def given(repo: Repo, tip: Oid, event: EventName, request: Request) -> bytes | None:
    """The exact content that a request was given."""
    return events.read(repo, tip, event, SUFFIXES[request.format])


def latest(repo: Repo, wanted: str | None, found: Revision, event: EventName) -> Oid:
    """The newest commit at hand that has an event: what came after it stands there, too."""
    branch = found.branch
    if branch is None:
        try:
            branch = current.current(repo, repo.branch(), wanted)
        except NoSession:
            return found.commit
    tip = refs.tip(repo, branch)
    return tip if tip and event in events.at(repo, tip, event.clock) else found.commit
