"""git ctx export"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.store.repo import Repo

FORMS = ["bundle", "markdown", "html", "json"]
SUFFIXES = {".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".json": "json"}


@click.command()
@click.argument("session", required=False, envvar="GIT_CTX_SESSION")
@click.option("-o", "--output", "target", type=click.Path(), metavar="FILE", help="Write it to FILE.")
@click.option("--format", "form", type=click.Choice(FORMS), help="Default: what FILE is called.")
@click.option("--contexts/--no-contexts", default=None, help="The exact contexts that were sent.")
@click.option("--diffs/--no-diffs", default=None, help="What changed in the files between the prompts.")
@options.files
@click.option("--allow-secret", is_flag=True, help="Write it even with what looks like a secret.")
def command(
    session: str | None,
    target: str | None,
    form: str | None,
    contexts: bool | None,
    diffs: bool | None,
    files: bool,
    allow_secret: bool,
) -> None:
    """Write a session to a file or to standard output.

    SESSION is a name, for all its branches, or NAME@BRANCH; by default the current session.

    A bundle holds everything. 'git bundle verify' checks it, 'git ctx import' takes it in again. With
    --files it holds the snapshots, too, and the history of the code that they stand on. JSON holds everything
    but the snapshots, for other programs; 'git ctx import' takes it in again.

    Markdown is a transcript for a review, HTML a page for the browser. The page has contexts and diffs unless
    you say no, the transcript where you say so.

    What looks like a secret is taken out of what is read, and keeps the others from being written.

    A FILE called *.md, *.html or *.json has its format by that, any other is a bundle; standard output gets
    Markdown.
    """
    from git_ctx.errors import UsageError
    from git_ctx.store import discover

    at = discover.find()
    form = form or _usual(target)
    if files and form != "bundle":
        raise UsageError("--files goes with a bundle", "git ctx export --files -o FILE.bundle")
    if form in ("bundle", "json") and (contexts is not None or diffs is not None):
        raise UsageError("--contexts and --diffs go with Markdown and HTML; the others hold everything")
    if form == "bundle":
        _bundle(at, session, target, files, allow_secret)
    elif form == "json":
        _json(at, session, target, allow_secret)
    else:
        _told(at, session, target, form, contexts, diffs)


def _usual(target: str | None) -> str:
    from pathlib import PurePath

    return "markdown" if target is None else SUFFIXES.get(PurePath(target).suffix.lower(), "bundle")


def _bundle(at: "Repo", session: str | None, target: str | None, files: bool, allow_secret: bool) -> None:
    from pathlib import Path

    from git_ctx.cli import output
    from git_ctx.errors import UsageError
    from git_ctx.porcelain.sharing.bundles import export

    if target is None:
        raise UsageError("a bundle goes to a file", "name it with -o FILE")
    for branch in export(at, session, Path(target), files=files, allow_secret=allow_secret):
        output.say(f"exported {branch}")


def _json(at: "Repo", session: str | None, target: str | None, allow_secret: bool) -> None:
    from git_ctx.porcelain.sharing.bundles import as_json

    _write(target, lambda: as_json(at, session, allow_secret=allow_secret).decode())


def _told(
    at: "Repo", session: str | None, target: str | None, form: str, contexts: bool | None, diffs: bool | None
) -> None:
    from git_ctx.cli import output
    from git_ctx.porcelain import view
    from git_ctx.porcelain.story import Wish

    usual = form == "html"
    wish = Wish(
        contents=usual if contexts is None else contexts,
        changes=usual if diffs is None else diffs,
    )

    def text() -> str:
        made = (view.page if form == "html" else view.markdown)(at, session, wish)
        if made.redacted:
            output.say(f"warning: taken out, as it looks like a secret: {', '.join(made.redacted)}")
        return "".join(made.text)

    _write(target, text)


def _write(target: str | None, made: Callable[[], str]) -> None:
    from git_ctx.cli import output

    if target is None:
        output.content(made())
    else:
        file = output.Target(target)  # before the work is done: it may not be writable
        file.write(made())
        output.say(f"wrote '{target}'")
