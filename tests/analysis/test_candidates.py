from git_ctx.analysis.candidates import RELEVANT, candidates, lines, trust
from git_ctx.analysis.query import parse
from git_ctx.model import Ranked, Reason
from tests.analysis.test_blocks import TEXT


def ranked(count: int) -> list[Ranked]:
    reasons = (Reason(kind="terms", detail="cart"),)
    return [Ranked(path=f"{n:02}.py", score=100.0 - n, reasons=reasons) for n in range(count)]


def test_more_room_weighs_more_files_against_each_other() -> None:
    found = [
        len(candidates(ranked(60), parse("cart"), lambda path: TEXT * 400, room))
        for room in (-5, 1000, 20_000, 99_999)
    ]
    assert found == [8, 9, 28, RELEVANT]


def test_small_files_do_not_leave_the_room_empty() -> None:
    found = candidates(ranked(60), parse("cart"), lambda path: "cart = 1\n" * 40, 2000)
    assert len(found) == 20


def test_what_has_no_text_is_named_in_a_line() -> None:
    taken = candidates(ranked(60), parse("cart"), lambda path: None if path == "01.py" else TEXT, 1000)
    assert [each.path for each in taken][:2] == ["00.py", "02.py"]
    named = lines(ranked(60), taken)
    assert len(taken) + len(named) == RELEVANT
    assert (named[0].path, named[0].form, named[0].reasons) == ("01.py", "line", ranked(2)[1].reasons)


def test_a_stack_trace_and_a_quote_weigh_on_the_lines_they_name() -> None:
    prompt = 'It fails\n\n  File "/x/00.py", line 34, in unrelated\n    d = 4\n  File "/x/00.py", line 34, in b\n    e\n'
    (found,) = candidates(ranked(1), parse(prompt), lambda path: TEXT, 1000)
    best = max(found.blocks, key=lambda block: block.weight)
    assert best.start <= 34 <= best.end


def test_trust_falls_with_place_and_score() -> None:
    assert trust(0, 9, 9) > trust(1, 9, 9) > trust(1, 5, 9) > trust(1, 0, 9) > 0
    assert trust(3, 0, 0) > 0


def test_a_copy_of_what_ranks_before_it_counts_for_what_is_its_own() -> None:
    def trusts(**texts: str) -> list[float]:
        some = [Ranked(path=f"{name}/start.py", score=9.0) for name in texts]
        found = candidates(some, parse("cart"), lambda path: texts[path.partition("/")[0]], 20_000)
        return [round(each.trust / trust(at, 9.0, 9.0), 2) for at, each in enumerate(found)]

    lines = [f"what_is_said_in_line({n})\n" for n in range(20)]
    other = "".join(line.replace("line", "another_line") for line in lines)
    assert trusts(a="".join(lines), b="".join(lines), c=other) == [1.0, 0.05, 1.0]
    assert trusts(a="".join(lines), b="".join(lines[:15]) + other[: len(other) // 4]) == [1.0, 0.25]
    assert trusts(a="".join(lines), b="x = 1\n", c="") == [1.0, 1.0]
