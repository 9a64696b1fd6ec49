import json
import stat
import sys
from pathlib import Path

import pytest

from tests import support
from tests.cli.conftest import Ctx, Said


@pytest.fixture
def demo(repo: Path, ctx: Ctx) -> Path:
    """Where the page of a session with one prompt is kept."""
    ctx("start", "demo")
    ctx("prompt", "fix main")
    return repo / ".git/ctx/view/demo.html"


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A browser that writes down what it was given."""
    said = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf "%s" "$1" >{said}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    monkeypatch.delitem(sys.modules, "webbrowser", raising=False)  # it reads BROWSER once, when it is loaded
    return said


def test_the_page_opens_in_the_browser_and_is_for_its_user_alone(ctx: Ctx, demo: Path, opened: Path) -> None:
    assert ctx("view") == Said(0, f"{demo}\n", "")
    assert opened.read_text() == demo.as_uri()
    assert "fix main" in demo.read_text()
    assert stat.S_IMODE(demo.stat().st_mode) == 0o600
    assert stat.S_IMODE(demo.parent.stat().st_mode) == 0o700


def test_the_next_page_takes_the_place_of_the_last(ctx: Ctx, demo: Path, opened: Path) -> None:
    ctx("view", "demo")
    ctx("prompt", "now the tests")
    ctx("view", "demo@main")
    assert "now the tests" in demo.read_text()
    assert [path.name for path in demo.parent.iterdir()] == ["demo.html"]


def test_it_can_be_written_elsewhere_and_left_closed(ctx: Ctx, repo: Path, demo: Path, opened: Path) -> None:
    assert ctx("view", "-o", "it.html", "--no-open") == Said(0, f"{repo}/it.html\n", "")
    assert (repo / "it.html").read_text().startswith("<!DOCTYPE html>")
    assert not opened.exists() and not demo.exists()
    told = {"session": "demo", "path": str(demo), "opened": False}
    assert json.loads(ctx("view", "--no-open", "--json").out) == told


def test_the_browser_that_git_is_set_to_is_taken(
    ctx: Ctx, repo: Path, demo: Path, opened: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = f"{opened.parent}/browser"
    monkeypatch.delenv("BROWSER")
    support.git(repo, "config", "browser.mine.cmd", command)
    support.git(repo, "config", "web.browser", "mine")
    assert ctx("view") == Said(0, f"{demo}\n", "")
    assert opened.read_text() == str(demo)


def test_without_a_browser_the_file_is_named(ctx: Ctx, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webbrowser.open", lambda url: False)
    assert ctx("view") == Said(0, f"{demo}\n", "hint: no browser was found; open that file in one\n")


@pytest.mark.parametrize(("name", "what"), [("nope", "session"), ("demo@nope", "session branch")])
def test_what_is_not_there_is_said(ctx: Ctx, demo: Path, name: str, what: str) -> None:
    said = ctx("view", name)
    assert (said.status, said.out) == (128, "") and said.err.startswith(f"fatal: no such {what}: '{name}'")
    assert not demo.exists()


def test_where_nothing_can_be_written_nothing_is_left(ctx: Ctx, repo: Path, demo: Path) -> None:
    demo.parent.write_text("in the way")
    said = ctx("view", "--no-open")
    assert said.status == 128 and said.err.startswith(f"fatal: cannot write '{demo}': ")
    assert ctx("view", "--no-open", "-o", "no/such/folder/x.html").status == 128


def test_looking_changes_no_ref(ctx: Ctx, repo: Path, demo: Path) -> None:
    before = support.git(repo, "for-each-ref")
    ctx("view", "--no-open")
    assert support.git(repo, "for-each-ref") == before
    assert support.git(repo, "status", "--porcelain") == ""
