"""git ctx reply"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.reply import Replied

_ABOUT = "What stands above is kept as the assistant's reply to the last prompt; without it nothing is kept."


@click.command()
@options.text
@click.option(
    "-F",
    "--file",
    "source",
    type=click.Path(),
    metavar="FILE",
    help="Read the reply from FILE ('-': stdin).",
)
@options.session
@click.option("--prompt", metavar="REV", help="The prompt that is answered (default: the last one).")
@options.conversation
@options.edit
@options.json
def command(
    text: tuple[str, ...],
    source: str | None,
    session: str | None,
    prompt: str | None,
    conversation: str | None,
    edit: bool,
    as_json: bool,
) -> None:
    """Record what the assistant answered to the last prompt, and find what it asks for.

    An assistant asks with lines such as 'git ctx request file src/app.py:10-40', also in a code block. They
    are not run: 'git ctx request --pending' answers them. Keys and passwords are redacted. Without TEXT, on a
    terminal, your editor opens.
    """
    from git_ctx import clock
    from git_ctx.cli import output
    from git_ctx.cli.asked import asked
    from git_ctx.porcelain.reply import Place, reply
    from git_ctx.store import discover

    here = discover.find()
    place = Place(session=session, conversation=conversation, prompt=prompt)
    with asked(here, text, source, edit, lambda: [_ABOUT], "reply") as said:
        done = reply(here, said, place, clock.now())
    if as_json:
        output.json(_as_json(done))
    else:
        _tell(done)


def _tell(done: "Replied") -> None:
    from git_ctx.cli import output, words

    if done.forked:
        output.say(words.forked(done.forked))
    if done.reply.redacted:
        output.say(f"warning: redacted from the reply: {', '.join(done.reply.redacted)}")
    asks = done.reply.asks
    end = " It asks for:" if asks else ""
    output.result(f"Recorded the reply to prompt #{done.prompt.clock}.{end}")
    for ask in asks:
        output.result(f"\t{words.ask(ask)}")
    if done.unheard:
        output.say(f"note: {done.unheard:,} more are past the limit of one reply")
    if asks:
        output.say("hint: 'git ctx request --pending' answers them")


def _as_json(done: "Replied") -> dict[str, object]:
    from git_ctx.cli import words

    return {
        "session": done.branch.session,
        "branch": done.branch.branch,
        "event": done.event.clock,
        "forked_from": str(done.forked.source) if done.forked else None,
        "reply": words.reply_json(done.reply),
        "unheard": done.unheard,
    }
