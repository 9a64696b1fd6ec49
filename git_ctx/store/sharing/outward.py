"""Snapshots for a remote: the same trees, on commits that it has, so that no unpushed commit travels."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from git_ctx.model import Oid, SessionBranch
from git_ctx.pattern import lazily
from git_ctx.store import message, objects, refs, swap
from git_ctx.store.files import snapref
from git_ctx.store.repo import Repo
from git_ctx.store.sharing import remote
from git_ctx.store.writer import Writer

_SUBJECT = "snapshot"
_DATE = lazily(rb"\ncommitter .*> (\d{1,12} [+-]\d{4})(?:\n|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A snapshot: its tree, the commit of code it was taken on, what named it, and git's date of when."""

    tree: Oid
    base: Oid | None
    id: str
    date: str


def rebuild(repo: Repo, name: str, branch: SessionBranch, *, anew: bool = False) -> Oid | None:
    """The tip of a chain of the branch's snapshots that goes on where the remote's ends, or starts `anew`.

    Each one stands on the nearest ancestor of its base that a branch of the remote has, as far as the last
    `git fetch` tells. None where there is nothing that the remote has not. No ref moves.

    The commits bear the dates of the snapshots: a push that is cut off is the same one when it is made again.
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
        tip = _write(repo, kept, tip, base)
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
        id = message.parse(commit.message).get("Ctx-Id", "")
        yield _Kept(tree=commit.tree, base=base, id=id, date=_date(repo, commit.oid))


def _date(repo: Repo, commit: Oid) -> str:
    found = _DATE.search(objects.raw_commit(repo, commit, "a snapshot").partition(b"\n\n")[0])
    return found[1].decode() if found else "0 +0000"


def _write(repo: Repo, kept: _Kept, tip: Oid | None, base: Oid | None) -> Oid:
    author, committer = repo.idents(message.clean_ident(repo.identity()), kept.date)
    header = [f"tree {kept.tree}", *(f"parent {parent}" for parent in dict.fromkeys((tip, base)) if parent)]
    text = message.build(_SUBJECT, {"Ctx-Id": kept.id})
    return Writer(repo).commit(
        "\n".join([*header, f"author {author}", f"committer {committer}", "", text]).encode()
    )
