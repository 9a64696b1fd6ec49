"""What a work tree remembers for itself: its name in conversations, and which of those begin anew."""

import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from git_ctx.errors import WriteFailed
from git_ctx.store import shared
from git_ctx.store.naming import new_id
from git_ctx.store.repo import Repo

_FORGOTTEN = 30 * 24 * 3600
"""Seconds until a conversation that never went on is forgotten."""


def work_tree_id(repo: Repo) -> str:
    """An id of this work tree alone: a clone, a copy by `git worktree add` or a colleague's has another."""
    path = repo.private / "work-tree-id"
    try:
        known = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        known = ""
    return known if known.isalnum() and len(known) <= 64 else _make(repo)


def _make(repo: Repo) -> str:
    made = new_id()
    try:
        shared.mkdir(repo.private)
        path = repo.private / "work-tree-id"
        path.write_text(made + "\n", "ascii")
        shared.made(path)
    except OSError as error:
        raise WriteFailed(str(repo.private), (error.strerror or str(error)).lower()) from None
    return made


def begin_anew(repo: Repo, conversation: str) -> None:
    """Note that a chat has lost what it was shown: its next context has to be a full one."""
    path = _anew(repo, conversation)
    try:
        shared.mkdir(path.parent)
        path.touch()
        shared.made(path)
        for old in path.parent.iterdir():
            if time.time() - old.stat().st_mtime > _FORGOTTEN:
                old.unlink()
    except OSError as error:
        raise WriteFailed(str(path.parent), (error.strerror or str(error)).lower()) from None


def begins_anew(repo: Repo, conversation: str) -> bool:
    return _anew(repo, conversation).exists()


def has_begun(repo: Repo, conversation: str) -> None:
    """The full context was sent."""
    with suppress(OSError):  # read-only by now: then the next one is full once more
        _anew(repo, conversation).unlink(missing_ok=True)


def _anew(repo: Repo, conversation: str) -> Path:
    # an agent's id may hold what a file's name must not
    return repo.private / "anew" / sha256(conversation.encode("utf-8", "replace")).hexdigest()[:40]
