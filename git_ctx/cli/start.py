"""git ctx start"""

import click

from git_ctx.cli import options


@click.command()
@click.argument("name", required=False)
@options.json
def command(name: str | None, as_json: bool) -> None:
    """Begin a session on this branch, and make it the current one.

    Without NAME the session is named after the branch. Prompts that follow on this branch go to it.
    """
    from git_ctx import clock
    from git_ctx.cli import output
    from git_ctx.porcelain.session import start
    from git_ctx.store import discover

    started = start(discover.find(), name, clock.now())
    if as_json:
        output.json(
            {"session": started.branch.session, "branch": started.branch.branch, "id": started.session.id}
        )
        return
    output.result(f"Started session '{started.branch.session}' on branch '{started.branch.branch}'.")
    if started.before:
        output.say(f"note: until now the current session here was '{started.before}'; it stays as it is")
    output.say('hint: git ctx prompt "what you want done"')
