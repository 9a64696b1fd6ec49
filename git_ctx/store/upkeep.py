"""Now and then, ask git to pack the loose objects that appends leave behind."""

from git_ctx.store.repo import Repo

_EVERY = 100


def now_and_then(repo: Repo, clock: int) -> None:
    """After every hundredth append."""
    if clock % _EVERY == 0:
        ask(repo)


def ask(repo: Repo) -> None:
    """git itself decides whether there is work, and does it in the background; `gc.auto = 0` and
    `maintenance.auto = false` are respected.
    """
    if repo.config_bool("maintenance.auto", True):
        repo.run("maintenance", "run", "--auto", "--quiet")
