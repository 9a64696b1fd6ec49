import json
from pathlib import Path

import pytest

from tests import support
from tests.cli.conftest import Ctx, Said, still


@pytest.fixture
def linked(repo: Path, ctx: Ctx) -> Path:
    """A repository with git's hooks in, and a commit that a prompt is behind."""
    ctx("hook", "install", "git", "-y")
    ctx("prompt", "-q", "answer with one\nnot with nothing")
    support.commit(repo, {"app.py": "def main():\n    return 'one, and no more'\n"}, "answer with one")
    return repo


def test_a_line_leads_to_its_prompt(linked: Path, ctx: Ctx) -> None:
    said = ctx("why", "app.py:2")
    lines = still(said.out).splitlines()
    assert lines[0].startswith("commit ")
    assert lines[0].endswith(" answer with one")
    assert lines[1:] == [
        "    return 'one, and no more'",
        "",
        "prompt #1 ID of answer-nothing-kxzq@main: certain",
        "  the commit names it",
        "  the commit was recorded when it was made",
        "  the line was first seen after it",
        "  Ada Lovelace <ada@example.com>, TIME",
        "",
        "    answer with one",
        "    not with nothing",
    ]
    assert (said.status, said.err) == (0, "")


def test_a_file_is_told_with_how_many_lines(linked: Path, ctx: Ctx) -> None:
    support.write(linked, {"app.py": (linked / "app.py").read_text() + "more = 2\n"})
    lines = still(ctx("why", "app.py").out).splitlines()
    assert lines[0].endswith(" a change (1 line)")
    assert lines[1].endswith(" answer with one (1 line)")
    assert lines[2] == "not committed yet (1 line)"
    assert "prompt #1 ID of answer-nothing-kxzq@main: certain, 2 lines" in lines


def test_json_has_it_all(linked: Path, ctx: Ctx) -> None:
    head = support.git(linked, "rev-parse", "HEAD")
    found = json.loads(ctx("why", "HEAD", "--json").out)
    (one,) = found.pop("prompts")
    assert found == {
        "path": None,
        "first": None,
        "last": None,
        "commits": [{"commit": head, "subject": "answer with one", "lines": 0}],
        "uncommitted": 0,
        "left_out": 0,
        "unknown": [],
    }
    assert (one["event"], one["branch"], one["sure"]) == (1, "main", "certain")
    assert [clue["how"] for clue in one["clues"]] == ["trailer", "recorded"]
    assert one["prompt"]["text"] == "answer with one\nnot with nothing"


def test_where_nothing_is_known_it_says_no(repo: Path, ctx: Ctx) -> None:
    assert ctx("why", "HEAD") == Said(1, "", "nothing is known of what is behind 'HEAD'\n")
    assert ctx("why", "app.py:1") == Said(1, "", "nothing is known of what is behind 'app.py:1'\n")
    assert json.loads(ctx("why", "HEAD", "--json").out)["prompts"] == []


def test_a_prompt_that_is_not_here_is_named(repo: Path, ctx: Ctx) -> None:
    support.commit(repo, {"b.py": "b\n"}, "x\n\nCtx-Prompt: kkkkllllmmmmnnnn")
    assert ctx("why", "HEAD") == Said(
        1,
        "",
        "nothing is known of what is behind 'HEAD'\n"
        "hint: a prompt that is named is not here (kkkkllllmmmmnnnn); 'git ctx pull' may bring it\n",
    )


def test_what_is_neither_is_a_failure(repo: Path, ctx: Ctx) -> None:
    assert ctx("why", "nowhere\x1b[31m") == Said(
        128,
        "",
        "fatal: 'nowhere\\x1b[31m' is neither a file of the work tree nor a commit\n"
        "hint: give PATH, PATH:LINE or a commit\n",
    )
    (repo / "loop").symlink_to("loop")
    assert "'loop/x' is neither" in ctx("why", "loop/x").err
    assert ctx("why", "app.py:3") == Said(129, "", "error: 'app.py' has 2 lines\n")
    assert ctx("why").status == 129


def test_what_would_be_obeyed_by_a_terminal_is_escaped(repo: Path, ctx: Ctx) -> None:
    ctx("hook", "install", "git", "-y")
    ctx("prompt", "-q", "red \x1b[31m text")
    support.commit(repo, {"app.py": "x = '\x1b[31m a long line'\n"}, "red \x1b[31m")
    assert "\x1b" not in ctx("why", "app.py:1").out
