from pathlib import Path

from tests.cli.conftest import Ctx, Said


def test_reopen_takes_a_session_up_again(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    ctx("archive")
    assert ctx("reopen", "demo") == Said(
        0, "Reopened session 'demo@main' (0 prompts).\n", "note: the current session here is 'demo@main'\n"
    )
    assert ctx("list").out.startswith("*  demo@main  active")


def test_an_open_one_says_what_is_allowed(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    assert ctx("reopen", "demo") == Said(
        128, "", "fatal: session 'demo@main' is created; what is allowed now: prompt, end, archive\n"
    )
