"""One chat with one assistant: what it was shown so far.

A conversation follows `Context.after`, never the parents of commits: what a merge brings in was shown to
somebody else. It begins at a full context. The line of a fork goes on with what was shown at the fork, which
its `branch` event tells.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from git_ctx import codec
from git_ctx.errors import BrokenSession, UsageError
from git_ctx.model import Context, EventName, Item, Oid, Prompt, Request, SessionBranch
from git_ctx.porcelain import forks
from git_ctx.safety import secrets
from git_ctx.store import events, local
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

LONGEST_ID = 200
SEARCHED = 2000
"""How many prompts back a conversation is looked for; an older one starts over with a full context."""

_NEVER = EventName(clock=0, id="", type="")


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
    secrets.check_name("the conversation's id", given)
    return given


def shown(repo: Repo, tip: Oid, conversation: str) -> tuple[Exchange, ...]:
    """What this conversation has seen, the last first, back to its full context; empty for a new one."""
    return tuple(_chain(repo, tip, conversation))


def _chain(repo: Repo, tip: Oid, conversation: str) -> Iterator[Exchange]:
    last = _last(repo, tip, conversation)
    if last is None:
        return
    wanted = last.event.id
    lines: dict[str, EventName | None] = {}
    requests: dict[str | None, list[Request]] = {}
    for event in events.events(repo, tip):
        if event.type == "request":
            lines = lines or _lines(repo, tip, conversation)
            if asked := _request(repo, tip, event, lines):
                requests.setdefault(asked.prompt, []).append(asked)
        if event.id != wanted:
            continue
        # what came before is named by its id: it may be of the line that this one was forked from
        found = last if event.id == last.event.id else _exchange(repo, tip, event, None)
        if found is None:
            return
        yield replace(found, requests=tuple(reversed(requests.get(event.id, ()))))
        if found.context.kind == "full" or found.context.after is None:
            return
        wanted = found.context.after


def _last(repo: Repo, tip: Oid, conversation: str) -> Exchange | None:
    """The newest exchange of a conversation; of a line that was forked, that of its source at the fork."""
    mine, at, line = conversation.partition("@")
    is_line = bool(at) and mine == local.work_tree_id(repo)
    since: str | None = None
    for count, event in enumerate(events.events(repo, tip)):
        if count > SEARCHED:
            return None
        if since not in (None, event.id):
            continue  # on the source after the fork: not what this line was shown
        since = None
        if is_line and event.type == "branch" and (fork := forks.read(repo, tip, event)):
            if fork.branch == line:
                line, since = fork.source, fork.at or ""
        elif event.type == "prompt":
            found = _exchange(repo, tip, event, f"{mine}@{line}" if is_line else conversation)
            if found is not None:
                return found
    return None


def _exchange(repo: Repo, tip: Oid, event: EventName, conversation: str | None) -> Exchange | None:
    context = _context(repo, tip, event, conversation)
    if context is None:
        return None
    return Exchange(event=event, prompt=read_prompt(repo, tip, event), context=context)


def _context(repo: Repo, tip: Oid, event: EventName, conversation: str | None) -> Context | None:
    """The context of a prompt, if it was sent to this conversation; None: to any."""
    import orjson

    data = events.read(repo, tip, event, "context.json")
    # most contexts of a shared session belong to others: look before decoding
    if data is None or (conversation is not None and orjson.dumps(conversation) not in data):
        return None
    context = codec.decode_context(data, f"#{event.clock} {event.id}")
    return context if conversation in (None, context.conversation) else None


def _lines(repo: Repo, tip: Oid, conversation: str) -> dict[str, EventName | None]:
    """The conversations that are this one: its own, and each line it was forked from, up to the fork."""
    found: dict[str, EventName | None] = {conversation: None}
    mine, at, line = conversation.partition("@")
    if not at or mine != local.work_tree_id(repo):
        return found
    for event in islice(events.events(repo, tip), SEARCHED):
        if event.type == "branch" and (fork := forks.read(repo, tip, event)) and fork.branch == line:
            line = fork.source
            until = events.find(repo, tip, fork.at) if fork.at else None
            found.setdefault(f"{mine}@{line}", until or _NEVER)
    return found


def _request(repo: Repo, tip: Oid, event: EventName, lines: Mapping[str, EventName | None]) -> Request | None:
    """A request, if what it was given was shown to one of these lines, up to where that counts."""
    import orjson

    data = events.read(repo, tip, event, "request.json")
    if data is None or not any(orjson.dumps(line) in data for line in lines):
        return None
    request = codec.decode_request(data, f"#{event.clock} {event.id}")
    until = lines.get(request.conversation, _NEVER)
    return request if until is None or event <= until else None


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


def given(exchanges: Sequence[Exchange]) -> frozenset[str]:
    """The files that were shown because they were asked for."""
    return frozenset(
        item.path
        for exchange in exchanges
        for one in exchange.requests
        for item in one.items
        if item.form != "line"
    )
