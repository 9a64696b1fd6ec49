"""git ctx archive"""

import click

from git_ctx.cli import closing, options


@click.command()
@click.argument("sessions", nargs=-1, metavar="[SESSION]...")
@options.json
def command(sessions: tuple[str, ...], as_json: bool) -> None:
    """Put sessions aside: readable, but closed to prompts and out of the list.

    SESSION is NAME@BRANCH, or NAME for all of its branches; without any, it is the current session branch.
    'git ctx reopen' brings one back.
    """
    closing.close(sessions, "archived", as_json)
