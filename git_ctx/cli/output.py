"""How results reach the terminal: bytes as they are, text with what a terminal would obey escaped."""

import sys
import time
from typing import Any

import click


def result(text: str) -> None:
    """Print text as UTF-8, whatever the locale; what is not UTF-8 in it comes out as it went in."""
    data = text.encode("utf-8", "surrogateescape")
    click.echo(data, nl=not data.endswith(b"\n"))


def raw(data: bytes) -> None:
    """Print bytes as they are: what git made to be shown."""
    click.echo(data, nl=False)


def content(text: str) -> None:
    """Print a context: to the byte, but for a terminal, which would obey control characters in it."""
    if sys.stdout.isatty():
        from git_ctx.safety.text import escape

        text = escape(text)
    click.echo(text.encode("utf-8", "surrogateescape"), nl=False)


def json(value: Any) -> None:
    """Print a value as JSON."""
    import orjson

    click.echo(orjson.dumps(_plain(value), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE), nl=False)


def _plain(value: Any) -> Any:
    """The same with strings that JSON can hold: a path that is not UTF-8 is quoted as git quotes it."""
    if isinstance(value, dict):
        return {_plain(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, str):
        from git_ctx.canonical import path

        return value if value.isascii() else path(value)
    return value


def write(target: str, text: str) -> None:
    """Write a result to a file, whole or not at all."""
    import os
    from pathlib import Path

    from git_ctx.errors import WriteFailed

    path = Path(target)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        if path.exists() and not path.is_file():  # a device or a pipe
            path.write_bytes(text.encode("utf-8", "surrogateescape"))
            return
        beside.write_bytes(text.encode("utf-8", "surrogateescape"))
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise WriteFailed(f"'{target}'", (error.strerror or str(error)).lower()) from None


def say(text: str) -> None:
    """A line of talk, on stderr."""
    from git_ctx.safety.text import one_line

    click.echo(one_line(text), err=True)


class Progress:
    """Says on stderr what is going on, once it has gone on for a second, and only to a terminal."""

    PATIENCE = 1.0

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._shown = False

    def __call__(self, doing: str) -> None:
        if sys.stderr.isatty() and time.monotonic() - self._started > self.PATIENCE:
            self._shown = True
            click.echo(f"\r\033[K{doing} …", err=True, nl=False)

    def done(self) -> None:
        if self._shown:
            click.echo("\r\033[K", err=True, nl=False)
