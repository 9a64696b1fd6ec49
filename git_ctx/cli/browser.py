"""The user's browser: the one that git's configuration names, else the system's."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_ctx.store.repo import Repo


def show(repo: "Repo", path: Path) -> bool:
    """Open a file in the browser; False where there is none."""
    import webbrowser

    if repo.config("web.browser") or repo.config("help.browser"):
        # git's own way: it knows browser.<tool>.path and .cmd, too
        options = ("-c", "web.browser") if repo.config("web.browser") else ("-c", "help.browser")
        return not repo.run("web--browse", *options, "--", str(path)).status
    try:
        return webbrowser.open(path.as_uri())
    except (webbrowser.Error, OSError):
        return False
