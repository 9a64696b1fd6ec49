"""A snapshot that stays whole while a ref is moved to it, whatever a `git gc --prune=now` beside us takes."""

from datetime import datetime

from git_ctx.errors import WriteFailed
from git_ctx.model import Oid, SessionBranch
from git_ctx.store import loose, objects, pruning
from git_ctx.store.asking import OFFLINE
from git_ctx.store.files import snapref, snapshot
from git_ctx.store.files.sift import Withhold
from git_ctx.store.files.snapshot import Snapshot
from git_ctx.store.repo import Repo


def keep(
    repo: Repo, branch: SessionBranch, shot: Snapshot, withhold: Withhold, id: str, when: datetime
) -> None:
    """Have the branch's snap ref hold a snapshot that was just taken; what a gc takes of it is taken anew.

    To be called before a session names it. Raises as `snapref.keep` does, and `WriteFailed` where a file has
    changed meanwhile.
    """
    _mend(repo, shot, withhold)
    snapref.keep(repo, branch, shot.tree, shot.worktree.base, id, when)
    pruning.outlasted(repo, lambda: _mend(repo, shot, withhold))


def _mend(repo: Repo, shot: Snapshot, withhold: Withhold) -> bool:
    if _is_whole(repo, shot):
        return False
    snapshot.take(repo, withhold)
    if not _is_whole(repo, shot):
        raise WriteFailed("the snapshot", "a git gc took it, and its files have changed since; try again")
    return True


def _is_whole(repo: Repo, shot: Snapshot) -> bool:
    """Whether all of it is there. Its tree is the last that is written and new as soon as anything is: where
    that stands and no gc is at work, so does the rest.
    """
    base = shot.worktree.base
    if shot.tree == _tree(repo, base):
        return True
    if not pruning.is_under_way(repo):
        return loose.is_there(repo.objects, shot.tree) or not repo.run("cat-file", "-e", shot.tree).status
    words = ("rev-list", "--objects", "--no-object-names", "--missing=print", shot.tree)
    done = repo.run(*words, *(("--not", base) if base else ()), env=OFFLINE)
    return not done.status and b"?" not in done.stdout


def _tree(repo: Repo, base: Oid | None) -> Oid | None:
    return objects.commit(repo, base, "the base commit").tree if base else None
