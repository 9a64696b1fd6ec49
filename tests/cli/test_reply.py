import json
from pathlib import Path

import pytest

from tests import support
from tests.cli.conftest import Ctx, Said, still


@pytest.fixture
def one(repo: Path, ctx: Ctx) -> None:
    """A session with a prompt."""
    ctx("start", "demo")
    ctx("prompt", "fix main")


ANSWER = b"I need to see it:\n\n```\ngit ctx request file app.py\ngit ctx request tree\n```\n"


def test_a_reply_is_recorded(ctx: Ctx, one: None) -> None:
    assert ctx("reply", "done, main returns 1 now") == Said(0, "Recorded the reply to prompt #1.\n", "")


def test_what_a_reply_asks_for_is_listed_and_answered_at_once(repo: Path, ctx: Ctx, one: None) -> None:
    assert ctx("reply", "-", stdin=ANSWER) == Said(
        0,
        "Recorded the reply to prompt #1. It asks for:\n\tfile app.py\n\ttree\n",
        "hint: 'git ctx request --pending' answers them\n",
    )
    assert ctx("request", "--pending", "-n").out == "file app.py\ntree\n"
    said = ctx("request", "--pending")
    assert (said.status, said.err) == (0, "")
    assert [line for line in said.out.splitlines() if line.startswith("# ")] == ["# file `app.py`", "# tree"]
    assert ctx("request", "--pending") == Said(0, "", "nothing is asked for\n")
    assert support.git(repo, "log", "--format=%s", "refs/ctx/heads/demo/main").splitlines() == [
        "request: file app.py and 1 more",
        "reply: I need to see it:",
        "prompt: fix main",
        "session: demo",
    ]


def test_a_file_of_an_answer(repo: Path, ctx: Ctx, one: None) -> None:
    support.write(repo, {"answer.md": ANSWER})
    made = json.loads(ctx("reply", "-F", "answer.md", "--json").out)
    assert (made["session"], made["branch"], made["event"], made["unheard"]) == ("demo", "main", 2, 0)
    assert made["reply"]["text"] == ANSWER.decode().strip("\n")
    assert made["reply"]["asks"] == [
        {"kind": "file", "what": "app.py", "reply": None},
        {"kind": "tree", "what": "", "reply": None},
    ]


def test_show_requests_tells_of_both_in_order(ctx: Ctx, one: None) -> None:
    ctx("reply", "-", stdin=ANSWER)
    ctx("request", "--pending")
    lines = still(ctx("show", "--requests", "#1").out).splitlines()
    assert lines[:9] == [
        "reply #2 ID",
        "Author: Ada Lovelace <ada@example.com>",
        "Date:   TIME",
        "",
        "    I need to see it:",
        "",
        "    ```",
        "    git ctx request file app.py",
        "    git ctx request tree",
    ]
    assert lines[11:14] == ["request #3 ID", "Author: Ada Lovelace <ada@example.com>", "Date:   TIME"]
    assert lines[14].startswith("Given:  ") and lines[14].endswith(" of 8,000 tokens, 1 file")
    assert lines[15:-1] == ["", "    file app.py", "    tree", ""]
    assert lines[-1].split()[1:] == ["whole", "app.py"]
    rows = json.loads(ctx("show", "--requests", "--json").out)["requests"]
    assert [(row["event"], row["type"]) for row in rows] == [(2, "reply"), (3, "request")]
    assert rows[1]["content"].startswith("What was asked for")


def test_show_and_log_say_what_came_of_a_prompt(ctx: Ctx, one: None) -> None:
    assert ctx("show", "--requests") == Said(0, "", "nothing was asked for or answered after it\n")
    ctx("reply", "one")
    ctx("reply", "two")
    ctx("request", "tree")
    assert "then 2 replies, 1 request: git ctx show --requests\n" in ctx("show", "#1").out
    assert "Then:   2 replies, 1 request\n" in ctx("log").out
    (row,) = json.loads(ctx("log", "--json").out)["prompts"]
    assert (row["replies"], row["requests"]) == (2, 1)


def test_a_reply_cannot_act_on_a_terminal(ctx: Ctx, one: None) -> None:
    hostile = b"\x1b[2J\ngit ctx request file \x1b[31mx\xe2\x80\xae\n"
    said = ctx("reply", "-", stdin=hostile)
    shown = said.out + said.err + ctx("show", "--requests").out + ctx("request", "--pending", "-n").out
    assert "\x1b" not in shown and "\u202e" not in shown
    assert "\x1b" not in ctx("request", "--pending").out


def test_an_empty_reply_is_refused(ctx: Ctx, one: None) -> None:
    said = ctx("reply", "-", stdin=b"\n")
    assert (said.status, said.out) == (129, "")
    assert said.err.startswith("error: the reply is empty\n")


def test_a_reply_to_nothing_is_refused(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    assert ctx("reply", "yes").err == (
        "fatal: there is no prompt at '@' yet\nhint: record one with 'git ctx prompt'\n"
    )


def test_a_chat_without_a_prompt_is_told_how_to_answer_another_ones(ctx: Ctx, one: None) -> None:
    assert ctx("reply", "yes", "--conversation", "elsewhere").err == (
        "fatal: no prompt of 'demo@main' is this chat's\n"
        "hint: --prompt REV takes that of another: see 'git ctx log'\n"
    )
    assert ctx("reply", "yes", "--conversation", "elsewhere", "--prompt", "@").status == 0
