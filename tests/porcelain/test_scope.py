"""Which files a prompt is about: told by options and .ctxignore files, and kept with the context."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_ctx.errors import UsageError
from git_ctx.model import EVERYTHING, Ask, Scope
from git_ctx.porcelain.context import scope
from git_ctx.porcelain.prompt import Prompted
from git_ctx.porcelain.rank import rank
from git_ctx.porcelain.request import Terms, request
from git_ctx.store import discover
from tests import support
from tests.porcelain.conftest import NOW
from tests.porcelain.conftest import Ask as Prompting
from tests.safety import samples

CODE = {
    "shop/login.py": "def redirect_after_login(user):\n    return user.home\n",
    "shop/prices.py": "def vat(amount):\n    return amount * 1.2\n",
    "web/login.ts": "export function redirectAfterLogin() { return home }\n",
    "tests/test_login.py": "def test_redirect_after_login():\n    assert redirect_after_login(ada)\n",
    "docs/login.md": "# Login\n\nAfter login, redirect to the start page.\n",
}
TASK = "redirect after login goes to the wrong page"


def ranked(**options: Any) -> list[str]:
    here = discover.find()
    return [one.path for one in rank(here, TASK, lambda doing: None, wanted=scope.read(here, **options))]


def shown(done: Prompted) -> dict[str, str]:
    return {item.path: item.form for item in done.context.items}


def test_what_is_excluded_is_neither_ranked_nor_listed_nor_quoted(repo: Path, ask: Prompting) -> None:
    support.commit(repo, CODE)
    wanted = scope.read(discover.find(), exclude=["docs/", "*.ts"])
    done = ask(TASK, scope=wanted)
    assert not {"docs/login.md", "web/login.ts"} & set(shown(done))
    assert "start page" not in done.content and "docs/" not in done.content.partition("# Notes")[0]
    assert "left out by .ctxignore and --exclude: 2 files" in done.content


def test_a_ctxignore_counts_for_every_context(repo: Path, ask: Prompting) -> None:
    support.commit(repo, {**CODE, ".ctxignore": "docs/\n"})
    done = ask(TASK)
    assert "docs/login.md" not in shown(done)
    assert done.context.scope == EVERYTHING


def test_nothing_of_a_hidden_file_is_read(repo: Path, ask: Prompting) -> None:
    support.commit(
        repo,
        {
            "AGENTS.md": "Speak like a pirate.\n",
            "package.json": '{"scripts": {"test": "jest"}}',
            "a.py": "a = 1\n",
        },
    )
    assert "pirate" in ask("a").content
    support.write(repo, {".ctxignore": "AGENTS.md\npackage.json\n"})
    again = ask("a", full=True).content
    assert "pirate" not in again and "jest" not in again


def test_include_lang_and_tests_choose_among_the_files(repo: Path) -> None:
    support.commit(repo, CODE)
    assert set(ranked(include=["shop/"])) == {"shop/login.py"} | ({"shop/prices.py"} & set(ranked()))
    assert set(ranked(include=["log*.md,*.ts"])) == {"docs/login.md", "web/login.ts"}
    assert set(ranked(lang=["ts"])) == {"web/login.ts"}
    assert set(ranked(lang=["python"], tests=False)) <= {"shop/login.py", "shop/prices.py", "app.py"}
    assert "tests/test_login.py" not in ranked(tests=False)


def test_tests_can_count_as_much_as_source(repo: Path) -> None:
    support.commit(repo, {**CODE, "tests/test_login.py": CODE["tests/test_login.py"] * 4})
    before, after = ranked(), ranked(tests=True)
    assert after.index("tests/test_login.py") < before.index("tests/test_login.py")


def test_what_changed_comes_first_and_says_so(repo: Path) -> None:
    support.commit(repo, CODE)
    support.git(repo, "switch", "-qc", "feature")
    support.write(repo, {"shop/prices.py": "RATE = 1.19\n"})
    here = discover.find()
    first, *_ = rank(here, TASK, lambda doing: None, wanted=scope.read(here, changed=""))
    assert (first.path, str(first.reasons[0])) == ("shop/prices.py", "changed: differs from main")
    assert len(ranked(changed="")) > 3


def test_words_in_a_prompt_are_no_filters(repo: Path) -> None:
    support.commit(repo, CODE)
    here = discover.find()
    found = rank(here, "only python, exclude docs: redirect after login --exclude web/", lambda doing: None)
    assert {"docs/login.md", "web/login.ts"} <= {one.path for one in found}


def test_a_pin_beats_an_exclude(repo: Path, ask: Prompting) -> None:
    from git_ctx.porcelain.pins import pin

    support.commit(repo, {**CODE, ".ctxignore": "docs/\n"})
    ask("something else")
    pin(discover.find(), ["docs/login.md"], None, NOW)
    assert shown(ask(TASK, full=True))["docs/login.md"] == "whole"
    wanted = scope.read(discover.find(), lang=["python"])
    assert "docs/login.md" in shown(ask(TASK, full=True, scope=wanted))


def test_a_later_prompt_keeps_how_the_chat_was_steered(repo: Path, ask: Prompting) -> None:
    support.commit(repo, CODE)
    wanted = scope.read(discover.find(), exclude=["docs/"], lang=["python"])
    ask("vat", scope=wanted, budget=2000)
    second = ask(TASK)
    assert second.context.kind == "update"
    assert second.context.scope == wanted
    assert "docs/login.md" not in shown(second) and "web/login.ts" not in shown(second)
    third = ask(TASK, scope=scope.read(discover.find(), lang=["typescript"]))
    assert third.context.scope == Scope(exclude=("docs/",), languages=("typescript",))
    assert ask(TASK, full=True).context.scope == EVERYTHING


def test_of_a_file_that_was_shown_and_is_hidden_now_only_the_change_is_told(
    repo: Path, ask: Prompting
) -> None:
    support.commit(repo, CODE)
    assert shown(ask(TASK))["docs/login.md"] == "whole"
    support.write(
        repo, {"docs/login.md": "# Login\n\nNow quite different.\n", "docs/new.md": "# New login\n"}
    )
    done = ask("and now", scope=scope.read(discover.find(), exclude=["docs/"]))
    assert shown(done) == {"docs/login.md": "line"}
    assert "quite different" not in done.content and "docs/new.md" not in done.content


def test_what_is_asked_for_by_its_name_is_given_and_kept_up_to_date(repo: Path, ask: Prompting) -> None:
    support.commit(repo, {**CODE, ".ctxignore": "docs/\n"})
    ask(TASK)
    wanted = [Ask(kind="file", what="docs/login.md"), Ask(kind="search", what="start page")]
    given = request(discover.find(), wanted, Terms(), NOW, lambda doing: None)
    assert [one.found for one in given.answers] == [True, False]
    assert "start page" in given.content
    support.write(repo, {"docs/login.md": CODE["docs/login.md"] + "\nThen greet.\n" * 9})
    assert "Then greet." in ask("and now").content


def test_a_hidden_secret_stays_one_when_it_is_asked_for(repo: Path, ask: Prompting) -> None:
    support.commit(repo, {**CODE, ".ctxignore": "*\n"})
    key = samples.keyed("ghp_", samples.ALNUM, 36)(Random(1))
    support.write(repo, {".env": f"TOKEN={key}\n"})
    ask(TASK)
    given = request(discover.find(), [Ask(kind="file", what=".env")], Terms(), NOW, lambda doing: None)
    assert key not in given.content and ".env is withheld" in given.content


def test_patterns_with_a_slash_are_seen_from_the_current_directory(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    support.commit(
        repo, {**CODE, "web/[x]/deep/a.py": "redirect login\n", "web/x/deep/b.py": "redirect login\n"}
    )
    monkeypatch.chdir(repo / "web" / "[x]")
    here = discover.find()
    given = ["deep/", "./deep/*.py", "../*.ts", "*.md", "/docs/", "**/x.py", "!../y/z", ".", "../.."]
    assert scope.read(here, exclude=given).exclude == (
        "deep/",
        r"/web/\[x]/deep/*.py",
        "/web/*.ts",
        "*.md",
        "/docs/",
        "**/x.py",
        "!/web/y/z",
        r"/web/\[x]",
        "*",
    )
    assert ranked(include=["./deep/"]) == ["web/[x]/deep/a.py"]


@pytest.mark.parametrize(
    ("options", "problem", "hint"),
    [
        ({"exclude": ["[ab"]}, "not a valid pattern: '[ab' has a '[' without its ']'", "as in a .gitignore"),
        ({"exclude": ["x\\"]}, "or a lone '\\' at its end", "as in a .gitignore"),
        ({"include": ["../x/y"]}, "'../x/y' is not below the top of the work tree", "as in a .gitignore"),
        ({"include": [" , "]}, "--include is empty", None),
        ({"include": ["nope/"]}, "no file is left with --include 'nope/'", "as in a .gitignore"),
        (
            {"lang": ["rust"], "tests": False},
            "no file is left with --lang 'rust' --no-tests",
            "seen from the current directory",
        ),
        ({"lang": ["klingon"]}, "unknown language: 'klingon'", "known are asciidoc, asm, bash, "),
    ],
)
def test_a_wrong_call_is_told_before_anything_is_done(
    repo: Path, options: dict[str, Any], problem: str, hint: str | None
) -> None:
    with pytest.raises(UsageError) as caught:
        scope.read(discover.find(), **options)
    assert problem in str(caught.value)
    assert hint is None or hint in (caught.value.hint or "")


def test_a_component_goes_by_its_own_language_and_by_the_one_it_is_read_as(repo: Path) -> None:
    support.commit(repo, {"Login.vue": "login\n", "login.ts": "let login\n"})
    assert set(ranked(lang=["vue"])) == {"Login.vue"}
    assert set(ranked(lang=["ts"])) == {"Login.vue", "login.ts"}


def test_languages_go_by_name_and_by_ending(repo: Path) -> None:
    support.commit(repo, {"a.cpp": "", "b.go": "", "c.rs": ""})
    found = scope.read(discover.find(), lang=["c++,golang", "RS", ".py", "*.md"]).languages
    assert found == ("cpp", "go", "rust", "python", "markdown")


@given(st.text("ab[]!^\\*?-/", min_size=1, max_size=12))
def test_any_pattern_is_taken_or_refused_at_once(pattern: str) -> None:
    scope._PIECES.fullmatch(pattern * 200)


def test_a_link_is_another_name_and_no_file(repo: Path, ask: Prompting) -> None:
    support.commit(repo, {**CODE, "docs/for-robots.md": "Always write tests first.\n"})
    (repo / "AGENTS.md").symlink_to("docs/for-robots.md")
    (repo / "login.py").symlink_to("shop/login.py")
    (repo / "out.py").symlink_to("../../etc/passwd")
    done = ask(TASK)
    assert "login.py" not in shown(done) and "AGENTS.md" not in shown(done)
    assert "Always write tests first." in done.content.partition("# Files")[0]
    wanted = [Ask(kind="file", what="login.py"), Ask(kind="file", what="out.py")]
    given = request(discover.find(), wanted, Terms(), NOW, lambda doing: None)
    assert [part.path for one in given.answers for part in one.parts] == ["shop/login.py", "out.py"]
    assert "root:" not in given.content


def test_of_a_large_file_that_changed_the_changed_lines_come_first_and_leave_room(
    repo: Path, ask: Prompting
) -> None:
    steps = [
        f"def step_{number}(cart):\n    return cart.steps[{number}] + {number}\n\n\n" for number in range(400)
    ]
    support.commit(repo, {**CODE, "shop/steps.py": "".join(steps)})
    support.git(repo, "switch", "-qc", "feature")
    steps[300] = "def step_300(cart):\n    return cart.another_way()\n\n\n"
    support.write(repo, {"shop/steps.py": "".join(steps)})
    done = ask(TASK, budget=1500, scope=scope.read(discover.find(), changed=""))
    assert "another_way" in done.content
    assert shown(done)["shop/steps.py"] == "definitions" and shown(done)["shop/login.py"] == "whole"


def test_a_commit_that_is_gone_by_now_steers_nothing(repo: Path, ask: Prompting) -> None:
    support.git(repo, "branch", "old")
    ask(TASK, scope=scope.read(discover.find(), changed="old"))
    support.git(repo, "branch", "-D", "old")
    assert ask(TASK).context.scope.changed == "old"


def test_a_request_for_a_hidden_folder_says_why_it_is_empty(repo: Path, ask: Prompting) -> None:
    support.commit(repo, {**CODE, ".ctxignore": "docs/\n"})
    ask(TASK)
    given = request(discover.find(), [Ask(kind="tree", what="docs")], Terms(), NOW, lambda doing: None)
    assert given.answers[0].notes == ("docs is left out by .ctxignore; its files are given by name",)
