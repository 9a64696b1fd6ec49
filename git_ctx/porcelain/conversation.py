"""One chat with one assistant: what it was shown so far.

A conversation follows `Context.after`, never the parents of commits: what a merge brings in was shown to
somebody else. It begins at a full context.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from git_ctx import codec
from git_ctx.errors import BrokenSession, UsageError
from git_ctx.model import Context, EventName, Item, Oid, Prompt, Request, SessionBranch
from git_ctx.store import events, local
from git_ctx.store.repo import Repo

LONGEST_ID = 200
SEARCHED = 2000
"""How many prompts back a conversation is looked for; an older one starts over with a full context."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A prompt that was given a context, and what was asked for beyond it, in order."""

    event: EventName
    prompt: Prompt
    context: Context
    requests: tuple[Request, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """What was shown of which file, each once, as shown last; mere names in requests do not count."""
        given = (item for one in self.requests for item in one.items if item.form != "line")
        return tuple({item.path: item for item in (*self.context.items, *given)}.values())


def conversation_id(repo: Repo, branch: SessionBranch, given: str | None) -> str:
    """The agent's own id where one is given, else this work tree's line on the session branch."""
    if given is None:
        return f"{local.work_tree_id(repo)}@{branch.branch}"
    if not given.isprintable() or not 0 < len(given) <= LONGEST_ID:
        raise UsageError("a conversation's id is 1 to 200 printable characters")
    return given


def shown(repo: Repo, tip: Oid, conversation: str) -> tuple[Exchange, ...]:
    """What this conversation has seen, the last first, back to its full context; empty for a new one."""
    return tuple(_chain(repo, tip, conversation))


def _chain(repo: Repo, tip: Oid, conversation: str) -> Iterator[Exchange]:
    wanted: str | None = None
    requests: dict[str | None, list[Request]] = {}
    for count, event in enumerate(events.events(repo, tip)):
        if event.type == "request" and (asked := _request(repo, tip, event, conversation)):
            requests.setdefault(asked.prompt, []).append(asked)
        if event.type != "prompt" or (wanted is not None and event.id != wanted):
            continue
        if wanted is None and count > SEARCHED:
            return
        context = _context(repo, tip, event, conversation)
        if context is None:
            continue
        yield Exchange(
            event=event,
            prompt=read_prompt(repo, tip, event),
            context=context,
            requests=tuple(reversed(requests.get(event.id, ()))),
        )
        if context.kind == "full" or context.after is None:
            return
        wanted = context.after


def _context(repo: Repo, tip: Oid, event: EventName, conversation: str) -> Context | None:
    import orjson

    data = events.read(repo, tip, event, "context.json")
    # most contexts of a shared session belong to others: look before decoding
    if data is None or orjson.dumps(conversation) not in data:
        return None
    context = codec.decode_context(data, f"#{event.clock} {event.id}")
    return context if context.conversation == conversation else None


def _request(repo: Repo, tip: Oid, event: EventName, conversation: str) -> Request | None:
    import orjson

    data = events.read(repo, tip, event, "request.json")
    if data is None or orjson.dumps(conversation) not in data:
        return None
    request = codec.decode_request(data, f"#{event.clock} {event.id}")
    return request if request.conversation == conversation else None


def last(repo: Repo, tip: Oid, conversation: str) -> Exchange | None:
    """What this conversation was shown last, without what came before it."""
    return next(_chain(repo, tip, conversation), None)


def read_prompt(repo: Repo, tip: Oid, event: EventName) -> Prompt:
    """The prompt of an event. Raises `BrokenSession` where it is missing or damaged."""
    data = events.read(repo, tip, event, "prompt.json")
    if data is None:
        raise BrokenSession(f"#{event.clock} {event.id}", "its prompt is missing")
    return codec.decode_prompt(data, f"#{event.clock} {event.id}")


def items_shown(exchanges: Sequence[Exchange]) -> dict[str, Item]:
    """For each path the last item that showed it."""
    return {item.path: item for exchange in reversed(exchanges) for item in exchange.items}
