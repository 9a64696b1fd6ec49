"""Prompts on their way: the text is safe on disk before anything else happens, until its commit stands.

common directory/ctx/pending/<id>.json, locked by the process that works on it. A file whose lock is free
is of a run that died; the next run finishes it under the same id, or drops it where that id stands.
"""

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from types import TracebackType

from git_ctx.errors import WriteFailed
from git_ctx.model import Oid, SessionBranch
from git_ctx.store import events, lock, refs, shared, swap
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

_LARGEST = 64 << 20
_TOO_OLD = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is needed to finish a prompt. The text is as it will be kept, so with its secrets out;
    `seen` is the tip of the branch when it was asked.
    """

    id: str
    branch: SessionBranch
    text: str
    asked_at: datetime
    author: str
    conversation: str
    seen: Oid | None


class Pending:
    """A draft on disk, and the lock on it. Leaving the context frees the lock; `done` removes the file."""

    def __init__(self, path: Path, draft: Draft, descriptor: int) -> None:
        self.path = path
        self.draft = draft
        self._descriptor: int | None = descriptor

    def done(self) -> None:
        """The prompt stands, or is not wanted any more."""
        with suppress(OSError):  # read-only by now: the next run will find that it stands
            self.path.unlink(missing_ok=True)
        self.release()

    def release(self) -> None:
        """Leave it to the next run."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> "Pending":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def __del__(self) -> None:
        self.release()


def put(repo: Repo, draft: Draft) -> Pending:
    """Write a prompt down, synced, and hold it. `WriteFailed` where that cannot be: then use `spool`."""
    path = _directory(repo) / f"{draft.id}.json"
    unborn = path.with_suffix(".tmp")
    try:
        shared.mkdir(path.parent)
        descriptor = os.open(unborn, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise WriteFailed(str(path), error.strerror or str(error)) from None
    try:
        lock.try_lock(descriptor)
        _write_all(descriptor, _encode(draft))
        # It gets its name only when it is whole and locked, so that nobody takes it for abandoned.
        unborn.rename(path)
        _sync_directory(path.parent)
    except OSError as error:
        os.close(descriptor)
        unborn.unlink(missing_ok=True)
        raise WriteFailed(str(path), error.strerror or str(error)) from None
    return Pending(path, draft, descriptor)


def abandoned(repo: Repo) -> list[Pending]:
    """The prompts whose writer is gone, oldest first; now they are ours until `done` or `release`."""
    _sweep(repo)
    found = (_adopt(path) for path in _files(repo, ".json"))
    return sorted((one for one in found if one is not None), key=lambda one: one.draft.asked_at)


def analyzing(repo: Repo) -> set[SessionBranch]:
    """The session branches that have a prompt on its way."""
    drafts = (_decode(_content(path)) for path in _files(repo, ".json"))
    return {draft.branch for draft in drafts if draft is not None}


def under_way(repo: Repo) -> set[SessionBranch]:
    """The session branches that a run is adding a prompt to now; what a dead run left is in nobody's way."""
    found = set()
    for path in _files(repo, ".json"):
        ours = _adopt(path)
        if ours is not None:
            ours.release()
        elif (draft := _decode(_content(path))) is not None:
            found.add(draft.branch)
    return found


def drop(repo: Repo, session: str) -> None:
    """Take away the abandoned prompts of a session that was deleted."""
    for one in abandoned(repo):
        with one:
            if one.draft.branch.session == session:
                one.done()


def stands(repo: Repo, draft: Draft) -> bool:
    """Whether the commit of a prompt was made after all, before its run died."""
    tip = swap.target(repo, refs.refname(draft.branch))
    since = 0 if draft.seen is None else events.clock_at(repo, draft.seen)
    return tip is not None and events.find(repo, tip, draft.id, since) is not None


def spool(text: str) -> Path | None:
    """Put a text where it can be found when the repository takes nothing; None where nothing does."""
    for directory in dict.fromkeys((os.environ.get("TMPDIR"), "/tmp", "/var/tmp", "/dev/shm")):
        path = _spooled(text, directory) if directory else None
        if path is not None:
            return path
    return None


def _spooled(text: str, directory: str) -> Path | None:
    import tempfile

    try:
        descriptor, name = tempfile.mkstemp(prefix="git-ctx-prompt-", suffix=".txt", dir=directory)
    except OSError:
        return None
    try:
        _write_all(descriptor, text.encode("utf-8", "surrogatepass"))
    except OSError:
        Path(name).unlink(missing_ok=True)
        return None
    finally:
        os.close(descriptor)
    return Path(name)


def _adopt(path: Path) -> Pending | None:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    draft = _decode(_content(path)) if lock.try_lock(descriptor) else None
    # Its writer may have finished between our opening it and our locking it.
    if draft is None or not path.exists():
        os.close(descriptor)
        return None
    return Pending(path, draft, descriptor)


def _sweep(repo: Repo) -> None:
    """Take away what runs left that died before their text was whole: nobody was told that it is safe."""
    for path in _files(repo, ".tmp"):
        with suppress(OSError):
            if lock.age(path) > _TOO_OLD:
                path.unlink()


def _directory(repo: Repo) -> Path:
    return repo.shared / "pending"


def _files(repo: Repo, suffix: str) -> Iterable[Path]:
    try:
        return sorted(path for path in _directory(repo).iterdir() if path.suffix == suffix)
    except OSError:
        return ()


def _encode(draft: Draft) -> bytes:
    values = {field.name: getattr(draft, field.name) for field in fields(draft)}
    values |= {"format": 1, "branch": str(draft.branch), "asked_at": draft.asked_at.isoformat()}
    return (json.dumps(values, indent=2, sort_keys=True) + "\n").encode()


def _decode(data: bytes) -> Draft | None:
    """None for what is not ours or not whole: it stays where it is, for whoever put it there."""
    try:
        values = json.loads(data)
        session, _, branch = values.pop("branch").partition("@")
        values.pop("format")
        asked_at = datetime.fromisoformat(values.pop("asked_at"))
        return Draft(branch=SessionBranch(session=session, branch=branch), asked_at=asked_at, **values)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return None


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST)
    except OSError:
        return b""


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
    os.fsync(descriptor)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
