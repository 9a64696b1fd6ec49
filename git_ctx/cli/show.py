"""git ctx show"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.errors import CtxError
    from git_ctx.model import Context, EventName, FileStates, Reply, Request
    from git_ctx.porcelain.look import Shown
    from git_ctx.store.repo import Repo


@click.command()
@click.argument("revision", default="@", metavar="[REV]")
@options.session
@click.option("--context", "part", flag_value="context", help="The exact content that was sent.")
@click.option("--tokens", "part", flag_value="tokens", help="Where the budget of the context went.")
@click.option("--files", "part", flag_value="files", help="The files that differed from the base commit.")
@click.option("--requests", "part", flag_value="requests", help="What was answered and asked for after it.")
@options.copy
@options.json
def command(revision: str, session: str | None, part: str | None, copied: bool, as_json: bool) -> int:
    """Show one prompt or save: its text, its context, its files, and what came of it.

    REV is '@' (the last one), '@~2' (two before it), NAME@BRANCH, '#12' (an event number), or four or
    more characters of a commit's or event's id.
    """
    from git_ctx.cli import output
    from git_ctx.errors import UsageError
    from git_ctx.porcelain import moment
    from git_ctx.porcelain.beside import beside, latest
    from git_ctx.porcelain.look import show
    from git_ctx.store import discover

    if copied and (part != "context" or as_json):
        raise UsageError("--copy goes with --context", "git ctx show --context --copy [REV]")
    at = discover.find()
    found, event = moment.find(at, session, revision)
    tip = latest(at, session, found, event)
    if part == "requests":
        _requests(at, tip, list(beside(at, tip, event)), as_json)
        return 0
    shown = show(at, found.commit, event)
    if part == "tokens":
        _spent(shown, as_json)
    elif as_json:
        output.json(_as_json(shown, part))
    elif copied:
        from git_ctx.cli import clipboard

        return clipboard.deliver(_content(shown))
    elif part == "context":
        output.content(_content(shown))
    elif part == "files":
        output.result(_files(shown.files))
    else:
        output.result(_whole(shown, [later.type for later, _ in beside(at, tip, event)]))
    return 0


def _requests(at: "Repo", tip: str, found: "list[tuple[EventName, Request | Reply]]", as_json: bool) -> None:
    from git_ctx.cli import output, words
    from git_ctx.model import Reply
    from git_ctx.porcelain.beside import given

    if as_json:
        rows = []
        for event, one in found:
            if isinstance(one, Reply):
                rows.append({"event": event.clock, "type": "reply", **words.reply_json(one)})
            else:
                content = (given(at, tip, event, one) or b"").decode("utf-8", "replace")
                rows.append(
                    {"event": event.clock, "type": "request", **words.request_json(one), "content": content}
                )
        output.json({"requests": rows})
    elif found:
        output.result("\n".join(_beside(event, one) for event, one in found))
    else:
        output.say("nothing was asked for or answered after it")


def _beside(event: "EventName", one: "Request | Reply") -> str:
    from git_ctx.cli import words
    from git_ctx.model import Reply
    from git_ctx.safety.text import escape

    head = words.heading(f"{event.type} #{event.clock} {event.id}")
    if isinstance(one, Reply):
        when, text = one.replied_at, escape(one.text)
    else:
        when, text = one.asked_at, "\n".join(map(words.ask, one.asks))
    body = "\n".join(f"    {line}".rstrip() for line in text.split("\n"))
    lines = [head, f"Author: {escape(one.author, '')}", f"Date:   {words.time(when)}"]
    if not isinstance(one, Reply):
        files = words.count(len({item.path for item in one.items}), "file")
        lines.append(f"Given:  {one.tokens:,} of {one.budget:,} tokens, {files}")
        if one.items:
            return "\n".join([*lines, "", body, "", _items(one)])
    return "\n".join([*lines, "", body, ""])


def _content(shown: "Shown") -> str:
    if shown.content is None:
        raise _none(shown)
    return shown.content.decode("utf-8", "surrogateescape")


def _spent(shown: "Shown", as_json: bool) -> None:
    from git_ctx.cli import output, spent, words

    if shown.context is None:
        raise _none(shown)
    if as_json:
        output.json({"event": shown.event.clock, **spent.spent_json(shown.context)})
    else:
        output.result(f"{words.summary(shown.context)}\n\n{spent.report(shown.context)}")


def _none(shown: "Shown") -> "CtxError":
    from git_ctx.errors import CtxError

    imported = shown.event.type == "prompt" and getattr(shown.entry, "imported", None)
    why = "it was imported" if imported else "its run was cut off"
    what = "" if shown.event.type == "save" else f": {why}"
    return CtxError(f"{shown.event.type} #{shown.event.clock} has no context{what}")


def _as_json(shown: "Shown", part: str | None) -> dict[str, object]:
    """A prompt or save, or a part of it."""
    from git_ctx.cli import words

    named: dict[str, object] = {"event": shown.event.clock, "id": shown.event.id}
    content = {
        "context": words.context_json(shown.context) if shown.context else None,
        "content": shown.content.decode("utf-8", "replace") if shown.content is not None else None,
    }
    files = {"files": words.files_json(shown.files) if shown.files else None}
    if part == "context":
        return named | content
    if part == "files":
        return named | files
    return {**named, **words.moment_json(shown.entry), **content, **files}


def _whole(shown: "Shown", later: list[str]) -> str:
    from git_ctx.cli import words

    lines = [*words.moment(shown.event, shown.entry), ""]
    if shown.context:
        lines += [words.summary(shown.context), "", _items(shown.context)]
    if then := words.then(later.count("reply"), later.count("request")):
        lines.append(f"then {then}: git ctx show --requests\n")
    files = _files(shown.files)
    return "\n".join(lines) + (f"\nfiles that differed from the base:\n{files}" if files else "")


def _items(context: "Context | Request") -> str:
    from git_ctx.cli import words
    from git_ctx.safety.text import escape

    rows = [
        [f"{item.tokens:>6,}", item.form, escape(item.path, ""), escape("; ".join(item.reasons[:2]), "")]
        for item in context.items
    ]
    return words.table(rows) if rows else ""


def _files(files: "FileStates | None") -> str:
    from git_ctx.cli import words
    from git_ctx.safety.text import escape

    rows = []
    for state in files.states if files else ():
        what = (
            f"withheld: {escape(state.withheld, '')}"
            if state.withheld
            else state.oid[:10]
            if state.oid
            else "deleted"
        )
        rows.append([escape(state.path, ""), what])
    return words.table(rows) if rows else ""
