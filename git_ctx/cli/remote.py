"""git ctx remote"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.sharing.mirrors import Remote


@click.command()
@click.argument("name", required=False)
@click.option("--prune", is_flag=True, help="Drop what is left of remotes that are gone or were renamed.")
@options.json
def command(name: str | None, prune: bool, as_json: bool) -> None:
    """List the remotes and how many sessions each had at the last fetch. '*' marks the one that is used.

    With NAME, use that remote from now on, where none is named.
    """
    from git_ctx.cli import output
    from git_ctx.porcelain.sharing import mirrors
    from git_ctx.store import discover

    here = discover.find()
    if name is not None:
        mirrors.use(here, name)
    for gone in mirrors.prune(here) if prune else ():
        output.say(f"dropped what was left of '{gone}'")
    found = mirrors.remotes(here)
    if as_json:
        output.json({"remotes": [_as_json(one) for one in found]})
    elif found:
        output.result(_listed(found))
    else:
        output.say("no remotes; add one with 'git remote add NAME URL'")


def _as_json(one: "Remote") -> dict[str, object]:
    return {
        "name": one.name,
        "url": one.url or None,
        "sessions": one.sessions,
        "chosen": one.chosen,
        "gone": one.gone,
    }


def _listed(found: "tuple[Remote, ...]") -> str:
    from git_ctx.cli import words
    from git_ctx.safety.text import escape

    return words.table(
        [
            [
                "*" if one.chosen else " ",
                escape(one.name, ""),
                words.count(one.sessions, "session"),
                "no remote any more" if one.gone else escape(one.url, ""),
            ]
            for one in found
        ]
    )
