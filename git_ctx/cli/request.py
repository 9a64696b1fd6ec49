"""git ctx request"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.request import Pending, Requested

KINDS = click.Choice(["file", "symbol", "search", "tree", "diff", "question"])
FORMATS = click.Choice(["markdown", "xml", "json"])


@click.command()
@click.argument("kind", required=False, type=KINDS, metavar="[KIND]")
@click.argument("what", nargs=-1, metavar="[WHAT]...")
@options.session
@click.option("-b", "--budget", type=options.Count(), metavar="N", help="Tokens at most (default: 8000).")
@click.option("--format", "form", type=FORMATS, default="markdown", show_default=True)
@options.conversation
@options.copy
@click.option("--pending", is_flag=True, help="Answer all that replies asked for and nobody answered yet.")
@click.option("-n", "--dry-run", is_flag=True, help="With --pending: only list it.")
@options.json
def command(
    kind: str | None,
    what: tuple[str, ...],
    session: str | None,
    budget: int | None,
    form: str,
    conversation: str | None,
    copied: bool,
    pending: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Print what the assistant wants to see beyond its context, and keep what was asked and given.

    \b
    request file PATH[:A[-B]]...   files, or some lines of them
    request symbol NAME...         where a name is defined, and where it is used
    request search TEXT            the lines that hold a text, as it stands
    request tree [DIR]             the files of a folder
    request diff [REV]             what changed since the last prompt, REV or HEAD
    request question TEXT          kept open until a person answers with the next prompt

    All of it comes from the work tree as it is now. The next prompt of the conversation does not repeat it.
    Exits with 1 where nothing was found.
    """
    from typing import cast

    from git_ctx import clock
    from git_ctx.analysis.asks import asks, check_lines
    from git_ctx.cli import output, words
    from git_ctx.errors import UsageError
    from git_ctx.model import AskKind, Format
    from git_ctx.porcelain import request
    from git_ctx.store import discover

    if pending == bool(kind) or (dry_run and not pending):
        raise UsageError(
            "say what to request: KIND and WHAT, or --pending", "'git ctx request -h' lists the kinds"
        )
    here = discover.find()
    terms = request.Terms(
        budget=budget or request.DEFAULT_BUDGET,
        format=cast(Format, form),
        conversation=conversation,
        session=session,
    )
    if kind:
        wanted = asks(cast(AskKind, kind), what)
        for ask in wanted:
            check_lines(ask)
    else:
        open_ = request.pending(here, terms)
        wanted = open_.asks
        if dry_run or not wanted:
            return _list(open_, as_json)
        _questions(open_)
    progress = output.Progress()
    done = request.request(here, wanted, terms, clock.now(), progress)
    progress.done()
    if done.forked:
        output.say(words.forked(done.forked))
    if as_json:
        output.json(_as_json(done))
    elif copied:
        from git_ctx.cli import clipboard

        if clipboard.deliver(done.content):
            return 1
    else:
        output.content(done.content)
    return 0 if any(one.found for one in done.answers) else 1


def _list(open_: "Pending", as_json: bool) -> int:
    from git_ctx.cli import output, words

    if as_json:
        output.json({"asks": list(map(words.ask_json, [*open_.asks, *open_.questions]))})
    elif open_.asks or open_.questions:
        output.result("".join(f"{words.ask(ask)}\n" for ask in (*open_.asks, *open_.questions)))
    else:
        output.say("nothing is asked for")
    return 0


def _questions(open_: "Pending") -> None:
    from git_ctx.cli import output

    for ask in open_.questions:
        output.say(f"open question: {ask.what}")


def _as_json(done: "Requested") -> dict[str, object]:
    from git_ctx.cli import words

    return {
        "session": done.branch.session,
        "branch": done.branch.branch,
        "event": done.event.clock,
        "forked_from": str(done.forked.source) if done.forked else None,
        "request": words.request_json(done.request),
        "answers": [
            {**words.ask_json(one.ask), "found": one.found, "notes": list(one.notes)} for one in done.answers
        ],
        "content": done.content,
    }
