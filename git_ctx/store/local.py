"""What a work tree remembers for itself: the name under which it takes part in conversations."""

from git_ctx.errors import WriteFailed
from git_ctx.store.naming import new_id
from git_ctx.store.repo import Repo


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
        repo.private.mkdir(parents=True, exist_ok=True)
        (repo.private / "work-tree-id").write_text(made + "\n", "ascii")
    except OSError as error:
        raise WriteFailed(str(repo.private), (error.strerror or str(error)).lower()) from None
    return made
