import json
from pathlib import Path

import pytest

from tests import support
from tests.cli.conftest import Ctx, Said

CODE = {
    "shop/login.py": "def redirect_after_login(user):\n    return user.home\n",
    "shop/prices.py": "def vat(amount):\n    return amount * 1.2\n",
    "tests/test_login.py": "def test_redirect_after_login():\n    pass\n",
}


def test_rank_gives_reasons_and_keeps_nothing(repo: Path, ctx: Ctx) -> None:
    support.commit(repo, CODE)
    said = ctx("rank", "redirect after login is wrong")
    first = said.out.splitlines()[0]
    assert said.status == 0
    assert "shop/login.py" in first and "redirect" in first
    assert support.git(repo, "for-each-ref", "refs/ctx") == ""
    assert support.git(repo, "config", "--get", "branch.main.ctxSession", check=False) == ""


def test_rank_json_is_the_form_for_scripts(repo: Path, ctx: Ctx) -> None:
    support.commit(repo, CODE)
    support.write(repo, {"ask.txt": "redirect after login is wrong\n"})
    files = json.loads(ctx("rank", "--json", "-n", "2", "-F", "ask.txt").out)["files"]
    assert len(files) == 2
    assert files[0]["path"] == "shop/login.py"
    assert files[0]["score"] >= files[1]["score"] > 0
    assert all(isinstance(reason, str) for reason in files[0]["reasons"])


def test_explain_shows_the_full_account_of_one_file(repo: Path, ctx: Ctx) -> None:
    support.commit(repo, CODE)
    said = ctx("rank", "--explain", "shop/login.py", "redirect after login is wrong")
    assert said.out.startswith("shop/login.py: place 1 of ")
    assert ctx("rank", "--explain", "nope.py", "login").err == "error: 'nope.py' is not in the ranking\n"


def test_explain_takes_a_path_as_seen_from_the_current_directory(
    repo: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    support.commit(repo, CODE)
    monkeypatch.chdir(repo / "shop")
    assert ctx("rank", "--explain", "login.py", "login").out.startswith("shop/login.py: place 1 of ")
    assert ctx("rank", "--explain", "../tests/test_login.py", "login").status == 0


def test_the_context_holds_the_files_in_the_order_of_the_ranking(repo: Path, ctx: Ctx) -> None:
    support.commit(repo, CODE)
    ranked = [one["path"] for one in json.loads(ctx("rank", "--json", "redirect after login").out)["files"]]
    items = json.loads(ctx("prompt", "--json", "redirect after login").out)["context"]["items"]
    shown = [item["path"] for item in items if item["form"] != "line"]
    assert shown == [path for path in ranked if path in shown]


def test_rank_is_steered_by_options(repo: Path, ctx: Ctx) -> None:
    support.commit(repo, CODE)

    def paths(*options: str) -> list[str]:
        said = ctx("rank", "--json", *options, "redirect after login is wrong")
        return [one["path"] for one in json.loads(said.out)["files"]]

    assert "tests/test_login.py" in paths()
    assert paths("--include", "tests/") == ["tests/test_login.py"]
    assert "tests/test_login.py" not in paths("--no-tests")
    assert "shop/login.py" not in paths("--exclude", "prices.*,login.*")
    assert paths("--lang", "md") == ["README.md"]
    support.write(repo, {"shop/prices.py": "RATE = 2\n"})
    assert paths("--changed")[0] == paths("--changed=HEAD")[0] == "shop/prices.py"


def test_wrong_steering_is_one_line_and_a_hint(repo: Path, ctx: Ctx) -> None:
    support.commit(repo, CODE)
    assert ctx("rank", "--include", "nope/", "x") == Said(
        129,
        "",
        "error: no file is left with --include 'nope/'\n"
        "hint: patterns are as in a .gitignore; one with a slash is seen from the current directory\n",
    )
    assert ctx("rank", "--exclude", "[a", "x") == Said(
        129,
        "",
        "error: not a valid pattern: '[a' has a '[' without its ']', or a lone '\\' at its end\n"
        "hint: a pattern is as in a .gitignore: '*.md', 'docs/', 'src/**/*.ts'; quote it for the shell\n",
    )
    assert ctx("rank", "--changed=nope", "x") == Said(
        128,
        "",
        "fatal: no such commit: 'nope'\n"
        "hint: it is a branch, a tag or a commit of the code: 'git ctx prompt --changed=main …'\n",
    )
    said = ctx("rank", "--lang", "klingon", "x")
    assert said.err.startswith("error: unknown language: 'klingon'\nhint: known are asciidoc, ")


def test_where_nothing_matches_it_says_so_and_exits_as_grep_does(repo: Path, ctx: Ctx) -> None:
    support.commit(repo, CODE)
    assert ctx("rank", "xyzzy plugh") == Said(1, "", "no file matches the prompt\n")
    said = ctx("rank", "--json", "xyzzy plugh")
    assert (said.status, json.loads(said.out), said.err) == (1, {"files": []}, "no file matches the prompt\n")


def test_a_number_larger_than_any_gives_all(repo: Path, ctx: Ctx) -> None:
    support.commit(repo, CODE)
    assert ctx("rank", "-n", "9" * 5000, "main") == ctx("rank", "-n", "1000", "main")


@pytest.mark.parametrize("number", ["0", "x", "-1", "1e3"])
def test_a_number_that_is_none_is_named(repo: Path, ctx: Ctx, number: str) -> None:
    said = ctx("rank", "-n", number, "main").err
    assert said.startswith(
        f"error: invalid value for '-n' / '--number': '{number}' is not a number from 1 on\n"
    )
