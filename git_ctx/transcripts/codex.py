"""Codex CLI's transcripts: `~/.codex/sessions/YYYY/MM/DD/rollout-<time>-<session>.jsonl`.

Each line has a time, a type and a payload. `response_item` is what the model was sent and answered, some of
it written by the agent in the user's name; `event_msg` tells the same once more for the screen.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime

from git_ctx.transcripts.lines import Fields, Lines, inner, objects, text, time
from git_ctx.transcripts.turn import LONGEST_PROMPT, Tool, Turn

_WRITTEN = re.compile(
    r"\s*<(?:environment_context|user_instructions|permissions|turn_aborted|subagent_notification|skill\b"
    r"|user_shell_command|apps_instructions|skills_instructions|collaboration_mode|model_switch)"
    r"|\s*# AGENTS\.md instructions"
)
_PATCHED = re.compile(r"^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+)$", re.MULTILINE)
_SHELLS = ("shell", "shell_command", "exec_command", "local_shell", "container.exec", "unified_exec")
_WRAPPED = 3  # words of ["bash", "-lc", "…"]


def turns(lines: Lines) -> Iterator[Turn]:
    """The turns of a transcript in order; each is given out when the next one begins."""
    current: Turn | None = None
    session: Fields = {}
    count = 0
    for line in lines:
        payload, at = inner(line, "payload"), time(line)
        if line.get("type") == "session_meta":
            session = session or payload
            if "subagent" in inner(session, "source"):
                return  # a helper of the agent asked, not the user
        elif at is None:
            continue
        elif (asked := _asked(line, payload)) and (conversation := _conversation(session)):
            count += 1
            if current is not None:
                current.over = True
                yield current
            current = Turn(
                key=text(payload, "id") or f"{text(line, 'timestamp')} {count}",
                text=asked[:LONGEST_PROMPT],
                asked_at=at,
                last_at=at,
                conversation=conversation,
                directory=text(session, "cwd"),
                branch=text(inner(session, "git"), "branch") or None,
            )
        elif asked:
            lines.report("a prompt before anything tells of its session")
        elif current is not None:
            _go_on(current, line, payload, at)
    if current is not None:
        yield current


def _conversation(session: Fields) -> str:
    return text(session, "session_id") or text(session, "id")


def _asked(line: Fields, payload: Fields) -> str:
    """What a user has typed; '' where the agent speaks in the user's name."""
    if line.get("type") != "response_item" or payload.get("type") != "message":
        return ""
    if payload.get("role") != "user":
        return ""
    parts = [
        f"[{text(block, 'type').removeprefix('input_')}]"
        if "text" not in block
        else text(block, "text").strip()
        for block in objects(payload.get("content"))
    ]
    return "\n\n".join(part for part in parts if part and not _WRITTEN.match(part))


def _go_on(turn: Turn, line: Fields, payload: Fields, at: datetime) -> None:
    kind = payload.get("type")
    if line.get("type") == "event_msg":
        turn.over = turn.over or kind in ("task_complete", "turn_complete", "turn_aborted")
    elif line.get("type") != "response_item":
        return
    elif kind == "message" and payload.get("role") == "assistant":
        for block in objects(payload.get("content")):
            turn.say(text(block, "text"), at)
    elif kind in ("function_call", "custom_tool_call", "local_shell_call"):
        turn.use(_tool(payload, at))
    elif kind in ("function_call_output", "custom_tool_call_output"):
        turn.hand(text(payload, "call_id"), _given(payload.get("output")), at)


def _tool(payload: Fields, at: datetime) -> Tool:
    name = text(payload, "name") or "local_shell"
    plain = text(payload, "input")
    asked = inner(payload, "action") or _parsed(text(payload, "arguments")) or {}
    made = Tool(key=text(payload, "call_id") or text(payload, "id"), name=name, at=at)
    if name in _SHELLS:
        made.kind, made.what = "command", _command(asked) or plain
    elif name in ("read_file", "view_image"):
        made.kind = "file"
        made.path = made.what = text(asked, "file_path") or text(asked, "path")
    elif name in ("list_dir", "grep_files"):
        made.kind = "tree" if name == "list_dir" else "search"
        made.what = text(asked, "pattern") or text(asked, "dir_path") or text(asked, "path")
    if "*** Begin Patch" in (patch := plain or text(asked, "input") or made.what):
        made.changes = tuple(dict.fromkeys(found.strip() for found in _PATCHED.findall(patch)))
        made.kind, made.what = None, ""
    return made


def _command(asked: Fields) -> str:
    words = asked.get("command", asked.get("cmd"))
    if isinstance(words, str):
        return text({"": words}, "")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return ""
    wrapped = len(words) == _WRAPPED and words[1] in ("-c", "-lc")
    return text({"": words[2] if wrapped else " ".join(words)}, "")


def _parsed(told: str) -> Fields | None:
    try:
        found = json.loads(told)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _given(output: object) -> str:
    if isinstance(output, list):
        return "\n".join(text(block, "text") for block in objects(output))
    told = text({"": output}, "")
    wrapped = _parsed(told) if told.startswith("{") else None
    return text(wrapped, "output") or told if wrapped else told


def directory(line: Fields) -> str:
    """Where the agent was at work, where a line tells."""
    return text(inner(line, "payload"), "cwd") if line.get("type") == "session_meta" else ""
