"""What a later prompt is about and its chat has not been shown: pinned files, and what is asked for."""

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import replace

from git_ctx.analysis import asked, candidates, query
from git_ctx.analysis import budget as packing
from git_ctx.analysis.corpus import Corpus
from git_ctx.analysis.kinds import FileKind
from git_ctx.document import Document
from git_ctx.model import Oid, Ranked, Reason
from git_ctx.porcelain.context import compose, seen
from git_ctx.porcelain.context.conversation import Exchange, items_shown
from git_ctx.porcelain.context.press import Press
from git_ctx.store.repo import Repo
from git_ctx.store.trees import ENDLESS
from git_ctx.value import dataclass

SHARE = 0.5
"""Of the budget, for what is new: who wants the whole picture of something else asks with --full."""
REMEMBERED = 9
"""Earlier prompts, beside the first one, that may have asked for the same."""
_PIN = str(Reason(kind="pin", detail="pinned"))
_MADE: frozenset[FileKind] = frozenset({"generated", "vendored", "minified", "lock"})
"""Kinds of files that are no answer to a question: what they are made from is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What news are made from: the files that rank first for a prompt and what it is `about`, and what its
    conversation has seen `before`. `tree` is the snapshot.
    """

    repo: Repo
    corpus: Corpus
    tree: Oid
    ranked: Sequence[Ranked]
    about: query.Query
    rarity: Mapping[str, float]
    before: Sequence[Exchange]
    pins: Collection[str]
    press: Press


def added(document: Document, news: News, budget: int) -> Document:
    """An update with its news: pinned files first, then what is asked for."""
    document = _with_pinned(document, news, budget)
    return _with_asked(document, news, budget)


def _with_pinned(document: Document, news: News, budget: int) -> Document:
    fresh = [*_pinned(news, {change.path for change in document.changes})]
    if not fresh:
        return document
    room = int((budget - news.press.size(document)) * SHARE)
    files = candidates.candidates(
        fresh, query.weighed(news.about, news.rarity), compose.reader(news.corpus), room
    )
    parts, cut = packing.pack(files, (), room, news.press.cost)
    return replace(document, parts=(*document.parts, *parts), cut=(*document.cut, *cut))


def _pinned(news: News, changed: Collection[str]) -> Iterator[Ranked]:
    """What is pinned and was not shown as that.

    The parts of it that were shown before it was pinned were chosen for something else.
    """
    shown = items_shown(news.before)
    for one in news.ranked:
        item = shown.get(one.path)
        if one.path not in news.pins or one.path in changed:
            continue
        little = item is None or item.form in ("line", "outline")
        if little or (item and item.form == "definitions" and _PIN not in item.reasons):
            yield one


def _with_asked(document: Document, news: News, budget: int) -> Document:
    named = asked.subject(news.about, news.rarity)
    corpus = news.corpus
    best = [one for one in news.ranked if one.path not in news.pins and corpus.kind(one.path) not in _MADE]
    things = asked.afresh(named, news.about.names, [*_named(news.before)])
    if not things or not best:
        return document
    room = asked.room(things, int((budget - news.press.size(document)) * SHARE))
    files = candidates.candidates(best, news.about, compose.reader(corpus), room)
    oids = {one.path: corpus.files[one.path].oid for one in best}
    known = seen.lines(news.repo, news.before, news.tree, oids)
    for part in document.parts:
        if part.form in ("whole", "diff"):
            told = part.shown or ((1, ENDLESS),)
            known[part.path] = tuple(sorted((*known.get(part.path, ()), *told)))
    return replace(
        document, parts=(*document.parts, *asked.lines(files, known, named, room, news.press.cost))
    )


def _named(before: Sequence[Exchange]) -> Iterator[Set[str]]:
    """What each of the last prompts and the first one named."""
    for one in (*before[:REMEMBERED], *before[REMEMBERED:][-1:]):
        yield asked.subject(query.parse(one.prompt.text), {}).keys()
