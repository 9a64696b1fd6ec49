"""git ctx log"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.graph import Line
    from git_ctx.porcelain.look import Logged
    from git_ctx.store.repo import Repo


@click.command(cls=options.Counted)
@options.session
@click.option("-n", "--number", type=options.Count(0), help="How many prompts and saves; -3 is -n 3.")
@click.option("--oneline", is_flag=True, help="One line for each prompt or save.")
@click.option(
    "-p", "--patch", "how", flag_value="--patch", help="With what had changed in the files until then."
)
@click.option("--stat", "how", flag_value="--stat", help="With how much had changed in each file.")
@click.option("--all", "everything", is_flag=True, help="Of all branches of the session.")
@click.option("--graph", is_flag=True, help="All branches of the session, and where they parted and met.")
@options.json
def command(
    session: str | None,
    number: int | None,
    oneline: bool,
    how: str | None,
    everything: bool,
    graph: bool,
    as_json: bool,
) -> None:
    """Show the prompts of a session, and what was saved in between; newest first."""
    from itertools import islice

    from git_ctx.cli import output, terminal
    from git_ctx.cli.terminal import paged
    from git_ctx.porcelain import forks
    from git_ctx.porcelain import graph as graphs
    from git_ctx.porcelain.look import history, titles
    from git_ctx.store import discover

    options.apart(graph=graph, json=as_json, **{(how or "--patch").removeprefix("--"): how})
    at = discover.find()
    current = forks.reading(at, session)
    tips, problems = graphs.tips(at, current.branch.session) if everything or graph else ({}, {})
    for branch, problem in problems.items():
        output.say(f"warning: '{branch}' cannot be read: {problem}")
    read = titles if oneline and not as_json else history
    told = islice(read(at, list(tips) or [current.tip]), number)
    if as_json:
        output.json(_as_json(told))
        return
    with paged(at, "diff"):
        if graph:
            lines = graphs.graph(at, tips, number, terminal.coloured())
            output.result("".join(_graph_line(line, current.branch.branch) for line in lines))
            return
        for text in _entries(at, told, oneline, how):
            output.raw(text)


def _as_json(told: "Iterable[Logged]") -> dict[str, object]:
    from git_ctx.cli import words

    entries = list(told)
    return {
        "prompts": [
            {
                "event": one.event.clock,
                "id": one.event.id,
                "prompt": words.prompt_json(one.prompt) if one.prompt else None,
                "context": words.context_json(one.context) if one.context else None,
                "replies": one.replies,
                "requests": one.requests,
                "problem": one.problem,
            }
            for one in entries
            if one.event.type == "prompt"
        ],
        "saves": [
            {
                "event": one.event.clock,
                "id": one.event.id,
                "save": words.save_json(one.save) if one.save else None,
                "problem": one.problem,
            }
            for one in entries
            if one.event.type == "save"
        ],
    }


def _entries(at: "Repo", told: "Iterable[Logged]", oneline: bool, how: str | None) -> Iterator[bytes]:
    for one in told:
        yield (_line(one) if oneline else _entry(one)).encode("utf-8", "surrogateescape")
        if how is not None:
            yield _changes(at, one, how)


def _changes(at: "Repo", one: "Logged", how: str) -> bytes:
    from git_ctx.cli import terminal
    from git_ctx.errors import BrokenSession, GitFailed
    from git_ctx.porcelain.look import patch

    try:
        shown = patch(at, one, [how, "--color=always" if terminal.coloured() else "--color=never"])
    except (GitFailed, BrokenSession):
        return b"(its files, or those before it, are not kept here)\n\n"
    return shown + b"\n" if shown else b""


def _line(one: "Logged") -> str:
    from git_ctx.cli import words

    if one.save:
        text = f"({words.title(f'save: {one.save.message}'.removesuffix(': '))})"
    elif one.prompt:
        text = words.title(one.prompt.text)
    else:
        text = words.title(f"cannot be read: {one.problem}", 200)
    return f"{words.heading(f'#{one.event.clock}')} {one.event.id[:7]} {text}\n"


def _entry(one: "Logged") -> str:
    from git_ctx.cli import words
    from git_ctx.safety.text import escape

    entry = one.prompt or one.save
    if entry is None:
        head = words.heading(f"{one.event.type} #{one.event.clock} {one.event.id}")
        return f"{head}\n    cannot be read: {escape(one.problem or '', '')}\n\n"
    head, *lines = words.moment(one.event, entry)
    lines = [line for line in lines if not line.startswith("Base: ")]
    if one.prompt:
        then = words.then(one.replies, one.requests)
        lines[2:2] = [
            f"Sent:   {words.summary(one.context) if one.context else words.no_context(one.prompt)}",
            *([f"Then:   {then}"] if then else []),
        ]
    return "\n".join([head, *lines, "", ""])


def _graph_line(line: "Line", current: str) -> str:
    """A prompt stands out from what came of it; the branches that end here are named as git names its own."""
    from git_ctx.cli import words

    if line.subject is None:
        return f"{line.drawn}\n"
    number = words.heading(f"#{line.clock} ") if line.clock is not None else ""
    names = ", ".join(_tip(name, current) for name in line.branches)
    branches = f" ({names})" if names else ""
    subject = words.title(line.subject)
    return f"{line.drawn}{number}{subject if line.asked else words.faint(subject)}{branches}\n"


def _tip(name: str, current: str) -> str:
    from git_ctx.cli import words

    mark = words.styled("-> ", fg="cyan", bold=True) if name == current else ""
    return mark + words.styled(words.title(name), fg="green", bold=True)
