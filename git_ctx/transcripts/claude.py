"""Claude Code's transcripts: `~/.claude/projects/<directory>/<session>.jsonl`.

A line is a message, with its role and an id, or one of many kinds of bookkeeping. The user's lines hold much
that no user typed: results of tools, summaries of compaction, what commands printed, reminders.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from git_ctx.transcripts.lines import Fields, Lines, inner, objects, text, time
from git_ctx.transcripts.turn import LONGEST_PROMPT, Tool, Turn

_INTERRUPTED = "[Request interrupted by user"
_CONTINUED = "This session is being continued from a previous conversation"
_COMMAND = re.compile(r"<command-name>([^<]{1,200})</command-name>")
# Written by the agent in the user's name; each fills a text, or stands in one beside what was typed.
_TAGS = (
    "system-reminder|local-command-stdout|local-command-stderr|local-command-caveat|bash-input|bash-stdout"
    "|bash-stderr|task-notification|user-memory-input|ide_opened_file|ide_selection|ide_diagnostics"
    "|command-message|command-contents|user-prompt-submit-hook|teammate-message"
)
_WRITTEN = re.compile(rf"^[ \t]*+<({_TAGS})\b[^>\n]{{0,200}}>.*?(?:</\1>|\Z)", re.DOTALL | re.MULTILINE)
_NOT_TYPED = ("isSidechain", "isMeta", "isCompactSummary", "isVisibleInTranscriptOnly")
_ENDS = ("end_turn", "stop_sequence", "max_tokens", "refusal")


def turns(lines: Lines) -> Iterator[Turn]:
    """The turns of a transcript in order; each is given out when the next one begins."""
    current: Turn | None = None
    seen: set[str] = set()
    conversation = ""
    for line in lines:
        conversation = conversation or text(line, "sessionId")
        if line.get("isSidechain") is True or text(line, "uuid") in seen:
            continue
        begun = _begun(line, conversation, lines)
        if begun is not None:
            seen.add(begun.key)
            if current is not None:
                current.over = True
                yield current
            current = begun
        elif current is not None:
            _go_on(current, line)
    if current is not None:
        yield current


def _begun(line: Fields, conversation: str, lines: Lines) -> Turn | None:
    """A turn, where a line holds what a user has typed."""
    kind = line.get("type")
    if kind == "user" and not any(line.get(flag) is True for flag in _NOT_TYPED):
        asked = _typed(inner(line, "message").get("content"))
    elif kind == "attachment" and inner(line, "attachment").get("type") == "queued_command":
        queued = inner(line, "attachment")  # typed while the turn before was going on
        asked = _typed(queued.get("prompt")) if queued.get("commandMode", "prompt") == "prompt" else ""
    else:
        return None
    if not asked or asked.startswith((_INTERRUPTED, _CONTINUED)):
        return None
    at, key = time(line), text(line, "uuid")
    if at is None or not key or not conversation:
        lines.report("a prompt without an id or a time")
        return None
    command = _COMMAND.match(asked)
    return Turn(
        key=key,
        text=_as_typed(command[1].strip(), asked) if command else asked[:LONGEST_PROMPT],
        asked_at=at,
        last_at=at,
        conversation=conversation,
        directory=text(line, "cwd"),
        branch=text(line, "gitBranch") or None,
        command=bool(command),
    )


def _typed(content: object) -> str:
    """What a user has typed of a message; '' for the results of tools."""
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else objects(content)
    if any(block.get("type") == "tool_result" for block in blocks):
        return ""
    parts = [
        _WRITTEN.sub("", text(block, "text")[:LONGEST_PROMPT]).strip()
        if block.get("type") == "text"
        else f"[{text(block, 'type') or 'something'}]"
        for block in blocks
    ]
    return "\n\n".join(part for part in parts if part)


def _as_typed(name: str, asked: str) -> str:
    arguments = asked.partition("<command-args>")[2].partition("</command-args>")[0]
    return f"{name} {arguments.strip()}".strip()


def _go_on(turn: Turn, line: Fields) -> None:
    at = time(line)
    if at is None:
        return
    message = inner(line, "message")
    if line.get("type") == "assistant" and line.get("isApiErrorMessage") is not True:
        if message.get("model") != "<synthetic>":
            _answer(turn, message, at)
    elif line.get("type") == "user":
        content = message.get("content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else objects(content)
        for block in blocks:
            if block.get("type") == "tool_result":
                turn.hand(text(block, "tool_use_id"), _given(block.get("content")), at)
            elif text(block, "text").startswith(_INTERRUPTED):
                turn.over = True


def _answer(turn: Turn, message: Fields, at: datetime) -> None:
    content = message.get("content")
    for block in [{"type": "text", "text": content}] if isinstance(content, str) else objects(content):
        if block.get("type") == "text":
            turn.say(text(block, "text"), at)
        elif block.get("type") == "tool_use":
            turn.use(_tool(text(block, "id"), text(block, "name"), inner(block, "input"), at))
    turn.over = message.get("stop_reason") in _ENDS


def _given(content: object) -> str:
    if isinstance(content, str):
        return text({"": content}, "")
    parts = [
        text(block, "text") if block.get("type") == "text" else f"[{text(block, 'type')}]"
        for block in objects(content)
    ]
    return "\n".join(parts)


def _tool(key: str, name: str, asked: Fields, at: datetime) -> Tool:
    made = Tool(key=key, name=name, at=at)
    path = text(asked, "file_path") or text(asked, "notebook_path")
    if name in ("Edit", "MultiEdit", "Write", "NotebookEdit"):
        made.changes = (path,) if path else ()
    elif name in ("Read", "NotebookRead"):
        made.kind, made.path, made.what = "file", path, path + _range(asked)
    elif name == "Grep":
        made.kind, made.what = "search", text(asked, "pattern")
    elif name in ("Glob", "LS"):
        made.kind, made.what = "tree", text(asked, "pattern") or text(asked, "path")
    elif name == "Bash":
        made.kind, made.what = "command", text(asked, "command")
    return made


def _range(asked: Fields) -> str:
    """':10-49' for a part of a file."""
    first, count = asked.get("offset"), asked.get("limit")
    if not isinstance(first, int) and not isinstance(count, int):
        return ""
    begin = max(1, first) if isinstance(first, int) else 1
    return f":{begin}-{begin + max(1, count) - 1}" if isinstance(count, int) else f":{begin}"


def directory(line: Fields) -> str:
    """Where the agent was at work, where a line tells."""
    return text(line, "cwd")
