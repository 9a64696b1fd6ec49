"""git ctx export"""

import click

from git_ctx.cli import options


@click.command()
@click.argument("session", required=False)
@click.option(
    "-o", "--output", "target", required=True, type=click.Path(), metavar="FILE", help="Write it to FILE."
)
@click.option("--format", "form", type=click.Choice(["bundle"]), default="bundle", show_default=True)
@options.files
def command(session: str | None, target: str, form: str, files: bool) -> None:
    """Write a session, with all its branches, to a file.

    A bundle holds everything. 'git bundle verify' checks it, 'git ctx import' takes it in again. With
    --files it holds the snapshots, too, and the history of the code that they stand on.
    """
    from pathlib import Path

    from git_ctx.cli import output
    from git_ctx.porcelain.bundles import export
    from git_ctx.store import repo

    for branch in export(repo.find(), session, Path(target), files=files):
        output.say(f"exported {branch}")
