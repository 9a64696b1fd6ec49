from pathlib import Path

from tests.cli.conftest import Ctx, Said


def test_unpin_takes_out_what_is_named_or_all(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    ctx("pin", "app.py", "*.md", "docs")
    assert ctx("unpin", "*.md") == Said(0, "Unpinned '*.md'.\n", "")
    assert ctx("unpin", "--all") == Said(0, "Unpinned 'app.py'.\nUnpinned 'docs'.\n", "")
    assert ctx("unpin", "--all") == Said(0, "", "nothing was pinned\n")


def test_what_is_not_pinned_is_an_error(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    assert ctx("unpin", "app.py") == Said(
        128, "", "fatal: 'app.py' is not pinned\nhint: 'git ctx pin' lists what is\n"
    )
    assert ctx("unpin") == Said(
        129, "", "error: give either what to unpin, or --all\nhint: 'git ctx pin' lists what is pinned\n"
    )
