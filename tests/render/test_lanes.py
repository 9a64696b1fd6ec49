from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from git_ctx.render import lanes
from git_ctx.story import Node


@st.composite
def graphs(draw: st.DrawFn) -> list[Node]:
    nodes: list[Node] = []
    for place in range(draw(st.integers(0, 12))):
        parents = draw(st.lists(st.integers(0, place - 1), max_size=3, unique=True)) if place else []
        nodes.append(Node(event=None, parents=tuple(parents)))
    return nodes


@given(graphs())
def test_every_line_leads_from_a_node_to_its_parents(nodes: list[Node]) -> None:
    """Followed from row to row, what is drawn is the graph again."""
    drawn = lanes.rows(nodes)
    assert len(drawn) == len(nodes)
    found: Counter[tuple[int, int]] = Counter()
    open: dict[int, set[int]] = {}  # lane -> the nodes whose lines are on it, the newest rows first
    for place in range(len(nodes) - 1, -1, -1):
        row = drawn[place]
        assert row.lane not in row.past
        assert set(open) == {*row.down, *row.past}, "no line begins or ends between two rows"
        for lane in row.down:
            found.update((child, place) for child in open.pop(lane))
        for lane in row.up:
            open.setdefault(lane, set()).add(place)
    assert not open
    assert set(found) == {(place, parent) for place, node in enumerate(nodes) for parent in node.parents}


def test_a_fork_and_a_merge_take_two_lanes() -> None:
    nodes = [Node(event=None, parents=parents) for parents in [(), (0,), (0,), (1, 2)]]
    assert [(row.lane, row.up, row.down, row.past) for row in lanes.rows(nodes)] == [
        (0, (), (0, 1), ()),
        (0, (0,), (0,), (1,)),
        (1, (1,), (1,), (0,)),
        (0, (0, 1), (), ()),
    ]
    assert lanes.width(lanes.rows(nodes)) == 2


def test_so_many_lanes_that_nobody_could_tell_them_apart_share_the_last() -> None:
    root = Node(event=None, parents=())
    drawn = lanes.rows([root, *(Node(event=None, parents=(0,)) for _ in range(100))])
    assert lanes.width(drawn) == lanes.MOST
