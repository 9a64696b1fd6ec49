"""git ctx reopen"""

import click

from git_ctx.cli import options


@click.command()
@click.argument("session", metavar="SESSION")
@options.json
def command(session: str, as_json: bool) -> None:
    """Take up a session again that has ended or was archived.

    SESSION is NAME@BRANCH, or NAME where only one branch of it is closed or one belongs to this git branch.
    """
    from git_ctx import clock
    from git_ctx.cli import closing
    from git_ctx.porcelain.life import reopen
    from git_ctx.store import discover

    done = reopen(discover.find(), session, clock.now())
    closing.tell(done, "Reopened", as_json)
