from pathlib import Path

from tests import support
from tests.cli.conftest import Ctx, Said


def test_rename_gives_the_current_session_another_name(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    assert ctx("rename", "better") == Said(0, "Renamed session 'demo' to 'better' (1 branch).\n", "")
    assert ctx("list").out.startswith("*  better@main  created")


def test_a_remote_that_knows_the_old_name_is_named(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    support.git(repo, "update-ref", "refs/ctx/remotes/origin/heads/demo/main", "refs/ctx/heads/demo/main")
    assert ctx("rename", "demo", "better").err == (
        "note: 'origin' has it as 'demo'; a push makes 'better' beside it\n"
    )


def test_a_name_in_use_is_refused(repo: Path, ctx: Ctx) -> None:
    ctx("start", "one")
    ctx("start", "two")
    assert ctx("rename", "one").err.startswith("fatal: a session named 'one' exists already\n")
    assert ctx("rename", "One").status == 129
    assert ctx("rename", "one", "two", "three").status == 129
    assert ctx("rename").err.startswith("error: missing argument 'NEW'\n")
    assert ctx("status").out.startswith("On session two@main ")
