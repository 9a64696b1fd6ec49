"""git ctx rank"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.model import Ranked


@click.command(cls=options.Steered)
@options.text
@options.file
@options.session
@click.option("-n", "--number", default=20, show_default=True, type=options.Count(), help="How many files.")
@options.steering
@click.option("--explain", metavar="PATH", help="Show everything that speaks for one file.")
@options.json
def command(
    text: tuple[str, ...],
    source: str | None,
    session: str | None,
    number: int,
    explain: str | None,
    as_json: bool,
    **steering: Any,
) -> None:
    """List the files that matter for a prompt, best first, with the reasons. Nothing is kept.

    The exit status is 1 where no file matches, as it is of 'git grep'.

    What the current session has pinned comes first. The options that steer are those of 'git ctx prompt'.
    """
    from git_ctx.cli import output
    from git_ctx.cli.asked import prompt_text, steered
    from git_ctx.porcelain.rank import rank, seen_from_here
    from git_ctx.store import discover

    asked = prompt_text(text, source)
    progress = output.Progress()
    here = discover.find()
    path = None if explain is None else seen_from_here(here, explain)
    ranked = rank(here, asked, progress, session, number, steered(here, steering), path)
    progress.done()
    if path is not None:
        _explain(ranked, path)
        return
    if as_json:
        output.json({"files": [_as_json(one) for one in ranked[:number]]})
    elif ranked:
        output.result(_listed(ranked[:number]))
    if not ranked:
        output.say("no file matches the prompt")
        click.get_current_context().exit(1)


def _as_json(one: "Ranked") -> dict[str, object]:
    return {"path": one.path, "score": round(one.score, 6), "reasons": [str(r) for r in one.reasons]}


def _listed(ranked: "Sequence[Ranked]") -> str:
    from git_ctx.cli import words
    from git_ctx.safety.text import escape

    return words.table(
        [
            [f"{one.score:.3f}", escape(one.path, ""), "; ".join(escape(str(r), "") for r in one.reasons[:3])]
            for one in ranked
        ]
    )


def _explain(ranked: "Sequence[Ranked]", path: str) -> None:
    from git_ctx.cli import output, words
    from git_ctx.errors import UsageError
    from git_ctx.safety.text import escape

    for place, one in enumerate(ranked, 1):
        if one.path == path:
            rows = [
                [f"{r.share:.0%}" if r.share else "", r.kind, escape(r.detail, "")]
                for r in (*one.reasons, *one.rest)
            ]
            heading = f"{escape(path, '')}: place {place} of {len(ranked):,}, score {one.score:.3f}\n"
            output.result(heading + (words.table(rows) if rows else ""))
            return
    raise UsageError(f"'{path}' is not in the ranking")
