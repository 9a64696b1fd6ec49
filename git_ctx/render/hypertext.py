"""Text as HTML that is nothing but text: what a stranger wrote makes no element, no attribute and no link."""

import html
import re
from collections.abc import Iterator
from itertools import groupby

from git_ctx.safety.text import escape

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_KINDS = {"+": "a", "-": "d", "@": "h"}
_HEADING = re.compile(r"#{1,6} +(?=\S)")
# Code spans and bold; both on one line, and short, so that looking for their ends stays cheap.
_SPAN = re.compile(
    r"(?P<tick>(?<!`)`{1,2}(?!`))(?P<code>[^`\n]{1,500})(?P=tick)(?!`)"
    r"|(?<![\w*])\*\*(?P<bold>[^\s*](?:[^*\n]{0,500}[^\s*])?)\*\*(?![\w*])"
)


def text(words: str) -> str:
    """Control and bidi characters are spelled, lines stay. Not for attributes: quotes stay, too."""
    return html.escape(escape(words.replace("\r\n", "\n")), quote=False)


def line(words: str) -> str:
    """The same for what has to stay on one line; also for attributes between double quotes."""
    return html.escape(escape(words, ""))


def prose(words: str) -> str:
    """What somebody wrote, with fenced code, code spans and headings made out; every character stays."""
    return "".join(_blocks(words.replace("\r\n", "\n").strip("\n")))


def pre(words: str, kind: str = "") -> str:
    # <code> inside: a newline that comes first in <pre> itself would be dropped
    return f"<pre{f' class={kind}' if kind else ''}><code>{text(words)}</code></pre>"


def diff(words: str) -> str:
    """A unified diff without its head, its lines by kind."""
    lines = escape(words).splitlines(keepends=True)
    runs = ((_KINDS.get(mark), "".join(run)) for mark, run in groupby(lines, lambda one: one[:1]))
    pieces = (
        f"<span class={kind}>{html.escape(run, quote=False)}</span>"
        if kind
        else html.escape(run, quote=False)
        for kind, run in runs
    )
    return f"<pre class=diff><code>{''.join(pieces)}</code></pre>"


def _blocks(words: str) -> Iterator[str]:
    """Runs of lines outside and inside of fences."""
    run: list[str] = []
    mark = ""
    for one in words.splitlines(keepends=True) if words else ():
        found = _FENCE.match(one)
        if not mark and found:
            yield from _paragraph(run)
            run, mark = [one], found[1]
        elif mark and found and found[1].startswith(mark) and not one.strip().strip(mark[0]):
            yield _fenced([*run, one])
            run, mark = [], ""
        else:
            run.append(one)
    yield from [_fenced(run)] if mark else _paragraph(run)


def _paragraph(run: list[str]) -> Iterator[str]:
    """Blank lines around it are not seen: its place on the page gives it room enough."""
    if not run:
        return
    blank = [not one.strip() for one in run]
    first = blank.index(False) if False in blank else len(run)
    last = len(run) - (blank[::-1].index(False) if False in blank else 0)
    before, after = "".join(run[:first]), "".join(run[max(first, last) :])
    inner = "".join(map(_line, run[first:last]))
    yield f"{_gap(before)}<div class=prose>{inner}</div>{_gap(after)}" if inner else _gap(before + after)


def _gap(blank: str) -> str:
    return f"<span hidden>{text(blank)}</span>" if blank else ""


def _line(one: str) -> str:
    found = _HEADING.match(one)
    if found:
        return f"<b>{_mark(found[0])}{text(one[found.end() :])}</b>"
    pieces, at = [], 0
    for found in _SPAN.finditer(one):
        pieces += [text(one[at : found.start()]), _span(found)]
        at = found.end()
    return "".join([*pieces, text(one[at:])])


def _span(found: re.Match[str]) -> str:
    name, mark = ("code", found["tick"]) if found["tick"] else ("b", "**")
    return f"<{name}>{_mark(mark)}{text(found['code'] or found['bold'])}{_mark(mark)}</{name}>"


def _mark(mark: str) -> str:
    """Not seen, and still there: what is copied is what was written."""
    return f"<i>{text(mark)}</i>"


def _fenced(run: list[str]) -> str:
    """The fences stay, faint."""
    first, *rest = run
    last = [rest.pop()] if rest and _FENCE.match(rest[-1]) else []
    marks = [f"<span class=m>{text(each)}</span>" for each in (first, *last)]
    return f"<pre><code>{marks[0]}{text(''.join(rest))}{''.join(marks[1:])}</code></pre>"
