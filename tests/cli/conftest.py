"""Runs a command line in this process, through the door, and keeps all that it said."""

import io
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
        return Said(status, captured.out.decode(), captured.err.decode())

    return call
