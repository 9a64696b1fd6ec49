from dataclasses import replace
from pathlib import Path

import pytest

from git_ctx import codec
from git_ctx.analysis.asks import asks
from git_ctx.model import Format
from git_ctx.porcelain.context import scope
from git_ctx.porcelain.prompt import Prompted
from git_ctx.porcelain.request import Terms, request
from git_ctx.store import discover
from tests import support
from tests.porcelain.conftest import NOW, Ask

LOGIN = "def redirect_after_login(user):\n    return user.home\n" + "".join(
    f"\n\ndef step_{number}(user):\n    return user.steps[{number}]\n" for number in range(60)
)
CODE = {
    "shop/login.py": LOGIN,
    "shop/prices.py": "def vat(amount):\n    return amount * 1.2\n",
    "shop/invoice.py": "def print_invoice(order):\n    return order.lines\n",
    "logo.png": b"\x89PNG\r\n\x1a\n\0\0\0",
}
TASK = "redirect after login goes to the wrong page"


def forms(done: Prompted) -> dict[str, str]:
    return {item.path: item.form for item in done.context.items}


def test_the_first_prompt_is_full_and_the_second_an_update(repo: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    first, second = ask(TASK), ask(TASK)
    assert (first.context.kind, first.context.after) == ("full", None)
    assert (second.context.kind, second.context.after) == ("update", first.prompt.id)


def test_the_same_prompt_again_takes_a_few_lines(repo: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    ask(TASK)
    again = ask(TASK)
    assert forms(again) == {}
    assert again.context.tokens < 100
    assert "files, unchanged since" in again.content


def test_one_changed_line_comes_as_a_diff(repo: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    ask(TASK)
    support.write(repo, {"shop/login.py": LOGIN.replace("user.home", "user.start_page")})
    done = ask(TASK)
    assert forms(done) == {"shop/login.py": "diff"}
    assert "-    return user.home\n+    return user.start_page\n" in done.content
    assert done.context.tokens < 200


def test_a_diff_no_shorter_than_the_file_gives_way_to_the_file(repo: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    ask(TASK)
    support.write(repo, {"shop/prices.py": "RATE = 1.19\n"})
    done = ask(TASK)
    assert forms(done) == {"shop/prices.py": "whole"}
    assert "RATE = 1.19" in done.content


def test_what_changed_and_was_committed_meanwhile_counts(repo: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    ask(TASK)
    support.commit(repo, {"shop/login.py": LOGIN.replace("user.home", "user.start_page")})
    assert forms(ask(TASK)) == {"shop/login.py": "diff"}


def test_deleted_and_renamed_files_are_named(repo: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    ask(TASK)
    (repo / "shop/invoice.py").unlink()
    (repo / "shop/login.py").rename(repo / "shop/sign_in.py")
    content = ask(TASK).content
    assert "- deleted: `shop/invoice.py`" in content
    assert "- renamed: `shop/login.py → shop/sign_in.py`" in content
    assert "def step_1" not in content


def test_a_changed_file_that_is_no_text_is_named(repo: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    ask(TASK)
    support.write(repo, {"logo.png": b"\x89PNG\r\n\x1a\n\0\0\1"})
    assert forms(ask(TASK)) == {"logo.png": "line"}


@pytest.mark.parametrize("rendered_as", ["markdown", "xml", "json"])
def test_a_context_that_was_kept_in_the_work_tree_is_not_said_again(
    repo: Path, ask: Ask, rendered_as: Format
) -> None:
    support.commit(repo, CODE)
    support.write(repo, {"context.md": ""})  # a shell's `>context.md` makes the file before git ctx runs
    support.write(repo, {"context.md": ask(TASK, format=rendered_as).content})
    second = ask(TASK, format=rendered_as)
    assert second.context.items == ()
    support.write(repo, {"context.md": second.content})
    assert ask(TASK).context.items == ()
    support.write(repo, {"context.md": ""})
    assert ask(TASK).context.items == ()
    support.write(repo, {"context.md": second.content})
    assert forms(ask(TASK, full=True)).get("context.md", "line") == "line"


def test_the_next_update_follows_the_last_one(repo: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    ask(TASK)
    support.write(repo, {"shop/login.py": LOGIN.replace("user.home", "user.start_page")})
    second = ask(TASK)
    third = ask(TASK)
    assert third.context.after == second.prompt.id
    assert forms(third) == {}


def test_full_starts_the_conversation_over(repo: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    first = ask(TASK)
    over = ask(TASK, full=True)
    assert (over.context.kind, over.context.after) == ("full", None)
    assert over.content == first.content
    assert ask(TASK).context.after == over.prompt.id


def test_another_conversation_starts_full_and_keeps_its_own_line(repo: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    mine = ask(TASK, conversation="mine")
    theirs = ask(TASK, conversation="theirs")
    assert (mine.context.kind, theirs.context.kind) == ("full", "full")
    assert ask(TASK, conversation="mine").context.after == mine.prompt.id


def test_a_new_question_brings_the_files_that_were_not_shown(repo: Path, ask: Ask) -> None:
    others = {f"shop/redirect_{n}.py": f"def redirect_{n}(page):\n    return page\n" for n in range(30)}
    support.commit(repo, {**CODE, **others})
    first = ask(TASK, budget=900)
    assert "return amount * 1.2" not in first.content
    done = ask("the vat on prices is wrong", budget=900)
    assert forms(done).get("shop/prices.py") == "whole"
    assert "return amount * 1.2" in done.content


def test_what_was_shown_in_part_comes_anew_once_a_prompt_is_about_it(repo: Path, ask: Ask) -> None:
    logins = {
        f"shop/login_{n:02}.py": f"def login_redirect_{n}(user):\n    return redirect(login, user)\n"
        for n in range(12)
    }
    rules = "".join(
        f"def rule_{n}(path):\n    return path.lstrip('/') in IGNORED[{n}]\n\n\n" for n in range(60)
    )
    archive = "def login_archive(user):\n" + "    redirect(login, user)\n" * 12 + f"\n\n{rules}"
    support.commit(repo, {**logins, "shop/archive.py": archive})
    assert forms(ask("fix the login redirect", budget=1500))["shop/archive.py"] == "definitions"
    assert forms(ask("now also cover the other one", budget=1500)) == {}
    third = ask("the archive ignores a path in its rules when it has a slash", budget=4000)
    assert "shop/archive.py" in forms(third)
    assert "shop/login_00.py" not in forms(third)


SHOP = "".join(
    f"def {name}(order):\n" + f"    order.{name}_line()\n" * 25 + "\n\n"
    for name in ("redirect_after_login", *(f"shipping_{n}" for n in range(20)), "refund")
)


def shown(repo: Path, ask: Ask) -> Prompted:
    """A first prompt that is shown a part of `shop/all.py`, and no refund."""
    support.commit(repo, {**CODE, "shop/all.py": SHOP})
    first = ask(TASK, budget=1200)
    assert forms(first)["shop/all.py"] == "definitions"
    assert "def redirect_after_login" in first.content and "def refund" not in first.content
    return first


def test_what_a_prompt_names_comes_also_of_a_file_that_was_shown_in_part(repo: Path, ask: Ask) -> None:
    shown(repo, ask)
    second = ask("how does refund work?", budget=1200)
    assert forms(second) == {"shop/all.py": "definitions"}
    assert "def refund(order):" in second.content
    assert "def redirect_after_login" not in second.content
    assert "# New" in second.content
    assert ask("and what about refund?", budget=1200).context.items == ()


def test_the_rest_of_a_file_that_changed_meanwhile_comes_beside_its_change(repo: Path, ask: Ask) -> None:
    shown(repo, ask)
    support.write(repo, {"shop/all.py": f"import money\n\n{SHOP}"})
    done = ask("how does refund work?", budget=1200)
    assert [item.form for item in done.context.items] == ["diff", "definitions"]
    assert done.content.index("# Changed since") < done.content.index("+import money")
    assert done.content.index("# New") < done.content.index("def refund(order):")
    support.write(repo, {"shop/all.py": f"import money\nimport time\n\n{SHOP}"})
    assert forms(ask("and what about refund?", budget=1200)) == {"shop/all.py": "diff"}


def test_what_was_shown_on_request_is_known(repo: Path, ask: Ask) -> None:
    shown(repo, ask)
    first = SHOP.split("\n").index("def refund(order):") + 1
    requested = request(
        discover.find(repo),
        asks("file", [f"shop/all.py:{first}-{first + 26}"]),
        Terms(),
        NOW,
        lambda doing: None,
    )
    assert requested.request.items[0].lines[0][0] == first
    assert ask("how does refund work?", budget=1200).context.items == ()


def test_a_file_whose_shown_parts_nobody_noted_counts_as_shown(
    repo: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("git_ctx.codec._item", lambda item, old=codec._item: old(replace(item, lines=())))
    shown(repo, ask)
    assert ask("how does refund work?", budget=1200).context.items == ()


def test_a_prompt_that_names_nothing_brings_nothing(repo: Path, ask: Ask) -> None:
    shown(repo, ask)
    assert ask("now also cover the other case", budget=1200).context.items == ()


def test_without_the_old_snapshot_the_context_is_full(repo: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    support.write(repo, {"shop/prices.py": "RATE = 1.19\n"})
    first = ask(TASK)
    support.git(repo, "update-ref", "-d", "refs/ctx/snap/" + f"{first.branch.session}/main")
    support.write(repo, {"shop/prices.py": "RATE = 1.18\n"})
    support.git(repo, "-c", "gc.reflogExpire=now", "gc", "-q", "--prune=now")
    assert ask(TASK).context.kind == "full"


def test_a_switched_branch_stays_within_the_budget(repo: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    ask(TASK, budget=1500)
    support.write(repo, {f"gen/part_{n}.py": f"def part_{n}():\n    return {n}\n" * 20 for n in range(200)})
    done = ask(TASK, budget=1500)
    assert done.context.kind == "update"
    assert done.context.tokens <= 1500


def test_a_thousand_deleted_files_are_counted(repo: Path, ask: Ask) -> None:
    old = {f"old/part_{n}.py": f"def part_{n}():\n    return {n}\n" for n in range(1000)}
    support.commit(repo, {**CODE, **old})
    ask(TASK, budget=1500)
    for path in old:
        (repo / path).unlink()
    done = ask(TASK, budget=1500)
    assert done.content.count("- deleted:") == 20
    assert "980 files more deleted or renamed" in done.content
    assert done.context.tokens <= 1500


def test_a_key_that_a_change_takes_away_is_not_in_its_diff(repo: Path, ask: Ask) -> None:
    key = "AKIA" + "Z7QX4MPLW2KD5RTN"
    support.commit(repo, {**CODE, "shop/login.py": f"KEY = '{key}'\n{LOGIN}"})
    ask(TASK)
    support.write(repo, {"shop/login.py": f"KEY = ours()\n{LOGIN}"})
    second = ask(TASK)
    assert forms(second)["shop/login.py"] == "diff" and "+KEY = ours()" in second.content
    assert key not in second.content


TESTED = {
    **CODE,
    "tests/test_login.py": "from shop.login import *\n"
    + "".join(f"\n\ndef test_{n}():\n    assert walk({n}).page == {n}\n" for n in range(200)),
}


def test_who_speaks_of_tests_gets_those_of_what_changed(repo: Path, ask: Ask) -> None:
    support.commit(repo, TESTED)
    first = ask(TASK, scope=scope.read(discover.find(), tests=False))
    assert "tested: in tests/test_login.py" in first.content
    assert forms(first).get("tests/test_login.py", "line") == "line"
    support.write(repo, {"shop/login.py": LOGIN.replace("user.home", "user.start_page")})
    plain = ask("the other way round", budget=8000)
    assert forms(plain) == {"shop/login.py": "diff"}
    assert "## `shop/login.py` (tested: in tests/test_login.py)\n" in plain.content
    assert forms(ask("now add a test for it", budget=8000)) == {}  # none were wanted
    told = ask("now add a test for it", budget=8000, scope=scope.read(discover.find(), tests=True))
    assert forms(told) == {"tests/test_login.py": "definitions"}
    assert "(parts of 801 lines; tests: of login.py)" in told.content
    assert told.context.tokens < 1700
    assert forms(ask("and one more test", budget=8000)) == {}


def test_tests_that_changed_or_that_nothing_is_named_after_are_not_told_again(repo: Path, ask: Ask) -> None:
    support.commit(repo, {**TESTED, "tests/test_login.py": ""})
    ask(TASK)
    support.write(repo, {"shop/login.py": "", "shop/prices.py": "", "tests/test_login.py": "import shop\n"})
    assert set(forms(ask("the tests"))) == {"shop/login.py", "shop/prices.py", "tests/test_login.py"}


def test_tests_that_a_prompt_names_come_before_those_of_what_changed(repo: Path, ask: Ask) -> None:
    others = {
        f"src/test/{name}Test.java": f"class {name}Test {{\n  void rounds{name}() {{}}\n}}\n"
        for name in ("Cart", "Money")
    }
    support.commit(repo, {**CODE, "src/main/Cart.java": "class Cart {\n  int lines;\n}\n", **others})
    ask(TASK, scope=scope.read(discover.find(), tests=False))
    support.write(repo, {"src/main/Cart.java": "class Cart {\n  int rows;\n}\n"})
    told = ask("add one to MoneyTest", scope=scope.read(discover.find(), tests=True))
    assert set(forms(told)) == {"src/main/Cart.java", "src/test/MoneyTest.java"}
    assert "`src/test/MoneyTest.java` (tests: the prompt names them)" in told.content


LATER = LOGIN.replace("user.home", "user.start_page")
for _number in range(0, 60, 4):
    LATER = LATER.replace(f"user.steps[{_number}]", f"user.ways[{_number}]")


@pytest.fixture
def grown(repo: Path, ask: Ask) -> Prompted:
    """An update that has no room to say how a file that was shown has changed."""
    support.commit(repo, CODE)
    ask(TASK)
    support.write(repo, {"shop/login.py": LATER})
    return ask("go on", budget=300)


def test_a_change_that_there_is_no_room_for_is_named(grown: Prompted) -> None:
    assert "- `shop/login.py`: modified: past the budget, ask for it\n" in grown.content
    assert forms(grown) == {"shop/login.py": "line"}


def test_a_change_that_there_was_no_room_for_comes_with_a_prompt_that_is_about_its_file(
    grown: Prompted, ask: Ask
) -> None:
    done = ask("redirect_after_login is still wrong")
    assert "-    return user.home\n+    return user.start_page\n" in done.content
    assert "go on" not in done.content, "nothing was shown with it"
    assert forms(ask("redirect_after_login again")) == {}


def test_a_file_that_changes_again_is_compared_with_what_the_chat_has_of_it(
    repo: Path, grown: Prompted, ask: Ask
) -> None:
    support.write(repo, {"shop/login.py": LATER.replace("start_page", "first_page")})
    content = ask("go on").content
    assert "-    return user.home\n+    return user.first_page\n" in content and "ways[8]" in content


def test_a_change_taken_back_that_the_chat_has_only_heard_of_is_told_as_that(
    repo: Path, grown: Prompted, ask: Ask
) -> None:
    support.write(repo, {"shop/login.py": LOGIN})
    assert f'- `shop/login.py`: back: as it was with "{TASK}"\n' in ask("go on").content
    assert forms(ask("go on")) == {}


def test_a_renamed_file_that_was_edited_comes_as_what_changed_in_it(repo: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    ask(TASK)
    (repo / "shop/login.py").unlink()
    support.write(repo, {"shop/sign_in.py": LOGIN.replace("user.home", "user.start_page")})
    done = ask(TASK)
    assert "- renamed: `shop/login.py → shop/sign_in.py`" in done.content
    assert "-    return user.home\n+    return user.start_page\n" in done.content
    assert "def step_9" not in done.content


def test_what_was_taken_back_is_as_it_was_and_is_not_said_again(repo: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    ask(TASK)
    support.write(repo, {"shop/login.py": LATER})
    assert forms(ask("another page")) == {"shop/login.py": "diff"}
    support.write(repo, {"shop/login.py": LOGIN})
    done = ask("go on")
    assert f'- `shop/login.py`: back: as it was with "{TASK}"\n' in done.content
    assert "@@" not in done.content
    support.write(repo, {"shop/login.py": LATER})
    assert '- `shop/login.py`: back: as it was with "another page"\n' in ask("go on").content
    support.write(repo, {"shop/login.py": LATER.replace("start_page", "first_page")})
    content = ask("go on").content
    assert (
        "-    return user.start_page\n+    return user.first_page\n" in content and "ways[8]" not in content
    )


def test_a_deleted_file_that_is_there_again_is_as_it_was(repo: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    ask(TASK)
    (repo / "shop/login.py").unlink()
    assert "- deleted: `shop/login.py`" in ask("go on").content
    support.write(repo, {"shop/login.py": LOGIN})
    done = ask("go on")
    assert f'- `shop/login.py`: back: as it was with "{TASK}"\n' in done.content
    assert "step_9" not in done.content
    assert f'- with "{TASK}": 5 files, unchanged since' in ask("go on").content
