import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from git_ctx.analysis import asks
from git_ctx.errors import UsageError
from git_ctx.model import Ask


def found(reply: str) -> list[tuple[str, str]]:
    return [(ask.kind, ask.what) for ask in asks.found(reply)[0]]


@pytest.mark.parametrize(
    ("reply", "asked"),
    [
        ("git ctx request file src/app.py:10-40", [("file", "src/app.py:10-40")]),
        ("I need more.\n\n```sh\n$ git ctx request file a.py\n```\n", [("file", "a.py")]),
        ("- `git ctx request symbol Parser.parse`\n", [("symbol", "Parser.parse")]),
        ("1. git ctx request symbol a b", [("symbol", "a"), ("symbol", "b")]),
        ("> git-ctx request tree", [("tree", "")]),
        ("Run `git ctx request tree src` and `git ctx request diff`.", [("tree", "src"), ("diff", "")]),
        ('git ctx request search "return  value" --json', [("search", "return  value")]),
        ("git ctx request search return value", [("search", "return value")]),
        ("git ctx request question Which database is it?", [("question", "Which database is it?")]),
        ('git ctx request file "my notes.md" b.py, # both', [("file", "my notes.md"), ("file", "b.py")]),
        ("git ctx request file a.py\r\n", [("file", "a.py")]),
        ("git ctx request diff @~1\ngit ctx request diff @~1", [("diff", "@~1")]),
    ],
)
def test_asks_are_found_in_a_reply(reply: str, asked: list[tuple[str, str]]) -> None:
    assert found(reply) == asked


@pytest.mark.parametrize(
    "reply",
    [
        "You could run git ctx request file a.py to see it.",
        "git ctx request file",
        "git ctx request delete a.py",
        "git ctx request files a.py",
        "git ctx prompt request file a.py",
        "nogit ctx request file a.py",
        f"git ctx request file {'x' * 2000}",
    ],
)
def test_what_is_said_in_passing_is_no_ask(reply: str) -> None:
    assert found(reply) == []


def test_a_reply_is_heard_so_far_and_no_further() -> None:
    heard, more = asks.found("\n".join(f"git ctx request file {n}.py" for n in range(asks.MOST + 7)))
    assert (len(heard), more) == (asks.MOST, 7)


_PIECES = st.sampled_from(
    [
        "git ctx request ",
        "file ",
        "search ",
        "`",
        '"',
        "'",
        "\n",
        " ",
        "- ",
        "> ",
        "#",
        "--x",
        "a.py",
        "\x1b",
        "é",
    ]
)


@given(st.lists(_PIECES, max_size=20).map("".join))
@example("git ctx request file '")
@example('git ctx request search "" ')
def test_any_text_is_a_reply(reply: str) -> None:
    heard, more = asks.found(reply)
    assert len(heard) + more <= reply.count("git ctx request") * 20
    for ask in heard:
        assert "\n" not in ask.what and len(ask.what) <= asks.LONGEST
        assert ask.what or ask.kind in ("tree", "diff")


def test_long_runs_of_marks_cost_no_more_than_others() -> None:
    assert found("- " * 200_000 + "\n" + "`" * 200_000 + "\n> " * 100_000) == []


def test_a_call_without_what_it_needs_is_refused() -> None:
    with pytest.raises(UsageError, match="request file: PATH is missing"):
        asks.asks("file", [" "])
    assert asks.asks("tree", []) == (Ask(kind="tree", what=""),)


@pytest.mark.parametrize(
    ("what", "place"),
    [
        ("a.py", ("a.py", None)),
        ("a.py:7", ("a.py", (7, 7))),
        ("a.py:7-9", ("a.py", (7, 9))),
        ("a.py:9-7", ("a.py", (7, 9))),
        ("a.py:0-2", ("a.py", (1, 2))),
        ("a:1:2-3", ("a:1", (2, 3))),
        ("a.py:x", ("a.py:x", None)),
        (":3", (":3", None)),
    ],
)
def test_a_place_is_a_path_and_lines(what: str, place: tuple[str, tuple[int, int] | None]) -> None:
    assert asks.place(what) == place
