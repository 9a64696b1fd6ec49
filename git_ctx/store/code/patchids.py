"""Patch ids: the same change has the same one, on whatever it was made and whatever it was called."""

from collections.abc import Iterable

from git_ctx.model import Oid
from git_ctx.store.asking import OFFLINE
from git_ctx.store.repo import Repo

# Fixed, so that no configuration and no attribute gives the same change another id.
_DIFF = (
    "-c",
    "core.bigFileThreshold=1m",
    "diff-tree",
    "-r",
    "-p",
    "--stdin",
    "--root",
    "--full-index",
    "--no-renames",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--unified=3",
    "--diff-algorithm=myers",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--ignore-submodules=none",
)


def patch_ids(repo: Repo, commits: Iterable[tuple[Oid, Oid | None]]) -> dict[Oid, Oid]:
    """The patch id of each commit against another one, None for one that has no parent; none for no change.

    A commit can be asked for once in a call. Raises `GitFailed` where one of them is missing.
    """
    asked = "".join(f"{new} {old}\n" if old else f"{new}\n" for new, old in commits)
    if not asked:
        return {}
    printed = repo.pipe(_DIFF, ("patch-id", "--stable"), asked.encode(), OFFLINE).decode()
    return {new: patch for patch, _, new in (line.partition(" ") for line in printed.splitlines())}


def patch_id(repo: Repo, old: Oid, new: Oid) -> Oid | None:
    """The patch id between two commits or trees; None where they are the same, or one is not here."""
    trees = repo.run("rev-parse", f"{old}^{{tree}}", f"{new}^{{tree}}", env=OFFLINE)
    if trees.status:
        return None
    pair = trees.stdout.replace(b"\n", b" ", 1)
    printed = repo.pipe(_DIFF, ("patch-id", "--stable"), pair, OFFLINE).decode()
    return printed[:40] or None
