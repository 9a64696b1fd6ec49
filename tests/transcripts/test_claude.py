import io
import json
from pathlib import Path

from git_ctx.transcripts import claude
from git_ctx.transcripts.lines import Lines
from git_ctx.transcripts.turn import Turn, relevant

SAMPLE = Path(__file__).parents[1] / "data" / "transcripts" / "claude-code.jsonl"


def read(*lines: object) -> list[Turn]:
    data = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    return list(relevant(claude.turns(Lines(io.BytesIO(data)))))


def user(content: object, key: str = "u1", **more: object) -> dict[str, object]:
    return {
        "type": "user",
        "uuid": key,
        "sessionId": "chat",
        "timestamp": "2026-11-02T10:00:00.000Z",
        "message": {"role": "user", "content": content},
        **more,
    }


def test_the_sample_has_what_the_user_typed_and_what_came_of_it() -> None:
    with SAMPLE.open("rb") as stream:
        lines = Lines(stream)
        turns = list(relevant(claude.turns(lines)))
    assert [turn.text.partition(";")[0] for turn in turns] == [
        "the total ignores the quantity",
        "now like in this picture\n\n[image]",
        "/review cart.py",
        "and a test",
    ]
    assert [turn.reply for turn in turns] == [
        "I'll look at the cart.\n\nThe total multiplies by the quantity now.",
        "",
        "It looks fine.",
        "Added test_cart.py.",
    ]
    assert [
        (tool.name, tool.kind, tool.what, tool.changes, tool.given) for tool in turns[0].tools.values()
    ] == [
        (
            "Read",
            "file",
            "/home/ada/shop/cart.py:5-14",
            (),
            "     5\tclass Cart:\n     6\t    def total(self):",
        ),
        ("Grep", "search", "quantity", (), "cart.py:9: quantity=1"),
        ("Edit", None, "", ("/home/ada/shop/cart.py",), "The file has been updated."),
        ("Bash", "command", "python -m pytest -q", (), "1 passed"),
    ]
    assert all(turn.over for turn in turns)
    assert {turn.branch for turn in turns} == {"main"}
    assert lines.problems == ["line 10: not a JSON object"]


def test_what_the_agent_wrote_in_the_users_name_is_no_prompt() -> None:
    for content in (
        "<local-command-stdout>ok</local-command-stdout>",
        "<bash-input>ls</bash-input>",
        "<task-notification>\n<task-id>1</task-id>\n</task-notification>",
        "[Request interrupted by user]",
        "This session is being continued from a previous conversation that ran out",
        [{"type": "tool_result", "tool_use_id": "x", "content": "hello"}, {"type": "text", "text": "beside"}],
        "<command-name>/clear</command-name>\n<command-args></command-args>",
        7,
        None,
    ):
        assert read(user(content)) == [], content
    for flag in ("isMeta", "isSidechain", "isCompactSummary"):
        assert read(user("hello", **{flag: True})) == []


def test_a_reminder_beside_a_prompt_is_left_out() -> None:
    [turn] = read(user("fix it\n<system-reminder>be nice</system-reminder>"))
    assert turn.text == "fix it"


def test_a_line_that_stands_twice_counts_once() -> None:
    assert len(read(user("fix it"), user("fix it"))) == 1


def test_a_turn_without_an_end_is_not_over_until_the_next_begins() -> None:
    first, second = read(user("one"), user("two", "u2"))
    assert (first.over, second.over) == (True, False)


def test_strange_values_harm_nobody() -> None:
    strange = [
        user("ask"),
        {
            "type": "assistant",
            "timestamp": "2026-11-02T10:00:01Z",
            "message": {"content": [1, {"type": "text"}]},
        },
        {"type": "assistant", "timestamp": "2026-11-02T10:00:01Z", "message": []},
        {
            "type": "assistant",
            "timestamp": "2026-11-02T10:00:02Z",
            "message": {"content": [{"type": "tool_use", "id": 1, "name": None, "input": "x"}]},
        },
        {"type": ["user"], "uuid": {}, "timestamp": "no"},
    ]
    [turn] = read(*strange)
    assert turn.reply == ""


def test_a_prompt_without_a_time_is_reported() -> None:
    lines = Lines(io.BytesIO(json.dumps(user("x", timestamp="never")).encode()))
    assert list(claude.turns(lines)) == []
    assert lines.problems == ["line 1: a prompt without an id or a time"]


def test_many_tags_that_never_close_take_no_time() -> None:
    [turn] = read(user("go\n" + "<system-reminder " * 50_000 + "<command-args>" * 50_000))
    assert turn.text.startswith("go")
