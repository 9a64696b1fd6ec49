"""git ctx rename"""

import click

from git_ctx.cli import options


@click.command()
@click.argument("new", metavar="NEW")
@click.argument("session", required=False, metavar="[SESSION]")
@options.json
def command(new: str, session: str | None, as_json: bool) -> None:
    """Give a session another name: the one named SESSION, or the current one, with all of its branches.

    It stays the same session: its id, its prompts and its reflogs. Remotes and other clones keep the name
    that they know.
    """
    from git_ctx.cli import output, words
    from git_ctx.porcelain.tending.keep import rename
    from git_ctx.store import discover

    done = rename(discover.find(), new, session)
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
