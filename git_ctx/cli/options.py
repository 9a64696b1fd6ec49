"""The options that several commands share."""

from collections.abc import Callable
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

session: Decorator = click.option(
    "--session",
    envvar="GIT_CTX_SESSION",
    metavar="NAME[@BRANCH]",
    help="Use this session instead of the branch's current one.",
)
conversation: Decorator = click.option(
    "--conversation",
    envvar="GIT_CTX_CONVERSATION",
    metavar="ID",
    help="The chat that this belongs to.",
)
json: Decorator = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
text: Decorator = click.argument("text", nargs=-1, metavar="[TEXT | -]")
file: Decorator = click.option(
    "-F",
    "--file",
    "source",
    type=click.Path(),
    metavar="FILE",
    help="Read the prompt from FILE ('-': stdin).",
)


class Count(click.IntRange):
    """A number of things, from 1 on; so many that no machine has them is a wrong call, too."""

    name = "N"

    def __init__(self, least: int = 1) -> None:
        super().__init__(least, 100_000_000)

    def _describe_range(self) -> str:
        return ""


edit: Decorator = click.option(
    "-e", "--edit", is_flag=True, help="Write it in your editor, as git commit does."
)
copy: Decorator = click.option("--copy", "copied", is_flag=True, help="Copy it to the clipboard instead.")
yes: Decorator = click.option("-y", "--yes", is_flag=True, help="Do not ask.")
files: Decorator = click.option("--files", is_flag=True, help="The snapshots of the files, too.")


class WithPaths(click.Command):
    """A command whose arguments after '--' are paths, and no revisions: see `paths`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        before, after = args, []
        if "--" in args:
            at = args.index("--")
            before, after = args[:at], args[at + 1 :]
        rest = super().parse_args(ctx, before)
        ctx.params["paths"] = tuple(after)
        return rest
