"""Commits that git's hooks noted are recorded by the next verb that adds to a session or looks for them."""

from datetime import datetime

from git_ctx.store.repo import Repo


def record(repo: Repo, now: datetime) -> None:
    """Record what was noted. Never fails: what cannot be recorded now is left to the next one."""
    if any((repo.shared / name).exists() for name in ("commits", "commits.taken")):
        from git_ctx.porcelain import links

        links.record(repo, now)
