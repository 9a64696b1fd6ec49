"""git ctx search"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.search import Hit


@click.command()
@click.argument("text", nargs=-1, required=True, metavar="TEXT")
@click.option("-n", "--number", default=20, show_default=True, type=options.Count(), help="How many at most.")
@click.option("--contexts", is_flag=True, help="In what was sent along with the prompts, too.")
@click.option("--session", metavar="NAME[@BRANCH]", help="In this session alone.")
@options.json
def command(text: tuple[str, ...], number: int, contexts: bool, session: str | None, as_json: bool) -> None:
    """Search everything that was asked, answered and saved, in all sessions; the best first.

    TEXT is words, and "phrases" in double quotes; case does not count. What has all of them is shown, or,
    where nothing has, what has some. Exit status 1: nothing was found.
    """
    from git_ctx.cli import output
    from git_ctx.cli.terminal import paged
    from git_ctx.porcelain.search import search
    from git_ctx.store import discover

    at = discover.find()
    results = search(at, session, " ".join(text), number, contexts)
    if as_json:
        hits = [_as_json(hit) for hit in results.hits]
        told = {"count": results.count, "every_term": results.every, "hits": hits}
        output.json({**told, "problems": results.problems})
    elif results.hits:
        if not results.every:
            output.say("note: nothing has all of these words; this has some of them")
        with paged(at, "grep"):
            for hit in results.hits:
                output.result(_line(hit))
        if results.count > len(results.hits):
            output.say(f"{results.count - len(results.hits):,} more; -n shows them")
    else:
        output.say("nothing found")
    for branch, problem in sorted(results.problems.items()):
        output.say(f"warning: '{branch}' could not be searched: {problem}")
    if not results.hits:
        click.get_current_context().exit(1)


def _as_json(hit: "Hit") -> dict[str, object]:
    found = hit.found
    return {
        "place": hit.place,
        "session": found.branch.session,
        "branch": found.branch.branch,
        "event": found.event.clock,
        "id": found.event.id,
        "kind": found.source.partition(".")[0],
        "score": round(hit.score, 4),
        "excerpt": hit.excerpt,
        "hits": [list(mark) for mark in hit.marks],
    }


def _line(hit: "Hit") -> str:
    from git_ctx.cli import words

    kind = hit.found.source.partition(".")[0]
    note = "" if kind == "prompt" else f" ({kind})"
    return f"{words.heading(hit.place)}{note}: {_marked(hit)}\n"


def _marked(hit: "Hit") -> str:
    """The excerpt with its hits in red, or between asterisks where there are no colours."""
    from git_ctx.cli import terminal
    from git_ctx.safety.text import escape

    line, at = "", 0
    for start, end in hit.marks:
        term = escape(hit.excerpt[start:end], "")
        shown = click.style(term, fg="red", bold=True) if terminal.coloured() else f"**{term}**"
        line, at = line + escape(hit.excerpt[at:start], "") + shown, end
    return line + escape(hit.excerpt[at:], "")
