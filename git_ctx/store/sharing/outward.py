"""Snapshots for a remote: the same trees, on commits that it has, so that no unpushed commit travels."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from git_ctx.model import Oid, SessionBranch
from git_ctx.store import commits, message, refs, swap
from git_ctx.store.files import snapref
from git_ctx.store.repo import Repo
from git_ctx.store.sharing import remote
from git_ctx.store.writer import Writer

_SUBJECT = "snapshot"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A snapshot: its tree, the commit of code it was taken on, and what named it."""

    tree: Oid
    base: Oid | None
    id: str


def rebuild(
    repo: Repo, name: str, branch: SessionBranch, when: datetime, *, anew: bool = False
) -> Oid | None:
    """The tip of a chain of the branch's snapshots that goes on where the remote's ends, or starts `anew`.

    Each one stands on the nearest ancestor of its base that a branch of the remote has, as far as the last
    `git fetch` tells. None where there is nothing that the remote has not. No ref moves.
    """
    theirs = None if anew else swap.target(repo, remote.snaps(name) + refs.path(branch))
    ours = swap.target(repo, refs.snapname(branch))
    known = set() if theirs is None else {kept.tree for kept in _chain(repo, theirs)}
    missing = [] if ours is None else [kept for kept in _chain(repo, ours) if kept.tree not in known]
    on_remote: dict[Oid, Oid | None] = {}
    tip = theirs
    for kept in reversed(missing):
        if kept.tree in known:
            continue
        known.add(kept.tree)
        if kept.base is not None and kept.base not in on_remote:
            on_remote[kept.base] = nearest(repo, name, kept.base)
        base = on_remote.get(kept.base) if kept.base else None
        tip = _write(repo, kept, tip, base, when)
    return tip if tip != theirs else None


def nearest(repo: Repo, name: str, commit: Oid) -> Oid | None:
    """The commit, or the ancestor of it nearest to it, that a remote's branch holds; None without any."""
    listed = repo.git("rev-list", "--boundary", "--date-order", commit, "--not", f"--remotes={name}")
    lines = os.fsdecode(listed).split()
    if not any(line == commit for line in lines):
        return commit
    return next((line[1:] for line in lines if line.startswith("-")), None)


def _chain(repo: Repo, tip: Oid) -> Iterator[_Kept]:
    """The snapshots behind a snap ref, the last first; never a commit of code."""
    for commit, ours in snapref.chain(repo, tip):
        base = next((parent for parent in commit.parents if parent not in ours), None)
        yield _Kept(tree=commit.tree, base=base, id=message.parse(commit.message).get("Ctx-Id", ""))


def _write(repo: Repo, kept: _Kept, tip: Oid | None, base: Oid | None, when: datetime) -> Oid:
    author, committer = commits.idents(repo, when)
    header = [f"tree {kept.tree}", *(f"parent {parent}" for parent in dict.fromkeys((tip, base)) if parent)]
    text = message.build(_SUBJECT, {"Ctx-Id": kept.id})
    return Writer(repo).commit(
        "\n".join([*header, f"author {author}", f"committer {committer}", "", text]).encode()
    )
