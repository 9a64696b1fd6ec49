from pathlib import Path

import pytest

from git_ctx import registers
from git_ctx.errors import NoSession, SessionClosed, UnsafePath
from git_ctx.model import Meta, SessionBranch
from git_ctx.porcelain import settings
from git_ctx.porcelain.life import close
from git_ctx.porcelain.pins import NotPinned, OutsideWorkTree, listing, matching, pin, unpin
from git_ctx.porcelain.rank import rank
from git_ctx.porcelain.session import start
from git_ctx.store import append, discover, refs
from tests import support
from tests.porcelain.conftest import NOW, Ask

DEMO = SessionBranch(session="demo", branch="main")
FILES = {
    "shop/login.py": "def login(user):\n    return user\n",
    "shop/prices.py": "def vat(amount):\n    return amount * 1.2\n",
    "shop/sql/tables.sql": "CREATE TABLE orders (id INT);\n",
    "main.sql": "SELECT 1;\n",
}


@pytest.fixture
def demo(repo: Path) -> Path:
    support.commit(repo, FILES)
    start(discover.find(repo), "demo", NOW)
    return repo


def pinned(repo: Path, at: str = "refs/ctx/heads/demo/main") -> list[str]:
    found = discover.find(repo)
    return [one.path for one in settings.pins(found, support.git(repo, "rev-parse", at))]


@pytest.mark.parametrize(
    "pattern",
    ["shop/login.py", "shop", "*.sql", "shop/*.sql", "shop/*", "?ain.sql", "sho[pq]/login.py", "nope", "sho"],
)
def test_a_pattern_means_what_it_means_to_git(demo: Path, pattern: str) -> None:
    names = support.git(demo, "ls-files").splitlines()
    assert list(matching((pattern,), names)) == support.git(demo, "ls-files", "--", pattern).splitlines()


def test_two_stars_match_no_folder_too() -> None:
    assert matching(("**/*.sql",), sorted(FILES)) == ("main.sql", "shop/sql/tables.sql")


def test_a_name_is_itself_before_it_is_a_glob() -> None:
    assert matching(("a[1].py",), ["a1.py", "a[1].py"]) == ("a1.py", "a[1].py")


def test_what_is_pinned_comes_first_with_its_reason(demo: Path, ask: Ask) -> None:
    pin(discover.find(demo), ["*.sql"], None, NOW)
    ranked = rank(discover.find(demo), "login is broken", lambda doing: None)
    assert {one.path for one in ranked[:2]} == {"main.sql", "shop/sql/tables.sql"}
    assert all("pinned" in str(one.reasons[0]) for one in ranked[:2])
    assert ranked[2].path == "shop/login.py"
    items = ask("login is broken").context.items
    assert {item.path for item in items[:2]} == {"main.sql", "shop/sql/tables.sql"}
    assert {item.form for item in items[:2]} == {"whole"}


def test_a_file_pinned_later_comes_with_the_next_update_once(demo: Path, ask: Ask) -> None:
    support.commit(demo, {f"gen/part_{n}.py": f"def login_{n}(user):\n    return {n}\n" for n in range(40)})
    first = ask("login of the user", budget=700)
    assert "CREATE TABLE" not in first.content
    pin(discover.find(demo), ["shop/sql"], None, NOW)
    second = ask("login of the user", budget=700)
    assert second.context.kind == "update"
    assert ("shop/sql/tables.sql", "whole") in {(item.path, item.form) for item in second.context.items}
    assert "CREATE TABLE" not in ask("login of the user", budget=700).content


def test_a_file_that_was_only_named_comes_once_it_is_pinned(demo: Path, ask: Ask) -> None:
    body = "".join(f"\n\ndef login_{n}(user):\n    return user.steps[{n}]\n" for n in range(30))
    support.commit(demo, {f"shop/login_{n}.py": f"# {n}\n{body}" for n in range(6)})
    first = ask("why does login of the user fail", budget=1500)
    named = next(item.path for item in first.context.items[:5] if item.form == "line")
    pin(discover.find(demo), [named], None, NOW)
    second = ask("why does login of the user fail", budget=1500)
    assert (named, "whole") in [(item.path, item.form) for item in second.context.items]


def test_a_file_shown_in_part_comes_anew_once_it_is_pinned(demo: Path, ask: Ask) -> None:
    body = "".join(f"\n\ndef part_{n}(order):\n    return order.steps[{n}]\n" for n in range(60))
    support.commit(demo, {"shop/orders.py": f"{body}\n\ndef refund(order):\n    return order.paid\n"})
    first = ask("refund the paid order", budget=600)
    assert ("shop/orders.py", "definitions") in {(item.path, item.form) for item in first.context.items}
    pin(discover.find(demo), ["shop/orders.py"], None, NOW)
    assert "def part_7(" in ask("steps").content
    assert ask("steps").context.items == ()


def test_of_each_path_the_last_word_counts(demo: Path) -> None:
    at = discover.find(demo)
    pin(at, ["shop", "*.sql"], None, NOW)
    unpin(at, ["shop"], None, NOW)
    assert pinned(demo) == ["*.sql"]
    pin(at, ["shop"], None, NOW)
    assert pinned(demo) == ["*.sql", "shop"]
    assert unpin(at, [], None, NOW).paths == ("*.sql", "shop")
    assert (pinned(demo), listing(at, None)) == ([], ())


def test_paths_are_seen_from_the_current_directory(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(demo / "shop")
    at = discover.find()
    pin(at, ["login.py", "sql/*", "../main.sql", str(demo / "shop/prices.py")], None, NOW)
    assert pinned(demo) == ["main.sql", "shop/login.py", "shop/prices.py", "shop/sql/*"]
    unpin(at, ["login.py", "shop/sql/*"], None, NOW)
    assert pinned(demo) == ["main.sql", "shop/prices.py"]


@pytest.mark.parametrize("word", ["..", "../other", "/etc/passwd", ".", "", "a" * 2000])
def test_what_lies_outside_is_refused(demo: Path, word: str) -> None:
    with pytest.raises(OutsideWorkTree):
        pin(discover.find(demo), ["shop", word], None, NOW)
    assert pinned(demo) == []


def test_a_git_directory_is_refused(demo: Path) -> None:
    with pytest.raises(UnsafePath):
        pin(discover.find(demo), [".git/config"], None, NOW)


def test_what_is_not_pinned_cannot_be_unpinned(demo: Path) -> None:
    with pytest.raises(NotPinned):
        unpin(discover.find(demo), ["shop"], None, NOW)


def test_a_path_that_is_not_utf8_stays_what_it_is(demo: Path) -> None:
    pin(discover.find(demo), ["caf\udce9.py"], None, NOW)
    assert pinned(demo) == ["caf\udce9.py"]
    (entry,) = support.git(demo, "ls-tree", "-r", "--name-only", "refs/ctx/heads/demo/main", "meta/").split()
    assert r'"\"caf\\351.py\""' in support.git(demo, "show", f"refs/ctx/heads/demo/main:{entry}")


def test_pins_of_two_people_both_stay(demo: Path) -> None:
    head = "refs/ctx/heads/demo/main"
    pin(discover.find(demo), ["shop", "main.sql"], None, NOW)
    base = support.git(demo, "rev-parse", head)
    unpin(discover.find(demo), ["shop"], None, NOW)
    pin(discover.find(demo), ["mine.py"], None, NOW)
    mine = support.git(demo, "rev-parse", head)
    support.git(demo, "update-ref", head, base)
    pin(discover.find(demo), ["theirs.py"], None, NOW)
    theirs = support.git(demo, "rev-parse", head)
    trees = {
        support.git(demo, "merge-tree", "--write-tree", *sides) for sides in ((mine, theirs), (theirs, mine))
    }
    (tree,) = trees
    joined = support.git(demo, "commit-tree", "-p", mine, "-p", theirs, "-m", "merge", tree)
    assert pinned(demo, joined) == ["main.sql", "mine.py", "theirs.py"]


def test_a_setting_that_cannot_be_read_is_passed_over(demo: Path, ask: Ask) -> None:
    at = discover.find(demo)
    for number, data in enumerate(
        [
            b"no JSON",
            b"",
            registers.encode_meta(Meta(value={"paths": [1], "pinned": True}, author="x", set_at=NOW)),
            b'{"format": 99, "value": {"paths": ["x"], "pinned": true}}',
        ]
    ):
        append.append_meta(at, DEMO, "pins", "k" * 15 + "klmn"[number], data, subject="x", when=NOW)
    pin(at, ["shop/prices.py"], None, NOW)
    assert pinned(demo) == ["shop/prices.py"]
    assert ask("login").context.items[0].path == "shop/prices.py"


def test_only_the_latest_settings_count(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MOST", 2)
    for name in ("a.py", "b.py", "c.py"):
        pin(discover.find(demo), [name], None, NOW)
    assert pinned(demo) == ["b.py", "c.py"]


def test_a_closed_session_takes_no_pins_and_none_has_none(demo: Path) -> None:
    at = discover.find(demo)
    tip = refs.tip(at, DEMO)
    close(at, (), "ended", NOW)
    with pytest.raises(SessionClosed):
        pin(at, ["shop"], "demo", NOW)
    with pytest.raises(NoSession):
        pin(discover.find(demo), ["shop"], None, NOW)
    support.git(demo, "update-ref", "refs/ctx/heads/demo/main", tip or "")
    pin(at, ["main.sql"], None, NOW)
    close(at, (), "ended", NOW)
    assert rank(discover.find(demo), "login", lambda doing: None)[0].path == "shop/login.py"
    assert rank(discover.find(demo), "login", lambda doing: None, "demo")[0].path == "main.sql"
