"""Runs a command line in this process, through the door, and keeps all that it said."""

import io
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from git_ctx.cli.door import run


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str


Ctx = Callable[..., Said]


class _Stdin(io.TextIOWrapper):
    def __init__(self, data: bytes | None) -> None:
        super().__init__(io.BytesIO(data or b""), encoding="utf-8")
        self._terminal = data is None

    def isatty(self) -> bool:
        return self._terminal


@pytest.fixture
def ctx(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Ctx:
    """`ctx("prompt", "fix it")`; without `stdin` standard input is a terminal."""

    def call(*args: str, stdin: bytes | None = None) -> Said:
        monkeypatch.setattr(sys, "stdin", _Stdin(stdin))
        capfdbinary.readouterr()
        status = run(args)
        sys.stdout.flush()
        sys.stderr.flush()
        captured = capfdbinary.readouterr()
        return Said(status, captured.out.decode(errors="surrogateescape"), captured.err.decode())

    return call


_MOVING = (
    (re.compile(r"\b[k-z]{16}\b"), "ID"),
    (re.compile(r"(?<=-)[k-z]{4}\b"), "kxzq"),
    (re.compile(r"\b[0-9a-f]{40}\b"), "OID"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d [+-]\d{4}"), "TIME"),
)


def still(text: str) -> str:
    """A text in which what differs from run to run has one name: ids, object ids, times."""
    for pattern, name in _MOVING:
        text = pattern.sub(name, text)
    return text
