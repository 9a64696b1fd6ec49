"""The group of all verbs. A verb's module is loaded when the verb is run, not before."""

from importlib import import_module
from typing import Any

import click

from git_ctx.cli.verbs import VERBS, help_text


class Verbs(click.Group):
    """A group that knows its commands by name and loads one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [verb for verbs in VERBS.values() for verb in verbs]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"git_ctx.cli.{module_name(cmd_name)}").command
        command.name = cmd_name
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        verb = args[0]
        known = ctx.resilient_parsing or verb in self.list_commands(ctx)  # completion asks for no failure
        if not known and verb.isprintable() and not verb.startswith("-"):
            from difflib import get_close_matches

            like = get_close_matches(verb, self.list_commands(ctx), 1)
            ctx.fail(f"no such command '{verb}'" + (f"; the most similar one is '{like[0]}'" if like else ""))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:  # which click would make a plain 1 of, and that is a 'no' here
            raise SystemExit from error

    def get_help(self, ctx: click.Context) -> str:
        return help_text().rstrip()


def module_name(verb: str) -> str:
    """The module of a verb; `list` would hide the built-in, and `import` is no name."""
    return {"list": "list_", "import": "import_"}.get(verb, verb)


def version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        from git_ctx import __version__

        click.echo(f"git ctx {__version__}")
        ctx.exit()


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    options_metavar="[-h | --version]",
    subcommand_metavar="<command> [<args>]",
    invoke_without_command=False,
)
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=version, hidden=True)
def group() -> None:
    """The right context for a prompt, and every session with an AI assistant, kept in git."""
