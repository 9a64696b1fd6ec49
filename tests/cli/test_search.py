import json
from pathlib import Path

import pytest

from tests import support
from tests.cli.conftest import Ctx, Said


@pytest.fixture
def asked(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    ctx("prompt", "-q", "fix the login\nit loops\x1b[31m")
    ctx("prompt", "-q", "why does the cart empty itself after login")
    ctx("save", "-m", "login works")
    ctx("start", "other")
    ctx("prompt", "-q", "Login page in German")


def test_search_shows_the_place_and_marks_the_words(ctx: Ctx, asked: None) -> None:
    assert ctx("search", "login") == Said(
        0,
        "other#1: **Login** page in German\n"
        "demo#1: fix the **login** it loops\\x1b[31m\n"
        "demo#2: why does the cart empty itself after **login**\n"
        "demo#3 (save): **login** works\n",
        "",
    )


def test_all_words_or_else_some(ctx: Ctx, asked: None) -> None:
    assert ctx("search", "cart", "login").out.splitlines() == [
        "demo#2: why does the **cart** empty itself after **login**"
    ]
    assert ctx("search", "cart zebra") == Said(
        0,
        "demo#2: why does the **cart** empty itself after login\n",
        "note: nothing has all of these words; this has some of them\n",
    )
    assert ctx("search", '"after login" why').out.startswith("demo#2: **why**")


def test_search_in_numbers(ctx: Ctx, asked: None) -> None:
    said = ctx("search", "login", "-n", "1")
    assert (said.out.count("\n"), said.err) == (1, "3 more; -n shows them\n")
    assert ctx("search", "login", "--session", "other").out == "other#1: **Login** page in German\n"


def test_search_json(ctx: Ctx, asked: None) -> None:
    said = json.loads(ctx("search", "--json", "german").out)
    (hit,) = said["hits"]
    assert (said["count"], said["every_term"]) == (1, True)
    assert (hit["place"], hit["kind"], hit["excerpt"]) == ("other#1", "prompt", "Login page in German")
    assert [hit["excerpt"][start:end] for start, end in hit["hits"]] == ["German"]


def test_nothing_found_is_a_no(repo: Path, ctx: Ctx, asked: None) -> None:
    assert ctx("search", "zebra") == Said(1, "", "nothing found\n")
    assert json.loads(ctx("search", "--json", "zebra").out) == {
        "count": 0,
        "every_term": True,
        "hits": [],
        "problems": {},
    }
    assert ctx("search", '""') == Said(
        129, "", 'error: nothing to search for\nhint: give words, or a "phrase" in double quotes\n'
    )


def test_sessions_that_ended_are_searched_and_git_configuration_does_not_matter(
    repo: Path, ctx: Ctx, asked: None
) -> None:
    for key, value in (("grep.lineNumber", "true"), ("grep.column", "true"), ("grep.patternType", "perl")):
        support.git(repo, "config", key, value)
    support.git(repo, "switch", "-q", "--detach")
    assert ctx("search", "German").out == "other#1: Login page in **German**\n"
