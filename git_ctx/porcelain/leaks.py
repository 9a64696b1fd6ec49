"""A last look for secrets at what is about to leave the repository in a file."""

from collections.abc import Iterator, Mapping

from git_ctx.errors import SecretsFound
from git_ctx.model import Oid
from git_ctx.porcelain.push import secrets_in
from git_ctx.safety import secrets
from git_ctx.store import outgoing, refs
from git_ctx.store.repo import Repo

_COMMITTED = ("--branches", "--tags", "--remotes")
"""Commits of code are the user's own doing; what only snapshots have is looked at."""


def refuse(repo: Repo, found: Mapping[str, Oid]) -> None:
    """Raise `SecretsFound` where some refs of sessions lead to what looks like a secret."""
    places = tuple(_places(repo, found))
    if places:
        raise SecretsFound(places, "written")


def _places(repo: Repo, found: Mapping[str, Oid]) -> Iterator[str]:
    snapshots = [tip for ref, tip in found.items() if ref.startswith(refs.SNAP)]
    for sent in outgoing.reachable(repo, [tip for tip in found.values() if tip not in snapshots]):
        yield from secrets_in(sent)
    for sent in outgoing.reachable(repo, snapshots, _COMMITTED) if snapshots else ():
        rule = secrets.withhold(sent.path, sent.data) if sent.path else None
        if rule:
            yield f"the snapshots: {sent.path}: {rule}"
