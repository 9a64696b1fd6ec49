"""The prompt as the command line gives it: words, a file, or standard input; and how it is steered."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from git_ctx.errors import CtxError, EmptyPrompt, UsageError
from git_ctx.model import EVERYTHING, Scope

if TYPE_CHECKING:
    from git_ctx.store.repo import Repo

LIMIT = 4 * 1024 * 1024


class PromptTooLong(UsageError):
    hint = "put the long part into a file of the repository and name it in the prompt"

    def __init__(self, what: str) -> None:
        super().__init__(f"the {what} is longer than {LIMIT // 1024 // 1024} MiB")


class PromptUnreadable(CtxError):
    def __init__(self, what: str, source: str, problem: str) -> None:
        super().__init__(f"cannot read the {what} from '{source}': {problem}")


@contextmanager
def asked(
    repo: "Repo",
    words: Sequence[str],
    source: str | None,
    edit: bool,
    about: Callable[[], Sequence[str]],
    what: str = "prompt",
) -> Iterator[str]:
    """Within, the text: from the editor where that is wanted, or nothing else is given on a terminal.

    A text from the editor is kept where what is done with it fails. Raises as `prompt_text` and the editor.
    """
    given = bool(words) or source is not None
    if not edit and (given or not _at_a_terminal()):
        yield prompt_text(words, source, what)
        return
    from git_ctx.cli import editor

    start = prompt_text(words, source, what) if given else ""
    with editor.written(repo, what, start, about) as text:
        if len(text.encode("utf-8", "replace")) > LIMIT:
            raise PromptTooLong(what)
        yield text


def _at_a_terminal() -> bool:
    """Whether there is one to edit on. That standard output goes to a file does not matter."""
    return sys.stdin.isatty() and (sys.stdout.isatty() or sys.stderr.isatty())


def prompt_text(words: Sequence[str], source: str | None, what: str = "prompt") -> str:
    """The text, with line ends as LF and what is not UTF-8 replaced. Raises `EmptyPrompt`, `UsageError`."""
    if words and source is not None:
        raise UsageError(f"give the {what} either as text or with -F, not both")
    if source is not None:
        text = _decode(_read(source, what))
    elif tuple(words) == ("-",) or (not words and not sys.stdin.isatty()):
        text = _decode(_read("-", what))
    else:
        text = " ".join(words).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if not text.strip():
        raise EmptyPrompt(what)
    return text.strip("\n")


def _read(source: str, what: str) -> bytes:
    try:
        if source == "-":
            data = sys.stdin.buffer.read(LIMIT + 1)
        else:
            with Path(source).open("rb") as file:
                data = file.read(LIMIT + 1)
    except OSError as error:
        raise PromptUnreadable(what, source, (error.strerror or str(error)).lower()) from None
    if len(data) > LIMIT:
        raise PromptTooLong(what)
    return data


def _decode(data: bytes) -> str:
    text = data.decode("utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}")


def steered(repo: "Repo", options: Mapping[str, Any]) -> Scope:
    """What the options that steer ask for; without any, nothing is looked at."""
    if all(value in (None, ()) for value in options.values()):
        return EVERYTHING
    from git_ctx.porcelain.context import scope

    return scope.read(repo, **options)
