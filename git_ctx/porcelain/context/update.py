"""A later prompt of a conversation: what changed since the last one, what is new, the rest in a line."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from git_ctx.analysis import asked, forms, query
from git_ctx.analysis.corpus import Corpus
from git_ctx.analysis.kinds import is_context, language
from git_ctx.analysis.rank import ENOUGH, ranking
from git_ctx.code import Change
from git_ctx.document import Document, Part
from git_ctx.errors import CtxError
from git_ctx.model import BACK, Item, Ranked, Reason
from git_ctx.porcelain.context import compose, fit, news, since
from git_ctx.porcelain.context.compose import Composed
from git_ctx.porcelain.context.conversation import Exchange, items_shown
from git_ctx.porcelain.context.news import News
from git_ctx.porcelain.context.press import Press
from git_ctx.porcelain.context.scope import View
from git_ctx.porcelain.context.steering import Steering
from git_ctx.safety import secrets
from git_ctx.safety.text import quoted
from git_ctx.store.files.snapshot import Snapshot
from git_ctx.store.repo import Repo

NEW = 10
"""Only what ranks among the first is news; further down, a new prompt shuffles files without a reason."""
CHANGED_SHARE = 0.6
"""Of the budget, for what changed: a switched branch must not push out what the prompt is about."""
STALE_SHARE = 0.1
"""Of the budget, for the names of seen files whose changes are past it."""
UNTOLD = "past the budget, ask for it"
FIRST = 3
"""Files that rank so high are what the prompt is about: their changes come first, also overdue ones."""
LONGEST_OVERDUE = 6000
SHORT = 400
"""Characters of a diff; one that takes back what the chat was told is said in a line where it has more."""
MOST_EARLIER = 4
MOST_COMPARED = 500
MOST_TOLD = 20
"""Deleted and renamed files that are named."""
REMEMBERED = 400
"""Characters of the conversation's first prompt that tell what a later one is about."""


def update(
    repo: Repo,
    corpus: Corpus,
    shot: Snapshot,
    task: str,
    before: Sequence[Exchange],
    steering: Steering,
    budget: int,
    press: Press,
) -> Composed | None:
    """What this conversation has not seen. None where it has seen nothing yet that can be built on."""
    old = before[0].prompt.snapshot if before else None
    if old is None:
        return None
    most = NEW + len(steering.pins)
    about = query.parse(task)
    course = _in_its_course(task, bool(asked.subject(about, {})), before)
    made = ranking(corpus, course, aim=steering.view.aim, explained=most, most=ENOUGH)
    ranked = made.files
    try:
        wanted = {one.path: corpus.files[one.path].oid for one in ranked[:FIRST]}
        compared = since.changes(repo, before, old, shot.tree, wanted)
        changes = _by_interest(_wanted(compared.trees, before, steering.view), items_shown(before), ranked)
        patches = since.patches(repo, compared, changes[:MOST_COMPARED], shot.tree)
        changes = tuple(one for one in changes if _worth(one, patches.get(one.path, ""), compared))
    except CtxError:  # its snapshot was dropped: then there is nothing to compare with
        return None
    told, untold = _told(changes)
    own = steering.tell(before[0].context.guidance, budget)
    document = Document(
        kind="update",
        task=task,
        guidance=own.excerpts,
        changes=told,
        earlier=tuple(_earlier(before, corpus)),
        notes=(*own.notes, *untold, *compose.withheld(shot)),
    )
    room = int((budget - press.size(document)) * CHANGED_SHARE)
    back = since.returned(before, changes)
    parts, cut = fit.parts(_changed(corpus, changes, patches, back, press), room, press)
    stale = _stale(changes, cut, before, int(budget * STALE_SHARE), press)
    left = {*cut}.difference(part.path for part in stale)
    document = replace(document, parts=(*parts, *stale), cut=tuple(path for path in cut if path in left))
    document = news.added(
        document,
        News(
            repo=repo,
            corpus=corpus,
            tree=shot.tree,
            ranked=ranked[:most],
            about=about,
            rarity=made.rarity,
            before=before,
            pins=frozenset(steering.pins),
            press=press,
            aim=steering.view.aim,
        ),
        budget,
    )
    return replace(compose.finish(document, corpus, budget, press), guidance=own.known)


def _wanted(changes: Iterable[Change], before: Sequence[Exchange], view: View) -> tuple[Change, ...]:
    """The changes less those of files that this prompt is not about and the chat has not seen.

    Of one that it has seen and that is hidden now, it is told that it changed: what it knows is out of date.
    """
    seen = _last_shown(before)
    return tuple(
        one
        for one in changes
        if one.path in seen
        or one.old_path in seen
        or (one.path not in view.hidden and (one.status == "deleted" or view.aim.takes(one.path)))
    )


def _worth(change: Change, patch: str, compared: since.Since) -> bool:
    """Whether a change is told; one that is overdue only if it is short, since the chat can ask for it."""
    return not _of_a_context(patch) and (change.path not in compared.overdue or len(patch) <= LONGEST_OVERDUE)


def _of_a_context(patch: str) -> bool:
    """Whether this is the change of a file into which a context was printed, in what it was or is."""
    lines = patch.partition("\n@@ ")[2][:2000].splitlines()[1:]
    return any(
        is_context("\n".join(line[1:] for line in lines if line[:1] in (sign, " ")).encode()) for sign in "+-"
    )


def _in_its_course(task: str, names_something: bool, before: Sequence[Exchange]) -> str:
    """The prompt together with what was asked before, since 'and a test for it' says nothing by itself.

    First line joins first line, so that what that was about ranks high again. A prompt that names something
    may be about something else: then only the first lines of the first prompt and the last one are
    remembered, in passing.
    """
    title, _, rest = task.partition("\n")
    old_title, _, old_rest = before[-1].prompt.text[:REMEMBERED].partition("\n")
    if names_something:
        last_title = before[0].prompt.text[:REMEMBERED].partition("\n")[0] if len(before) > 1 else ""
        return f"{task}\n\n{old_title}\n{last_title}"
    return f"{title} {old_title}\n{rest}\n{old_rest}"


def _by_interest(
    changes: Sequence[Change], shown: Mapping[str, Item], ranked: Sequence[Ranked]
) -> tuple[Change, ...]:
    """What the conversation has seen and what ranks first, then the rest; each by rank."""
    place = {one.path: place for place, one in enumerate(ranked)}

    def interest(one: Change) -> tuple[bool, int, str]:
        at = place.get(one.path, len(place))
        return one.path not in shown and at >= FIRST, at, one.path

    return tuple(sorted(changes, key=interest))


def _told(changes: Sequence[Change]) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """The changes less the deleted and renamed past the first few, and a note that counts those."""
    quiet = [change for change in changes if change.status in ("deleted", "renamed")]
    left = {change.path for change in quiet[MOST_TOLD:]}
    note = (f"{_files(len(left))} more deleted or renamed",) if left else ()
    return tuple(change for change in changes if change.path not in left), note


def _changed(
    corpus: Corpus,
    changes: Sequence[Change],
    patches: Mapping[str, str],
    back: Mapping[Change, Exchange],
    press: Press,
) -> Iterator[Part]:
    text = compose.reader(corpus)
    tested = compose.tests_of([one.path for one in changes[: compose.TESTED_FILES]], corpus)
    for change in changes:
        if change.status == "deleted" or (change.status == "renamed" and change.old_oid == change.new_oid):
            continue
        name = language(change.path) or ""
        now = text(change.path) if corpus.target(change.path) == change.path else None
        if now is None:
            yield forms.line(change.path, name, None, [Reason(kind=change.status, detail="not shown")])
        elif change in back and len(patches.get(change.path, now)) > SHORT:
            as_then = f'as it was with "{quoted(back[change].prompt.text)}"'
            yield forms.line(change.path, name, None, [Reason(kind=BACK, detail=as_then)])
        else:
            patch = secrets.redact(patches[change.path])[0] if change.path in patches else None
            yield forms.changed(change.path, name, patch, now, press.cost, tested.get(change.path, ()))


def _stale(
    changes: Iterable[Change], cut: Collection[str], before: Sequence[Exchange], room: int, press: Press
) -> tuple[Part, ...]:
    """Those that there is no room for, by name where the chat has seen them: what it knows is out of date."""
    seen = _last_shown(before)
    lines = (
        forms.line(one.path, language(one.path) or "", None, [Reason(kind=one.status, detail=UNTOLD)])
        for one in changes
        if one.path in cut and (one.path in seen or one.old_path in seen)
    )
    return fit.parts(lines, room, press)[0]


def _earlier(before: Sequence[Exchange], corpus: Corpus) -> Iterator[str]:
    """One line per earlier context: how many of the files that it showed are as they were then."""
    last: dict[str, int] = {}
    for index, one in enumerate(before):
        for item in one.items:
            file = corpus.files.get(item.path)
            if item.form != "line" and file is not None and file.oid == item.oid:
                last.setdefault(item.path, index)
    same = Counter(last.values())
    for index, one in list(enumerate(before))[:MOST_EARLIER]:
        if same[index]:
            yield f'with "{quoted(one.prompt.text)}": {_files(same[index])}, unchanged since'
    rest = sum(count for index, count in same.items() if index >= MOST_EARLIER)
    if rest:
        yield f"before that: {_files(rest)}, unchanged since"


def _last_shown(before: Sequence[Exchange]) -> dict[str, tuple[int, Item]]:
    """The newest item that showed anything of a file, and whose it was; a name alone shows nothing."""
    shown: dict[str, tuple[int, Item]] = {}
    for index, one in enumerate(before):
        for item in one.items:
            if item.form != "line":
                shown.setdefault(item.path, (index, item))
    return shown


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
