"""The user's browser: the one that git's configuration names, else the system's."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_ctx.store.repo import Repo


def show(repo: "Repo", path: Path) -> bool:
    """Open a file, named by its whole path, in the browser; False where there is none."""
    for key in ("web.browser", "help.browser"):
        if repo.config(key):
            return _by_git(key, path)
    import webbrowser

    try:
        return webbrowser.open(path.as_uri())
    except (webbrowser.Error, OSError):
        return False


def _by_git(key: str, path: Path) -> bool:
    """git's own way: it knows `browser.<tool>.path` and `.cmd`."""
    import subprocess

    # No `--`: it would be handed on to the browser.
    command = ["git", "web--browse", "-c", key, str(path)]
    return subprocess.run(command, check=False).returncode == 0
