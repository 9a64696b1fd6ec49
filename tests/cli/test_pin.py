import json
from pathlib import Path

from tests.cli.conftest import Ctx, Said


def test_pin_says_how_many_files_and_lists(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    assert ctx("pin", "*.py", "soon.md") == Said(
        0,
        "Pinned '*.py' (1 file).\nPinned 'soon.md' (0 files).\n",
        "note: 'soon.md' is no file now; it counts as soon as it is one\n",
    )
    assert ctx("pin") == Said(
        0,
        "*.py     1 file   Ada Lovelace <ada@example.com>\n"
        "soon.md  0 files  Ada Lovelace <ada@example.com>\n",
        "",
    )
    assert json.loads(ctx("pin", "--json").out)["pins"][0] == {
        "path": "*.py",
        "author": "Ada Lovelace <ada@example.com>",
        "files": 1,
    }
    assert "Pinned: *.py, soon.md\n" in ctx("status").out


def test_rank_and_prompt_show_the_pinned_first(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    ctx("pin", "README.md")
    ranked = json.loads(ctx("rank", "main", "--json").out)["files"]
    assert [one["path"] for one in ranked] == ["README.md", "app.py"]
    assert json.loads(ctx("rank", "main", "--json", "--session", "demo").out)["files"] == ranked
    assert ctx("rank", "main", "--session", "nope").status == 128
    assert json.loads(ctx("prompt", "main", "--json").out)["context"]["items"][0]["path"] == "README.md"


def test_outside_of_the_work_tree_nothing_is_pinned(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    assert ctx("pin", "../x") == Said(129, "", "error: '../x' is not a path below the top of the work tree\n")
    assert ctx("pin") == Said(0, "", "nothing is pinned\n")


def test_a_word_that_acts_on_terminals_is_shown_not_obeyed(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    said = ctx("pin", "x\x1b[2J")
    assert said.out == "Pinned 'x\\x1b[2J' (0 files).\n"
    assert "\x1b" not in said.err + ctx("pin").out + ctx("status").out


def test_without_a_session_there_is_a_hint(repo: Path, ctx: Ctx) -> None:
    assert ctx("pin", "app.py").err.startswith("fatal: no session on branch 'main'\nhint: begin one")
