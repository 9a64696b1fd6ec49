"""What an agent says on standard input, read with the distrust that any input deserves."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from git_ctx.errors import CtxError
from git_ctx.hooks.agents import Agent, Kind

LARGEST = 16 << 20


class BadEvent(CtxError):
    """What arrived is not an event in the agent's form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`name` is the agent's own for it, `kind` ours. `directory`: where the agent was at work."""

    kind: Kind
    name: str
    conversation: str
    directory: Path | None = None
    prompt: str = ""
    reply: str = ""


def receive(agent: Agent, stream: BinaryIO) -> Event | None:
    """The event on a stream, as `parse`. Raises `BadEvent` where it is too large, too."""
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise BadEvent(f"an event of more than {LARGEST >> 20} MiB")
    return parse(agent, data)


def parse(agent: Agent, data: bytes) -> Event | None:
    """The event, or None where it is not one that matters. Raises `BadEvent`."""
    fields = _object(data)
    name = _text(fields, agent.keys["event"])
    # A helper that the agent has started asks on its own behalf, not on the user's.
    if name not in agent.events or fields.get("agent_id"):
        return None
    conversation = _text(fields, agent.keys["conversation"])
    if not conversation:
        raise BadEvent(f"the event has no {agent.keys['conversation']}")
    kind = agent.events[name]
    return Event(
        kind=kind,
        name=name,
        conversation=conversation,
        directory=_directory(_text(fields, agent.keys["cwd"])),
        prompt=_text(fields, agent.keys["prompt"]) if kind == "prompt" else "",
        reply=_text(fields, agent.reply) if kind == "end" else "",
    )


def _object(data: bytes) -> dict[str, object]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise BadEvent("the event is not JSON") from None
    if not isinstance(found, dict):
        raise BadEvent("the event is not a JSON object")
    return found


def _text(fields: dict[str, object], key: str) -> str:
    value = fields.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadEvent(f"the event's {key} is not text")
    # half a character, as JavaScript may cut one, can be said in JSON but not be kept
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _directory(name: str) -> Path | None:
    path = Path(name)
    try:
        return path if name and path.is_absolute() and path.is_dir() else None
    except (OSError, ValueError):  # too long, or with a NUL in it
        return None
