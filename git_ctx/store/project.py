"""What a session's project is called."""

import re
from pathlib import Path

from git_ctx.pattern import lazily
from git_ctx.store.repo import Repo

_CREDENTIALS = lazily(r"^([a-z][a-z0-9+.-]*://)[^/?#]*@", re.IGNORECASE)

_HOSTED = lazily(r"(?!file:)[a-z][a-z0-9+.-]*://|[^/]+:(?!//)", re.IGNORECASE)
"""A URL, or git's short form host:path; a path before whose colon stands a slash is no host."""


def project(repo: Repo) -> str:
    """The URL of `origin`, or of the only remote, without credentials; else the directory's name.

    Of a remote on this machine too, only the name: where it lies is nobody's business.
    """
    url = repo.config("remote.origin.url") or _only_remote(repo)
    if url and _HOSTED.match(url):
        return without_credentials(url)
    home = Path(url) if url else repo.work_tree or repo.common_dir
    return home.name.removesuffix(".git") or "project"


def without_credentials(url: str) -> str:
    """A remote's URL less the user and password before its host, and less query and fragment.

    An scp-like address (git@host:path) stays: what stands before its `@` is a login, never a password.
    """
    return re.split(r"[?#]", _CREDENTIALS.sub(r"\1", url))[0]


def _only_remote(repo: Repo) -> str | None:
    names = repo.git("remote").decode("utf-8", "replace").split()
    return repo.config(f"remote.{names[0]}.url") if len(names) == 1 else None
