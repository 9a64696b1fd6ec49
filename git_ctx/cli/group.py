"""The table of verbs. A verb's module is loaded when the verb is run, not before."""

from importlib import import_module

import click

VERBS: dict[str, dict[str, str]] = {
    "begin": {
        "start": "Begin a session on this branch",
        "prompt": "Record a prompt and print the context that it needs",
        "rank": "List the files that matter for a prompt, and why; keep nothing",
        "request": "Show a file, a symbol, a search, a tree or a diff, and keep what was given",
        "reply": "Record what the assistant answered, and find what it asks for",
        "save": "Keep the files as they are, without a prompt",
        "pin": "Have files in every context of the session, or list those that are",
        "unpin": "Take files out of those that are pinned",
        "guide": "Give the session a principle to work by, or list its principles",
    },
    "look": {
        "status": "Show the current session and what has changed since its last prompt",
        "list": "List the sessions of this repository",
        "log": "Show the prompts of a session, newest first",
        "show": "Show one prompt: its text, its context, its files",
        "diff": "Compare the files of two prompts, or of one and the work tree",
        "search": "Search everything that was asked and answered",
    },
    "branch": {
        "branch": "List, make, rename or delete branches of the session, each with its git branch",
        "use": "Choose the session for this git branch",
        "merge": "Bring another branch of the session into the current one",
        "select": "Choose one of several branches made to try things out",
        "restore": "Write the files of a prompt or a save into the work tree",
    },
    "share": {
        "push": "Send the current session to a remote",
        "fetch": "Fetch the sessions that others shared",
        "pull": "Fetch, and unite the sessions here with what others added",
        "remote": "List the remotes, or choose the one to share with",
        "export": "Write a session to a file",
        "import": "Take in the sessions of a file",
    },
    "keep": {
        "end": "End a session: its work is done",
        "archive": "Put sessions aside, out of the list",
        "reopen": "Take up a session that has ended or was archived",
        "rename": "Give a session another name",
        "delete": "Delete a session here, and say how to get it back",
        "gc": "Drop old snapshots of closed sessions, and what runs left behind",
    },
}


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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for group, verbs in VERBS.items():
            with formatter.section(group):
                formatter.write_dl(list(verbs.items()))


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
    """The right context for a prompt, and every session with an AI assistant, kept in git.

    \b
    git ctx start                      begin a session on this branch
    git ctx prompt "fix the login"     print what the assistant needs to know
    git ctx log                        see what was asked
    """
