"""Where the tokens went, on the page: a bar for each prompt, and the files that took most."""

from collections import Counter
from collections.abc import Iterator

from git_ctx.render.hypertext import line
from git_ctx.render.moments import bar, count, number
from git_ctx.render.tally import Sent, Tally

_MOST_FILES = 15
_HIGH, _WIDE = 72, 26


def section(tally: Tally) -> Iterator[str]:
    """Nothing where nothing was sent."""
    if not tally.tokens:
        return
    yield "<details class='card tokens' open><summary>Where the tokens went: "
    yield f"{tally.tokens:,} in {count(len(tally.sent), 'context')}</summary>\n"
    if len(tally.sent) > 1:
        yield from _chart(tally.sent)
    yield "<details><summary>By file and by form</summary><div class=sums>\n"
    yield from _table("By file", _files(tally.files), tally.tokens)
    yield from _table("By form", [*tally.forms.most_common(), ("the rest", tally.others)], tally.tokens)
    yield "</div></details></details>\n"


def _files(files: Counter[str]) -> list[tuple[str, int]]:
    most = files.most_common(_MOST_FILES)
    others = len(files) - len(most)
    rest = files.total() - sum(tokens for _, tokens in most)
    return most + ([(f"{others:,} more files", rest)] if others else [])


def _table(head: str, rows: list[tuple[str, int]], all: int) -> Iterator[str]:
    yield f"<table><caption>{head}</caption><tbody>"
    for name, tokens in rows:
        if tokens:
            yield f"<tr><td>{line(name)}<td class=n>{tokens:,} {bar(tokens, all)}\n"
    yield "</tbody></table>\n"


def _chart(sent: tuple[Sent, ...]) -> Iterator[str]:
    """A column for each prompt, the first on the left; each leads to its prompt."""
    most = max(one.tokens for one in sent)
    wide = 10 * len(sent)
    # Few columns would grow as wide as the page.
    across = f' width="{_WIDE * len(sent)}"' if len(sent) < 24 else ' width="100%"'
    yield f'<svg class=chart role=img aria-label="Tokens of each prompt, at most {most:,}"{across} '
    yield f'height="{_HIGH}" viewBox="0 0 {wide} {_HIGH}" preserveAspectRatio="none">\n'
    for place, one in enumerate(sent):
        yield _column(place, one, most)
    yield "</svg>\n<p class=key><i class=full></i> full context <i class=update></i> update "
    yield "<i class=request></i> requests</p>\n"


def _column(place: int, one: Sent, most: int) -> str:
    high = max(1, round(_HIGH * one.context / most))
    asked = round(_HIGH * one.requests / most)
    x = 10 * place + 1
    parts = f'<rect class={one.kind} x="{x}" y="{_HIGH - high}" width="8" height="{high}"/>'
    if asked:
        parts += f'<rect class=request x="{x}" y="{_HIGH - high - asked}" width="8" height="{asked}"/>'
    told = f"{number(one.event)}: {one.tokens:,} tokens"
    return f'<a href="#{line(one.event.id)}"><title>{told}</title>{parts}</a>\n'
