"""What a later prompt is about and its chat has not been shown: pinned files, and what is asked for."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import islice

from git_ctx.analysis import asked, candidates, counterparts, query
from git_ctx.analysis import budget as packing
from git_ctx.analysis.aim import Aim
from git_ctx.analysis.corpus import Corpus
from git_ctx.analysis.kinds import FileKind
from git_ctx.document import Document
from git_ctx.model import Oid, Ranked, Reason
from git_ctx.pattern import lazily
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
MOST_TESTS = 2
FOR_TESTS = 1500
"""Tokens for them: a chat that writes a test needs to see one, and how the file begins."""
_SHORT = 1000
_OF_TESTS = lazily(r"\b(?:tests?|specs?)\b", re.I)
_PIN = str(Reason(kind="pin", detail="pinned"))
_MADE: frozenset[FileKind] = frozenset({"generated", "vendored", "minified", "lock"})
"""Kinds of files that are no answer to a question: what they are made from is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What news are made from: the files that rank first for a prompt and what it is `about`, and what its
    conversation has seen `before`. `tree` is the snapshot, `aim` says which files are meant.
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
    aim: Aim


def added(document: Document, news: News, budget: int) -> Document:
    """An update with its news: what is pinned, tests where they are spoken of, then what is asked for."""
    document = _with_pinned(document, news, budget)
    document = _with_tests(document, news, budget)
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


def _with_tests(document: Document, news: News, budget: int) -> Document:
    """Who speaks of tests gets those that are named, else those of what changed, or of the best file.

    Only what the chat has not seen of these.
    """
    if len(document.task) > _SHORT:
        return document
    corpus = news.corpus
    changed = {part.path: part.text for part in document.parts if part.form in ("whole", "diff")}
    meant = dict.fromkeys(counterparts.called(news.about.names, corpus.files, corpus.kind), "")
    if not meant and _OF_TESTS.search(document.task):
        after = counterparts.named_after(_worked_on(changed, news), corpus.files, corpus.kind)
        meant = {tests: source for source, tests in after.items()}
    shown = items_shown(news.before)
    fresh = {
        tests: source
        for tests, source in meant.items()
        if news.aim.takes(tests) and tests not in changed
        if tests not in shown or shown[tests].form == "line"
    }
    if not fresh:
        return document
    files = [
        Ranked(path=tests, score=1.0, reasons=(Reason(kind="tests", detail=_of(source)),))
        for tests, source in list(fresh.items())[:MOST_TESTS]
    ]
    texts = [
        text[:_SHORT] for path, text in changed.items() if path in fresh.values() or "" in fresh.values()
    ]
    about = query.parse("\n".join(texts or [news.before[-1].prompt.text]))
    room = min(FOR_TESTS, int((budget - news.press.size(document)) * SHARE))
    some = candidates.candidates(files, about, compose.reader(corpus), room)
    parts, _ = packing.pack(some, (), room, news.press.cost)
    return replace(document, parts=(*document.parts, *parts))


def _worked_on(changed: Collection[str], news: News) -> list[str]:
    """The files that changed now, else those that changed when the chat was last told, else the best one."""
    known = news.corpus.files
    told = ([item.path for item in one.items if item.form == "diff"] for one in news.before)
    lately = next((some for some in told if some), [])
    sources = (one.path for one in news.ranked if news.corpus.kind(one.path) == "source")
    return [path for path in changed or lately or islice(sources, 1) if path in known]


def _of(source: str) -> str:
    return f"of {source.rpartition('/')[2]}" if source else "the prompt names them"


def _with_asked(document: Document, news: News, budget: int) -> Document:
    named = asked.subject(news.about, news.rarity)
    corpus = news.corpus
    aside = {*news.pins, *(part.path for part in document.parts if part.form in ("definitions", "outline"))}
    best = [one for one in news.ranked if one.path not in aside and corpus.kind(one.path) not in _MADE]
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
