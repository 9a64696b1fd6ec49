import json
from pathlib import Path

from tests.cli.conftest import Ctx, Said


def test_guide_adds_lists_and_withdraws(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    assert ctx("guide") == Said(0, "", "no principles yet; add one with 'git ctx guide TEXT'\n")
    assert ctx("guide", "Write", "short functions.") == Said(
        0, "Added (normal): Write short functions.\n", ""
    )
    assert ctx("guide", "-p", "high", "-", stdin=b"Never touch the schema.\n") == Said(
        0, "Added (high): Never touch the schema.\n", ""
    )
    assert ctx("guide") == Said(
        0,
        "1  high    Ada Lovelace  Never touch the schema.\n2  normal  Ada Lovelace  Write short functions.\n",
        "",
    )
    assert "Guidance: 2 principles; see 'git ctx guide'\n" in ctx("status").out
    assert ctx("guide", "--remove", "1") == Said(0, "Withdrawn (high): Never touch the schema.\n", "")
    (only,) = json.loads(ctx("guide", "--json").out)["guidance"]
    assert (only["priority"], only["text"]) == ("normal", "Write short functions.")


def test_a_script_without_input_lists(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    ctx("guide", "Write short functions.")
    assert ctx("guide", stdin=b"").out.startswith("1  normal")


def test_wrong_calls(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    assert ctx("guide", "x", "--remove", "1").err == "error: give either a text or --remove, not both\n"
    assert ctx("guide", "--remove", "7") == Said(
        128,
        "",
        "fatal: there is no principle 7\nhint: 'git ctx guide' lists them with their numbers\n",
    )
    assert ctx("guide", "").err.startswith("error: the principle is empty\n")
    assert ctx("guide", "-p", "urgent", "x").status == 129


def test_a_secret_is_redacted_and_told(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    said = ctx("guide", "the token is ghp_" + "a1B2c3D4e5F6" * 3)
    assert said.err.startswith("warning: redacted from the principle: ")
    assert "a1B2c3" not in said.out + ctx("guide").out
