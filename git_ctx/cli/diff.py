"""git ctx diff"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.diff import Compared
    from git_ctx.porcelain.look import Said
    from git_ctx.store.repo import Repo


@click.command(cls=options.WithPaths)
@click.argument("revisions", nargs=-1, metavar="[REV [REV]] [-- PATH...]")
@options.session
@click.option("--stat", "how", flag_value="--stat", help="How much changed in each file.")
@click.option("--name-status", "how", flag_value="--name-status", help="The files, and what became of them.")
@click.option("--name-only", "how", flag_value="--name-only", help="The files alone.")
@click.option("--prompts", is_flag=True, help="What was asked and answered in between.")
@options.json
def command(
    revisions: tuple[str, ...],
    session: str | None,
    how: str | None,
    prompts: bool,
    as_json: bool,
    paths: tuple[str, ...],
) -> None:
    """Compare the files of two prompts or saves, or of one and the work tree.

    Without REV it is the last one and the work tree. git shows the difference as it shows any other, by
    its configuration. What was withheld, then or now, cannot be compared and is named.
    """
    from git_ctx.cli import output
    from git_ctx.cli.terminal import paged
    from git_ctx.porcelain.diff import compared
    from git_ctx.store import discover

    at = discover.find()
    with compared(at, session, revisions, paths) as found:
        if as_json:
            output.json(_as_json(found))
            return
        for path, reason in sorted(found.withheld.items()):
            output.say(f"warning: not compared '{path}': {reason}")
        with paged(at, "diff"):
            if prompts:
                output.result("\n".join(map(_said, found.said())))
            else:
                _files(at, found, how)


def _files(at: "Repo", found: "Compared", how: str | None) -> None:
    from git_ctx.cli import output, terminal

    colour = "--color=always" if terminal.coloured() else "--color=never"
    output.raw(found.shown(colour, *([how] if how else [])))


def _said(one: "Said") -> str:
    from git_ctx.cli import words
    from git_ctx.safety.text import escape

    head = words.heading(f"{'prompt' if one.asked else 'reply'} #{one.event.clock} {one.event.id}")
    lines = (f"    {line}".rstrip() for line in escape(one.text).strip("\n").split("\n"))
    return "\n".join([head, "", *lines, ""])


def _as_json(found: "Compared") -> dict[str, object]:
    return {
        "old": {"event": found.old.event.clock, "id": found.old.event.id},
        "new": {"event": found.new.event.clock, "id": found.new.event.id} if found.new else None,
        "changes": [
            {"status": letter, "path": path, "old_path": old} for letter, old, path in found.changes()
        ],
        "said": [
            {
                "event": one.event.clock,
                "id": one.event.id,
                "kind": "prompt" if one.asked else "reply",
                "text": one.text,
            }
            for one in found.said()
        ],
        "withheld": [{"path": path, "reason": reason} for path, reason in sorted(found.withheld.items())],
    }
