"""git ctx list"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.session import Row


@click.command()
@click.option("-a", "--all", "everything", is_flag=True, help="Ended and archived sessions too.")
@click.option("--remote", "of", flag_value="", is_flag=False, metavar="[NAME]", help="Those of a remote.")
@options.json
def command(everything: bool, of: str | None, as_json: bool) -> None:
    """List the sessions of this repository, the last used first. '*' marks the current one.

    With --remote, the sessions that a remote had at the last fetch, and how those here stand to them.
    """
    from git_ctx.cli import output
    from git_ctx.porcelain.session import elsewhere, listing
    from git_ctx.store import discover

    if of is not None:
        from git_ctx.cli.mirrored import show

        show(of or None, everything, as_json)
        return
    at = discover.find()
    rows = listing(at, everything)
    if as_json:
        output.json({"sessions": [_as_json(row) for row in rows]})
    elif rows:
        output.result(_listed(rows))
    else:
        output.say(_NONE[elsewhere(at)])


_NONE = {
    "": "no sessions yet; begin one with 'git ctx start'",
    "--all": "no open session; 'git ctx list --all' has those that are closed",
    "--remote": "no sessions here yet; 'git ctx list --remote' has those of a remote",
}


def _as_json(row: "Row") -> dict[str, object]:
    one = row.listed
    return {
        "session": one.branch.session,
        "branch": one.branch.branch,
        "id": one.session,
        "current": row.current,
        "state": row.state,
        "prompts": one.prompts,
        "updated": one.updated.isoformat(timespec="seconds"),
        "title": row.title,
        "subject": one.subject,
        "tip": one.tip,
        "problem": one.problem,
    }


def _listed(rows: "Sequence[Row]") -> str:
    from git_ctx.cli import words
    from git_ctx.safety.text import escape

    return words.table(
        [
            [
                "*" if row.current else " ",
                escape(str(row.listed.branch), ""),
                escape(row.state, ""),
                words.count(row.listed.prompts, "prompt"),
                words.time(row.listed.updated),
                words.title(row.listed.problem or row.title, 60),
            ]
            for row in rows
        ]
    )
