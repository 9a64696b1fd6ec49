"""What fits into a number of tokens: parts and lines, from the first on; what does not is named."""

from collections.abc import Iterable, Sequence

from git_ctx.analysis import tokens
from git_ctx.document import Part
from git_ctx.porcelain.context.press import Press

MOST_TRIED = 20
"""Parts that did not fit before the rest is only named."""
MOST_NAMED = 8
LONGEST_TOKEN = 12
"""Characters: a part that is longer than so many times its room need not be counted."""


def parts(some: Iterable[Part], room: int, press: Press) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """The parts that fit, in their order, and the paths of those that do not."""
    fitting: list[Part] = []
    cut: list[str] = []
    for part in some:
        if len(cut) < MOST_TRIED and fits(part, room, press):
            fitting.append(part)
            room -= press.cost(part)
        else:
            cut.append(part.path)
    return tuple(fitting), tuple(cut)


def fits(part: Part, room: int, press: Press) -> bool:
    return len(part.text) <= room * LONGEST_TOKEN and press.cost(part) <= room


def lines(some: Iterable[str], room: int) -> tuple[str, ...]:
    """As many lines from the top as fit."""
    fitting = []
    for line in some:
        # in JSON each is quoted and has a comma
        room -= tokens.count(line + "\n") + 2
        if room < 0:
            break
        fitting.append(line)
    return tuple(fitting)


def named(paths: Sequence[str]) -> str:
    """The first paths by name, the rest as a count."""
    more = len(paths) - MOST_NAMED
    return ", ".join(paths[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
