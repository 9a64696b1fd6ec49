"""A session as Markdown, to read or to paste into a review: what was asked and answered, file by file why.

What people and models wrote stands in block quotes, so that nothing in it ends them; what would be HTML or
an image elsewhere stays text.
"""

import re
from collections.abc import Iterator, Sequence

from git_ctx.model import Ask, Item
from git_ctx.render.markdown import code, fence
from git_ctx.render.moments import count, number
from git_ctx.render.text import visible
from git_ctx.safety.text import escape
from git_ctx.story import Beside, Changes, Given, Moment, Story

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_SPECIAL = re.compile(r"([\\`*\[\]<>#|]|(?<![^\W_])_|_(?![^\W_]))")


def render(story: Story) -> Iterator[str]:
    """The transcript, piece by piece; the same story gives the same bytes."""
    session = story.session
    yield f"# Session {code(session.name)}\n\n"
    yield f"- Project: {plain(session.project)}\n- Begun: {session.created:%Y-%m-%d %H:%M %z}\n"
    for one in story.lines:
        source = f", from {code(one.source)}" if one.source else ""
        yield f"- Branch {code(one.name)}: {plain(one.state)}, {count(one.prompts, 'prompt')}{source}\n"
    for path in story.pins:
        yield f"- Pinned: {code(path)}\n"
    for priority, text in story.principles:
        yield f"- Guidance, {priority}: {plain(text)}\n"
    if story.left_out:
        yield f"- Not told: {story.left_out:,} earlier prompts and saves\n"
    for moment in story.moments:
        yield "".join(_moment(moment, len(story.lines) > 1))


def plain(words: str) -> str:
    """One line in which Markdown finds nothing to do."""
    return _SPECIAL.sub(r"\\\1", visible(words))


def quote(words: str) -> str:
    """Text in a block quote. Fenced code stays as it is; elsewhere tags and images are taken for text."""
    lines = []
    mark = ""
    for one in escape(words.replace("\r\n", "\n").strip("\n")).split("\n"):
        found = _FENCE.match(one)
        if found and not mark:
            mark = found[1]
        elif found and found[1].startswith(mark) and not one.strip().strip(mark[0]):
            mark = ""
        elif not mark:
            one = _TAG.sub(r"\\<", one).replace("![", "!\\[")
        lines.append(f"> {one}".rstrip())
    return "\n".join(lines) + "\n"


def _moment(moment: Moment, many: bool) -> Iterator[str]:
    event = moment.event
    said = [number(event), event.type]
    if moment.when:
        said += [f"{moment.when:%Y-%m-%d %H:%M %z}", plain(moment.author.partition(" <")[0])]
    if many:
        said.append(", ".join(map(plain, moment.on)))
    yield f"\n## {' · '.join(said)}\n"
    if moment.problem:
        yield f"\nIt cannot be read: {plain(moment.problem)}\n"
    elif moment.text.strip():
        yield "\n" + quote(moment.text)
    yield from _changes(moment.changes)
    for path, why in (moment.withheld or {}).items():
        yield f"\nWithheld: {code(path)}, {plain(why)}\n"
    if moment.given:
        yield from _given(moment.given)
    for one in moment.beside:
        yield from _beside(one)


def _beside(one: Beside) -> Iterator[str]:
    kind = "Request" if one.given else "Reply"
    by = plain(one.author.partition(" <")[0])
    yield f"\n### {kind} · {number(one.event)} · {one.when:%Y-%m-%d %H:%M %z} · {by}\n"
    if one.text.strip():
        yield "\n" + quote(one.text)
    yield from _asks(one.asks)
    if one.given:
        yield from _given(one.given)


def _asks(asks: Sequence[Ask]) -> Iterator[str]:
    if asks:
        yield "\n"
        yield "".join(f"- {ask.kind} {code(ask.what)}\n" if ask.what else f"- {ask.kind}\n" for ask in asks)


def _changes(changes: Changes | None) -> Iterator[str]:
    if changes is None or not changes.patches:
        return
    since = f"since {number(changes.since)}" if changes.since else "against its base commit"
    yield f"\nChanged {since}:\n\n"
    for one in changes.patches:
        name = f"{code(one.old_path)} → {code(one.path)}" if one.old_path else code(one.path)
        yield f"- {one.status} {name} (+{one.added:,} −{one.removed:,})\n"
    if changes.more:
        yield f"- and {changes.more:,} files more\n"
    for one in changes.patches:
        if one.text is not None:
            yield f"\nIn {code(one.path)}{', its beginning' if one.cut else ''}:\n\n"
            yield fence(escape(one.text), "diff")


def _given(given: Given) -> Iterator[str]:
    shown = [item for item in given.items if item.form != "line"]
    named = [item for item in given.items if item.form == "line"]
    what = "Given" if given.kind == "request" else f"{given.kind.capitalize()} context"
    yield f"\n{what}: {given.tokens:,} of {given.budget:,} tokens\n"
    if shown:
        yield "\n| file | shown as | tokens | why |\n|---|---|---:|---|\n"
        yield from map(_row, shown)
    if named:
        yield f"\nNamed only: {', '.join(code(item.path) for item in named)}\n"
    if given.more:
        yield f"\nAnd {given.more:,} files more.\n"
    if given.content is not None:
        yield f"\nThe exact text:\n\n{fence(escape(given.content), 'text')}"


def _row(item: Item) -> str:
    path = code(item.path).replace("|", "\\|")
    return f"| {path} | {item.form} | {item.tokens:,} | {plain('; '.join(item.reasons[:3]))} |\n"
