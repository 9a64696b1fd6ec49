"""A text written in the user's editor, as `git commit` has it; none is lost where what follows fails."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from git_ctx.errors import CtxError, WriteFailed

if TYPE_CHECKING:
    from git_ctx.store.repo import Repo

SCISSORS = "------------------------ >8 ------------------------"
_MARKS = "#;@!$%^&|:"


class Aborted(CtxError):
    exit_status = 1

    def __init__(self, what: str) -> None:
        super().__init__(f"aborted: the {what} is empty")


class EditorFailed(CtxError):
    exit_status = 1
    hint = (
        "give the text as an argument or with -F FILE; GIT_EDITOR, core.editor and EDITOR choose the editor"
    )

    def __init__(self, editor: str, problem: str) -> None:
        super().__init__(f"there was a problem with the editor '{editor}': {problem}")


@contextmanager
def written(repo: "Repo", what: str, start: str, about: Callable[[], Sequence[str]]) -> Iterator[str]:
    """Within, the text that was written; `about` are lines that help, below the scissors and no part of it.

    It begins with `start`, and with what is left of a text that came to nothing. Raises `Aborted` where
    nothing was written, `EditorFailed`, `WriteFailed`.
    """
    path = repo.git_dir / f"CTX_{what.upper()}_EDITMSG"
    before = "\n\n".join(filter(None, [start, _above(_read(path))]))
    mark = _mark(repo, before)
    _write(path, before, mark, about())
    _edit(_editor(repo), path)
    text = _above(_read(path))
    if not text.strip():
        path.unlink(missing_ok=True)
        raise Aborted(what)
    try:
        yield text
    except BaseException:
        from git_ctx.cli import output

        output.say(f"note: the text is in '{path}'; the next one begins with it")
        raise
    path.unlink(missing_ok=True)  # it may hold what was redacted


def _above(text: str) -> str:
    """What stands above the scissors. Lines that begin like a comment count: prompts have headings."""
    lines = text.replace("\r\n", "\n").split("\n")
    cut = next((at for at, line in enumerate(lines) if line.endswith(SCISSORS)), len(lines))
    return "\n".join(lines[:cut]).strip("\n")


def _mark(repo: "Repo", text: str) -> str:
    """What begins a comment: core.commentString or core.commentChar, whichever git reads; else '#'."""
    mark = repo.config("core.commentString") or repo.config("core.commentChar") or "#"
    if mark != "auto":
        return mark
    begun = {line[:1] for line in text.split("\n")}
    return next((each for each in _MARKS if each not in begun), "#")


def _write(path: Path, text: str, mark: str, about: Sequence[str]) -> None:
    from git_ctx.safety.text import escape

    told = ["Do not modify or remove the line above.", "Everything below it is left out.", "", *about]
    comments = "".join(f"{mark} {escape(line, '')}".rstrip() + "\n" for line in [SCISSORS, *told])
    try:
        # for the user's eyes only: nothing is redacted yet
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(f"{text}\n\n{comments}".encode("utf-8", "replace"))
    except OSError as error:
        raise WriteFailed(f"'{path}'", (error.strerror or str(error)).lower()) from None


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read().decode("utf-8-sig", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    except OSError:
        return ""


def _editor(repo: "Repo") -> str:
    done = repo.run("var", "GIT_EDITOR")
    if done.status:
        problem = done.words.removeprefix("error: ").partition("\n")[0]
        raise EditorFailed("", problem[:1].lower() + problem[1:])
    return os.fsdecode(done.stdout).strip()


def _edit(editor: str, path: Path) -> None:
    # a shell, as git does it: the editor is the user's own command line
    command = ["sh", "-c", f'{editor} "$@"', editor, str(path)]
    terminal = None if sys.stdout.isatty() or not sys.stderr.isatty() else 2
    try:
        process = subprocess.Popen(command, stdout=terminal)
    except OSError as error:
        raise EditorFailed(editor, (error.strerror or str(error)).lower()) from None
    while True:
        try:
            status = process.wait()
            break
        except KeyboardInterrupt:  # that is for the editor
            continue
    if status in (-signal.SIGINT, 128 + signal.SIGINT):  # it took that for its end, and git would, too
        cut = KeyboardInterrupt()
        cut.add_note(f"what was written is in '{path}'; the next one begins with it")
        raise cut
    if status:
        raise EditorFailed(editor, f"it ended with status {status}")
