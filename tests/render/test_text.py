from git_ctx.model import Reason
from git_ctx.render.text import left_out, visible, why


def test_the_weightiest_reasons_are_told_and_long_ones_cut_at_a_word() -> None:
    reasons = [Reason(kind=kind, detail="some words, " * 9) for kind in "abc"]
    assert why(reasons) == (
        "a: some words, some words, some words, some words, some, …; "
        "b: some words, some words, some words, some words, some, …"
    )


def test_a_reason_cut_after_one_of_a_list_ends_without_its_semicolon() -> None:
    listed = "; ".join(f"function streamed_with_context, lines {n}-{n + 3}" for n in (51, 57))
    assert why([Reason(kind="defines", detail=listed)]).endswith("streamed_with_context, lines 51-54, …")


def test_paths_past_the_first_are_counted() -> None:
    assert left_out(["a", "b"]) == "a, b"
    assert left_out([str(n) for n in range(11)]) == "0, 1, 2, 3, 4 and 6 more"
    assert left_out(["a", "b" * 5000, "c"]) == "a and 2 more"
    assert left_out(["b" * 5000]) == "1 files"


def test_nothing_can_hide_in_a_line() -> None:
    assert visible("a\tb\x1b[2J\u202e\u200b\udcff\ud800é") == "a\\x09b\\x1b[2J\\u202e\\u200b\\xff\\ud800é"
