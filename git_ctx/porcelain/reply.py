"""A reply: what the assistant answered, kept beside its prompt, and what it asks for in it."""

from dataclasses import dataclass
from datetime import datetime

from git_ctx import codec
from git_ctx.analysis import asks
from git_ctx.errors import EmptyPrompt, NoPrompt, NoPromptOfChat, RevisionNotFound
from git_ctx.model import EventName, Reply, SessionBranch
from git_ctx.porcelain import forks, look, moment
from git_ctx.porcelain.context import conversation
from git_ctx.porcelain.forks import Forked
from git_ctx.porcelain.here import Here
from git_ctx.safety import secrets
from git_ctx.store import append, events, naming
from git_ctx.store.layout import Entry
from git_ctx.store.repo import Repo


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied:
    """A reply that stands, and the prompt it belongs to. `unheard`: how many asks were past the limit."""

    branch: SessionBranch
    event: EventName
    prompt: EventName
    reply: Reply
    unheard: int
    forked: Forked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a reply belongs to: the last prompt of a conversation, or the one of a revision."""

    session: str | None = None
    conversation: str | None = None
    prompt: str | None = None


def reply(repo: Repo, text: str, place: Place, now: datetime) -> Replied:
    """Keep what the assistant answered, keys and passwords redacted. Nothing in it is run or answered.

    Raises `EmptyPrompt`, `NoPrompt` or `NoPromptOfChat` where the conversation has none yet,
    `RevisionNotFound`, `WriteFailed` and what finding the session raises; then nothing was kept.
    """
    if not text.strip():
        raise EmptyPrompt("reply")
    here, forked = forks.open_or_inherit(repo, place.session, now)
    prompt, chat = _prompt(repo, here, place)
    safe, rules = secrets.redact(text)
    heard, unheard = asks.found(safe)
    if (last := _last(repo, here)) and (last[1].prompt, last[1].conversation, last[1].text) == (
        prompt.id,
        chat,
        safe,
    ):
        # Its run died before it could say so, or it is told twice.
        return Replied(branch=here.branch, event=last[0], prompt=prompt, reply=last[1], unheard=unheard)
    made = Reply(
        id=naming.new_id(),
        prompt=prompt.id,
        conversation=chat,
        replied_at=now,
        author=repo.identity(),
        text=safe,
        redacted=rules,
        asks=heard,
    )
    appended = append.append(
        repo,
        here.branch,
        "reply",
        made.id,
        [Entry(suffix="reply.json", data=codec.encode_reply(made))],
        subject=safe.lstrip().partition("\n")[0],
        when=now,
        author=made.author,
        seen=here.tip,
    )
    return Replied(
        branch=here.branch,
        event=appended.event,
        prompt=prompt,
        reply=made,
        unheard=unheard,
        forked=forked,
    )


def _last(repo: Repo, here: Here) -> tuple[EventName, Reply] | None:
    """The reply that is the last event of a session branch, if one is."""
    event = next(events.events(repo, here.tip), None)
    data = events.read(repo, here.tip, event, "reply.json") if event and event.type == "reply" else None
    return (event, codec.decode_reply(data, moment.where(event))) if event and data is not None else None


def _prompt(repo: Repo, here: Here, place: Place) -> tuple[EventName, str]:
    """The prompt that is answered, and its conversation."""
    chat = conversation.conversation_id(repo, here.branch, place.conversation)
    if place.prompt is None:
        last = conversation.last(repo, here.tip, chat)
        if last is None and events.tip(repo, here.tip).prompts:
            raise NoPromptOfChat(str(here.branch))
        if last is None:
            raise NoPrompt("@")
        return last.event, chat
    found, last_kept = moment.find(repo, str(here.branch), place.prompt)
    upto = (event for event in events.events(repo, found.commit) if event <= last_kept)
    event = next((event for event in upto if event.type == "prompt"), None)
    if event is None:
        raise NoPrompt(place.prompt)
    if event not in events.at(repo, here.tip, event.clock):  # it is another session's
        raise RevisionNotFound(place.prompt)
    context = look.show(repo, here.tip, event).context
    return event, context.conversation if context else chat
