import json
from pathlib import Path

import pytest

from tests import support
from tests.cli.conftest import Ctx, Said


@pytest.fixture
def begun(repo: Path, ctx: Ctx) -> Path:
    """`demo` on main, and on alt with a prompt more."""
    ctx("start", "demo")
    ctx("prompt", "what is here")
    support.git(repo, "switch", "-q", "-c", "alt")
    ctx("prompt", "an idea")
    support.git(repo, "switch", "-q", "main")
    return repo


def explore(repo: Path, ctx: Ctx) -> None:
    """Three more branches of main, one of them from later on."""
    for name in ("beta", "gamma"):
        support.git(repo, "branch", name, "main")
        support.git(repo, "switch", "-q", name)
        ctx("prompt", f"try {name}")
        support.git(repo, "switch", "-q", "main")
    ctx("prompt", "on main")
    ctx("branch", "later")


def test_select_takes_one_and_archives_its_siblings(begun: Path, ctx: Ctx) -> None:
    explore(begun, ctx)
    support.git(begun, "switch", "-q", "beta")
    support.commit(begun, {"app.py": "def main():\n    return 1\n"})
    support.git(begun, "switch", "-q", "main")
    assert ctx("select", "beta", "--yes") == Said(
        0,
        "Merged 'demo@beta' into 'demo@main': 1 new prompt (both go on).\n"
        "Archived session 'demo@alt'.\n"
        "Archived session 'demo@gamma'.\n",
        "hint: for the code: git switch main && git merge beta\n",
    )
    states = {row["branch"]: row["state"] for row in json.loads(ctx("branch", "--json").out)["branches"]}
    assert states == {
        "alt": "archived",
        "beta": "active",
        "gamma": "archived",
        "later": "active",
        "main": "active",
    }
    assert ctx("reopen", "demo@gamma").status == 0
    assert "try gamma" in ctx("log", "--session", "demo@gamma").out


def test_select_asks_first(begun: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch) -> None:
    explore(begun, ctx)
    before = support.git(begun, "for-each-ref")
    assert ctx("select", "beta", stdin=b"") == Said(
        129,
        "",
        "error: archiving 'demo@alt' (2 prompts), 'demo@gamma' (2 prompts) needs a yes, "
        "and there is no terminal to ask\n"
        "hint: give --yes to say that it is meant\n",
    )
    asked: list[str] = []
    monkeypatch.setattr("click.confirm", lambda question, **_more: asked.append(question))
    assert ctx("select", "beta") == Said(1, "", "nothing was changed\n")
    assert asked == [
        "Merge 'demo@beta' into 'demo@main' and archive 'demo@alt' (2 prompts), 'demo@gamma' (2 prompts)?"
    ]
    assert support.git(begun, "for-each-ref") == before


def test_select_without_siblings_has_nothing_to_ask(begun: Path, ctx: Ctx) -> None:
    support.git(begun, "switch", "-q", "alt")
    assert json.loads(ctx("select", "--json").out)["archived"] == []
    support.git(begun, "switch", "-q", "main")
    assert ctx("select", "main").err == (
        "fatal: 'demo@main' was not made from another session branch\n"
        "hint: 'git ctx branch' shows which branch was made from which\n"
    )


def test_a_source_that_was_renamed_is_found(begun: Path, ctx: Ctx) -> None:
    ctx("branch", "-m", "trunk")
    assert ctx("select", "alt").out == "Merged 'demo@alt' into 'demo@trunk': 1 new prompt (both go on).\n"
    ctx("branch", "-m", "alt", "beta")
    ctx("branch", "-m", "stem")
    assert ctx("branch").out == (
        "   beta  active  2 prompts  from main\n"  #
        "*  stem  active  2 prompts\n"
    )
    assert ctx("select", "beta").out == "Merged 'demo@beta' into 'demo@stem': 0 new prompts (both go on).\n"
