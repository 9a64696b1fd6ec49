"""A ranking by itself: nothing is kept."""

from collections.abc import Callable

from git_ctx.analysis.rank import rank as rank_files
from git_ctx.model import Ranked
from git_ctx.porcelain import survey
from git_ctx.porcelain.here import need_work_tree
from git_ctx.store import worktree
from git_ctx.store.repo import Repo


def rank(repo: Repo, text: str, progress: Callable[[str], None]) -> tuple[Ranked, ...]:
    """The files of the work tree that matter for a prompt, best first. Raises `NoWorkTree`."""
    need_work_tree(repo)
    found = worktree.look(repo)
    progress(f"reading {len(found.files):,} files")
    with survey.corpus(repo, found) as corpus:
        return rank_files(corpus, text)
