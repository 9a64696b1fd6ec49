from pathlib import Path

import pytest

from git_ctx.api import ConsentMissing
from git_ctx.errors import CtxError, UsageError
from git_ctx.mcp.answer import MOST
from git_ctx.mcp.tools import ALLOWABLE, tools
from tests import support
from tests.mcp.conftest import CallTool


def test_what_changes_files_or_leaves_the_machine_is_there_only_when_it_was_allowed() -> None:
    assert list(tools()) == [
        *("prompt", "request", "rank", "search", "status", "log", "show", "save", "pin", "guide")
    ]
    assert [one.name for one in tools(ALLOWABLE).values() if one.needs_leave] == ["restore", "push"]
    assert list(tools(["push"]))[-1] == "push"


def test_every_argument_is_described_and_no_other_is_taken() -> None:
    for one in tools(ALLOWABLE).values():
        assert one.takes["additionalProperties"] is False
        assert all(each["description"] for each in one.takes["properties"].values()), one.name
        assert set(one.takes["required"]) <= set(one.takes["properties"])


def test_a_prompt_gets_its_context_and_a_word_on_what_was_kept(tool: CallTool) -> None:
    context, note = tool("prompt", text="make main return 1").texts
    assert "# Task\n\nmake main return 1\n" in context
    assert "def main():\n    return 0\n" in context
    assert note.startswith("[full context, ") and note.endswith("kept as #1 of demo@main]")


def test_the_second_prompt_of_a_chat_gets_what_is_new_and_another_chat_gets_everything(
    repo: Path, tool: CallTool
) -> None:
    tool("prompt", text="make main return 1")
    support.write(repo, {"app.py": "def main():\n    return 1\n"})
    assert tool("prompt", text="and now 2").texts[1].startswith("[update context")
    assert tool("prompt", text="and now 3", conversation="another").texts[1].startswith("[full context")
    assert tool("prompt", text="and now 4", full=True).texts[1].startswith("[full context")


def test_a_prompt_without_a_session_begins_one(repo: Path, tool: CallTool) -> None:
    support.git(repo, "switch", "-q", "--orphan", "other")
    assert tool("prompt", text="make main return 1").texts[1].endswith("@other; began this session]")


def test_a_secret_in_a_prompt_is_redacted_and_that_is_said(tool: CallTool) -> None:
    key = "AKIA" + "Z7QX4MPLW2KD5RTN"
    context, note = tool("prompt", text=f"key {key} fails").texts
    assert key not in context + note
    assert "redacted from the prompt: " in note


def test_the_budget_is_that_of_the_configuration(repo: Path, tool: CallTool) -> None:
    support.git(repo, "config", "ctx.mcpBudget", "1500")
    assert " of 1,500 tokens" in tool("prompt", text="make main return 1").texts[1]
    support.git(repo, "config", "ctx.mcpBudget", "plenty")
    assert " of 8,000 tokens" in tool("prompt", text="make main return 2").texts[1]


def test_a_request_is_answered_and_not_repeated_by_the_next_prompt(tool: CallTool) -> None:
    tool("prompt", text="something else entirely")
    assert "def main():" in tool("request", kind="file", what=["app.py:1-1"]).texts[0]
    assert "no file nowhere.py" in tool("request", kind="file", what=["nowhere.py"]).texts[0]


def test_a_ranking_has_reasons_and_keeps_nothing(tool: CallTool) -> None:
    found = tool("rank", text="the main function").value
    assert found is not None
    assert found["files"][0]["path"] == "app.py"
    assert found["files"][0]["reasons"]
    log = tool("log").value
    assert log is not None and log["events"] == []


def test_a_prompt_and_a_ranking_are_steered(tool: CallTool, repo: Path) -> None:
    support.commit(repo, {"lib/extra.py": "def extra():\n    return 1\n"})
    ranked = tool("rank", text="main and extra", include=["lib/"]).value
    assert ranked is not None and [one["path"] for one in ranked["files"]] == ["lib/extra.py"]
    steered = tool("prompt", text="main and extra", exclude=["/app.py"], lang=["py"]).texts[0]
    assert "## `lib/extra.py`" in steered and "def main" not in steered
    with pytest.raises(CtxError, match="no file is left with"):
        tool("rank", text="main", include=["nowhere/"])


def test_the_log_and_a_prompt_are_shown(tool: CallTool) -> None:
    tool("prompt", text="make main return 1")
    tool("save", message="it works")
    tool("request", kind="file", what=["app.py"])
    log = tool("log").value
    assert log is not None
    assert [(one["event"], one["kind"], one["text"]) for one in log["events"]] == [
        (2, "save", "it works"),
        (1, "prompt", "make main return 1"),
    ]
    assert log["events"][1]["sent"].startswith("full context: ")
    assert "make main return 1\n\nFiles that it was given:\n- " in tool("show", revision="#1").texts[0]
    assert "# Task\n" in tool("show", revision="#1", part="context").texts[0]
    assert "file app.py" in tool("show", revision="#1", part="after").texts[0]
    with pytest.raises(CtxError, match="save #2 has no context"):
        tool("show", part="context")


def test_what_is_cut_is_said_and_can_be_had(tool: CallTool) -> None:
    tool("prompt", text="x" * 60_000, budget=50_000)
    first, note = tool("show").texts
    assert len(first) == MOST
    assert note.startswith("[characters 0 to 40,000 of 60,") and "; go on with offset 40000]" in note
    rest, last = tool("show", offset=40_000).texts
    assert len(first + rest) > 60_000 and last.startswith("[characters 40,000 to 60,") and "go on" not in last
    assert tool("show", offset=1_000_000).texts[0].startswith("[there is nothing there: it has 60,")


def test_a_list_is_cut_too(repo: Path, tool: CallTool) -> None:
    tool("save")
    support.write(repo, {f"{'long' * 40}/{number}.txt": "x\n" for number in range(400)})
    tool("prompt", text="fix it")
    support.write(repo, {f"{'long' * 40}/{number}.txt": "y\n" for number in range(400)})
    status = tool("status").value
    assert status is not None
    assert status["left_out"] == 400 - len(status["changed"]) > 100


def test_pins_and_principles_are_kept_listed_and_withdrawn(tool: CallTool) -> None:
    tool("save")
    assert tool("pin").texts == ("nothing is pinned",)
    assert tool("pin", paths=["app.py", "*.md"]).texts == ("pinned app.py (1 file)\npinned *.md (1 file)",)
    assert tool("pin", unpin=["app.py"]).texts == ("unpinned app.py",)
    assert tool("pin").texts[0].startswith("*.md (1 file), by ")
    assert tool("guide").texts == ("no principles yet",)
    assert tool("guide", text="be brief", priority="high").texts == ("added (high): be brief",)
    assert tool("guide").texts[0].startswith("1. (high, by ")
    assert tool("guide", remove=1).texts == ("withdrawn: be brief",)
    with pytest.raises(UsageError):
        tool("guide", text="be brief", remove=1)


def test_paths_are_those_of_the_repository_wherever_the_server_was_started(
    tool: CallTool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool("save")
    monkeypatch.chdir(tmp_path)
    assert tool("pin", paths=["app.py"]).texts == ("pinned app.py (1 file)",)


def test_restoring_says_what_was_written_and_what_undoes_it(repo: Path, tool: CallTool) -> None:
    tool("save")
    support.write(repo, {"app.py": "broken\n", "new.py": "x\n"})
    before = support.git(repo, "rev-parse", "HEAD") + support.git(repo, "diff", "--cached")
    said = tool("restore", revision="#1").texts[0]
    assert said == ("restored #1: 1 file written, 1 removed\nwhat was there is #2; restoring @~1 undoes this")
    assert (repo / "app.py").read_text() == "def main():\n    return 0\n"
    assert support.git(repo, "rev-parse", "HEAD") + support.git(repo, "diff", "--cached") == before
    support.fsck(repo)


def test_nothing_is_pushed_where_nobody_agreed_before(repo: Path, tmp_path: Path, tool: CallTool) -> None:
    support.init(tmp_path / "far", "--bare")
    support.git(repo, "remote", "add", "far", str(tmp_path / "far"))
    tool("save")
    with pytest.raises(ConsentMissing) as refused:
        tool("push")
    assert refused.value.hint == "'git ctx push far' in a terminal shows what would be sent, and asks"
    support.git(repo, "config", "remote.far.ctxPush", str(tmp_path / "far"))
    assert tool("push").texts[0].endswith("@main: pushed")
    assert tool("push").texts[0].endswith(("@main: up to date", "already"))


def test_a_search_finds_what_was_asked(tool: CallTool) -> None:
    tool("prompt", text="make main return 1")
    found = tool("search", text="main return").value
    assert found is not None
    assert (found["count"], found["every_term"], found["hits"][0]["kind"]) == (1, True, "prompt")


def test_names_that_are_not_utf_8_can_be_sent(repo: Path, tool: CallTool) -> None:
    tool("prompt", text="the cafe")
    support.write(repo, {b"caf\xe9.py".decode("utf-8", "surrogateescape"): "def cafe(): ...\n"})
    for answer in (tool("status"), tool("rank", text="the cafe"), tool("prompt", text="the cafe")):
        (repr(answer.value) + "".join(answer.texts)).encode()
