"""git ctx log"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.look import Logged


@click.command()
@options.session
@click.option("-n", "--number", type=click.IntRange(0), help="How many prompts.")
@click.option("--oneline", is_flag=True, help="One line for each prompt.")
@options.json
def command(session: str | None, number: int | None, oneline: bool, as_json: bool) -> None:
    """Show the prompts of a session, newest first."""
    from itertools import islice

    from git_ctx.cli import output
    from git_ctx.porcelain import here
    from git_ctx.porcelain.look import log
    from git_ctx.store import repo

    at = repo.find()
    prompts = islice(log(at, here.session(at, session)), number)
    if as_json:
        output.json({"prompts": [_as_json(one) for one in prompts]})
        return
    show = _line if oneline else _entry
    for one in prompts:
        output.result(show(one))


def _as_json(one: "Logged") -> dict[str, object]:
    from git_ctx.cli import words

    return {
        "event": one.event.clock,
        "id": one.event.id,
        "prompt": words.prompt_json(one.prompt) if one.prompt else None,
        "context": words.context_json(one.context) if one.context else None,
        "replies": one.replies,
        "requests": one.requests,
        "problem": one.problem,
    }


def _line(one: "Logged") -> str:
    from git_ctx.cli import words

    text = words.title(one.prompt.text) if one.prompt else words.title(f"cannot be read: {one.problem}", 200)
    return f"{words.heading(f'#{one.event.clock}')} {one.event.id[:7]} {text}"


def _entry(one: "Logged") -> str:
    from git_ctx.cli import words
    from git_ctx.safety.text import escape

    head = words.heading(f"prompt #{one.event.clock} {one.event.id}")
    if one.prompt is None:
        return f"{head}\n    cannot be read: {escape(one.problem or '', '')}\n"
    kept = words.summary(one.context) if one.context else "no context: its run was cut off"
    text = "\n".join(f"    {line}".rstrip() for line in escape(one.prompt.text).split("\n"))
    when = words.time(one.prompt.asked_at)
    then = words.then(one.replies, one.requests)
    lines = [head, f"Author: {escape(one.prompt.author, '')}", f"Date:   {when}", f"Sent:   {kept}"]
    return "\n".join([*lines, *([f"Then:   {then}"] if then else []), "", text, "", ""])
