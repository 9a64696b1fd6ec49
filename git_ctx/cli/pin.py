"""git ctx pin"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.pins import Changed, Listed


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH | GLOB]...")
@options.session
@options.json
def command(paths: tuple[str, ...], session: str | None, as_json: bool) -> None:
    """Pin files: they come first in every context of the session, whatever is asked. Without PATH, list them.

    A folder stands for all files in it. A GLOB in quotes ('src/*.py', '**/*.sql') goes on matching files that
    come later; as in git, '*' matches '/' too. Pins are part of the session: what others pin adds up.
    """
    from git_ctx import clock
    from git_ctx.porcelain.pins import listing, pin
    from git_ctx.store import discover

    at = discover.find()
    if paths:
        _told(pin(at, paths, session, clock.now()), as_json)
    else:
        _listed(listing(at, session), as_json)


def _told(done: "Changed", as_json: bool) -> None:
    from git_ctx.cli import output, words

    if done.forked:
        output.say(words.forked(done.forked))
    if as_json:
        rows = [{"path": p, "files": n} for p, n in zip(done.paths, done.files, strict=True)]
        output.json({"session": str(done.branch), "pinned": rows})
        return
    for path, files in zip(done.paths, done.files, strict=True):
        output.result(f"Pinned '{words.title(path, 400)}' ({words.count(files, 'file')}).")
        if not files:
            output.say(f"note: '{path}' is no file now; it counts as soon as it is one")


def _listed(found: "Sequence[Listed]", as_json: bool) -> None:
    from git_ctx.cli import output, words
    from git_ctx.safety.text import escape

    if as_json:
        rows = [{"path": one.pin.path, "author": one.pin.author, "files": one.files} for one in found]
        output.json({"pins": rows})
    elif found:
        cells = [
            [escape(one.pin.path, ""), words.count(one.files, "file"), words.title(one.pin.author, 60)]
            for one in found
        ]
        output.result(words.table(cells))
    else:
        output.say("nothing is pinned")
