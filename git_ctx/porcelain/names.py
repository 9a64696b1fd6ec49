"""Names that a call could mean, each with a word about it: for completion. Nothing here loads pygit2."""

import os
from collections.abc import Iterator

from git_ctx.errors import CtxError
from git_ctx.store import layout, refs
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current
from git_ctx.store.sharing import remote

Named = tuple[str, str]

LAST = 100
"""Events of a session that are named: those that one still knows about."""
STEPS = 10


def sessions(repo: Repo, typed: str) -> list[Named]:
    """NAME, and NAME@BRANCH where a branch is asked for or there is more than one; the last used first."""
    found = refs.listing(repo)
    names = [one.branch.session for one in found]
    plain = {one.branch.session: _about(one) for one in reversed(found)}
    exact = [
        (str(one.branch), _about(one)) for one in found if "@" in typed or names.count(one.branch.session) > 1
    ]
    return [*((name, plain[name]) for name in dict.fromkeys(names)), *exact]


def branches(repo: Repo, _typed: str) -> list[Named]:
    """The session branches of the current session."""
    session = current.current(repo, repo.branch()).session
    return [(one.branch.branch, _about(one)) for one in refs.listing(repo, f"{refs.HEADS}{session}/")]


def remotes(repo: Repo, _typed: str) -> list[Named]:
    return [(name, "remote") for name in remote.names(repo)]


def revisions(repo: Repo, typed: str) -> list[Named]:
    """`@`, `@~1`, … of the current session; numbers and ids where one is begun, and sessions."""
    begun = [] if not typed or typed.startswith("@") else sessions(repo, typed)
    try:
        tip = current.listed(repo, repo.branch()).tip
    except CtxError:
        return begun or sessions(repo, typed)
    told = dict(_told(repo, tip))
    steps = [(f"@~{place}" if place else "@", subject) for place, subject in enumerate(told.values())][:STEPS]
    if not typed or typed.startswith("@"):
        return steps
    events = list(_events(repo, tip))
    numbers = [(f"#{clock}", told.get(id, "")) for clock, id in events]
    return [*numbers, *((id, told.get(id, f"#{clock}")) for clock, id in events), *begun]


def _told(repo: Repo, tip: str) -> Iterator[Named]:
    """The last events by their id, as `@~N` counts them, with the subjects of their commits."""
    form = "--format=%H%x00%s%x00%(trailers:key=Ctx-Id,valueonly,separator=)"
    for line in os.fsdecode(
        repo.git("log", "--first-parent", f"--max-count={LAST}", form, tip, "--")
    ).splitlines():
        oid, subject, id = line.split("\0")
        yield id or oid, subject


def _events(repo: Repo, tip: str) -> Iterator[tuple[int, str]]:
    """Number and id of the last prompts and saves, the newest first."""
    for folder in sorted(_names(repo, tip, "events/"), reverse=True)[:2]:
        hundred = layout.parse_hundred(folder.removeprefix("events/"))
        if hundred is None:
            continue
        files = (name.rpartition("/")[2] for name in _names(repo, tip, f"{folder}/"))
        for event in reversed(layout.events(hundred, files)):
            if event.type in ("prompt", "save"):
                yield event.clock, event.id


def _names(repo: Repo, tip: str, under: str) -> list[str]:
    listed = os.fsdecode(repo.git("ls-tree", "--name-only", "-z", tip, under)).split("\0")
    return list(filter(None, listed))


def _about(one: refs.Listed) -> str:
    return f"{one.state}, {one.prompts:,} prompts: {one.subject}"
