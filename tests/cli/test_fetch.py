import json
from pathlib import Path

import pytest

from tests import servers, support
from tests.cli.conftest import Ctx, Said
from tests.store.sessions import forge


@pytest.fixture
def bob(repo: Path, ctx: Ctx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of what has the session demo@main."""
    server = servers.bare(tmp_path / "repo.git")
    support.git(repo, "remote", "add", "origin", str(server))
    support.git(repo, "push", "-q", "-u", "origin", "main")
    ctx("start", "demo")
    ctx("prompt", "fix main")
    ctx("push", "--yes")
    made = support.clone(server, tmp_path / "bob")
    monkeypatch.chdir(made)
    return made


def test_fetch_says_what_is_new_and_touches_no_session_here(ctx: Ctx, bob: Path) -> None:
    assert ctx("fetch") == Said(0, "demo@main: new\n", "")
    assert ctx("fetch", "origin") == Said(0, "", "nothing new on 'origin'\n")
    assert json.loads(ctx("list", "--json").out) == {"sessions": []}


def test_fetch_json(ctx: Ctx, bob: Path, repo: Path) -> None:
    tip = support.git(repo, "rev-parse", "refs/ctx/heads/demo/main")
    assert json.loads(ctx("fetch", "--json").out) == {
        "remote": "origin",
        "sessions": [{"session": "demo", "branch": "main", "old": None, "new": tip}],
        "problems": {},
        "stale": [],
    }


def test_a_broken_session_is_named_and_the_status_says_so(ctx: Ctx, bob: Path, repo: Path) -> None:
    forge(repo, {"readme": b"x"}, "forged/main")
    support.git(repo, "push", "-q", "origin", "refs/ctx/heads/forged/main")
    for out in ("demo@main: new\n", ""):
        said = ctx("fetch")
        assert (said.status, said.out) == (1, out)
        assert said.err.startswith("warning: 'forged@main' of 'origin' was left out: ")
        assert said.err.endswith("it has no session.json\n")
    assert ctx("list", "--remote").out.startswith("demo@main ")


@pytest.mark.parametrize("what", ["HEAD", "HEAD^{tree}"])
def test_what_is_no_session_gets_no_mirror(ctx: Ctx, bob: Path, repo: Path, what: str) -> None:
    oid = support.git(repo, "rev-parse", what)
    support.git(repo, "push", "-q", "origin", f"{oid}:refs/ctx/heads/code/main")
    for _ in range(2):
        said = ctx("fetch")
        assert (said.status, said.out.count("code")) == (1, 0)
        assert said.err.startswith("warning: 'code@main' of 'origin' was left out: ")
    assert support.git(bob, "for-each-ref", "refs/ctx/remotes/origin/heads/code") == ""
    assert ctx("push", "--delete", "code", "--yes").out == "code@main: deleted from 'origin'\n"


def test_a_session_that_broke_stays_as_it_was_and_can_be_replaced(ctx: Ctx, bob: Path, repo: Path) -> None:
    ctx("fetch")
    ctx("use", "demo")
    before = support.git(bob, "rev-parse", "refs/ctx/remotes/origin/heads/demo/main")
    support.git(repo, "push", "-q", "-f", "origin", "HEAD:refs/ctx/heads/demo/main")
    assert (ctx("fetch").status, ctx("pull").status) == (1, 1)
    assert support.git(bob, "rev-parse", "refs/ctx/remotes/origin/heads/demo/main") == before
    assert ctx("push", "--replace", "--yes").out == "demo@main: pushed to 'origin'\n"


def test_a_broken_mirror_is_listed_as_broken(ctx: Ctx, bob: Path) -> None:
    support.git(bob, "update-ref", "refs/ctx/remotes/origin/heads/code/main", "HEAD")
    (only,) = json.loads(ctx("list", "--remote", "--json").out)["sessions"]
    assert (only["state"], only["here"]) == ("broken", "broken")
    assert "session.json" in only["problem"]


def test_a_renamed_remote_is_noticed(ctx: Ctx, bob: Path) -> None:
    ctx("fetch")
    support.git(bob, "remote", "rename", "origin", "upstream")
    said = ctx("fetch")
    assert said.out == "demo@main: new\n"
    assert said.err == (
        "note: there are sessions of 'origin', which is no remote any more\n"
        "hint: 'git ctx remote --prune' drops them\n"
    )
