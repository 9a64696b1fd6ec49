"""What is written to the repository's own configuration."""

from git_ctx.store import claims
from git_ctx.store.repo import Repo


def put(repo: Repo, key: str, value: str) -> None:
    """Set a key to a value. Raises `LockInTheWay`, `WriteFailed`, `GitFailed`."""
    claims.git(repo, "config", key, value, takes=(claims.CONFIG,))
    repo.note_config(key, value, is_set=True)


def take_out(repo: Repo, key: str, value: str) -> None:
    """Take a value of a key out. Where that cannot be, it stays."""
    words = ("config", "--local", "--fixed-value", "--unset-all", key, value)
    if not claims.run(repo, *words, takes=(claims.CONFIG,)).status:
        repo.note_config(key, value, is_set=False)
