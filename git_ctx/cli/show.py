"""git ctx show"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.model import Context, FileStates
    from git_ctx.porcelain.look import Shown


@click.command()
@click.argument("revision", default="@", metavar="[REV]")
@options.session
@click.option("--context", "part", flag_value="context", help="The exact content that was sent.")
@click.option("--files", "part", flag_value="files", help="The files that differed from the base commit.")
@options.json
def command(revision: str, session: str | None, part: str | None, as_json: bool) -> None:
    """Show one prompt or save: its text, its context, its files.

    REV is '@' (the last one), '@~2' (two before it), NAME@BRANCH, '#12' (an event number), or four or
    more characters of a commit's or event's id.
    """
    from git_ctx.cli import output
    from git_ctx.porcelain import moment
    from git_ctx.porcelain.look import show
    from git_ctx.store import repo

    at = repo.find()
    found, event = moment.find(at, session, revision)
    shown = show(at, found.commit, event)
    if as_json:
        output.json(_as_json(shown))
    elif part == "context":
        output.content(_content(shown))
    elif part == "files":
        output.result(_files(shown.files))
    else:
        output.result(_whole(shown))


def _content(shown: "Shown") -> str:
    from git_ctx.errors import CtxError

    if shown.content is None:
        what = "" if shown.event.type == "save" else ": its run was cut off"
        raise CtxError(f"{shown.event.type} #{shown.event.clock} has no context{what}")
    return shown.content.decode("utf-8", "surrogateescape")


def _as_json(shown: "Shown") -> dict[str, object]:
    from git_ctx.cli import words

    return {
        "event": shown.event.clock,
        "id": shown.event.id,
        **words.moment_json(shown.entry),
        "context": words.context_json(shown.context) if shown.context else None,
        "content": shown.content.decode("utf-8", "replace") if shown.content is not None else None,
        "files": words.files_json(shown.files) if shown.files else None,
    }


def _whole(shown: "Shown") -> str:
    from git_ctx.cli import words

    lines = [*words.moment(shown.event, shown.entry), ""]
    if shown.context:
        lines += [words.summary(shown.context), "", _items(shown.context)]
    files = _files(shown.files)
    return "\n".join(lines) + (f"\nfiles that differed from the base:\n{files}" if files else "")


def _items(context: "Context") -> str:
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
        what = f"withheld: {state.withheld}" if state.withheld else state.oid[:10] if state.oid else "deleted"
        rows.append([escape(state.path, ""), what])
    return words.table(rows) if rows else ""
