"""A ranking by itself: nothing is kept."""

from collections.abc import Callable

from git_ctx.analysis.rank import rank as rank_files
from git_ctx.model import Ranked
from git_ctx.porcelain import pins, survey
from git_ctx.porcelain.here import need_work_tree
from git_ctx.store import worktree
from git_ctx.store.repo import Repo


def rank(
    repo: Repo, text: str, progress: Callable[[str], None], session: str | None = None
) -> tuple[Ranked, ...]:
    """The files of the work tree that matter for a prompt, best first; what a session has pinned before all.

    Raises `NoWorkTree`, and what finding a session that is named raises.
    """
    need_work_tree(repo)
    found = worktree.look(repo)
    progress(f"reading {len(found.files):,} files")
    chosen = pins.of_session(repo, session, [file.path for file in found.files])
    with survey.corpus(repo, found) as corpus:
        return rank_files(corpus, text, pins=chosen)
