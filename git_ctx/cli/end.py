"""git ctx end"""

import click

from git_ctx.cli import closing, options


@click.command()
@click.argument("session", required=False, metavar="[SESSION]", envvar="GIT_CTX_SESSION")
@options.json
def command(session: str | None, as_json: bool) -> None:
    """End a session: its work is done. It stays readable, takes no more prompts, and is never current.

    SESSION is NAME@BRANCH, or NAME for all of its branches; without it, the current session branch ends.
    'git ctx reopen' takes it up again. Its snapshots are kept for as long as ctx.retention says.
    """
    closing.close((session,) if session else (), "ended", as_json)
