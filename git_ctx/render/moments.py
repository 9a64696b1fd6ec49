"""A prompt, a save or another event on the page: its words, what changed, what was sent, what came of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from git_ctx.model import EventName, Item
from git_ctx.render.hypertext import diff, line, pre, prose
from git_ctx.safety.text import one_line, truncate
from git_ctx.story import Beside, Changes, Given, Moment, Patch


def count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def number(event: EventName) -> str:
    return f"#{event.clock}"


def stamp(when: datetime) -> str:
    """A time as it was where it was written."""
    iso = when.isoformat(timespec="seconds")
    return f'<time datetime="{iso}">{when.strftime("%Y-%m-%d %H:%M %z")}</time>'


def title(moment: Moment, columns: int) -> str:
    """The first line of what it says."""
    if moment.problem:
        return "cannot be read"
    first = moment.text.strip().partition("\n")[0]
    return truncate(one_line(first), columns) or f"({moment.event.type})"


def article(moment: Moment) -> str:
    return "".join(_article(moment))


def _article(moment: Moment) -> Iterator[str]:
    event = moment.event
    kind = event.type if event.type in ("prompt", "save", "branch") else "other"
    yield f'<article id="{line(event.id)}" class={kind} tabindex=-1>\n<header>'
    yield f'<h2><a href="#{line(event.id)}">{number(event)}</a> <span>{line(event.type)}</span></h2>'
    yield f"<p class=by>{' · '.join(_by(moment))}</p></header>\n"
    if moment.problem:
        yield f"<p class=note>It cannot be read: {line(moment.problem)}</p>\n"
    elif moment.text.strip():
        yield f"<div class=said>{prose(moment.text)}</div>\n"
    yield from _changes(moment.changes)
    for path, why in (moment.withheld or {}).items():
        yield f"<p class=note>Withheld: <code>{line(path)}</code>, {line(why)}</p>\n"
    if moment.given:
        yield from _given(moment.given, f"git ctx show --context '{number(event)}'")
    elif event.type == "prompt" and not moment.problem:
        yield "<p class=note>No context: its run was cut off.</p>\n"
    for one in moment.beside:
        yield from _beside(one, event)
    yield "</article>\n"


def _by(moment: Moment) -> Iterator[str]:
    if moment.when:
        yield stamp(moment.when)
    if moment.author:
        yield line(moment.author.partition(" <")[0])
    where = f"<span class=chip>{line(moment.git_branch)}</span> " if moment.git_branch else ""
    base = f"on <code>{moment.base[:9]}</code>" if moment.base else ""
    if where or base:
        yield f"{where}{base}".strip()


def _changes(changes: Changes | None) -> Iterator[str]:
    if changes is None or not changes.patches:
        return
    patches = changes.patches
    since = f"since {number(changes.since)}" if changes.since else "against its base commit"
    sums = _sums(sum(one.added for one in patches), sum(one.removed for one in patches))
    many = count(len(patches) + changes.more, "file")
    yield f"<details class=changes><summary>{many} changed {since} {sums}</summary>\n"
    for one in patches:
        yield from _patch(one)
    if changes.more:
        yield f"<p class=note>And {count(changes.more, 'file')} more.</p>\n"
    yield "</details>\n"


def _sums(added: int, removed: int) -> str:
    plus = f"<span class=plus>+{added:,}</span>" if added else ""
    return f"{plus} <span class=minus>−{removed:,}</span>" if removed else plus


def _patch(one: Patch) -> Iterator[str]:
    name = f"{line(one.old_path)} → {line(one.path)}" if one.old_path else line(one.path)
    head = f"<code>{name}</code> <span class=how>{one.status}</span> {_sums(one.added, one.removed)}"
    if one.text is None:
        yield f"<p class=file>{head}</p>\n"
        return
    cut = "<p class=note>The rest of this diff is left out.</p>" if one.cut else ""
    yield f"<details class=file><summary>{head}</summary>{diff(one.text)}{cut}</details>\n"


def _given(given: Given, command: str) -> Iterator[str]:
    """What was sent: its files with their reasons and costs, and the exact text where it is at hand."""
    shown = [item for item in given.items if item.form != "line"]
    named = [item for item in given.items if item.form == "line"]
    yield f"<details class=given><summary>{_summary(given, len(shown), len(named))}</summary>\n"
    if shown:
        yield from _table(given, shown)
    if named:
        yield "<details class=named><summary>Named only: "
        yield f"{count(len(named), 'file')}</summary><ul>"
        yield from (f"<li><code>{line(item.path)}</code> {_why(item)}</li>" for item in named)
        yield "</ul></details>\n"
    if given.more:
        yield f"<p class=note>And {count(given.more, 'file')} more.</p>\n"
    if given.content is not None:
        yield f"<details class=raw><summary>The exact text</summary>{pre(given.content)}</details>\n"
    else:
        yield f"<p class=note>The exact text: <code>{line(command)}</code></p>\n"
    yield "</details>\n"


def _summary(given: Given, shown: int, named: int) -> str:
    files = count(shown, "file") + " shown" + (f", {named:,} named" if named else "")
    what = "Answered with" if given.kind == "request" else f"{given.kind.capitalize()} context:"
    return f"{what} {given.tokens:,} tokens, {files} {bar(given.tokens, given.budget)}"


def bar(part: int, whole: int) -> str:
    """A share as a bar; what it says stands beside it in words."""
    percent = min(100, max(1, round(100 * part / whole))) if part and whole else 0
    return f"<span class=bar aria-hidden=true><i class=b{percent}></i></span>" if percent else ""


def _table(given: Given, shown: Sequence[Item]) -> Iterator[str]:
    most = max(item.tokens for item in shown)
    yield "<div class=scroll><table class=items>"
    yield "<thead><tr><th>File<th>Shown as<th>Tokens<th>Why</thead>\n<tbody>"
    for item in shown:
        yield (
            f"<tr><td><code>{line(item.path)}</code><td>{item.form}"
            f"<td class=n>{item.tokens:,} {bar(item.tokens, most)}<td>{_why(item)}\n"
        )
    rest = given.tokens - sum(item.tokens for item in given.items)
    if rest > 0 and not given.more:
        yield f"<tr class=rest><td>the rest<td><td class=n>{rest:,} {bar(rest, most)}"
        yield "<td>task, overview, set-up, guidance, headings\n"
    yield "</tbody></table></div>\n"


def _why(item: Item) -> str:
    """The reasons, weightiest first, each with its kind before it."""
    pairs = (reason.partition(": ") for reason in item.reasons)
    return "; ".join(f"<b>{line(kind)}</b> {line(detail)}".rstrip() for kind, _, detail in pairs)


def _beside(one: Beside, prompt: EventName) -> Iterator[str]:
    kind = "request" if one.given else "reply"
    yield f'<section class={kind} id="{line(one.event.id)}"><header><h3>{kind}</h3>'
    yield f"<p class=by>{stamp(one.when)} · {line(one.author.partition(' <')[0])}</p></header>\n"
    if one.given is None:
        yield f"<div class=said>{prose(one.text)}</div>\n"
    if one.asks:
        yield "<ul class=asks>"
        yield from (f"<li>{ask.kind} <code>{line(ask.what)}</code></li>" for ask in one.asks)
        yield "</ul>\n"
    if one.given:
        yield from _given(one.given, f"git ctx show --requests '{number(prompt)}'")
    yield "</section>\n"
