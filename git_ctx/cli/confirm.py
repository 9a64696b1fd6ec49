"""Asking before what cannot be undone by the next command."""

import sys

import click

from git_ctx.errors import UsageError


class NobodyToAsk(UsageError):
    hint = "give --yes to say that it is meant"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} needs a yes, and there is no terminal to ask")


def confirm(question: str, what: str, yes: bool) -> bool:
    """Whether the user says yes: by `--yes` or on the terminal. Raises `NobodyToAsk` without either."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise NobodyToAsk(what)
    try:
        return click.confirm(question, default=False, err=True)
    except click.Abort:
        click.echo(err=True)  # the question stands on that line
        raise
