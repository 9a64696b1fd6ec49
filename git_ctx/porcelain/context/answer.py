"""What was asked for, answered from the files as they are: bounded, and never from outside of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from git_ctx.analysis import asks, find, fold, forms, tokens
from git_ctx.analysis.blocks import lines_of
from git_ctx.analysis.corpus import Corpus
from git_ctx.analysis.kinds import glance, language
from git_ctx.analysis.outline import outline
from git_ctx.analysis.spelled import Names
from git_ctx.code import Change, File
from git_ctx.document import Answer, Part
from git_ctx.errors import BudgetTooSmall, CtxError
from git_ctx.model import Ask, AskKind, Oid, Reason
from git_ctx.porcelain.context import compose, fit
from git_ctx.porcelain.context.press import Press
from git_ctx.safety import paths, secrets
from git_ctx.store import trees
from git_ctx.store.repo import Repo

MOST_LINES = 200
MOST_USES = 40
MOST_LISTED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What answers are made from. `tree` is the snapshot; `before` the tree that a revision names."""

    repo: Repo
    corpus: Corpus
    tree: Oid
    press: Press
    before: Callable[[str], Oid]

    def text(self, path: str) -> str | None:
        """A file's text as it may be shown, of whatever kind it is; None for one that holds no text."""
        data = self.corpus.read(path)
        if data is None or glance(data) == "binary":
            return None
        return compose.presentable(path, data.decode("utf-8", "replace"))

    def size(self, answer: Answer) -> int:
        return tokens.count(self.press.answer(answer))


def answers(desk: Desk, wanted: Sequence[Ask], budget: int) -> tuple[tuple[Answer, ...], str, int]:
    """The answers within the budget, their content and its tokens. Raises `BudgetTooSmall`.

    Where all of it is too much, the small ones are given in full and the large ones share what is left.
    """
    room = budget - tokens.count(desk.press.answers(()))
    given = {ask: answer(desk, ask, room) for ask in wanted}
    sizes = {ask: desk.size(one) for ask, one in given.items()}
    if sum(sizes.values()) > room:
        left, waiting = room, len(given)
        for ask in sorted(given, key=lambda ask: sizes[ask]):
            if sizes[ask] > left // waiting:
                given[ask] = answer(desk, ask, max(0, left // waiting))
            left -= desk.size(given[ask])
            waiting -= 1
    return _finish(desk, [given[ask] for ask in wanted], budget)


def answer(desk: Desk, ask: Ask, room: int) -> Answer:
    """One answer. What there is no room for is left out, and that is said."""
    head = desk.size(Answer(ask=ask, found=True, notes=("x" * 100,)))
    return _ANSWERS[ask.kind](desk, ask, room - head)


def _finish(desk: Desk, made: list[Answer], budget: int) -> tuple[tuple[Answer, ...], str, int]:
    """Rendered, counted, and made to fit should the sum be off."""
    while True:
        content = desk.press.answers(made)
        total = tokens.count(content)
        if total <= budget:
            return tuple(made), content, total
        for index in reversed(range(len(made))):
            if made[index].parts or made[index].lines:
                made[index] = replace(made[index], parts=(), lines=(), notes=("left out, past the budget",))
                break
        else:
            raise BudgetTooSmall(budget, total, "request")


def _file(desk: Desk, ask: Ask, room: int) -> Answer:
    path, lines = (ask.what, None) if desk.corpus.file(ask.what) else asks.place(ask.what)
    found = _meant(desk, path)
    if len(found) != 1:
        return _none(ask, f"no file {path}", found)
    (path,) = found
    text = desk.text(path)
    if text is None:
        return _none(ask, _unshown(path, desk.corpus.file(path)))
    length = len(lines_of(text))
    if lines and lines[0] > length:
        return _none(ask, f"{path} has {length:,} lines")
    start, end = (lines[0], min(lines[1], length)) if lines else (1, length)
    part, last = _excerpt(desk, path, text, start, end, room)
    left = f"past the budget, ask again: {path}:{last + 1}-{end}" if last < end else ""
    return Answer(
        ask=ask,
        found=True,
        parts=(part,) if part else (),
        notes=tuple(filter(None, [_also(ask, path), left])),
    )


def _also(ask: Ask, path: str) -> str:
    """What a path was taken for, where it was spelled in another way."""
    return "" if ask.what.startswith(path) else f"this is {path}"


def _meant(desk: Desk, path: str) -> tuple[str, ...]:
    """The file of this path; else those whose paths end like it, as one names them from inside a folder."""
    root = f"{desk.repo.work_tree}/"
    path = path.removeprefix(root).removeprefix("./")
    if desk.corpus.file(path):
        target = desk.corpus.target(path)
        return (target if desk.corpus.file(target) else path,)
    if paths.problem(path) is not None:
        return ()
    return tuple(Names(desk.corpus.files).meant(path))


def _excerpt(desk: Desk, path: str, text: str, start: int, end: int, room: int) -> tuple[Part | None, int]:
    """The lines from `start` on that fit, and the last of them."""
    spoken = language(path) or ""
    length = len(lines_of(text))
    known = outline(language(path), text)

    def part(last: int) -> Part:
        if start == 1 and last == length:
            return forms.whole(path, spoken, text, ())
        return forms.excerpts(path, spoken, text, known, [(start, last)], ())

    def fits(last: int) -> bool:
        return fit.fits(part(last), room, desk.press)

    if fits(end):
        return part(end), end
    least, most = start - 1, end
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (middle, most) if fits(middle) else (least, middle)
    return (part(least), least) if least >= start else (None, least)


def _symbol(desk: Desk, ask: Ask, room: int) -> Answer:
    text = compose.reader(desk.corpus)
    defined = find.symbol(desk.corpus, ask.what, text)
    parts, cut = fit.parts((_definitions(each) for each in defined), room, desk.press)
    room -= sum(map(desk.press.cost, parts))
    used = [f"{hit.path}:{hit.number}: {hit.line}" for hit in find.uses(desk.corpus, ask.what, text, defined)]
    shown = fit.lines(used[:MOST_USES], room)
    notes = [] if defined else [f"nothing here defines {ask.what}"]
    if used:
        notes.append(f"named in {_count(len(used), 'other line')}" + _of(shown, used))
    return Answer(
        ask=ask, found=bool(defined or used), parts=parts, lines=shown, notes=(*notes, *_left_out(cut))
    )


def _definitions(each: find.Defined) -> Part:
    spans = [(one.start, one.end) for one in each.definitions]
    where = "; ".join(f"{one.kind} {one.name}, lines {one.start}-{one.end}" for one in each.definitions[:3])
    reason = Reason(kind="defines", detail=where)
    return forms.excerpts(each.path, language(each.path) or "", each.text, each.outline, spans, [reason])


def _search(desk: Desk, ask: Ask, room: int) -> Answer:
    hits, any_letters = find.search(desk.corpus, ask.what, compose.reader(desk.corpus))
    if not hits:
        return _none(ask, "no line of the files holds this text")
    found = [f"{hit.path}:{hit.number}: {hit.line}" for hit in hits]
    shown = fit.lines(found[:MOST_LINES], room)
    least = "at least " if len(found) == find.MOST_HITS else ""
    files = len({hit.path for hit in hits})
    said = f"{least}{_count(len(found), 'line')} in {_count(files, 'file')}" + _of(shown, found)
    notes = [said, *(["found in other letters only"] if any_letters else [])]
    return Answer(ask=ask, found=True, lines=shown, notes=tuple(notes))


def _tree(desk: Desk, ask: Ask, room: int) -> Answer:
    folder = ask.what.removeprefix(f"{desk.repo.work_tree}/").removeprefix("./")
    inside = f"{folder.rstrip('/')}/" if folder not in ("", ".") else ""
    listed = [path for path in sorted(desk.corpus.files) if path.startswith(inside)]
    if not listed and any(path.startswith(inside) for path in desk.corpus.hidden):
        return _none(ask, f"{folder or 'all'} is left out by .ctxignore; its files are given by name")
    if not listed:
        return _none(ask, f"no folder {folder}" if inside else "there is no file yet")
    if len(listed) <= MOST_LISTED and (lines := fit.lines(listed, room)) == tuple(listed):
        return Answer(ask=ask, found=True, lines=lines)
    names = [path.removeprefix(inside) for path in listed]
    short = fold.fold(names, set(names), room)
    notes = (f"{len(listed):,} files; folders that are closed here can be asked for",)
    return Answer(ask=ask, found=True, lines=fit.lines(short, room), notes=notes)


def _diff(desk: Desk, ask: Ask, room: int) -> Answer:
    try:
        old = desk.before(ask.what)
        changes = [
            one for one in trees.changes(desk.repo, old, desk.tree) if one.path not in desk.corpus.hidden
        ]
    except CtxError as error:  # no such prompt, or its snapshot was dropped
        return _none(ask, str(error))
    if not changes:
        return Answer(ask=ask, found=True, notes=("nothing has changed",))
    patches = trees.patches(desk.repo, old, desk.tree, [change.path for change in changes[:MOST_LISTED]])
    parts, cut = fit.parts(
        (part for one in changes if (part := _changed(desk, one, patches))), room, desk.press
    )
    room -= sum(map(desk.press.cost, parts))
    told = [f"deleted: {one.path}" for one in changes if one.status == "deleted"]
    told += [f"renamed: {one.old_path} to {one.path}" for one in changes if one.status == "renamed"]
    return Answer(ask=ask, found=True, parts=parts, lines=fit.lines(told, room), notes=_left_out(cut))


def _changed(desk: Desk, change: Change, patches: dict[str, str]) -> Part | None:
    if change.status == "deleted" or (change.status == "renamed" and change.old_oid == change.new_oid):
        return None
    name = language(change.path) or ""
    text = desk.text(change.path)
    patch = patches.get(change.path)
    if text is None or patch is None:
        return forms.line(change.path, name, None, [Reason(kind=change.status, detail="not shown")])
    if change.status == "added":
        return forms.whole(change.path, name, text, [Reason(kind="added", detail="")])
    return forms.difference(change.path, name, secrets.redact(patch)[0], text)


def _question(desk: Desk, ask: Ask, room: int) -> Answer:
    return Answer(ask=ask, found=True, notes=("kept for a person to answer with the next prompt",))


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _of(shown: Sequence[str], every: Sequence[str]) -> str:
    return f", {len(shown):,} of them shown" if len(shown) < len(every) else ""


def _left_out(cut: Sequence[str]) -> tuple[str, ...]:
    return (f"left out, past the budget: {fit.named(cut)}",) if cut else ()


def _none(ask: Ask, why: str, near: Sequence[str] = ()) -> Answer:
    notes = (why, f"there is: {fit.named(near)}") if near else (why,)
    return Answer(ask=ask, found=False, notes=notes)


def _unshown(path: str, file: File | None) -> str:
    if file is not None and file.withheld is not None:
        return f"{path} is withheld: {file.withheld}"
    return f"{path} is not shown: no text, too large, or there to hold secrets"


_ANSWERS: dict[AskKind, Callable[[Desk, Ask, int], Answer]] = {
    "file": _file,
    "symbol": _symbol,
    "search": _search,
    "tree": _tree,
    "diff": _diff,
    "question": _question,
}
