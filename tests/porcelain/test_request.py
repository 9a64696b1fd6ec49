import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from git_ctx import codec
from git_ctx.analysis.asks import asks
from git_ctx.errors import BudgetTooSmall, NoSession
from git_ctx.model import AskKind
from git_ctx.porcelain.request import Requested, Terms, request
from git_ctx.store import discover, refs
from git_ctx.store.sessions import union
from tests import support
from tests.porcelain.conftest import NOW, Ask
from tests.porcelain.test_update import CODE, LOGIN, TASK, forms

Want = Callable[..., Requested]
SECRET = "ghp_" + "A1b2C3d4E5f6G7h8I9j0" + "K1l2M3n4O5p6Q7r8"


@pytest.fixture
def want(repo: Path) -> Want:
    def call(kind: AskKind, *words: str, at: Path = repo, **terms: Any) -> Requested:
        return request(discover.find(at), asks(kind, words), Terms(**terms), NOW, lambda doing: None)

    return call


@pytest.fixture
def shop(repo: Path, ask: Ask) -> Path:
    """A repository whose session has one prompt, which was not shown the prices."""
    others = {f"shop/redirect_{n}.py": f"def redirect_{n}(page):\n    return page\n" for n in range(30)}
    support.commit(repo, {**CODE, **others})
    assert "amount * 1.2" not in ask(TASK, budget=900).content
    return repo


def given(done: Requested) -> dict[str, str]:
    return {item.path: item.form for item in done.request.items}


def test_a_file_is_given_whole_or_in_part(shop: Path, want: Want) -> None:
    assert given(want("file", "shop/prices.py")) == {"shop/prices.py": "whole"}
    part = want("file", "shop/login.py:50-51")
    assert given(part) == {"shop/login.py": "definitions"}
    lines = LOGIN.splitlines()
    assert lines[49] in part.content and lines[50] in part.content and lines[60] not in part.content


def test_the_files_are_as_they_are_now(shop: Path, want: Want) -> None:
    support.write(shop, {"shop/prices.py": "RATE = 7\n", "new.py": "fresh = 1\n"})
    assert "RATE = 7" in want("file", "shop/prices.py").content
    assert "fresh = 1" in want("file", "new.py").content
    (shop / "shop/prices.py").unlink()
    assert not want("file", "shop/prices.py").answers[0].found


@pytest.mark.parametrize("path", ["prices.py", "./shop/prices.py", "x/shop/prices.py"])
def test_a_file_is_found_by_the_end_of_its_path(shop: Path, want: Want, path: str) -> None:
    assert given(want("file", path)) == {"shop/prices.py": "whole"}


def test_two_files_that_could_be_meant_are_named(shop: Path, want: Want) -> None:
    support.write(shop, {"old/prices.py": "x = 1\n"})
    (one,) = want("file", "prices.py").answers
    assert (one.found, one.notes) == (False, ("no file prices.py", "there is: old/prices.py, shop/prices.py"))


@pytest.mark.parametrize(
    "path", ["../secret.txt", "/etc/passwd", ".git/config", "out/secret.txt", "a/../../secret.txt"]
)
def test_nothing_outside_of_the_work_tree_is_given(shop: Path, want: Want, path: str) -> None:
    (shop.parent / "secret.txt").write_text("outside\n")
    (shop / "out").symlink_to("..")
    done = want("file", path)
    assert not done.answers[0].found
    assert "outside" not in done.content and given(done) == {}


def test_a_link_is_its_text_and_not_what_it_leads_to(shop: Path, want: Want) -> None:
    (shop.parent / "secret.txt").write_text("outside\n")
    (shop / "link").symlink_to("../secret.txt")
    content = want("file", "link").content
    assert "../secret.txt" in content and "outside" not in content


def test_secrets_are_redacted_and_withheld_as_in_a_context(shop: Path, want: Want) -> None:
    support.commit(shop, {"conf.py": f'TOKEN = "{SECRET}"\nHOST = "example"\n'})
    support.write(shop, {"fresh.py": f'TOKEN = "{SECRET}"\n'})
    for done in (
        want("file", "conf.py"),
        want("file", "fresh.py"),
        want("search", "TOKEN"),
        want("symbol", "TOKEN"),
        want("search", SECRET),
        want("diff", "HEAD"),
    ):
        kept = support.git(
            shop, "log", "-1", "-p", "--format=%B", f"refs/ctx/heads/{done.branch.session}/main"
        )
        assert SECRET not in done.content + kept
    assert "HOST" in want("file", "conf.py").content
    support.write(shop, {"conf.py": 'TOKEN = ours()\nHOST = "example"\n'})
    content = want("diff", "HEAD").content
    assert "+TOKEN = ours()" in content and SECRET not in content


def test_an_ignored_file_is_not_given(shop: Path, want: Want) -> None:
    support.write(shop, {".gitignore": "private/\n", "private/a.txt": "mine\n"})
    assert not want("file", "private/a.txt").answers[0].found
    assert "private" not in want("tree").content


def test_what_is_not_text_is_not_given_but_what_is_generated_is(shop: Path, want: Want) -> None:
    support.write(shop, {"yarn.lock": "left-pad 1.0\n"})
    assert not want("file", "logo.png").answers[0].found
    assert "left-pad" in want("file", "yarn.lock").content


def test_the_budget_holds_and_what_was_cut_is_said(shop: Path, want: Want) -> None:
    done = want("file", "shop/login.py", budget=400)
    assert done.request.tokens <= 400
    assert (
        "past the budget, ask again: shop/login.py:" in done.content
        and "def redirect_after_login" in done.content
    )
    many = want("file", "shop/login.py", "shop/prices.py", "README.md", budget=400)
    assert many.request.tokens <= 400
    assert "amount * 1.2" in many.content and "# example" in many.content
    with pytest.raises(BudgetTooSmall):
        want("file", "shop/login.py", budget=30)


@pytest.mark.parametrize("kind", ["symbol", "search"])
@pytest.mark.parametrize("budget", [150, 300, 1000])
def test_no_kind_goes_past_the_budget(shop: Path, want: Want, kind: AskKind, budget: int) -> None:
    support.commit(shop, {f"many/{n}.py": "def user():\n    return user()\n" * 30 for n in range(30)})
    assert want(kind, "user", budget=budget).request.tokens <= budget
    assert want("tree", budget=budget).request.tokens <= budget
    support.write(shop, {f"many/{n}.py": "def user():\n    return user\n" * 30 for n in range(30)})
    assert want("diff", budget=budget).request.tokens <= budget


@pytest.mark.parametrize("form", ["markdown", "xml", "json"])
def test_what_is_given_is_kept_to_the_byte(shop: Path, want: Want, form: str) -> None:
    done = want("file", "shop/prices.py", format=form)
    suffix = {"markdown": "request.md", "xml": "request.xml", "json": "request.content.json"}[form]
    where = f"refs/ctx/heads/{done.branch.session}/main:events/000000/{done.event.clock:02}-{done.event.id}"
    assert support.git(shop, "show", f"{where}.{suffix}") + "\n" == done.content
    kept = codec.decode_request(support.git(shop, "show", f"{where}.request.json").encode(), "here")
    assert kept == done.request
    if form == "json":
        assert json.loads(done.content)["answers"][0]["files"][0]["text"] == CODE["shop/prices.py"]
    assert support.git(shop, "cat-file", "-t", str(kept.snapshot)) == "tree"
    support.fsck(shop)


def test_a_diff_is_since_the_last_prompt_or_another_one_or_head(shop: Path, want: Want, ask: Ask) -> None:
    assert want("diff").answers[0].notes == ("nothing has changed",)
    support.write(shop, {"shop/login.py": LOGIN.replace("user.home", "user.start_page"), "new.py": "x = 1\n"})
    ask("and now", budget=800)
    (shop / "shop/invoice.py").unlink()
    assert given(want("diff")) == {}
    assert "deleted: shop/invoice.py" in want("diff").content
    for since in ("#1", "HEAD"):
        done = want("diff", since)
        assert given(done) == {"new.py": "whole", "shop/login.py": "diff"}
        assert "-    return user.home\n+    return user.start_page\n" in done.content
    assert not want("diff", "@~99").answers[0].found
    assert not want("diff", "--output=x").answers[0].found
    assert not (shop / "x").exists()


def test_the_next_update_does_not_repeat_what_was_given(shop: Path, want: Want, ask: Ask) -> None:
    want("file", "shop/prices.py")
    done = ask("the vat on prices is wrong")
    assert "shop/prices.py" not in forms(done)
    assert "amount * 1.2" not in done.content
    assert done.context.kind == "update"


def test_what_changed_before_it_was_given_is_not_told_again(shop: Path, want: Want, ask: Ask) -> None:
    support.write(shop, {"shop/login.py": LOGIN.replace("user.home", "user.start_page")})
    want("file", "shop/login.py")
    done = ask(TASK)
    assert "shop/login.py" not in forms(done) and "user.start_page" not in done.content


def test_what_changed_since_it_was_given_comes_as_a_diff_from_there(shop: Path, want: Want, ask: Ask) -> None:
    support.write(shop, {"shop/login.py": LOGIN.replace("user.home", "user.start_page")})
    want("file", "shop/login.py")
    support.write(shop, {"shop/login.py": LOGIN.replace("user.home", "user.last_page")})
    done = ask(TASK)
    assert forms(done)["shop/login.py"] == "diff"
    assert "-    return user.start_page\n+    return user.last_page\n" in done.content


def test_what_was_put_back_after_it_was_given_is_told(shop: Path, want: Want, ask: Ask) -> None:
    support.write(shop, {"shop/login.py": LOGIN.replace("user.home", "user.start_page")})
    want("diff")
    support.write(shop, {"shop/login.py": LOGIN})
    assert "-    return user.start_page\n+    return user.home\n" in ask(TASK).content


def test_the_old_name_of_a_file_that_was_given_under_its_new_one_is_gone(
    shop: Path, want: Want, ask: Ask
) -> None:
    (shop / "shop/invoice.py").rename(shop / "shop/bill.py")
    want("file", "shop/bill.py")
    done = ask(TASK)
    assert "- deleted: `shop/invoice.py`" in done.content and "print_invoice" not in done.content


def test_a_line_of_a_search_does_not_count_as_shown(shop: Path, want: Want, ask: Ask) -> None:
    want("search", "amount")
    assert forms(ask("the vat on prices is wrong"))["shop/prices.py"] == "whole"


def test_another_conversation_was_shown_nothing(shop: Path, want: Want, ask: Ask) -> None:
    ask(TASK, budget=900, conversation="other")
    want("file", "shop/prices.py", conversation="other")
    assert forms(ask("the vat on prices is wrong"))["shop/prices.py"] == "whole"


def test_a_request_before_any_prompt_stands_alone(repo: Path, want: Want) -> None:
    with pytest.raises(NoSession):
        want("tree")
    from git_ctx.porcelain.session import start

    start(discover.find(repo), "demo", NOW)
    assert want("file", "app.py").request.prompt is None


def test_a_fork_was_shown_what_was_given_up_to_it_and_no_more(shop: Path, want: Want, ask: Ask) -> None:
    """Even where what the other line was given afterwards was merged into this one."""
    want("file", "shop/prices.py")
    support.git(shop, "switch", "-q", "-c", "alt")
    begun = want("tree")
    assert begun.forked is not None
    support.git(shop, "switch", "-q", "main")
    main = want("file", "shop/invoice.py")
    found = discover.find(shop)
    tip = refs.tip(found, main.branch)
    assert tip is not None
    union.unite(found, begun.branch, tip, subject="main", when=NOW)
    support.git(shop, "switch", "-q", "alt")
    done = ask("the vat on prices and how to print_invoice is wrong")
    assert done.context.kind == "update"
    assert "shop/prices.py" not in forms(done)
    assert forms(done)["shop/invoice.py"] == "whole"
