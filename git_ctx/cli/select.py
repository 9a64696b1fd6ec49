"""git ctx select"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.merge import Choice


@click.command()
@click.argument("branch", required=False, metavar="[BRANCH]")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@options.session
@options.json
def command(branch: str | None, yes: bool, session: str | None, as_json: bool) -> int:
    """Choose one of several branches that were made to try things out, by default the current one.

    It is merged into the session branch that it was made from, and the others that were made from the
    same place are archived; 'git ctx reopen' brings one back. The code is left alone: 'git merge' merges it.
    """
    from git_ctx import clock
    from git_ctx.cli import merge, output
    from git_ctx.cli.confirm import confirm
    from git_ctx.porcelain.merge import choice, select
    from git_ctx.store import discover

    at = discover.find()
    made = choice(at, branch, session)
    if made.siblings and not confirm(_question(made), f"archiving {_others(made)}", yes):
        output.say("nothing was changed")
        return 1
    done = select(at, made, clock.now())
    if as_json:
        output.json({**merge.as_plain(done.merged), "archived": [str(one) for one in done.archived]})
        return 0
    output.result(merge.told(done.merged))
    for one in done.archived:
        output.result(f"Archived session '{one}'.")
    if done.code:
        output.say(_hint(made))
    return 0


def _question(made: "Choice") -> str:
    from git_ctx.safety.text import one_line

    return one_line(f"Merge '{made.chosen.branch}' into '{made.into.branch}' and archive {_others(made)}?")


def _others(made: "Choice") -> str:
    from git_ctx.cli import words

    return ", ".join(f"'{one.branch}' ({words.count(one.prompts, 'prompt')})" for one in made.siblings)


def _hint(made: "Choice") -> str:
    from shlex import quote

    chosen, into = (quote(one.branch.branch) for one in (made.chosen, made.into))
    return f"hint: for the code: git switch {into} && git merge {chosen}"
