"""The pages that were made of sessions, one for each, for its user alone or for the group."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from git_ctx.errors import WriteFailed
from git_ctx.store import shared
from git_ctx.store.repo import Repo
from git_ctx.store.unborn import unborn


def folder(repo: Repo) -> Path:
    return repo.shared / "view"


def keep(repo: Repo, session: str, text: Iterable[str]) -> Path:
    """Write a page in the place of the one before, whole or not at all. Raises `WriteFailed`."""
    path = folder(repo) / f"{session}.html"
    beside = unborn(path)
    try:
        shared.mkdir(path.parent, 0o700)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(piece.encode("utf-8", "replace") for piece in text)
        shared.made(beside)
        beside.replace(path)
    except OSError as error:
        raise WriteFailed(f"'{path}'", (error.strerror or str(error)).lower()) from None
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    return path


def remove(repo: Repo) -> None:
    """Take all pages away: what they tell may have been forgotten."""
    with suppress(OSError):
        for path in list(folder(repo).iterdir()):
            path.unlink(missing_ok=True)
