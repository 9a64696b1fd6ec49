from pathlib import Path

from tests.cli.conftest import Ctx, Said, still

BACK = "hint: 'git ctx reopen demo@main' takes it up again\n"


def test_end_closes_the_current_session_and_says_so(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    assert ctx("end") == Said(0, "Ended session 'demo@main' (0 prompts).\n", BACK)
    assert ctx("list").out == ""
    assert still(ctx("list", "-a").out) == "   demo@main  ended  0 prompts  TIME\n"


def test_a_second_end_names_the_way_back(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    ctx("end")
    assert ctx("end", "demo") == Said(
        128, "", "fatal: session 'demo@main' is ended; what is allowed now: reopen\n"
    )
    assert ctx("prompt", "more", "--session", "demo").status == 128
    assert ctx("end").err.startswith("fatal: no session on branch 'main'\n")


def test_the_session_that_is_current_next_is_named(repo: Path, ctx: Ctx) -> None:
    ctx("start", "one")
    ctx("start", "demo")
    assert ctx("end").err == "note: the current session here is 'one@main'\n" + BACK


def test_end_as_json(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    assert ctx("end", "demo", "--json") == Said(
        0,
        '{\n  "moved": [\n    {\n      "session": "demo",\n      "branch": "main",\n      "state": "ended"\n'
        '    }\n  ],\n  "current": null\n}\n',
        "",
    )
