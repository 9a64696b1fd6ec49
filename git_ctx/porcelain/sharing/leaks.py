"""A last look for secrets at what is about to leave the repository, in a file or by a push."""

from collections.abc import Iterable, Iterator, Mapping

from git_ctx.errors import SecretsFound
from git_ctx.model import Oid
from git_ctx.safety import secrets
from git_ctx.store import refs
from git_ctx.store.repo import Repo
from git_ctx.store.sharing import outgoing
from git_ctx.store.sharing.outgoing import Sent

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


def secrets_in(sent: Sent) -> list[str]:
    """Where an entry or a message holds what looks like a secret, and the rule that says so."""
    text = _text(sent)
    where = sent.path or f"the message of commit {sent.oid[:10]}"
    return [f"{where}: {hit.rule}" for hit in secrets.scan(text)]


def _text(sent: Sent) -> bytes:
    """What people would read: in JSON a key of many lines stands on one."""
    import json

    if not sent.path.endswith(".json"):
        return sent.data
    try:
        return "\n\n".join(_strings(json.loads(sent.data))).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return sent.data


def _strings(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
