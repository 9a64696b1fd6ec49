"""What a terminal gets: a pager and colours, as git's configuration says."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_ctx.store.repo import Repo

_colour: list[bool] = []
"""Decided by the innermost `paged`; without one, terminals get colours."""


def coloured() -> bool:
    """Whether what is printed now may have colours."""
    return _colour[-1] if _colour else sys.stdout.isatty() and not os.environ.get("NO_COLOR")


@contextmanager
def paged(repo: "Repo", slot: str) -> Iterator[None]:
    """Within, what is printed goes through git's pager, if it would reach a terminal.

    Colours are as `color.<slot>` and `color.ui` say.
    """
    from git_ctx.store import looks

    # Where git itself began the pager (`git -p ctx log`), the terminal is at the far end of that.
    terminal = sys.stdout.isatty() or bool(os.environ.get("GIT_PAGER_IN_USE"))
    command = looks.pager(repo) if sys.stdout.isatty() else None
    colour = looks.coloured(repo, slot, terminal) and not os.environ.get("NO_COLOR")
    if command is not None and not repo.config_bool("color.pager", True):
        colour = False
    _colour.append(colour)
    try:
        if command is None:
            yield
        else:
            with _through(command):
                yield
    finally:
        _colour.pop()


@contextmanager
def _through(command: str) -> Iterator[None]:
    env = {"LESS": "FRX", "LV": "-c", **os.environ, "GIT_PAGER_IN_USE": "true"}
    # A shell, as git does it: the pager is the user's own command line.
    pager = subprocess.Popen(["sh", "-c", command], stdin=subprocess.PIPE, env=env)
    assert pager.stdin is not None
    sys.stdout.flush()
    terminal = os.dup(1)
    os.dup2(pager.stdin.fileno(), 1)
    pager.stdin.close()
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _discard()
        raise
    finally:
        os.dup2(terminal, 1)
        os.close(terminal)
        _wait(pager)


def _discard() -> None:
    """Drop what was meant for a pager that has ended; else it would reach the terminal after all."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    sys.stdout.flush()


def _wait(pager: "subprocess.Popen[bytes]") -> None:
    while True:
        try:
            pager.wait()
            return
        except KeyboardInterrupt:  # that is for the pager: it ends when its reader wants
            continue
