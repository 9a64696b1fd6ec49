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
    """Print a value as JSON; what a terminal would obey in it is escaped, whoever reads it."""
    import orjson

    from git_ctx.safety.text import in_json

    data = orjson.dumps(_plain(value), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    click.echo(in_json(data.decode()).encode(), nl=False)


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


class Target:
    """A file that a result goes to, whole or not at all; tried before the work is done."""

    def __init__(self, name: str) -> None:
        from pathlib import Path

        from git_ctx.store.unborn import unborn

        self._name = name
        self._path = Path(name)
        self._plain = not self._path.exists() or self._path.is_file()
        self._beside = unborn(self._path)
        self._write(b"", last=False)

    def write(self, text: str) -> None:
        self._write(text.encode("utf-8", "surrogateescape"), last=True)

    def _write(self, data: bytes, last: bool) -> None:
        from git_ctx.errors import WriteFailed

        try:
            if not self._plain:  # a device or a pipe, which cannot be tried; a folder can
                self._path.write_bytes(data) if last or self._path.is_dir() else None
                return
            self._beside.write_bytes(data)
            self._beside.replace(self._path) if last else self._beside.unlink()
        except OSError as error:
            if self._plain:
                self._beside.unlink(missing_ok=True)
            raise WriteFailed(f"'{self._name}'", (error.strerror or str(error)).lower()) from None


def say(text: str) -> None:
    """A line of talk, on stderr."""
    from git_ctx.safety.text import one_line

    click.echo(one_line(text), err=True)


def tell(text: str) -> None:
    """Lines of talk, on stderr; what they quote is escaped already."""
    click.echo(text.encode("utf-8", "surrogateescape"), nl=False, err=True)


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
