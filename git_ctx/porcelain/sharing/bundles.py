"""Sessions as one file: for an archive, or for somebody without a common server."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from git_ctx import chronicle
from git_ctx.errors import (
    BranchBusy,
    BrokenSession,
    DifferentSessions,
    InvalidName,
    SessionNotFound,
    UnreadableExport,
)
from git_ctx.model import Oid, SessionBranch
from git_ctx.porcelain import forks
from git_ctx.porcelain.sharing import leaks, sync
from git_ctx.porcelain.sharing.sync import Mirror
from git_ctx.store import refs
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import chronicles, current
from git_ctx.store.sharing import bundle, remote, staging
from git_ctx.store.sharing import fetch as fetches


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The session branches that a bundle has, and what of it was left out, and why.

    `known`: those that had all of it already.
    """

    branches: tuple[SessionBranch, ...]
    known: frozenset[SessionBranch]
    problems: Mapping[str, str]


def export(
    repo: Repo, session: str | None, target: Path, *, files: bool = False, allow_secret: bool = False
) -> tuple[SessionBranch, ...]:
    """Write a session, or the one branch that NAME@BRANCH names, or the current session, to a bundle; with
    `files`, the snapshots and the commits that they stand on.

    Raises `SessionNotFound`, `SecretsFound`, `WriteFailed`.
    """
    _, found = _found(repo, session, (refs.HEADS, refs.SNAP) if files else (refs.HEADS,))
    branches = [branch for ref in found if (branch := refs.parse(ref)) is not None]
    if not allow_secret:
        leaks.refuse(repo, found)
    bundle.create(repo, sorted(found), target)
    return tuple(branches)


def as_json(repo: Repo, session: str | None, *, allow_secret: bool = False) -> bytes:
    """The same as JSON that `import_` takes in again, without files.

    Raises `SessionNotFound`, `SecretsFound`, `BrokenSession`, `WriteFailed` for one that is too large.
    """
    name, found = _found(repo, session, (refs.HEADS,))
    tips = {branch: tip for ref, tip in found.items() if (branch := refs.parse(ref)) is not None}
    if not allow_secret:
        leaks.refuse(repo, found)
    return chronicle.encode(chronicles.read(repo, name, tips))


def _found(repo: Repo, session: str | None, spaces: Sequence[str]) -> tuple[str, dict[str, Oid]]:
    """The name of a session, and its refs in some spaces."""
    exact = current.parse(session) if session else None
    name = exact.session if exact else session or forks.reading(repo, None).branch.session
    below = refs.path(exact) if exact else f"{refs.check_name(name)}/"
    found = refs.targets(repo, *(space + below for space in spaces))
    if not any(ref.startswith(refs.HEADS) for ref in found):
        raise SessionNotFound(session or name)
    return name, dict(found)


def import_(repo: Repo, source: Path, now: datetime) -> Imported:
    """Take in the sessions of a bundle or of JSON; those that are here already are united with it.

    Objects are checked as those of a remote are. Raises `UnreadableBundle`, `WriteFailed`.
    """
    with _opened(source) as path, staging.place(repo) as name:
        fetched = fetches.fetch(repo, path, files=True, mirrored_as=name)
        return _adopt(repo, name, fetched.problems, now)


@contextmanager
def _opened(source: Path) -> Iterator[str]:
    """A repository, for as long as this lasts, with the sessions of a file."""
    data = _json(source)
    if data is None:
        with bundle.opened(source) as path:
            yield path
        return
    with tempfile.TemporaryDirectory(prefix="git-ctx-import-") as folder:
        made = Path(folder, "session.bundle")
        try:
            chronicles.bundle(chronicle.decode(data, "it"), made)
        except (BrokenSession, InvalidName) as error:
            raise UnreadableExport(str(source), str(error)) from None
        with bundle.opened(made) as path:
            yield path


def _json(source: Path) -> bytes | None:
    """The content of a file that begins as JSON does; None for any other, or for none."""
    try:
        if not source.is_file() or source.stat().st_size > chronicle.LARGEST:
            return None
        with source.open("rb") as file:
            if not chronicle.is_one(file.read(64)):
                return None
        return source.read_bytes()
    except OSError:
        return None


def _adopt(repo: Repo, name: str, problems: Mapping[str, str], now: datetime) -> Imported:
    taken, known, left = [], set(), dict(problems)
    for ref, tip in refs.targets(repo, remote.heads(name)).items():
        branch = refs.parse(ref, remote.heads(name))
        if branch is None or str(branch) in left:
            continue
        try:
            before = refs.tip(repo, branch)
            if sync.adopt(repo, Mirror(remote=name, branch=branch, tip=tip), now) == before:
                known.add(branch)
            taken.append(branch)
        except (BrokenSession, BranchBusy, DifferentSessions) as error:
            left[str(branch)] = str(error)
    return Imported(branches=tuple(taken), known=frozenset(known), problems=left)
