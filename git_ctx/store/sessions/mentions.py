"""Which events of which sessions tell of a conversation: one `git grep`, and no reading of sessions."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from git_ctx.model import EventName, Oid, SessionBranch
from git_ctx.store import refs
from git_ctx.store.asking import OFFLINE
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import grep

_ENTRIES = ("prompt.json", "context.json", "request.json", "reply.json")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """An entry that has the words; `entry` is what its name ends in."""

    branch: SessionBranch
    tip: Oid
    event: EventName
    entry: str


def mentions(repo: Repo, words: str) -> Iterator[Mention]:
    """The entries of local sessions that have some words in them, each once for a session.

    One whose objects are damaged is passed over.
    """
    tips = {one.tip: one.branch for one in refs.listing(repo) if one.problem is None}
    oids = list(tips)
    for start in range(0, len(oids), _AT_ONCE):
        yield from _some(repo, tips, oids[start : start + _AT_ONCE], words)


def _some(repo: Repo, tips: dict[Oid, SessionBranch], some: list[Oid], words: str) -> Iterator[Mention]:
    paths = [f":(top,glob)events/*/*.{entry}" for entry in _ENTRIES]
    done = repo.run(
        "grep", "-l", "-a", "-F", "-z", "--full-name", "-e", words, *some, "--", *paths, env=OFFLINE
    )
    if done.status not in (0, 1) and len(some) > 1:
        middle = len(some) // 2
        yield from _some(repo, tips, some[:middle], words)
        yield from _some(repo, tips, some[middle:], words)
        return
    seen = set()
    for name in os.fsdecode(done.stdout).split("\0"):
        tip, _, path = name.strip("\n").partition(":")
        found = grep.event(path) if tip in tips else None
        if found is not None and (place := (tips[tip].session, path)) not in seen:
            seen.add(place)
            yield Mention(branch=tips[tip], tip=tip, event=found[0], entry=found[1])
