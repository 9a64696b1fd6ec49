"""Ranked files and a number of tokens -> what is shown of which file.

Each block of a file is worth the trust in the file times its share of the file's bearing on the prompt;
the blocks of all files compete by worth per token. So a small file near the top is shown whole, of a large
one the definitions that matter, and none eats the budget. Sizes are estimated to choose, counted to be sure.
"""

from collections.abc import Callable, Sequence
from dataclasses import field

from git_ctx.analysis import forms
from git_ctx.analysis.blocks import Block
from git_ctx.document import Outline, Part
from git_ctx.errors import BudgetTooSmall
from git_ctx.model import Reason
from git_ctx.value import dataclass

Cost = Callable[[Part], int]
"""What a part takes, as it will be written."""

Total = Callable[[tuple[Part, ...], tuple[str, ...]], int]
"""What the whole context takes with these parts, and these paths left out."""

_LEAST = 200
_TRIES = 12
_STEP = 4
"""Tokens: each file that is left out makes the line that names them longer, so a start is needed."""
_CHARACTERS = 3.6
"""Of a token, on average over code."""
_HEADING = 30
_ELISION = 14
_BEARING = 0.8
"""How much of a block's worth is what the prompt says; the rest is its size."""
_NEARLY_WHOLE = 0.75
_SHARPER = 2.0
"""A block's bearing counts by this power: of a large file the few blocks that match best."""
_FOR_LINES = 0.04
_FOR_PINS = 0.5
_LONGEST_TOKEN = 12
_LARGEST_OUTLINE = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A file that may be shown. `trust`: how likely it matters, above 0, falling with its rank.

    What is pinned is shown before all others, but where it would take more than half of the room, in parts.
    """

    path: str
    language: str
    text: str
    outline: Outline
    blocks: tuple[Block, ...]
    reasons: tuple[Reason, ...]
    trust: float
    pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Tokens that what stands around the files may take."""

    overview: int
    setup: int
    guidance: int


def shares(room: int) -> Shares:
    """A part of the room that falls as it grows: an overview of a project does not grow with the budget."""
    return Shares(
        overview=min(500, room * 4 // 100),
        setup=min(700, room * 5 // 100),
        guidance=min(1000, room * 6 // 100),
    )


def pack(
    candidates: Sequence[Candidate], lines: Sequence[Part], room: int, cost: Cost
) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """The parts to show, in the order of their rank, and the paths that had to be left out.

    All parts together cost at most `room`. `lines` are files for which a line is enough, ranked after.
    `cost` is asked for the same part more than once.
    No candidate is left out or cut that would still fit whole.
    """
    packing = _Packing(candidates, lines, room, cost)
    packing.choose(int(room * _FOR_LINES))
    packing.complete(int(room * _FOR_LINES))
    packing.name()
    packing.outline()
    packing.complete(0)
    return packing.parts()


def fit(
    candidates: Sequence[Candidate], lines: Sequence[Part], budget: int, cost: Cost, total: Total
) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """What `pack` gives, for a budget that all of the context has to keep to, headings and notes included."""
    room = enough(budget, total((), ()))
    for _ in range(_TRIES):
        parts, cut = pack(candidates, lines, room, cost)
        over = total(parts, cut) - budget
        if over <= 0:
            return parts, cut
        room -= max(over, _STEP)
    while parts and total(parts, cut) > budget:
        parts, cut = parts[:-1], (parts[-1].path, *cut)
    return parts, cut


def enough(budget: int, fixed: int) -> int:
    """The room that is left for files; a budget that leaves next to none is refused."""
    if budget - fixed < _LEAST:
        raise BudgetTooSmall(budget, fixed + _LEAST)
    return budget - fixed


@dataclass(slots=True)
class _Packing:
    candidates: Sequence[Candidate]
    lines: Sequence[Part]
    room: int
    cost: Cost
    shown: dict[int, Part] = field(default_factory=dict)
    costs: dict[int, int] = field(default_factory=dict)
    """What each of those that are shown takes: finding a part's cost by the part is slower than a sum."""

    def left(self) -> int:
        return self.room - sum(self.costs.values())

    def _show(self, index: int, part: Part, cost: int) -> None:
        self.shown[index], self.costs[index] = part, cost

    def choose(self, reserve: int) -> None:
        """Take the blocks that are worth most; where the estimate was off, again with a better one."""
        worth = _by_worth(self.candidates)
        target = float(self.room - reserve)
        for _ in range(5):
            picked = _greedy(self.candidates, worth, target)
            self.shown = {index: _excerpt(self.candidates[index], blocks) for index, blocks in picked.items()}
            self.costs = {index: self.cost(part) for index, part in self.shown.items()}
            left = self.left() - reserve
            if 0 <= left <= self.room * 0.04 or (left > 0 and sum(map(len, picked.values())) == len(worth)):
                break
            target *= (self.room - reserve) / max(1, self.room - reserve - left)
            target *= 0.99 if left < 0 else 1.0
        for index in sorted(self.shown, reverse=True):
            if self.left() < reserve:
                del self.shown[index], self.costs[index]

    def complete(self, reserve: int) -> None:
        """Show files whole that fit into what is left, best first."""
        for index, each in enumerate(self.candidates):
            entire = forms.lean(each.path, each.language, each.text, each.reasons)
            self._improve(index, entire, reserve)

    def name(self) -> None:
        """Give the others a line, in their order, as far as they fit."""
        named = [forms.line(each.path, each.language, each.text, each.reasons) for each in self.candidates]
        for index, part in enumerate([*named, *self.lines]):
            if index not in self.shown:
                cost = self.cost(part)
                if cost > self.left():
                    break
                self._show(index, part, cost)

    def outline(self) -> None:
        """Show what is in files that are only named, where that is short."""
        for index, each in enumerate(self.candidates):
            before = self.shown.get(index)
            if before is None or before.form == "line":
                part = forms.outlined(each.path, each.language, each.text, each.outline, each.reasons)
                if part and len(part.text) < self.room * _LARGEST_OUTLINE * _CHARACTERS:
                    self._improve(index, part)

    def _improve(self, index: int, part: Part, reserve: int = 0) -> None:
        before = self.shown.get(index)
        room = self.left() - reserve + self.costs.get(index, 0)
        if before != part and len(part.text) <= room * _LONGEST_TOKEN and (cost := self.cost(part)) <= room:
            self._show(index, part, cost)

    def parts(self) -> tuple[tuple[Part, ...], tuple[str, ...]]:
        paths = [*(each.path for each in self.candidates), *(each.path for each in self.lines)]
        cut = tuple(path for index, path in enumerate(paths) if index not in self.shown)
        return tuple(self.shown[index] for index in sorted(self.shown)), cut


def _by_worth(candidates: Sequence[Candidate]) -> list[tuple[bool, float, int, int]]:
    """Every block of every file: whether it is of another than a pinned one, its worth per token (negative,
    to sort by), its file, its place there."""
    worth = []
    for index, each in enumerate(candidates):
        weight = sum(block.weight**_SHARPER for block in each.blocks) or 1.0
        size = sum(block.size for block in each.blocks) or 1
        for place, block in enumerate(each.blocks):
            share = _BEARING * block.weight**_SHARPER / weight + (1 - _BEARING) * block.size / size
            each_token = each.trust * share / (block.size / _CHARACTERS + _ELISION)
            worth.append((not each.pinned, -each_token, index, place))
    return sorted(worth)


def _greedy(
    candidates: Sequence[Candidate], worth: Sequence[tuple[bool, float, int, int]], target: float
) -> dict[int, list[Block]]:
    picked: dict[int, list[Block]] = {}
    left = target
    for other, _, index, place in worth:
        block = candidates[index].blocks[place]
        tokens = block.size / _CHARACTERS + (_ELISION if index in picked else _HEADING)
        if tokens <= (left if other else left - target * (1 - _FOR_PINS)):
            picked.setdefault(index, []).append(block)
            left -= tokens
    return picked


def _excerpt(each: Candidate, blocks: Sequence[Block]) -> Part:
    size = sum(block.size for block in each.blocks)
    if sum(block.size for block in blocks) >= size * _NEARLY_WHOLE:
        return forms.lean(each.path, each.language, each.text, each.reasons)
    spans = forms.without_notice(sorted((block.start, block.end) for block in blocks), each.text)
    lean = [*forms.trimmed(spans, each.text)]
    return forms.excerpts(each.path, each.language, each.text, each.outline, lean, each.reasons)
