from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx.analysis import budget, forms
from git_ctx.analysis.blocks import blocks, lines_of
from git_ctx.analysis.budget import Candidate
from git_ctx.analysis.outline import outline
from git_ctx.analysis.tokens import count
from git_ctx.document import Document, Part
from git_ctx.errors import BudgetTooSmall
from git_ctx.render import json, markdown, xml
from tests.analysis.test_blocks import focus

RENDERERS = {"markdown": markdown, "xml": xml, "json": json}


def candidate(path: str, text: str, trust: float, *terms: str) -> Candidate:
    seen = outline("python", text)
    return Candidate(
        path=path,
        language="python",
        text=text,
        outline=seen,
        blocks=blocks(lines_of(text), seen, focus(*terms)),
        reasons=(),
        trust=trust,
    )


def pack(*files: Candidate, room: int) -> dict[str, Part]:
    parts, _ = budget.pack(files, [], room, cost)
    return {part.path: part for part in parts}


def cost(part: Part) -> int:
    return count(markdown.part(part))


def functions(*names: str, lines: int = 20) -> str:
    return "\n\n".join(f"def {name}():\n" + f"    {name}_value = compute(1, 2)\n" * lines for name in names)


SMALL = functions("one")
LARGE = functions(*(f"step{n}" for n in range(100)), "voucher", *(f"tail{n}" for n in range(100)))


def test_a_small_file_is_whole_and_a_large_one_shows_what_the_prompt_is_about() -> None:
    shown = pack(candidate("large.py", LARGE, 1, "voucher"), candidate("small.py", SMALL, 0.5), room=4000)
    assert shown["small.py"].form == "whole"
    assert shown["large.py"].form == "definitions"
    assert "    voucher_value = compute(1, 2)" in shown["large.py"].text


def test_a_large_file_does_not_eat_the_budget() -> None:
    others = [candidate(f"{n}.py", SMALL, 0.5 / n) for n in range(1, 9)]
    shown = pack(candidate("large.py", LARGE, 1, "voucher"), *others, room=6000)
    assert len([part for part in shown.values() if part.form == "whole"]) == 8


def test_what_is_pinned_comes_first_and_leaves_half_of_the_room_to_what_the_prompt_is_about() -> None:
    others = [candidate(f"{n}.py", SMALL, 0.5 / n) for n in range(1, 9)]
    pinned = [replace(candidate(f"{name}.py", LARGE, 0.1), pinned=True) for name in ("large", "larger")]
    shown = pack(*pinned, *others, room=3000)
    assert 1000 < cost(shown["large.py"]) + sum(cost(shown[p]) for p in ["larger.py"] if p in shown) < 1600
    assert [path for path, part in shown.items() if part.form == "whole"][:5] == [
        f"{n}.py" for n in range(1, 6)
    ]
    small = replace(candidate("small.py", SMALL, 0.001), pinned=True)
    assert pack(small, *others, room=3000)["small.py"].form == "whole"


def test_what_did_not_fit_is_named_in_lines_and_then_counted() -> None:
    files = [candidate(f"some/where/deep/{n}.py", LARGE, 1 / (n + 1)) for n in range(30)]
    parts, cut = budget.pack(files, [], 400, cost)
    assert len(parts) + len(cut) == 30
    assert cut == tuple(each.path for each in files[-len(cut) :])


def test_files_past_those_shown_are_named_with_their_reasons_before_low_ranks_are_outlined() -> None:
    files = [candidate(f"{n}.py", LARGE, 1 / (n + 1), "voucher") for n in range(12)]
    later = [forms.line(f"later{n}.py", "python", None, ()) for n in range(5)]
    parts, cut = budget.pack(files, later, 5000, cost)
    assert {part.path for part in parts if part.form == "line"} >= {each.path for each in later}
    assert cut == ()


def test_a_budget_that_leaves_next_to_nothing_is_refused_with_the_least_that_would_do() -> None:
    assert budget.enough(1000, 400) == 600
    with pytest.raises(BudgetTooSmall) as refused:
        budget.enough(1000, 990)
    assert budget.enough(refused.value.least, 990) > 0


def test_what_stands_around_the_files_takes_less_than_a_fifth() -> None:
    for room in (0, 500, 1000, 8000, 20_000, 200_000):
        shares = budget.shares(room)
        assert shares.overview + shares.setup + shares.guidance <= room / 5


pieces = st.sampled_from(
    [
        "def put():\n    return 1\n",
        "x = 1\n",
        "\n",
        "# " + "é" * 40 + "\n",
        "class A:\n    def b(self):\n        pass\n",
    ]
    + ["```\n", "]]>\n", "  " * 60 + "y\n", SMALL]
)
texts = st.lists(pieces, min_size=1, max_size=25).map("".join)
SEAMS = 40
"""Tokens of headings and of the paths left out, which may go when one more file is shown."""
TASKS = ["put it there", "# put\n```\n" * 20]
corpora = st.lists(st.tuples(texts, st.sampled_from([1.0, 0.5, 0.1, 1e-9])), max_size=8)


@settings(max_examples=60, deadline=None)
@given(corpora, st.integers(120, 2500), st.integers(0, 4))
def test_no_part_is_over_and_nothing_that_would_fit_whole_is_left_out(
    files: list[tuple[str, float]], room: int, further: int
) -> None:
    found = [candidate(f"{n}.py", text, trust, "put") for n, (text, trust) in enumerate(files)]
    lines = [forms.line(f"later{n}.py", "python", None, ()) for n in range(further)]
    parts, cut = budget.pack(found, lines, room, cost)
    left = room - sum(map(cost, parts))
    assert left >= 0
    assert {part.path for part in parts} | set(cut) == {each.path for each in [*found, *lines]}
    shown = {part.path: part for part in parts}
    for each in found:
        part = shown.get(each.path)
        if part is None or part.form != "whole":
            entire = forms.whole(each.path, each.language, each.text, each.reasons)
            assert cost(entire) > left + (cost(part) if part else 0)
    assert (parts, cut) == budget.pack(found, lines, room, cost)


@settings(max_examples=60, deadline=None)
@given(
    corpora,
    st.integers(0, 2500),
    st.sampled_from(sorted(RENDERERS)),
    st.integers(0, 4),
    st.sampled_from(TASKS),
)
def test_the_whole_text_is_never_over_the_budget(
    files: list[tuple[str, float]], most: int, form: str, further: int, task: str
) -> None:
    found = [candidate(f"{n}.py", text, trust, "put") for n, (text, trust) in enumerate(files)]
    lines = [forms.line(f"later{n}.py", "python", None, ()) for n in range(further)]

    def total(parts: tuple[Part, ...], cut: tuple[str, ...]) -> int:
        document = Document(kind="full", task=task, parts=parts, cut=cut)
        return count(RENDERERS[form].render(document))

    try:
        parts, cut = budget.fit(found, lines, most, lambda part: count(RENDERERS[form].part(part)), total)
    except BudgetTooSmall as refused:
        assert most < refused.least
        return
    assert total(parts, cut) <= most
    shown = {part.path: part for part in parts}
    left = most - total(parts, cut)
    for each in found:
        part = shown.get(each.path)
        if part is None or part.form != "whole":
            entire = count(RENDERERS[form].part(forms.whole(each.path, each.language, each.text, ())))
            now = count(RENDERERS[form].part(part)) if part else 0
            assert entire - now > left - SEAMS
