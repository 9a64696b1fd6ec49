"""The session's own principles: kept with it, told in every full context, and news in the next update."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import groupby

from git_ctx.analysis import tokens
from git_ctx.document import Excerpt
from git_ctx.errors import CtxError, UsageError
from git_ctx.model import Principle, Priority, SessionBranch, Withdrawn
from git_ctx.porcelain import settings
from git_ctx.porcelain.forks import Forked, open_or_inherit, reading
from git_ctx.porcelain.settings import Held
from git_ctx.safety import secrets
from git_ctx.safety.text import one_line, truncate
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

LONGEST = 4000
SHARE = 0.2
"""Of a context's budget, for the session's own principles."""
MOST_NAMED = 8
_HEADING = 25
"""Tokens of what stands around the principles of one author."""


class NoSuchPrinciple(CtxError):
    hint = "'git ctx guide' lists them with their numbers"

    def __init__(self, number: int) -> None:
        super().__init__(f"there is no principle {number}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guided:
    """A principle that was added or withdrawn; `redacted` are the rules that took secrets out of it."""

    branch: SessionBranch
    principle: Held
    redacted: tuple[str, ...] = ()
    forked: Forked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Principles as a context tells them; `known` are those that the chat then knows to hold."""

    excerpts: tuple[Excerpt, ...]
    notes: tuple[str, ...]
    known: tuple[str, ...]


def add(repo: Repo, text: str, priority: Priority, wanted: str | None, now: datetime) -> Guided:
    """Keep a principle. Raises `SessionClosed`, `UsageError` for one too long, `NoSession`."""
    if len(text) > LONGEST:
        raise UsageError(
            f"a principle has at most {LONGEST:,} characters; put more into .ctx/guidance/NAME.md"
        )
    at, forked = open_or_inherit(repo, wanted, now)
    safe, rules = secrets.redact(text.strip())
    for one in settings.principles(repo, at.tip):
        if (one.text, one.priority) == (safe, priority):  # it holds already: twice says no more
            return Guided(branch=at.branch, principle=one, redacted=rules, forked=forked)
    id = settings.set_guidance(repo, at.branch, Principle(text=safe, priority=priority), now)
    held = Held(id=id, text=safe, priority=priority, author=repo.identity())
    return Guided(branch=at.branch, principle=held, redacted=rules, forked=forked)


def remove(repo: Repo, number: int, wanted: str | None, now: datetime) -> Guided:
    """Withdraw the principle that `listing` has at this number, from 1. Raises `NoSuchPrinciple`."""
    held = settings.principles(repo, reading(repo, wanted).tip)
    if not 1 <= number <= len(held):
        raise NoSuchPrinciple(number)
    one = held[number - 1]
    at, forked = open_or_inherit(repo, wanted, now)
    settings.set_guidance(repo, at.branch, Withdrawn(ids=(one.id,)), now)
    return Guided(branch=at.branch, principle=one, forked=forked)


def listing(repo: Repo, wanted: str | None) -> tuple[Held, ...]:
    """The principles of the session named, else of the current one."""
    return settings.principles(repo, reading(repo, wanted).tip)


def tell(hold: Sequence[Held], gone: Sequence[Held], known: Collection[str], budget: int) -> Told:
    """What to tell a chat that knows some principles: which are new to it, and which hold no longer.

    What does not fit is counted, the least urgent first, and stays news.
    """
    new = [one for one in hold if one.id not in known]
    fitting = _fitting(new, int(budget * SHARE))
    over = [one for one in gone if one.id in known]
    notes = [f'guidance that holds no longer: "{_title(one)}"' for one in over[:MOST_NAMED]]
    if len(over) > MOST_NAMED:
        notes.append(f"and {len(over) - MOST_NAMED} more principles hold no longer")
    if len(fitting) < len(new):
        notes.append(f"left out, past the budget: {len(new) - len(fitting)} of the session's principles")
    told = {one.id for one in fitting}
    return Told(
        excerpts=tuple(_excerpts(fitting)),
        notes=tuple(notes),
        known=tuple(one.id for one in hold if one.id in known or one.id in told),
    )


def _fitting(new: Sequence[Held], room: int) -> list[Held]:
    fitting = []
    for one in new:
        room -= tokens.count(_line(one)) + _HEADING
        if room < 0:
            break
        fitting.append(one)
    return fitting


def _excerpts(told: Sequence[Held]) -> Iterator[Excerpt]:
    """One for each run of principles that have their author and priority in common."""
    for (priority, author), some in groupby(told, key=lambda one: (one.priority, one.author)):
        name = truncate(one_line(author.partition(" <")[0]), 60)
        yield Excerpt(
            path="this session", title=f"{priority} priority, by {name}", text="".join(map(_line, some))
        )


def _line(one: Held) -> str:
    """Redacted again: what others wrote, another version may have let through."""
    text = secrets.redact(one.text)[0].strip()
    return "- " + text.replace("\n", "\n  ") + "\n"


def _title(one: Held) -> str:
    return truncate(one_line(secrets.redact(one.text)[0]), 200)
