"""git ctx import"""

import click

from git_ctx.cli import options


@click.command()
@click.argument("source", metavar="FILE", type=click.Path())
@options.json
def command(source: str, as_json: bool) -> int:
    """Take in the sessions of a bundle, or of JSON, that 'git ctx export' wrote.

    Every object is checked. A session that is here already is united with what the bundle has of it.
    """
    from datetime import datetime
    from pathlib import Path

    from git_ctx.cli import output
    from git_ctx.porcelain.bundles import import_
    from git_ctx.safety.text import one_line
    from git_ctx.store import repo

    done = import_(repo.find(), Path(source), datetime.now().astimezone())
    if as_json:
        rows = [{"session": one.session, "branch": one.branch} for one in done.branches]
        output.json({"sessions": rows, "problems": dict(done.problems)})
    else:
        for branch in done.branches:
            output.result(one_line(f"{branch}: {'up to date' if branch in done.known else 'imported'}"))
        for name, why in done.problems.items():
            output.say(f"warning: '{name}' was left out: {why}")
    return int(bool(done.problems))
