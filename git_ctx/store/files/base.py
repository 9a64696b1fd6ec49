"""What a line of work differs from: the commit where it began; the files that are not as they were then."""

import os

from git_ctx.code import WorkTree
from git_ctx.errors import CtxError, NoCommit
from git_ctx.model import Oid
from git_ctx.store.asking import OFFLINE
from git_ctx.store.repo import Repo


def usual(repo: Repo) -> str:
    """What work is compared with where nobody says: the default branch; on it, and where there is none that
    git knows of, the upstream; without one, HEAD, which leaves what is not committed.
    """
    branch = repo.branch()
    upstream = _name(repo, "@{upstream}")
    default = _default(repo, upstream)
    if default and branch not in (default, default.partition("/")[2]):
        return default
    return upstream or "HEAD"


def begin(repo: Repo, name: str) -> Oid:
    """The commit where HEAD parted from a revision. Raises `NoCommit`."""
    done = repo.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}", env=OFFLINE)
    commit = done.stdout.decode().strip()
    if done.status or not commit:
        raise NoCommit(name)
    merge_base = repo.run("merge-base", commit, "HEAD", env=OFFLINE)
    return merge_base.stdout.decode().strip() if not merge_base.status else commit


def differing(repo: Repo, commit: Oid, found: WorkTree) -> frozenset[str]:
    """The files of a work tree that are not as in a commit."""
    changed = set(found.changed)
    if found.base and found.base != commit:
        ask = ("diff-tree", "-r", "-z", "--no-renames", "--no-commit-id", commit, found.base)
        fields = os.fsdecode(repo.git(*ask, env=OFFLINE)).split("\0")
        now = {file.path: file.oid for file in found.files}
        for meta, path in zip(fields[::2], fields[1::2], strict=False):
            was = meta.split(" ")[2]
            # what was undone since is as it was
            (changed.discard if now.get(path) == was else changed.add)(path)
        return frozenset(changed & now.keys())
    return frozenset(changed)


def _default(repo: Repo, upstream: str | None) -> str | None:
    """The default branch: the remote's HEAD, else a local branch of its usual name."""
    remote = upstream.partition("/")[0] if upstream else repo.config("remote.pushDefault") or "origin"
    if found := _name(repo, f"refs/remotes/{remote}/HEAD"):
        return found
    names = dict.fromkeys(filter(None, (repo.config("init.defaultBranch"), "main", "master", "trunk")))
    return next((found for name in names if (found := _name(repo, f"refs/heads/{name}"))), None)


def _name(repo: Repo, revision: str) -> str | None:
    """The short name of the ref that this stands for; None where it stands for none."""
    ask = ("rev-parse", "--verify", "--quiet", "--abbrev-ref", "--end-of-options", revision)
    try:
        return os.fsdecode(repo.git(*ask)).strip() or None
    except CtxError:
        return None
