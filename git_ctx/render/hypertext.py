"""Text as HTML that is nothing but text: what a stranger wrote makes no element, no attribute and no link."""

import html
import re
from collections.abc import Iterator

from git_ctx.safety.text import escape

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"#{1,6}\s")
_CODE = re.compile(r"(?<!`)(`{1,2})(?!`)([^`\n]{1,500})\1(?!`)")


def text(words: str) -> str:
    """Control and bidi characters are spelled, lines stay."""
    return html.escape(escape(words.replace("\r\n", "\n")))


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
    kinds = {"+": "a", "-": "d", "@": "h"}
    pieces = []
    for one in escape(words).splitlines(keepends=True):
        kind = kinds.get(one[:1])
        safe = html.escape(one)
        pieces.append(f"<span class={kind}>{safe}</span>" if kind else safe)
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
    if run:
        yield f"<div class=prose>{''.join(map(_line, run))}</div>"


def _line(one: str) -> str:
    if _HEADING.match(one):
        return f"<b>{text(one)}</b>"
    pieces, at = [], 0
    for found in _CODE.finditer(one):
        pieces += [text(one[at : found.start()]), f"<code>{text(found[0])}</code>"]
        at = found.end()
    return "".join([*pieces, text(one[at:])])


def _fenced(run: list[str]) -> str:
    """The fences stay, faint: what is copied is what was written."""
    first, *rest = run
    last = [rest.pop()] if rest and _FENCE.match(rest[-1]) else []
    marks = [f"<span class=m>{text(each)}</span>" for each in (first, *last)]
    return f"<pre><code>{marks[0]}{text(''.join(rest))}{''.join(marks[1:])}</code></pre>"
