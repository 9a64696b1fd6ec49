"""git ctx view"""

import click

from git_ctx.cli import options


@click.command()
@click.argument("session", required=False, envvar="GIT_CTX_SESSION")
@click.option("-o", "--output", "target", type=click.Path(), metavar="FILE", help="Write the page to FILE.")
@click.option("--no-open", "closed", is_flag=True, help="Write the page, and do not open it.")
@options.json
def command(session: str | None, target: str | None, closed: bool, as_json: bool) -> None:
    """Look at a session in the browser: what was asked, shown, answered and changed.

    SESSION is a name, for all its branches, or NAME@BRANCH; by default the current session. The page is one
    file that loads nothing, and is readable by you alone unless you give it a place with -o.
    """
    from pathlib import Path

    from git_ctx.cli import browser, output
    from git_ctx.porcelain.story import Wish
    from git_ctx.porcelain.view import keep, page
    from git_ctx.store import discover

    at = discover.find()
    file = output.Target(target) if target is not None else None
    made = page(at, session, Wish())
    if file is None or target is None:
        path = keep(at, made)
    else:
        file.write("".join(made.text))
        path = Path(target).absolute()
    if made.redacted:
        output.say(f"warning: left out of the page, as it looks like a secret: {', '.join(made.redacted)}")
    opened = not closed and browser.show(at, path)
    if as_json:
        output.json({"session": made.session, "path": str(path), "opened": opened})
        return
    output.result(f"{path}\n")
    if not closed and not opened:
        output.say("hint: no browser was found; open that file in one")
