import json
from pathlib import Path

from tests import support
from tests.cli.conftest import Ctx

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


def test_the_context_holds_the_files_in_the_order_of_the_ranking(repo: Path, ctx: Ctx) -> None:
    support.commit(repo, CODE)
    ranked = [one["path"] for one in json.loads(ctx("rank", "--json", "redirect after login").out)["files"]]
    items = json.loads(ctx("prompt", "--json", "redirect after login").out)["context"]["items"]
    shown = [item["path"] for item in items if item["form"] != "line"]
    assert shown == [path for path in ranked if path in shown]
