"""git ctx rename"""

import click

from git_ctx.cli import options


@click.command()
@click.argument("session", required=False, metavar="[SESSION]")
@click.argument("new", required=False, metavar="NEW")
@options.json
def command(session: str | None, new: str | None, as_json: bool) -> None:
    """Give a session another name: the one named SESSION, or the current one, with all of its branches.

    It stays the same session: its id, its prompts and its reflogs, which begin anew where git keeps
    refs in tables (reftable). Remotes and other clones keep the name that they know.
    """
    from git_ctx.cli import output, words
    from git_ctx.porcelain.tending.keep import rename
    from git_ctx.store import discover

    old, name = (None, session) if new is None else (session, new)
    if name is None:
        raise click.UsageError("missing argument 'NEW'")
    done = rename(discover.find(), name, old)
    if as_json:
        output.json(
            {
                "session": done.name,
                "before": done.session.name,
                "branches": [one.branch.branch for one in done.session.branches],
            }
        )
        return
    branches = words.count(len(done.session.branches), "branch", "branches")
    output.result(f"Renamed session '{done.session.name}' to '{done.name}' ({branches}).")
    for remote in done.session.remotes:
        output.say(f"note: '{remote}' has it as '{done.session.name}'; a push makes '{done.name}' beside it")
