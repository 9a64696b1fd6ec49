"""One event of an agent: led to its verb, answered in the agent's form. It always ends well."""

import json
import os
import sys
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from git_ctx import clock
from git_ctx.errors import BudgetTooSmall, CtxError, EmptyPrompt, NotDelivered, UsageError
from git_ctx.hooks import agents, event, limit
from git_ctx.hooks.agents import BYTES_PER_TOKEN, Agent
from git_ctx.hooks.event import Event
from git_ctx.store import discover, local
from git_ctx.store.repo import Repo

if TYPE_CHECKING:
    from git_ctx.porcelain.prompt import Prompted

DEFAULT_BUDGET = 8_000
TIME = 20.0
"""Seconds. Agents give up on a hook after thirty, as it is installed."""


def main(*words: str) -> int:
    """Read an event, do what it asks for, print the answer. Always 0: a hook must never stop an agent."""
    try:
        if len(words) != 1:
            raise UsageError("'hook run' takes the name of one agent, and nothing else")
        with limit.within(TIME):
            answer = run(words[0], sys.stdin.buffer, clock.now())
        _print(answer)
    except limit.TimeUp as cut:
        why = f"no context: it took longer than {TIME:.0f} seconds, or was told to stop"
        _say("; ".join([why, *getattr(cut, "__notes__", ())]))
    except CtxError as error:
        _say(str(error))
    except KeyboardInterrupt:
        _say("interrupted")
    except Exception as error:
        if os.environ.get("GIT_CTX_DEBUG"):
            raise
        _say(f"unforeseen failure: {type(error).__name__}: {error}")
    return 0


def run(name: str, stream: BinaryIO, now: datetime) -> bytes:
    """What to print: nothing where an event has no answer. Raises what the verbs raise."""
    agent = agents.agent(name)
    found = event.receive(agent, stream)
    if found is None:
        return b""
    repo = discover.find(found.directory)
    if not repo.config_bool("ctx.hook", True):
        return b""
    if found.kind == "start":
        local.begin_anew(repo, found.conversation)
    elif found.kind == "prompt":
        return _answer(agent, found, _prompted(repo, agent, found, now))
    else:
        from git_ctx.porcelain import turn

        turn.end(repo, _session(), found.conversation, found.reply, now)
    return b""


def _prompted(repo: Repo, agent: Agent, found: Event, now: datetime) -> "Prompted":
    from git_ctx.porcelain.prompt import Wish, prompt
    from git_ctx.porcelain.tending import recover

    if not found.prompt.strip():
        raise EmptyPrompt
    wish = Wish(
        budget=budget(repo, agent),
        full=local.begins_anew(repo, found.conversation),
        conversation=found.conversation,
        session=_session(),
        width=BYTES_PER_TOKEN if agent.room else None,
        task=False,
    )
    try:
        done = prompt(repo, found.prompt, wish, now, lambda doing: None)
    except BudgetTooSmall:
        recover.finish(repo)  # a long prompt is kept all the same; it just has no context
        raise
    local.has_begun(repo, found.conversation)
    return done


def _session() -> str | None:
    return os.environ.get("GIT_CTX_SESSION") or None


def budget(repo: Repo, agent: Agent) -> int:
    """`ctx.hookBudget`, where that is a number, else the default; never more than the agent shows a model."""
    set_to = repo.config("ctx.hookBudget") or ""
    wanted = int(set_to) if set_to.isdecimal() and 0 < len(set_to) < 10 and int(set_to) else DEFAULT_BUDGET
    return min(wanted, agent.room or wanted)


def _answer(agent: Agent, found: Event, done: "Prompted") -> bytes:
    if agent.answer == "hook":
        said = {"hookEventName": found.name, "additionalContext": done.content}
        return _json({"hookSpecificOutput": said})
    return _json(
        {
            "context": done.content,
            "kind": done.context.kind,
            "tokens": done.context.tokens,
            "session": str(done.branch),
            "event": done.event.clock,
        }
    )


def _json(value: dict[str, object]) -> bytes:
    # as few bytes as can be: agents cut by length
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def _print(answer: bytes) -> None:
    if not answer:
        return
    if sys.__stdout__ is None:
        raise NotDelivered("standard output is closed")
    try:
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()
    except OSError as error:
        # what is left in the buffer would make the interpreter fail at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise NotDelivered((error.strerror or str(error)).lower()) from None


def _say(text: str) -> None:
    from git_ctx.safety.text import one_line

    with suppress(OSError, ValueError):  # nobody listens
        print(f"git ctx: {one_line(text)}", file=sys.stderr, flush=True)
