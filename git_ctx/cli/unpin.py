"""git ctx unpin"""

import click

from git_ctx.cli import options


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH | GLOB]...")
@click.option("-a", "--all", "everything", is_flag=True, help="Everything that is pinned.")
@options.session
@options.json
def command(paths: tuple[str, ...], everything: bool, session: str | None, as_json: bool) -> None:
    """Unpin what was pinned, under the words that 'git ctx pin' lists."""
    from git_ctx import clock
    from git_ctx.cli import output, words
    from git_ctx.errors import UsageError
    from git_ctx.porcelain.pins import unpin
    from git_ctx.store import discover

    if bool(paths) == everything:
        raise UsageError("give either what to unpin, or --all", "'git ctx pin' lists what is pinned")
    done = unpin(discover.find(), paths, session, clock.now())
    if done.forked:
        output.say(words.forked(done.forked))
    if as_json:
        output.json({"session": str(done.branch), "unpinned": list(done.paths)})
        return
    for path in done.paths:
        output.result(f"Unpinned '{words.title(path, 400)}'.")
    if not done.paths:
        output.say("nothing was pinned")
