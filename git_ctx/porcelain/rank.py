"""A ranking by itself: nothing is kept."""

import os
from collections.abc import Callable
from pathlib import Path

from git_ctx.analysis.rank import rank as rank_files
from git_ctx.errors import CtxError
from git_ctx.model import EVERYTHING, Ranked, Scope
from git_ctx.porcelain import here
from git_ctx.porcelain.context import scope, survey
from git_ctx.store import refs
from git_ctx.store.files import worktree
from git_ctx.store.repo import Repo


def rank(
    repo: Repo,
    text: str,
    progress: Callable[[str], None],
    session: str | None = None,
    explained: int = 20,
    wanted: Scope = EVERYTHING,
    also: str | None = None,
) -> tuple[Ranked, ...]:
    """The files of the work tree that matter for a prompt, best first; what a session has pinned before all.

    None where the prompt says nothing of any file. The first `explained` and `also` come with reasons.
    Raises `NoWorkTree`, and what finding a session that is named raises.
    """
    here.need_work_tree(repo)
    found = worktree.look(repo)
    progress(f"reading {len(found.files):,} files")
    chosen = _pinned(repo, session, [file.path for file in found.files])
    view = scope.view(repo, wanted, found, chosen)
    with survey.corpus(repo, found, view.hidden) as corpus:
        return rank_files(corpus, text, aim=view.aim, explained=explained, also=also, anyway=False)


def seen_from_here(repo: Repo, path: str) -> str:
    """A path as the ranking has it, from the top; given as seen from the current directory."""
    top = Path(here.need_work_tree(repo)).resolve()
    return os.path.relpath(Path.cwd().resolve() / path, top)


def _pinned(repo: Repo, wanted: str | None, names: list[str]) -> tuple[str, ...]:
    """Of the session named, else of the current one; without a session nothing is pinned."""
    from git_ctx.porcelain import forks

    try:
        at = forks.reading(repo, wanted)
    except CtxError:
        if wanted:
            raise
        return ()
    if not refs.has(repo, at.tip, "meta/pins"):
        return ()
    # Reading a session loads more than all of the above; most sessions have no pins.
    from git_ctx.porcelain import pins

    return pins.pinned(repo, at.tip, names)
