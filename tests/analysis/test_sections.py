from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx.analysis.sections import head, sections
from git_ctx.analysis.tokens import count


def test_headings_of_markdown_and_restructuredtext_are_found_outside_of_fences() -> None:
    text = "intro\n\n# One #\na\n```sh\n# not one\n```\nTwo\n---\nb\n\nThree\n~~~~~\n"
    assert [(each.title, each.level, each.start, each.body) for each in sections(text)] == [
        ("", 0, 1, "intro"),
        ("One", 1, 3, "a\n```sh\n# not one\n```"),
        ("Two", 1, 8, "b"),
        ("Three", 2, 12, ""),
    ]


def test_a_section_knows_what_it_is_a_part_of() -> None:
    text = "# A\n## B\n### C\n## D\n# E\n"
    assert [each.above for each in sections(text)] == [(), ("A",), ("A", "B"), ("A",), ()]


def test_a_text_that_fits_is_kept_whole() -> None:
    assert head("\na\nb\n\n", 20) == "a\nb\n"


def test_a_longer_one_says_how_much_is_missing() -> None:
    assert head("".join(f"line {n}\n" for n in range(40)), 30).splitlines()[-2:] == [
        "line 5",
        "… 34 more lines …",
    ]


def test_a_line_or_two_out_of_many_is_not_worth_it() -> None:
    assert head("".join(f"line {n}\n" for n in range(40)), 12) == ""


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from(["", "a", "# b", "word " * 9, "é" * 30, "x" * 500]), max_size=30),
    st.integers(0, 120),
)
def test_never_more_than_the_room(lines: list[str], room: int) -> None:
    text = "\n".join(lines)
    short = head(text, room)
    assert not short or count(short) <= room
    if count(text.strip("\n") + "\n") <= room:
        assert short == text.strip("\n") + "\n"
