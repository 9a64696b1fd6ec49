"""git ctx guide"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.guide import Guided
    from git_ctx.porcelain.settings import Held

_ABOUT = "What stands above is a principle that the session goes by; without it none is added."


@click.command()
@options.text
@click.option(
    "-F",
    "--file",
    "source",
    type=click.Path(),
    metavar="FILE",
    help="Read the principle from FILE ('-': stdin).",
)
@click.option(
    "-p",
    "--priority",
    type=click.Choice(["high", "normal", "low"]),
    default="normal",
    show_default=True,
    help="Where it stands among the others.",
)
@click.option("--remove", "number", type=options.Count(), metavar="N", help="Withdraw the N-th principle.")
@options.edit
@options.session
@options.json
def command(
    text: tuple[str, ...],
    source: str | None,
    priority: str,
    number: int | None,
    edit: bool,
    session: str | None,
    as_json: bool,
) -> None:
    """Give the session a principle: it stands in every full context, and in the next update as news.

    Without TEXT, list the principles with their numbers. Principles are part of the session: what others ask
    for adds up. What holds for every session belongs into files of the project: .ctx/guidance/NAME.md.
    """
    from typing import cast

    from git_ctx import clock
    from git_ctx.cli.asked import asked
    from git_ctx.errors import UsageError
    from git_ctx.model import Priority
    from git_ctx.porcelain.guide import add, listing, remove
    from git_ctx.store import discover

    now = clock.now()
    given = bool(text) or source is not None or edit
    if given and number is not None:
        raise UsageError("give either a text or --remove, not both")
    if given:
        here = discover.find()
        with asked(here, text, source, edit, lambda: [_ABOUT], "principle") as words:
            done = add(here, words, cast(Priority, priority), session, now)
        _tell(done, "Added", as_json)
    elif number is not None:
        _tell(remove(discover.find(), number, session, now), "Withdrawn", as_json)
    else:
        _list(listing(discover.find(), session), as_json)


def _tell(done: "Guided", word: str, as_json: bool) -> None:
    from git_ctx.cli import output, words

    if done.forked:
        output.say(words.forked(done.forked))
    if done.redacted:
        output.say(f"warning: redacted from the principle: {', '.join(done.redacted)}")
    if as_json:
        output.json({"session": str(done.branch), word.lower(): _as_json(done.principle)})
    else:
        output.result(f"{word} ({done.principle.priority}): {words.title(done.principle.text)}")


def _list(found: "Sequence[Held]", as_json: bool) -> None:
    from git_ctx.cli import output, words

    if as_json:
        output.json({"guidance": [_as_json(one) for one in found]})
    elif found:
        rows = [
            [f"{number}", one.priority, words.title(one.author.partition(" <")[0], 30), words.title(one.text)]
            for number, one in enumerate(found, 1)
        ]
        output.result(words.table(rows))
    else:
        output.say("no principles yet; add one with 'git ctx guide TEXT'")


def _as_json(one: "Held") -> dict[str, object]:
    return {"id": one.id, "priority": one.priority, "author": one.author, "text": one.text}
