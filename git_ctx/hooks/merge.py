"""Our entries in an agent's settings: put in beside what is there, taken out again. Text in, text out."""

import json
import re
from collections.abc import Mapping
from typing import Any

from git_ctx.errors import CtxError
from git_ctx.hooks.agents import Agent

HOOKS = "hooks"


class BadSettings(CtxError):
    """Settings that cannot be changed without a risk of losing some of them."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"cannot change '{path}': {problem}")
        self.hint = (
            "nothing was written; make it plain JSON, or add the hooks by hand as docs/agents.md shows"
        )
        self.path = path


def put_in(text: str | None, agent: Agent, path: str) -> str:
    """The settings with an entry for each event; unchanged where they all are there. Raises `BadSettings`."""
    settings = _parse(text, path)
    hooks = _hooks(settings, agent, path)
    missing = [name for name in agent.events if not _is_in(hooks.get(name, ()), agent.command)]
    if not missing:
        return text or ""
    for name in missing:
        hooks.setdefault(name, []).append({HOOKS: [_handler(agent)]})
    settings[HOOKS] = hooks
    return _dump(settings, text)


def take_out(text: str, agent: Agent, path: str, before: str | None = None) -> str | None:
    """The settings without our entries; None where nothing is left. Raises `BadSettings`.

    `before`: as they were when ours were put in. What was empty there stays; what ours alone filled goes.
    """
    settings = _parse(text, path)
    hooks = _hooks(settings, agent, path)
    if not any(_is_in(groups, agent.command) for groups in hooks.values()):
        return text
    was = _parse(before, path)
    were = was.get(HOOKS)
    for name in [name for name, groups in hooks.items() if _is_in(groups, agent.command)]:
        left = [rest for group in hooks[name] if (rest := _without(group, agent.command)) is not None]
        if left or (isinstance(were, dict) and name in were):
            hooks[name] = left
        else:
            del hooks[name]
    settings[HOOKS] = hooks
    if not hooks and not isinstance(were, dict):
        del settings[HOOKS]
    return _dump(settings, text) if settings or before is not None else None


def is_in(text: str, agent: Agent, path: str) -> bool:
    """Whether any of our entries is there. Raises `BadSettings`."""
    return any(_is_in(groups, agent.command) for groups in _hooks(_parse(text, path), agent, path).values())


def _handler(agent: Agent) -> dict[str, Any]:
    return {"type": "command", "command": agent.command, "timeout": agent.timeout}


def _is_in(groups: Any, command: str) -> bool:
    if not isinstance(groups, list | tuple):
        return False
    return any(_is_ours(each, command) for group in groups for each in _handlers(group))


def _is_ours(handler: Any, command: str) -> bool:
    return isinstance(handler, dict) and handler.get("command") == command


def _handlers(group: Any) -> list[Any]:
    found = group.get(HOOKS) if isinstance(group, dict) else None
    return found if isinstance(found, list) else []


def _without(group: Any, command: str) -> Any:
    """A group less our handlers; None where it held nothing else."""
    handlers = _handlers(group)
    left = [each for each in handlers if not _is_ours(each, command)]
    if len(left) == len(handlers):
        return group
    return {**group, HOOKS: left} if left else None


def _hooks(settings: Mapping[str, Any], agent: Agent, path: str) -> dict[str, Any]:
    """What stands under `hooks`; beside events there may be switches, which are none of our business."""
    hooks = settings.get(HOOKS, {})
    if not isinstance(hooks, dict) or not all(isinstance(hooks.get(name, []), list) for name in agent.events):
        raise BadSettings(path, f"its '{HOOKS}' are not in the form that the agent documents")
    return dict(hooks)


def _parse(text: str | None, path: str) -> dict[str, Any]:
    if text is None or not text.strip():
        return {}
    try:
        found = json.loads(text, object_pairs_hook=_unambiguous)
    except (ValueError, RecursionError) as error:
        raise BadSettings(path, f"it is not plain JSON ({error})") from None
    if not isinstance(found, dict):
        raise BadSettings(path, "it is not a JSON object")
    return found


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _dump(settings: Mapping[str, Any], like: str | None) -> str:
    """In the manner of what was there: its indent, its line ends, whether it closes with one."""
    like = like or "{\n  }\n"
    indent = re.search(r"^([ \t]+)\S", like, re.MULTILINE)
    try:
        text = json.dumps(settings, ensure_ascii=False, indent=indent[1] if indent else 2)
        text.encode()
    except ValueError:  # half a character somewhere: only an escape can say that
        text = json.dumps(settings, indent=indent[1] if indent else 2)
    text += "\n" if like.endswith("\n") else ""
    return text.replace("\n", "\r\n") if "\r\n" in like else text
