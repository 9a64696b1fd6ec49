"""What a session's project is called."""

import re

from git_ctx.store.repo import Repo

_CREDENTIALS = re.compile(r"^([a-z][a-z0-9+.-]*://)[^/?#]*@", re.IGNORECASE)


def project(repo: Repo) -> str:
    """The URL of `origin`, or of the only remote, without credentials; else the directory's name."""
    url = repo.config("remote.origin.url") or _only_remote(repo)
    if url:
        return without_credentials(url)
    home = repo.work_tree or repo.common_dir
    return home.name.removesuffix(".git") or "project"


def without_credentials(url: str) -> str:
    """A remote's URL less the user and password before its host, and less query and fragment.

    An scp-like address (git@host:path) stays: what stands before its `@` is a login, never a password.
    """
    return re.split(r"[?#]", _CREDENTIALS.sub(r"\1", url))[0]


def _only_remote(repo: Repo) -> str | None:
    names = repo.git("remote").decode("utf-8", "replace").split()
    return repo.config(f"remote.{names[0]}.url") if len(names) == 1 else None
