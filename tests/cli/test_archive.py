from pathlib import Path

from tests.cli.conftest import Ctx, Said


def test_archive_puts_several_aside(repo: Path, ctx: Ctx) -> None:
    ctx("start", "one")
    ctx("start", "two")
    ctx("start", "three")
    assert ctx("archive", "one", "two@main") == Said(
        0,
        "Archived session 'one@main' (0 prompts).\nArchived session 'two@main' (0 prompts).\n",
        "note: the current session here is 'three@main'\nhint: 'git ctx reopen one@main' takes it up again\n",
    )
    assert [line.split()[1] for line in ctx("list").out.splitlines()] == ["three@main"]


def test_a_name_that_is_none_archives_nothing(repo: Path, ctx: Ctx) -> None:
    ctx("start", "one")
    assert ctx("archive", "one", "nope") == Said(
        128,
        "",
        "fatal: no such session: 'nope'\nhint: see 'git ctx list' for the sessions that exist\n",
    )
    assert ctx("list").out.startswith("*  one@main  created")
