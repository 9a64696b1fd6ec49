"""Values as words for people and as plain JSON for scripts; shared by the commands that show something."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from git_ctx.model import Ask, Context, EventName, FileStates, Item, Prompt, Reply, Request, Save, Scope
    from git_ctx.porcelain.forks import Forked


def count(number: int, thing: str, things: str | None = None) -> str:
    """'1 prompt', '1,200 prompts'; `things` where the plural is not in s."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def heading(text: str) -> str:
    """In yellow where there are colours, as git shows commits."""
    return styled(text, fg="yellow")


def faint(text: str) -> str:
    """What stands back behind the rest, where there are colours."""
    return styled(text, dim=True)


def styled(text: str, **style: Any) -> str:
    """As `click.style` has it, where there are colours."""
    import click

    from git_ctx.cli import terminal

    return click.style(text, **style) if terminal.coloured() else text


def time(when: datetime) -> str:
    """As git's `--date=iso`, to the minute."""
    return when.strftime("%Y-%m-%d %H:%M %z")


def title(text: str, columns: int = 72) -> str:
    """The first line of a text, safe for a terminal and cut to fit."""
    from git_ctx.safety.text import one_line, truncate

    return truncate(one_line(text.strip().partition("\n")[0]), columns)


def summary(context: "Context") -> str:
    """'full context: 19,873 of 20,000 tokens, 14 files shown, 20 named'."""
    from git_ctx.safety.text import escape

    named = sum(item.form == "line" for item in context.items)
    files = f"{count(len(context.items) - named, 'file')} shown" + (f", {named} named" if named else "")
    steered = f", with {escape(str(context.scope), '')}" if str(context.scope) else ""
    return f"{context.kind} context: {context.tokens:,} of {context.budget:,} tokens, {files}{steered}"


def then(replies: int, requests: int) -> str:
    """'1 reply, 2 requests'; '' where there is neither."""
    said = [f"{replies:,} {'reply' if replies == 1 else 'replies'}"] if replies else []
    return ", ".join([*said, *([count(requests, "request")] if requests else [])])


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as what is in them; the last one runs free."""
    from git_ctx.safety.text import width

    sizes = [[width(cell) for cell in row[:-1]] for row in rows]
    widths = [max(column) for column in zip(*sizes, strict=True)]
    lines = (
        "  ".join(
            [*(cell + " " * (w - n) for cell, n, w in zip(row[:-1], size, widths, strict=True)), row[-1]]
        ).rstrip()
        for row, size in zip(rows, sizes, strict=True)
    )
    return "\n".join(lines) + "\n"


def moment(event: "EventName", entry: "Prompt | Save") -> list[str]:
    """A prompt or a save in lines: who, when, on what, and the text."""
    from git_ctx.model import Save
    from git_ctx.safety.text import escape

    text = entry.message if isinstance(entry, Save) else entry.text
    when = entry.saved_at if isinstance(entry, Save) else entry.asked_at
    lines = [
        heading(f"{event.type} #{event.clock} {event.id}"),
        f"Author: {escape(entry.author, '')}",
        f"Date:   {time(when)}",
        f"Base:   {entry.base or '(no commit yet)'}"
        + (f" on {escape(entry.branch, '')}" if entry.branch else ""),
    ]
    if isinstance(entry, Save) and entry.restored:
        lines.append(f"Files of: {entry.restored}")
    if text:
        lines += ["", *(f"    {line}".rstrip() for line in escape(text).split("\n"))]
    return lines


def moment_json(entry: "Prompt | Save") -> dict[str, Any]:
    """Under `prompt` or `save`; the other is null."""
    from git_ctx.model import Save

    if isinstance(entry, Save):
        return {"prompt": None, "save": save_json(entry)}
    return {"prompt": prompt_json(entry), "save": None}


def save_json(save: "Save") -> dict[str, Any]:
    return {
        "id": save.id,
        "message": save.message,
        "saved_at": save.saved_at.isoformat(timespec="seconds"),
        "author": save.author,
        "branch": save.branch,
        "base": save.base,
        "snapshot": save.snapshot,
        "restored": save.restored,
    }


def forked(fork: "Forked") -> str:
    """'demo@alt goes on from demo@main at #3'."""
    at = f" at #{fork.at.clock}" if fork.at else ""
    return f"session branch '{fork.branch}' goes on from '{fork.source}'{at}"


def no_context(prompt: "Prompt | None") -> str:
    """Why a prompt has none: it was imported, or its run was cut off."""
    return "no context: imported" if prompt and prompt.imported else "no context: cut off"


def prompt_json(prompt: "Prompt") -> dict[str, Any]:
    told = prompt.imported
    return {
        "id": prompt.id,
        "text": prompt.text,
        "asked_at": prompt.asked_at.isoformat(timespec="seconds"),
        "author": prompt.author,
        "branch": prompt.branch,
        "base": prompt.base,
        "snapshot": prompt.snapshot,
        "redacted": list(prompt.redacted),
        **({"imported": {"agent": told.agent, "conversation": told.conversation}} if told else {}),
    }


def context_json(context: "Context") -> dict[str, Any]:
    return {
        "kind": context.kind,
        "conversation": context.conversation,
        "after": context.after,
        "budget": context.budget,
        "tokens": context.tokens,
        "format": context.format,
        "scope": scope_json(context.scope),
        "sections": dict(context.sections),
        "items": [item_json(item) for item in context.items],
    }


def scope_json(scope: "Scope") -> dict[str, Any]:
    return {
        "exclude": list(scope.exclude),
        "include": list(scope.include),
        "languages": list(scope.languages),
        "changed": scope.changed,
        "tests": scope.tests,
    }


def item_json(item: "Item") -> dict[str, Any]:
    return {
        "path": item.path,
        "oid": item.oid,
        "form": item.form,
        "tokens": item.tokens,
        "reasons": list(item.reasons),
        "lines": [list(span) for span in item.lines],
    }


def ask(ask: "Ask") -> str:
    """'file src/app.py:10-40'."""
    from git_ctx.safety.text import one_line

    return f"{ask.kind} {one_line(ask.what)}".rstrip()


def ask_json(ask: "Ask") -> dict[str, Any]:
    return {"kind": ask.kind, "what": ask.what, "reply": ask.reply}


def reply_json(reply: "Reply") -> dict[str, Any]:
    return {
        "id": reply.id,
        "prompt": reply.prompt,
        "conversation": reply.conversation,
        "replied_at": reply.replied_at.isoformat(timespec="seconds"),
        "author": reply.author,
        "text": reply.text,
        "redacted": list(reply.redacted),
        "asks": [ask_json(ask) for ask in reply.asks],
    }


def request_json(request: "Request") -> dict[str, Any]:
    return {
        "id": request.id,
        "prompt": request.prompt,
        "conversation": request.conversation,
        "asked_at": request.asked_at.isoformat(timespec="seconds"),
        "author": request.author,
        "asks": [ask_json(ask) for ask in request.asks],
        "snapshot": request.snapshot,
        "budget": request.budget,
        "tokens": request.tokens,
        "format": request.format,
        "items": [item_json(item) for item in request.items],
    }


def files_json(files: "FileStates") -> list[dict[str, Any]]:
    return [
        {
            "path": state.path,
            "mode": f"{state.mode:o}" if state.mode is not None else None,
            "oid": state.oid,
            "withheld": state.withheld,
        }
        for state in files.states
    ]
