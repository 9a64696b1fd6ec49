"""A context put together: what is shown, within the budget, rendered and counted."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from git_ctx.analysis import budget as packing
from git_ctx.analysis import candidates, counterparts, query, tokens
from git_ctx.analysis.corpus import Corpus
from git_ctx.analysis.kinds import UNREAD
from git_ctx.analysis.rank import ENOUGH, ranking
from git_ctx.document import Document, Part
from git_ctx.errors import BudgetTooSmall
from git_ctx.model import TESTED, Item, Ranked, Reason
from git_ctx.porcelain.context.press import Press
from git_ctx.porcelain.context.scope import View
from git_ctx.porcelain.context.steering import Steering
from git_ctx.safety import files, secrets
from git_ctx.store import project, trees
from git_ctx.store.files.snapshot import Snapshot
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

NEAR = 10
"""Files, from the top of the ranking, whose folders the overview opens, with their guidance and set-up."""

TESTED_FILES = 3
"""Files, from the top of the ranking, of which it is said where they are tested."""

MOST_WITHHELD = 10
"""Withheld files that a context names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A context as it will be sent, to the character, and what it shows of which file.

    `guidance`: the principles that the chat knows from then on.
    """

    document: Document
    content: str
    tokens: int
    items: tuple[Item, ...]
    sections: tuple[tuple[str, int], ...]
    guidance: tuple[str, ...] = ()


def full(
    repo: Repo, corpus: Corpus, shot: Snapshot, task: str, steering: Steering, budget: int, press: Press
) -> Composed:
    """The whole picture for a prompt. Raises `BudgetTooSmall` where next to nothing would fit."""
    # for a full context alone: updates, which are most, go without what loading these takes
    from git_ctx.analysis import guidance, overview, setup

    made = ranking(corpus, task, aim=steering.view.aim, explained=candidates.RELEVANT, most=ENOUGH)
    ranked = _with_tests(made.files, corpus)
    own = steering.tell((), budget)
    text = reader(corpus)
    shares = packing.shares(budget - tokens.count(task) * press.task)
    paths = sorted(corpus.files)
    near = [one.path for one in ranked[:NEAR]]
    document = Document(
        kind="full",
        task=task,
        overview=overview.overview(
            project.project(repo),
            paths,
            text,
            shares.overview,
            lines=corpus.lines,
            kind=corpus.kind,
            language=corpus.language,
            near=near,
        ),
        setup=setup.setup(paths, text, shares.setup, near),
        guidance=(
            *own.excerpts,
            *guidance.guidance(paths, text, shares.guidance, near=near),
        ),
        notes=(*own.notes, *steering.view.notes, *withheld(shot)),
    )
    room = budget - press.size(document)
    marked = _marked(repo, shot, steering.view, [one.path for one in ranked[: candidates.RELEVANT]])
    about = query.weighed(query.parse(task), made.rarity)
    shown = candidates.candidates(ranked, about, text, room, marked)
    parts, cut = packing.fit(
        shown,
        candidates.lines(ranked, shown),
        budget,
        press.cost,
        lambda parts, cut: press.size(replace(document, parts=parts, cut=cut)),
    )
    done = finish(replace(document, parts=parts, cut=cut), corpus, budget, press)
    return replace(done, guidance=own.known)


def _with_tests(ranked: Sequence[Ranked], corpus: Corpus) -> Sequence[Ranked]:
    """The first files say where they are tested."""
    said = tests_of([one.path for one in ranked[:TESTED_FILES]], corpus)
    return [replace(one, reasons=(*one.reasons, *said.get(one.path, ()))) for one in ranked]


def tests_of(paths: Iterable[str], corpus: Corpus) -> dict[str, tuple[Reason, ...]]:
    """For each of these files that has tests of its name, what says so beside it."""
    known = [path for path in paths if path in corpus.files]
    named = counterparts.named_after(known, corpus.files, corpus.kind)
    return {path: (Reason(kind=TESTED, detail=f"in {tests}"),) for path, tests in named.items()}


def _marked(repo: Repo, shot: Snapshot, view: View, paths: Sequence[str]) -> dict[str, frozenset[int]]:
    """The lines of these files that are not as in the commit that was asked about."""
    some = [path for path in paths if path in view.aim.changed]
    if view.since is None or not some:
        return {}
    patches = trees.patches(repo, view.since, shot.tree, some)
    return {path: frozenset(trees.new_lines(patch)) for path, patch in patches.items()}


def finish(document: Document, corpus: Corpus, budget: int, press: Press) -> Composed:
    """Rendered, counted, and made to fit by leaving out the last parts should the sum be off."""
    content = press.render(document)
    while (total := press.size(document)) > budget:
        if not document.parts:
            raise BudgetTooSmall(budget, total)
        *parts, last = document.parts
        document = replace(document, parts=tuple(parts), cut=(last.path, *document.cut))
        content = press.render(document)
    return Composed(
        document=document,
        content=content,
        tokens=total,
        items=tuple(items(document.parts, corpus, press)),
        sections=press.sections(document),
    )


def reader(corpus: Corpus) -> Callable[[str], str | None]:
    """Texts of files as they may be shown: nothing of what must not be read, keys and passwords redacted.

    Of a link, the text of the file that it leads to.
    """

    def text(path: str) -> str | None:
        path = corpus.target(path)
        if path not in corpus.files or corpus.kind(path) in UNREAD:
            return None
        found = corpus.text(path)
        return presentable(path, found) if found else found

    return text


def presentable(path: str, found: str) -> str | None:
    """A file's text with keys and passwords redacted; None where the file is there to hold them."""
    shown, rules = secrets.redact(found)
    by_name = not rules and files.by_name(path, found.encode("utf-8", "replace"))
    return None if by_name else shown


def withheld(shot: Snapshot) -> Iterable[str]:
    """What was left out of the snapshot and of this context, and why; past the first few, how many more."""
    found = [state for state in shot.states.states if state.withheld]
    for state in found[:MOST_WITHHELD]:
        yield f"withheld: {secrets.redact(state.path)[0]} ({state.withheld})"
    if len(found) > MOST_WITHHELD:
        yield f"withheld: {len(found) - MOST_WITHHELD} more"


def items(parts: Iterable[Part], corpus: Corpus, press: Press) -> Iterable[Item]:
    """What the parts show of which file, for the record."""
    for part in parts:
        file = corpus.file(part.path)
        yield Item(
            path=part.path,
            oid=file.oid if file else None,
            form=part.form,
            tokens=press.cost(part),
            reasons=tuple(map(str, part.reasons)),
            lines=part.shown,
        )
