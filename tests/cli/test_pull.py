import json
from pathlib import Path

import pytest

from tests import servers, support
from tests.cli.conftest import Ctx, Said, still

REF = "refs/ctx/heads/demo/main"


@pytest.fixture
def bob(repo: Path, ctx: Ctx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone that has the session demo@main, with a prompt more than the server; the server has another."""
    server = servers.bare(tmp_path / "repo.git")
    support.git(repo, "remote", "add", "origin", str(server))
    support.git(repo, "push", "-q", "-u", "origin", "main")
    ctx("start", "demo")
    ctx("prompt", "fix main")
    ctx("push", "--yes")
    made = support.clone(server, tmp_path / "bob")
    support.git(made, "fetch", "-q", "origin", f"{REF}:{REF}")
    ctx("prompt", "one way")
    ctx("push")
    monkeypatch.chdir(made)
    ctx("prompt", "the other way")
    return made


def test_pull_first_and_then_the_push_goes_through(ctx: Ctx, bob: Path) -> None:
    said = ctx("push", "--yes")
    assert (said.status, said.err.splitlines()[-1]) == (1, "hint: pull first: git ctx pull origin")
    assert ctx("pull") == Said(0, "demo@main: 1 prompt more (joined)\n", "")
    assert ctx("push", "--yes").out == "demo@main: pushed to 'origin'\n"
    asked = [line.split(" ", 2)[2] for line in ctx("log", "--oneline").out.splitlines()]
    assert sorted(asked) == ["fix main", "one way", "the other way"]
    assert ctx("pull") == Said(0, "", "up to date with 'origin'\n")
    support.fsck(bob)


def test_pull_tells_of_sessions_that_are_not_here(ctx: Ctx, bob: Path) -> None:
    ctx("delete", "demo", "--yes")
    ctx("fetch")
    assert ctx("pull") == Said(0, "", "up to date with 'origin'\n")
    support.git(bob, "push", "-q", "origin", "refs/ctx/remotes/origin/heads/demo/main:refs/ctx/heads/x/main")
    (bob / ".git/ctx/deleted").rename(bob / ".git/ctx/forgotten")
    assert ctx("pull") == Said(
        0,
        "",
        "up to date with 'origin'\n"
        "2 sessions of 'origin' are not here\n"
        "hint: see 'git ctx list --remote origin', take one with 'git ctx use NAME'\n",
    )


def test_pull_json(ctx: Ctx, bob: Path) -> None:
    told = json.loads(ctx("pull", "--json").out)
    assert [(one["session"], one["how"], one["prompts"]) for one in told["united"]] == [("demo", "joined", 1)]
    assert told["problems"] == {}


def test_list_of_a_remote(ctx: Ctx, bob: Path) -> None:
    assert ctx("list", "--remote") == Said(
        0, "", "no sessions of 'origin' are known; 'git ctx fetch origin' looks for some\n"
    )
    ctx("fetch")
    line = "demo@main  active  diverged  2 prompts  TIME  prompt: one way\n"
    assert still(ctx("list", "--remote").out) == line
    assert still(ctx("list", "--remote", "origin").out) == line
    (only,) = json.loads(ctx("list", "--remote", "--json").out)["sessions"]
    assert (only["session"], only["prompts"], only["here"]) == ("demo", 2, "diverged")


def test_remote_lists_and_chooses(ctx: Ctx, bob: Path, tmp_path: Path) -> None:
    ctx("fetch")
    support.git(bob, "remote", "add", "fork", "https://ada:hunter2@example.com/fork.git")
    assert ctx("remote").out == (
        "   fork    0 sessions  https://example.com/fork.git\n"
        f"*  origin  1 session   {tmp_path / 'repo.git'}\n"
    )
    assert ctx("remote", "fork").out.splitlines()[0] == "*  fork    0 sessions  https://example.com/fork.git"
    assert support.git(bob, "config", "ctx.remote") == "fork"
    assert ctx("remote", "nope").status == 128
    assert [one["chosen"] for one in json.loads(ctx("remote", "--json").out)["remotes"]] == [True, False]


def test_what_is_left_of_a_renamed_remote_can_go(ctx: Ctx, bob: Path) -> None:
    ctx("fetch")
    support.git(bob, "remote", "rename", "origin", "upstream")
    assert ctx("remote").out.splitlines()[-1] == "   origin    1 session   no remote any more"
    said = ctx("remote", "--prune")
    assert said.err == "dropped what was left of 'origin'\n"
    assert "no remote any more" not in said.out


def test_without_remotes(ctx: Ctx, repo: Path) -> None:
    assert ctx("remote") == Said(0, "", "no remotes; add one with 'git remote add NAME URL'\n")
