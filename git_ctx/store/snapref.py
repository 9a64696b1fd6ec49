"""The refs under refs/ctx/snap/: they keep the trees that prompts name, and their bases, from git gc."""

from datetime import datetime

from git_ctx.errors import BranchBusy
from git_ctx.model import Oid, SessionBranch
from git_ctx.store import commits, message, objects, refs, swap
from git_ctx.store.repo import Repo
from git_ctx.store.writer import Writer

_ATTEMPTS = 100


def keep(repo: Repo, branch: SessionBranch, tree: Oid, base: Oid | None, prompt: str, when: datetime) -> Oid:
    """Have the branch's snap ref hold a tree and its base commit, and return the ref's tip.

    To be called before a session names the tree. Nothing is added where the tip holds both already.
    Raises `BranchBusy` or `WriteFailed`; what the ref held before, it still holds.
    """
    name = refs.snapname(branch)
    with swap.alone(repo, name):
        for _ in range(_ATTEMPTS):
            tip = swap.target(repo, name)
            if tip is not None and _holds(repo, name, tip, tree, base):
                return tip
            kept = _add(repo, name, tip, tree, base, prompt, when)
            if kept is not None:
                return kept
    raise BranchBusy(str(branch))


def _holds(repo: Repo, name: str, tip: Oid, tree: Oid, base: Oid | None) -> bool:
    commit = objects.commit(repo, tip, name)
    return commit.tree == tree and (base is None or base in commit.parents)


def _add(
    repo: Repo, name: str, tip: Oid | None, tree: Oid, base: Oid | None, prompt: str, when: datetime
) -> Oid | None:
    """The new tip, or None where another one came first."""
    writer = Writer(repo)
    author, committer = repo.idents(message.clean_ident(repo.identity()), commits.raw_date(when))
    # Never signed: such a commit stands for nothing but the trees, and may be rewritten at any time.
    header = [f"tree {tree}", *(f"parent {parent}" for parent in dict.fromkeys((tip, base)) if parent)]
    text = message.build("snapshot", {"Ctx-Id": prompt})
    data = "\n".join([*header, f"author {author}", f"committer {committer}", "", text]).encode()
    commit = writer.commit(data)
    if not swap.swap(repo, name, tip, commit, reason="snapshot", who=committer):
        return None
    writer.secure()
    return commit
