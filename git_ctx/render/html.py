"""A session as one static page: no network, hardly any script, and nothing on it but what is told.

A strict content policy stands at its head: only the style and the script whose hashes are named there count,
and nothing is loaded. All text goes through `hypertext`.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from git_ctx.model import EventName
from git_ctx.render import lanes, moments, tokens
from git_ctx.render.hypertext import line, prose
from git_ctx.render.moments import count, number, stamp
from git_ctx.render.tally import tally
from git_ctx.story import Line, Moment, Node, Story

_STEP, _HEIGHT, _LEFT = 14, 28, 10
"""Of the graph, in pixels: from lane to lane, from row to row, and to the first lane."""


def render(story: Story) -> Iterator[str]:
    """The page, piece by piece; the same story gives the same bytes."""
    yield from _head(story)
    yield '<a class=skip href="#prompts">Skip to the prompts</a>\n'
    yield from _header(story)
    yield "<div class=page>\n"
    yield from _index(story)
    yield "<main id=prompts tabindex=-1>\n"
    yield from tokens.section(tally(story))
    yield from _notes(story)
    for moment in story.moments:
        yield moments.article(moment)
    if not story.moments:
        yield "<p class=none>Nothing was asked yet.</p>\n"
    yield "</main>\n</div>\n"
    yield "<footer>Made by <code>git ctx</code> from what this repository keeps. "
    yield "What is quoted on this page was written by people, programs and models.</footer>\n"
    yield f"<script>{_asset('page.js')}</script>\n</body>\n</html>\n"


@cache
def _asset(name: str) -> str:
    return files("git_ctx.render").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    from base64 import b64encode
    from hashlib import sha256

    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _head(story: Story) -> Iterator[str]:
    style = _asset("page.css")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(_asset('page.js'))}; "
        "base-uri 'none'; form-action 'none'"
    )
    yield "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield '<meta name=viewport content="width=device-width, initial-scale=1">\n'
    yield '<meta name=color-scheme content="light dark">\n'
    yield "<meta name=referrer content=no-referrer>\n<meta name=robots content=noindex>\n"
    yield f"<title>{line(story.session.name)} – git ctx</title>\n<style>{style}</style>\n</head>\n<body>\n"


def _header(story: Story) -> Iterator[str]:
    session = story.session
    yield f"<header class=top>\n<p class=kicker>Session of {line(session.project)}</p>\n"
    yield f"<h1>{line(session.name)}</h1>\n<p class=facts>"
    yield " · ".join([f"begun {stamp(session.created)}", *_counts(story.moments)])
    yield "</p>\n<ul class=branches aria-label=Branches>"
    yield from map(_branch, story.lines)
    yield "</ul>\n</header>\n"


def _counts(told: Sequence[Moment]) -> Iterator[str]:
    beside = [one for moment in told for one in moment.beside]
    requests = sum(one.given is not None for one in beside)
    yield count(sum(moment.event.type == "prompt" for moment in told), "prompt")
    replies = len(beside) - requests
    if replies:
        yield f"{replies:,} {'reply' if replies == 1 else 'replies'}"
    if requests:
        yield count(requests, "request")
    saves = sum(moment.event.type == "save" for moment in told)
    if saves:
        yield count(saves, "save")


def _branch(one: Line) -> str:
    source = f", from {line(one.source)}" if one.source else ""
    return f"<li><b>{line(one.name)}</b> {line(one.state)}, {count(one.prompts, 'prompt')}{source}</li>"


def _notes(story: Story) -> Iterator[str]:
    if story.pins or story.principles:
        yield "<details class=card><summary>Pinned files and guidance</summary>\n"
        if story.pins:
            yield f"<p>Pinned: {', '.join(f'<code>{line(path)}</code>' for path in story.pins)}</p>\n"
        for priority, text in story.principles:
            yield f"<div class=principle><span class=chip>{priority}</span> {prose(text)}</div>\n"
        yield "</details>\n"
    if story.left_out:
        yield f"<p class=note>{story.left_out:,} earlier prompts and saves are not on this page.</p>\n"
    if story.redacted:
        rules = ", ".join(map(line, story.redacted))
        yield f"<p class=note>What looked like a secret was taken out of this page: {rules}.</p>\n"


def _index(story: Story) -> Iterator[str]:
    """Every moment on a row, beside the graph of the branches."""
    drawn = lanes.rows(story.nodes)
    titles = {moment.event: moment for moment in story.moments}
    graph = any(row.past or len(row.up) > 1 or len(row.down) > 1 or row.lane for row in drawn)
    yield "<nav aria-label=Prompts>\n<form hidden role=search>"
    yield "<input type=search id=filter placeholder=Filter aria-label=Filter autocomplete=off>"
    yield "<output id=found></output></form>\n<details class=index open><summary>Prompts</summary>\n<ol>\n"
    for node, row in zip(story.nodes, drawn, strict=True):
        art = _art(row, lanes.width(drawn) if graph else 1)
        yield f"<li>{art}{_row(node, titles)}</li>\n"
    yield "</ol></details>\n</nav>\n"


def _row(node: Node, titles: dict[EventName, Moment]) -> str:
    tips = "".join(f"<span class=tip>{line(name)}</span>" for name in node.tips)
    moment = titles.get(node.event) if node.event else None
    if moment is None or node.event is None:
        return f"<span class=met>{line(node.title) or 'lines meet'}</span>{tips}"
    title = line(moments.title(moment, 90))
    kind = "" if node.event.type == "prompt" else f" class={_KINDS.get(node.event.type, 'other')}"
    return f'<a href="#{line(node.event.id)}"{kind}><i>{number(node.event)}</i> {title}</a>{tips}'


_KINDS = {"save": "save", "branch": "fork"}


def _art(row: lanes.Row, width: int) -> str:
    """A row of the graph: older rows above, newer ones below."""
    x, middle = _x(row.lane), _HEIGHT // 2
    curves = [_stroke(lane, f"M{_x(lane)} 0V{_HEIGHT}") for lane in row.past]
    curves += [_stroke(max(lane, row.lane), _curve(_x(lane), 0, x, middle)) for lane in row.up]
    curves += [_stroke(max(lane, row.lane), _curve(x, middle, _x(lane), _HEIGHT)) for lane in row.down]
    across = _LEFT + _STEP * width
    dot = f'<circle class=l{row.lane % 6} cx="{x}" cy="{middle}" r="4"/>'
    head = f'<svg aria-hidden=true width="{across}" height="{_HEIGHT}">'
    return f"{head}{''.join(curves)}{dot}</svg>"


def _x(lane: int) -> int:
    return _LEFT + _STEP * lane


def _stroke(lane: int, path: str) -> str:
    return f'<path class=l{lane % 6} d="{path}"/>'


def _curve(x: int, y: int, to_x: int, to_y: int) -> str:
    if x == to_x:
        return f"M{x} {y}V{to_y}"
    half = (y + to_y) // 2
    return f"M{x} {y}C{x} {half} {to_x} {half} {to_x} {to_y}"
