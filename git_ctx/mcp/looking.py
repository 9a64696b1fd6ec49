"""The tools that look at sessions: search, status, log, show."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from git_ctx.errors import CtxError
from git_ctx.mcp import schema
from git_ctx.mcp.answer import Answer, excerpt, listed, part, plain_text
from git_ctx.mcp.asking import SESSION
from git_ctx.mcp.tool import Call, Tool
from git_ctx.model import Reply, Save

if TYPE_CHECKING:
    from git_ctx.api import Project
    from git_ctx.model import Context, EventName, Request
    from git_ctx.porcelain.look import Logged

REVISION = schema.text(
    "@ is the last prompt or save, @~2 two before it, NAME@BRANCH the last of another session, #12 an "
    "event's number; or four characters or more of an id.",
    400,
)


def search(call: Call) -> Answer:
    found = call.project.search(
        call.given["text"], call.get("number", 20), contexts=call.get("contexts", False), session=call.where
    )
    rows = [
        {"place": hit.place, "kind": hit.found.source.partition(".")[0], "excerpt": hit.excerpt}
        for hit in found.hits
    ]
    return listed("hits", rows, count=found.count, every_term=found.every)


def status(call: Call) -> Answer:
    found = call.project.status(session=call.where)
    return listed(
        "changed",
        [{"status": one.status, "path": one.path} for one in found.changed],
        session=found.branch.session,
        branch=found.branch.branch,
        state=found.state,
        prompts=found.prompts,
        last_prompt=excerpt(found.last.text) if found.last else None,
        pins=list(found.pins),
        principles=found.guidance,
    )


def log(call: Call) -> Answer:
    return history(call.project, call.where, call.get("number", 20))


def history(project: "Project", session: str | None, number: int) -> Answer:
    """The last prompts and saves of a session."""
    return listed("events", [_row(one) for one in project.log(number, session=session)])


def _row(one: "Logged") -> dict[str, Any]:
    entry = one.prompt or one.save
    text = entry.message if isinstance(entry, Save) else entry.text if entry else ""
    return {
        "event": one.event.clock,
        "id": one.event.id,
        "kind": one.event.type,
        "when": _when(entry.saved_at if isinstance(entry, Save) else entry.asked_at) if entry else None,
        "author": entry.author if entry else None,
        "text": excerpt(text) or (f"cannot be read: {one.problem}" if one.problem else ""),
        "sent": _sent(one.context) if one.context else None,
        "replies": one.replies,
        "requests": one.requests,
    }


def _sent(context: "Context") -> str:
    return f"{context.kind} context: {context.tokens:,} tokens, {len(context.items):,} files"


def _when(when: datetime) -> str:
    return when.isoformat(timespec="seconds")


def show(call: Call) -> Answer:
    revision = call.get("revision", "@")
    return part(_PARTS[call.get("part", "text")](call, revision), call.get("offset", 0))


def _text(call: Call, revision: str) -> str:
    shown = call.project.show(revision, session=call.where)
    entry = shown.entry
    when = entry.saved_at if isinstance(entry, Save) else entry.asked_at
    lines = [
        f"{shown.event.type} #{shown.event.clock} {shown.event.id}",
        f"by {entry.author}, {_when(when)}",
        f"on {entry.branch or 'a detached HEAD'} at {entry.base or 'no commit'}",
        *([_sent(shown.context)] if shown.context else []),
        "",
        entry.message if isinstance(entry, Save) else entry.text,
    ]
    if shown.context and shown.context.items:
        lines += [
            "",
            "Files that it was given:",
            *(f"- {one.path} ({one.form})" for one in shown.context.items),
        ]
    states = shown.files.states if shown.files else ()
    if states:
        lines += ["", "Files that differed from the commit:"]
        lines += [
            f"- {one.path}"
            + (f" (withheld: {one.withheld})" if one.withheld else "" if one.oid else " (deleted)")
            for one in states
        ]
    return plain_text("\n".join(lines) + "\n")


def context(call: Call, revision: str) -> str:
    """The exact content that was sent. A save has none, nor has a prompt whose run was cut off."""
    shown = call.project.show(revision, session=call.where)
    if shown.content is None:
        raise CtxError(f"{shown.event.type} #{shown.event.clock} has no context")
    return shown.content.decode("utf-8", "replace")


def _after(call: Call, revision: str) -> str:
    told = [_told(event, one) for event, one in call.project.after(revision, session=call.where)]
    return plain_text("\n".join(told)) if told else "nothing was asked for or answered after it\n"


def _told(event: "EventName", one: "Reply | Request") -> str:
    if isinstance(one, Reply):
        return f"reply #{event.clock}, recorded by {one.author}, {_when(one.replied_at)}\n\n{one.text}\n"
    asked = "\n".join(f"{ask.kind} {ask.what}" for ask in one.asks)
    return f"request #{event.clock}, {_when(one.asked_at)}: {one.tokens:,} tokens were given\n\n{asked}\n"


_PARTS = {"text": _text, "context": context, "after": _after}

TOOLS = (
    Tool(
        name="search",
        title="Search what was asked and answered",
        about="Search everything that was asked, answered and saved in this repository, in all sessions, the "
        "best first. Use it to learn why something was done, or whether it was tried before.",
        takes=schema.takes(
            "text",
            text=schema.text('Words, and "phrases" in double quotes.', 4000),
            number=schema.number("How many at most.", 100, 20),
            contexts=schema.flag("In what was sent along with the prompts, too."),
            session=SESSION,
        ),
        gives=schema.gives(
            hits=schema.rows(place="string", kind="string", excerpt="string"),
            count="integer",
            every_term="boolean",
            left_out="integer",
        ),
        run=search,
    ),
    Tool(
        name="status",
        title="Where the session stands",
        about="Show the current session, and which files have changed since its last prompt.",
        takes=schema.takes(session=SESSION),
        gives=schema.gives(
            session="string",
            branch="string",
            state="string",
            prompts="integer",
            last_prompt="string?",
            pins="array",
            principles="integer",
            changed=schema.rows(status="string", path="string"),
            left_out="integer",
        ),
        run=status,
    ),
    Tool(
        name="log",
        title="The prompts of a session",
        about="List the last prompts and saves of a session, newest first; 'show' has all of one.",
        takes=schema.takes(number=schema.number("How many.", 200, 20), session=SESSION),
        gives=schema.gives(
            events=schema.rows(
                event="integer",
                id="string",
                kind="string",
                when="string?",
                author="string?",
                text="string",
                sent="string?",
                replies="integer",
                requests="integer",
            ),
            left_out="integer",
        ),
        run=log,
    ),
    Tool(
        name="show",
        title="One prompt of a session",
        about="Show one prompt or save: its text and files, the context that it was given, or what came "
        "after it.",
        takes=schema.takes(
            revision=REVISION | {"default": "@"},
            part=schema.choice(
                "text: what was asked, and the files. context: the exact context. after: replies and "
                "requests.",
                *_PARTS,
                default="text",
            ),
            offset=schema.number(
                "Go on from this character, where an answer was cut.", 1_000_000_000, 0, least=0
            ),
            session=SESSION,
        ),
        run=show,
    ),
)
