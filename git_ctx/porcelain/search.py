"""A search over everything that was asked and answered."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from git_ctx.analysis import hits
from git_ctx.analysis.hits import Search
from git_ctx.errors import UsageError
from git_ctx.model import Oid, SessionBranch
from git_ctx.porcelain import here
from git_ctx.store import refs
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import grep
from git_ctx.store.sessions.grep import Found

COLUMNS = 160
_WEIGHT = {"prompt.json": 1.0, "reply.json": 0.95, "save.json": 0.9}
"""What a person asked is what is most often looked for; a context has many words."""
_SENT = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A text that was found: a line of it, and where in that line the terms stand."""

    found: Found
    score: float
    excerpt: str
    marks: tuple[tuple[int, int], ...]

    @property
    def place(self) -> str:
        return f"{self.found.branch.session}#{self.found.event.clock}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The best first; `count` of them in all. `every`: each has every term, else some of them.

    `problems`: the session branches that could not be searched, and why.
    """

    hits: tuple[Hit, ...]
    count: int
    every: bool
    problems: dict[str, str] = field(default_factory=dict)


def search(repo: Repo, wanted: str | None, text: str, number: int, contexts: bool) -> Results:
    """The prompts, replies and saves, or `contexts` too, that have every term; else those that have some.

    Over all sessions of this repository, ended ones too, or the one that is `wanted`.
    """
    sought = hits.parse(text)
    if not sought.terms:
        raise UsageError("nothing to search for", 'give words, or a "phrase" in double quotes')
    problems: dict[str, str] = {}
    tips = _tips(repo, wanted, problems)
    found = [one for one in _found(repo, tips, sought, contexts, True, problems) if sought.has_all(one.text)]
    every = bool(found) or len(sought.terms) == 1
    scored = [
        (_score(sought, one), one) for one in found or _some(repo, tips, sought, contexts, every, problems)
    ]
    ranked = sorted(
        (each for each in scored if each[0]),
        key=lambda each: (-each[0], -each[1].event.clock, each[1].event.id),
    )
    best = tuple(_hit(sought, score, one) for score, one in ranked[:number])
    return Results(hits=best, count=len(ranked), every=every, problems=problems)


def _some(
    repo: Repo,
    tips: dict[Oid, SessionBranch],
    sought: Search,
    contexts: bool,
    every: bool,
    problems: dict[str, str],
) -> Iterator[Found]:
    return iter(()) if every else _found(repo, tips, sought, contexts, False, problems)


def _tips(repo: Repo, wanted: str | None, problems: dict[str, str]) -> dict[Oid, SessionBranch]:
    if wanted is not None:
        name = here.session(repo, wanted).branch.session
        listed = refs.listing(repo, f"{refs.HEADS}{name}/")
    else:
        listed = refs.listing(repo)
    problems.update((str(one.branch), one.problem) for one in listed if one.problem is not None)
    return {one.tip: one.branch for one in reversed(listed) if one.problem is None}


def _found(
    repo: Repo,
    tips: dict[Oid, SessionBranch],
    sought: Search,
    contexts: bool,
    every: bool,
    problems: dict[str, str],
) -> Iterator[Found]:
    words = [word for term in sought.terms for word in term.split()]
    yield from grep.said(repo, tips, words, every, problems)
    if contexts:
        yield from grep.sent(repo, tips, words, every, problems)


def _score(sought: Search, one: Found) -> float:
    return sought.score(one.text) * _WEIGHT.get(one.source, _SENT)


def _hit(sought: Search, score: float, one: Found) -> Hit:
    line, marks = hits.excerpt(one.text, sought.hits(one.text), COLUMNS)
    return Hit(found=one, score=score, excerpt=line, marks=tuple(marks))
