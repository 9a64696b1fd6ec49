"""Session branches that look well from outside, by the commit that they are at, and cannot be read."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from git_ctx import codec
from git_ctx.errors import BrokenSession
from git_ctx.model import Oid
from git_ctx.store import events
from git_ctx.store.refs import Listed
from git_ctx.store.repo import Repo


def problem(repo: Repo, tip: Oid) -> str | None:
    """What keeps a commit from being a session's tip, None where nothing does. Looks at its ends alone."""
    try:
        codec.decode_session(events.session(repo, tip), "session.json")
        events.clock(repo, tip)
    except BrokenSession as error:
        return str(error)
    return None


def problems(repo: Repo, tips: Collection[Oid]) -> dict[Oid, str]:
    """Of some tips, those without a session.json in git's reach, and what is wrong with them."""
    doubtful = _missing(repo, [f"{tip}:{events.SESSION}" for tip in tips])
    found = {tip: problem(repo, tip) for tip in tips if f"{tip}:{events.SESSION}" in doubtful}
    return {tip: why for tip, why in found.items() if why is not None}


def whole(repo: Repo, found: Iterable[Listed]) -> list[Listed]:
    """The same, those marked as broken of which an event cannot be named. Costs what listing them costs."""
    return [one if one.problem is not None else _marked(one, _unnamed(repo, one.tip)) for one in found]


def ends(repo: Repo, found: Sequence[Listed]) -> list[Listed]:
    """The same, those marked as broken whose session.json or newest events are out of git's reach.

    Costs one git process, whatever their number: there may be a thousand.
    """
    named = {one.tip: _parts(one) for one in found if one.problem is None}
    missing = _missing(repo, [name for names in named.values() for name in names])
    doubtful = {tip for tip, names in named.items() if missing.intersection(names)}
    return [_marked(one, problem(repo, one.tip)) if one.tip in doubtful else one for one in found]


def _parts(one: Listed) -> list[str]:
    # one that has just begun has no events yet
    return [f"{one.tip}:{events.SESSION}", *([f"{one.tip}:events"] if one.prompts else [])]


def _missing(repo: Repo, names: Sequence[str]) -> set[str]:
    asked = "".join(f"{name}\n" for name in names).encode()
    done = repo.run("cat-file", "--batch-check=%(objecttype)", input=asked)
    told = done.stdout.decode("utf-8", "replace").splitlines()
    # git stops at some kinds of damage: then none of what is left is vouched for
    answers = told + ["unknown"] * (len(names) - len(told))
    return {name for name, answer in zip(names, answers, strict=False) if answer not in ("blob", "tree")}


def _unnamed(repo: Repo, tip: Oid) -> str | None:
    try:
        for _ in events.events(repo, tip):
            pass
    except BrokenSession as error:
        return str(error)
    return problem(repo, tip)


def _marked(one: Listed, found: str | None) -> Listed:
    return one if found is None else replace(one, state="broken", problem=found)
