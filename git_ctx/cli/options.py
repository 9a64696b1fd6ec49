"""The options that several commands share."""

from collections.abc import Callable
from typing import Any

import click

from git_ctx.pattern import lazily

MOST = 100_000_000
_COUNT = lazily(r"-[0-9]+")

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


def apart(**given: object) -> None:
    """Refuse options that ask for different things, as git does. Named as they are spelled, with _ for -."""
    from git_ctx.errors import UsageError

    asked = [f"'--{name.replace('_', '-')}'" for name, value in given.items() if value]
    if len(asked) > 1:
        raise UsageError(f"options {' and '.join(asked[:2])} cannot be used together")


class Count(click.IntRange):
    """A number of things, from 1 on; one larger than any machine has is as good as that."""

    name = "N"

    def __init__(self, least: int = 1) -> None:
        super().__init__(least)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value.lstrip("0")) > 9:
            return MOST
        try:
            return min(MOST, int(super().convert(value, param, ctx)))
        except click.BadParameter:
            self.fail(f"'{value}' is not a number from {self.min} on", param, ctx)

    def _describe_range(self) -> str:
        return ""


edit: Decorator = click.option(
    "-e", "--edit", is_flag=True, help="Write it in your editor, as git commit does."
)
copy: Decorator = click.option("--copy", "copied", is_flag=True, help="Copy it to the clipboard instead.")
yes: Decorator = click.option("-y", "--yes", is_flag=True, help="Do not ask.")
files: Decorator = click.option("--files", is_flag=True, help="The snapshots of the files, too.")


def steering(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which files a prompt is about; `Steered` commands take them."""
    for option in reversed(_STEERING):
        command = option(command)
    return command


_STEERING = (
    click.option(
        "--exclude", multiple=True, metavar="GLOB", help="Leave files out, as a line of .ctxignore would."
    ),
    click.option("--include", multiple=True, metavar="GLOB", help="Choose among these files only."),
    click.option("--lang", multiple=True, metavar="LANG", help="Choose among files in this language only."),
    click.option(
        "--changed",
        metavar="[=BASE]",
        help="First what differs from BASE (default: the default branch; on it, its upstream).",
    ),
    click.option(
        "--tests/--no-tests", default=None, help="Let tests count as much as source, or leave them out."
    ),
)


class Counted(click.Command):
    """A command with a `--number`, for which '-3' stands, too, as in git log."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        long = [f"--number={word[1:]}" if _COUNT.fullmatch(word) else word for word in args[:end]]
        return super().parse_args(ctx, [*long, *args[end:]])


class Steered(click.Command):
    """A command with `steering`: what stands after a bare '--changed' is not its value, as git has it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        bare = ["--changed=" if word == "--changed" else word for word in args[:end]]
        return super().parse_args(ctx, [*bare, *args[end:]])


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
