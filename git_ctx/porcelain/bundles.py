"""Sessions as one file: for an archive, or for somebody without a common server."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from git_ctx.errors import BranchBusy, BrokenSession, DifferentSessions, SessionNotFound
from git_ctx.model import SessionBranch
from git_ctx.porcelain import here, sync
from git_ctx.porcelain.sync import Mirror
from git_ctx.store import bundle, refs, remote
from git_ctx.store import fetch as fetches
from git_ctx.store.repo import Repo


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The session branches that a bundle has, and what of it was left out, and why.

    `known`: those that had all of it already.
    """

    branches: tuple[SessionBranch, ...]
    known: frozenset[SessionBranch]
    problems: Mapping[str, str]


def export(
    repo: Repo, session: str | None, target: Path, *, files: bool = False
) -> tuple[SessionBranch, ...]:
    """Write all branches of a session, or of the current one, to a bundle; with `files`, the snapshots and
    the commits that they stand on. Raises `SessionNotFound`, `WriteFailed`.
    """
    name = refs.check_name(session) if session else here.session(repo, None).branch.session
    spaces = (refs.HEADS, refs.SNAP) if files else (refs.HEADS,)
    found = remote.targets(repo, *(f"{space}{name}/" for space in spaces))
    branches = [branch for ref in found if (branch := refs.parse(ref)) is not None]
    if not branches:
        raise SessionNotFound(name)
    bundle.create(repo, sorted(found), target)
    return tuple(branches)


def import_(repo: Repo, source: Path, now: datetime) -> Imported:
    """Take in the sessions of a bundle; those that are here already are united with it.

    Objects are checked as those of a remote are. Raises `UnreadableBundle`, `WriteFailed`.
    """
    name = f"import-{os.urandom(6).hex()}"
    with bundle.opened(source) as path:
        try:
            fetched = fetches.fetch(repo, path, files=True, mirrored_as=name)
            return _adopt(repo, name, fetched.problems, now)
        finally:
            remote.drop_mirrors(repo, name)


def _adopt(repo: Repo, name: str, problems: Mapping[str, str], now: datetime) -> Imported:
    taken, known, left = [], set(), dict(problems)
    for ref, tip in remote.targets(repo, remote.heads(name)).items():
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
