"""Places of a graph on parallel lanes, one row for each: what `git log --graph` draws, as numbers."""

from collections.abc import Sequence

from git_ctx.story import Node
from git_ctx.value import dataclass

MOST = 12
"""Lanes beyond are drawn on the last one: nobody can tell more apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A node on its lane. `up`: the lanes that come to it from older rows; `down`: those that leave it
    for newer ones; `past`: those that go by.
    """

    lane: int
    up: tuple[int, ...]
    down: tuple[int, ...]
    past: tuple[int, ...]


def rows(nodes: Sequence[Node]) -> tuple[Row, ...]:
    """A row for each node, parents before children, as they come."""
    lanes: list[int | None] = []  # the node that each lane leads to, further back
    drawn: list[Row] = []
    for place in range(len(nodes) - 1, -1, -1):
        down = [lane for lane, wanted in enumerate(lanes) if wanted == place]
        mine = down[0] if down else _free(lanes)
        for lane in down:
            lanes[lane] = None
        past = [lane for lane, wanted in enumerate(lanes) if wanted is not None and lane != mine]
        up = []
        for number, parent in enumerate(nodes[place].parents):
            if number and parent in lanes:
                lane = lanes.index(parent)
            else:
                lane = mine if not number else _free(lanes)
                lanes[lane] = parent
            up.append(lane)
        drawn.append(Row(lane=_near(mine), up=_some(up), down=_some(down), past=_some(past)))
    return tuple(reversed(drawn))


def width(drawn: Sequence[Row]) -> int:
    """How many lanes there are."""
    return 1 + max((max((row.lane, *row.up, *row.down, *row.past)) for row in drawn), default=0)


def _free(lanes: list[int | None]) -> int:
    if None in lanes:
        return lanes.index(None)
    lanes.append(None)
    return len(lanes) - 1


def _near(lane: int) -> int:
    return min(lane, MOST - 1)


def _some(lanes: Sequence[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(map(_near, lanes)))
