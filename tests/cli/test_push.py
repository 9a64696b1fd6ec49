import json
import subprocess
from pathlib import Path

import pytest

from tests import servers, support
from tests.cli.conftest import Ctx, Said

KEY = "AKIA" + "Z7Q4XW3RN5TBKL2M"
"""Of the form of a cloud provider's key; nobody's."""


@pytest.fixture
def server(repo: Path, tmp_path: Path) -> Path:
    made = servers.bare(tmp_path / "repo.git")
    support.git(repo, "remote", "add", "origin", str(made))
    support.git(repo, "push", "-q", "-u", "origin", "main")
    return made


@pytest.fixture
def demo(ctx: Ctx, server: Path) -> None:
    ctx("start", "demo")
    ctx("prompt", "fix main")


def on(server: Path) -> list[str]:
    return support.git(server, "for-each-ref", "--format=%(refname)", "refs/ctx").splitlines()


def test_the_first_push_tells_what_goes_and_asks(ctx: Ctx, demo: None, server: Path, repo: Path) -> None:
    support.write(repo, {"app.py": "def main():\n    return 1\n"})
    ctx("prompt", "why does main in app.py return 1")
    assert ctx("push", stdin=b"") == Said(
        129,
        "",
        f"nothing was ever sent from here to 'origin' ({server})\n"
        "the contexts carry text of 2 files\n"
        "of these, 1 not on that remote in this version: 'app.py'\n"
        "error: to send 1 session branch to 'origin' needs a yes, and there is no terminal to ask\n"
        "hint: give --yes to say that it is meant\n",
    )
    assert on(server) == []
    assert ctx("push", "--yes").out == "demo@main: pushed to 'origin'\n"
    assert on(server) == ["refs/ctx/heads/demo/main"]


def test_later_pushes_ask_no_more_until_the_remote_is_another(
    ctx: Ctx, demo: None, repo: Path, tmp_path: Path
) -> None:
    ctx("push", "--yes")
    ctx("prompt", "and now the tests")
    assert ctx("push", stdin=b"") == Said(0, "demo@main: pushed to 'origin'\n", "")
    assert ctx("push", stdin=b"") == Said(0, "demo@main: up to date\n", "")
    support.git(repo, "remote", "set-url", "origin", str(servers.bare(tmp_path / "elsewhere.git")))
    assert ctx("push", stdin=b"").status == 129


def test_at_another_url_all_of_it_counts_as_new(ctx: Ctx, demo: None, repo: Path, tmp_path: Path) -> None:
    ctx("prompt", f"my key is {KEY}", "--allow-secret")
    assert ctx("push", "--yes", "--allow-secret").status == 0
    elsewhere = servers.bare(tmp_path / "elsewhere.git")
    support.git(repo, "remote", "set-url", "origin", str(elsewhere))
    assert ctx("push", "--yes").status == 128
    asked = ctx("push", "--allow-secret", stdin=b"")
    assert asked.status == 129
    assert asked.err.splitlines()[1] == "the contexts carry text of 2 files"
    assert on(elsewhere) == []


def test_where_nothing_would_be_sent_nothing_is_asked(ctx: Ctx, demo: None, repo: Path, server: Path) -> None:
    ctx("push", "--yes")
    support.git(repo, "config", "--unset", "remote.origin.ctxPush")
    assert ctx("push", stdin=b"") == Said(0, "demo@main: up to date\n", "")
    ctx("prompt", "and now the tests")
    assert ctx("push", stdin=b"").status == 129
    support.git(
        repo, "remote", "set-url", "--push", "origin", str(servers.bare(server.parent / "another.git"))
    )
    support.git(repo, "update-ref", "refs/ctx/remotes/origin/heads/demo/main", "refs/ctx/heads/demo/main")
    assert ctx("push", stdin=b"").status == 129


def test_where_pushes_go_elsewhere_it_is_deleted_there(
    ctx: Ctx, demo: None, repo: Path, server: Path
) -> None:
    elsewhere = servers.bare(server.parent / "elsewhere.git")
    support.git(repo, "config", f"url.{elsewhere}.pushInsteadOf", str(server))
    ctx("push", "--yes")
    ctx("fetch")
    assert on(elsewhere) == ["refs/ctx/heads/demo/main"]
    assert ctx("push", "--yes", "--delete", "demo").out == "demo@main: deleted from 'origin'\n"
    assert on(elsewhere) == []


def test_of_several_places_the_one_that_refuses_counts(
    ctx: Ctx, demo: None, repo: Path, server: Path
) -> None:
    second = servers.bare(server.parent / "second.git")
    for url in (server, second):
        support.git(repo, "remote", "set-url", "--add", "--push", "origin", str(url))
    servers.hook(server, "pre-receive", "echo quota exceeded >&2; exit 1")
    done = ctx("push", "--yes")
    assert (done.status, on(server), on(second)) == (1, [], ["refs/ctx/heads/demo/main"])
    assert "refused by 'origin': pre-receive hook declined; quota exceeded" in done.err
    servers.hook(server, "pre-receive", "exit 0")
    assert ctx("push", "--yes").out == "demo@main: pushed to 'origin'\n"
    assert ctx("push", "--yes").out == "demo@main: up to date\n"


def test_no_is_an_answer(ctx: Ctx, demo: None, server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda question: "n")
    assert ctx("push").status == 1
    assert on(server) == []


def test_all_lists_and_asks(ctx: Ctx, demo: None, server: Path) -> None:
    ctx("start", "other")
    ctx("push", "--yes")
    assert ctx("push", "--all", stdin=b"") == Said(
        129,
        "",
        "demo@main\n"
        "error: to send 1 session branch to 'origin' needs a yes, and there is no terminal to ask\n"
        "hint: give --yes to say that it is meant\n",
    )
    assert ctx("push", "--all", "--yes").out == "demo@main: pushed to 'origin'\n"
    assert ctx("push", "--all", stdin=b"") == Said(0, "", "everything is on 'origin' already\n")


def test_a_diverged_session_is_refused_with_pull_first(
    ctx: Ctx, demo: None, server: Path, repo: Path
) -> None:
    ctx("push", "--yes")
    mine = support.git(repo, "rev-parse", "refs/ctx/heads/demo/main")
    ctx("prompt", "one way")
    ctx("push")
    support.git(repo, "update-ref", "refs/ctx/heads/demo/main", mine)
    ctx("prompt", "the other way")
    said = ctx("push")
    assert said == Said(
        1,
        "",
        "error: demo@main: 'origin' has something that is not here (non-fast-forward)\n"
        "hint: pull first: git ctx pull origin\n",
    )
    assert json.loads(ctx("push", "--json").out)["sessions"][0]["result"] == "diverged"


def test_snapshots_that_a_hook_refuses_do_not_make_it_seem_that_the_session_stayed(
    ctx: Ctx, demo: None, server: Path, repo: Path
) -> None:
    servers.hook(server, "update", "case $1 in refs/ctx/snap/*) echo too large >&2; exit 1; esac")
    assert ctx("push", "--files", "--yes").err.endswith(
        "error: demo@main: pushed, but not its snapshots: refused by 'origin' (hook declined; too large)\n"
    )
    assert on(server) == ["refs/ctx/heads/demo/main"]
    servers.hook(server, "update", "exit 0")
    assert ctx("push", "--files", "--yes").out == "demo@main: pushed to 'origin'\n"
    assert on(server) == ["refs/ctx/heads/demo/main", "refs/ctx/snap/demo/main"]


def test_snapshots_that_somebody_pushed_first_are_pulled_first(
    ctx: Ctx, demo: None, server: Path, repo: Path
) -> None:
    ctx("push", "--files", "--yes")
    mine = support.git(repo, "rev-parse", "refs/ctx/snap/demo/main")
    support.write(repo, {"app.py": "one = 1\n"})
    ctx("prompt", "one way")
    ctx("push", "--files", "--yes")
    for ref in ("refs/ctx/snap/demo/main", "refs/ctx/remotes/origin/snap/demo/main"):
        support.git(repo, "update-ref", ref, mine)
    support.write(repo, {"app.py": "other = 1\n"})
    ctx("prompt", "the other way")
    assert ctx("push", "--files", "--yes") == Said(
        1,
        "",
        "the snapshots bring 1 file that 'origin' has not: 'app.py'\n"
        "error: demo@main: pushed, but not its snapshots: 'origin' has some that are not here"
        " (non-fast-forward)\n"
        "hint: pull first: git ctx pull --files origin\n",
    )
    support.git(repo, "update-ref", "refs/ctx/snap/demo/main", mine)
    ctx("prompt", "and once more")
    (told,) = json.loads(ctx("push", "--files", "--yes", "--json").out)["sessions"]
    assert (told["result"], told["snapshots"], told["detail"]) == ("pushed", "diverged", "non-fast-forward")
    ctx("pull", "--files")
    assert ctx("push", "--files", "--yes").out == "demo@main: pushed to 'origin'\n"
    kept = support.git(server, "log", "--format=%T", "refs/ctx/snap/demo/main").split()
    assert len(set(kept)) == len(kept) - 1  # what joins two lines has the tree of one of them


def test_delete_asks_and_takes_it_off_the_remote_only(ctx: Ctx, demo: None, server: Path, repo: Path) -> None:
    ctx("push", "--yes")
    assert ctx("push", "--delete", "demo", stdin=b"").status == 129
    assert on(server) == ["refs/ctx/heads/demo/main"]
    assert ctx("push", "--delete", "demo", "--yes").out == "demo@main: deleted from 'origin'\n"
    assert on(server) == []
    assert support.git(repo, "for-each-ref", "refs/ctx/heads") != ""
    assert ctx("push", "--delete", "demo", "--yes").err.startswith("fatal: no such session: 'demo'\n")


def test_delete_and_replace_leave_alone_what_moved_since(ctx: Ctx, demo: None, server: Path) -> None:
    ctx("push", "--yes")
    moved = support.git(server, "commit-tree", "-m", "x", "refs/ctx/heads/demo/main^{tree}")
    support.git(server, "update-ref", "refs/ctx/heads/demo/main", moved)
    for args in (["--delete", "demo"], ["--replace"]):
        said = ctx("push", *args, "--yes")
        assert (said.status, said.out) == (1, "")
        assert support.git(server, "rev-parse", "refs/ctx/heads/demo/main") == moved
    ctx("fetch")
    assert ctx("push", "--replace", stdin=b"").status == 129
    assert ctx("push", "--replace", "--yes").out == "demo@main: pushed to 'origin'\n"


def test_a_secret_that_got_in_is_found_and_nothing_is_sent(
    ctx: Ctx, demo: None, server: Path, repo: Path
) -> None:
    ctx("push", "--yes")
    blob = support.git(
        repo, "hash-object", "-w", "--stdin", input=json.dumps({"text": f"key {KEY}"}).encode()
    )
    env = {"GIT_INDEX_FILE": str(repo / ".git/forged")}
    support.git(repo, "read-tree", "refs/ctx/heads/demo/main", env=env)
    path = "events/000000/02-kkkkllllmmmmnnnn.prompt.json"
    support.git(repo, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", env=env)
    tree = support.git(repo, "write-tree", env=env)
    commit = support.git(repo, "commit-tree", "-m", "x", "-p", "refs/ctx/heads/demo/main", tree)
    support.git(repo, "update-ref", "refs/ctx/heads/demo/main", commit)
    before = support.git(server, "for-each-ref")
    said = ctx("push", "--yes")
    assert (said.status, said.out) == (128, "")
    assert said.err.startswith(
        f"fatal: nothing was sent, it would carry what looks like a secret: {path}: aws-"
    )
    assert said.err.endswith("\nhint: if they are no secrets: --allow-secret\n") and KEY not in said.err
    assert support.git(server, "for-each-ref") == before
    assert ctx("push", "--allow-secret").out == "demo@main: pushed to 'origin'\n"


def test_the_servers_words_are_shown_without_what_a_terminal_obeys(
    ctx: Ctx, demo: None, server: Path
) -> None:
    servers.hook(server, "pre-receive", "printf 'go away\\033[31m\\n' >&2; exit 1")
    said = ctx("push", "--yes")
    assert (said.status, said.out) == (1, "")
    assert "\x1b" not in said.err
    assert "error: demo@main: refused by 'origin': pre-receive hook declined; go away" in said.err


def test_options_that_do_not_go_together(ctx: Ctx, demo: None) -> None:
    assert ctx("push", "--all", "--replace").err == "error: give one of --all, --replace and --delete\n"


def test_without_a_remote_there_is_one_clear_line(ctx: Ctx, repo: Path) -> None:
    ctx("start", "demo")
    assert ctx("push") == Said(
        128,
        "",
        "fatal: no remote to share with: this repository has none\n"
        "hint: add one with 'git remote add NAME URL'\n",
    )


def test_the_users_own_push_carries_no_session(ctx: Ctx, demo: None, repo: Path, server: Path) -> None:
    ctx("push", "--yes")
    ctx("push", "--delete", "demo", "--yes")
    support.commit(repo, {"app.py": "x = 1\n"})
    support.git(repo, "push", "-q", "--all", "origin")
    support.git(repo, "push", "-q")
    assert on(server) == []
    assert support.git(repo, "config", "--get-all", "remote.origin.push", check=False) == ""


def test_files_are_asked_for_by_name(ctx: Ctx, demo: None, server: Path, repo: Path) -> None:
    ctx("push", "--yes")
    support.write(repo, {"app.py": "def main():\n    return 2\n"})
    ctx("prompt", "look again")
    assert ctx("push", "--files", stdin=b"").err.splitlines()[0] == (
        "the snapshots bring 1 file that 'origin' has not: 'app.py'"
    )
    assert ctx("push", "--files", "--yes").out == "demo@main: pushed to 'origin'\n"
    assert on(server) == ["refs/ctx/heads/demo/main", "refs/ctx/snap/demo/main"]
    assert ctx("push", "--files", stdin=b"").out == "demo@main: up to date\n"
    said = ctx("push", "--delete", "demo", "--yes")
    assert said.out == "demo@main: deleted from 'origin'; its snapshots there were deleted\n"
    assert on(server) == []


@pytest.fixture
def other(ctx: Ctx, demo: None, server: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of what has demo@main with its snapshots; it fetched the session without them."""
    ctx("push", "--files", "--yes")
    made = support.clone(server, tmp_path / "other")
    monkeypatch.chdir(made)
    ctx("fetch")
    return made


def test_delete_takes_snapshots_off_that_were_never_fetched(ctx: Ctx, other: Path, server: Path) -> None:
    said = ctx("push", "--delete", "demo", "--yes")
    assert said.out == "demo@main: deleted from 'origin'; its snapshots there were deleted\n"
    assert on(server) == []


def test_delete_leaves_the_snapshots_of_what_moved_since(ctx: Ctx, other: Path, server: Path) -> None:
    moved = support.git(server, "commit-tree", "-m", "x", "refs/ctx/heads/demo/main^{tree}")
    support.git(server, "update-ref", "refs/ctx/heads/demo/main", moved)
    assert ctx("push", "--delete", "demo", "--yes").status == 1
    assert on(server) == ["refs/ctx/heads/demo/main", "refs/ctx/snap/demo/main"]


def test_replace_replaces_snapshots_that_were_never_fetched(ctx: Ctx, other: Path, server: Path) -> None:
    ctx("use", "demo")
    ctx("prompt", "look again")
    before = support.git(server, "rev-parse", "refs/ctx/snap/demo/main")
    assert ctx("push", "--replace", "--yes").out == "demo@main: pushed to 'origin'\n"
    assert support.git(server, "rev-parse", "refs/ctx/snap/demo/main") != before


def test_what_another_deleted_counts_as_deleted(ctx: Ctx, other: Path, server: Path) -> None:
    ctx("fetch", "--files")
    for ref in on(server):
        support.git(server, "update-ref", "-d", ref)
    assert ctx("push", "--delete", "demo", "--yes") == Said(
        0, "demo@main: deleted from 'origin'\n", "demo@main\n"
    )
    assert support.git(other, "for-each-ref", "refs/ctx/remotes") == ""


def test_a_fetch_drops_the_snapshots_of_what_is_gone(ctx: Ctx, other: Path, server: Path) -> None:
    ctx("fetch", "--files")
    for ref in on(server):
        support.git(server, "update-ref", "-d", ref)
    assert ctx("fetch").out == "demo@main: gone from the remote\n"
    assert support.git(other, "for-each-ref", "refs/ctx/remotes") == ""
    assert ctx("push", "--delete", "demo", "--yes").err.startswith("fatal: no such session: 'demo'\n")


def test_what_the_docs_say_takes_all_of_it_out_of_a_repository(ctx: Ctx, demo: None, repo: Path) -> None:
    assert ctx("push", "--yes").status == ctx("remote", "origin").status == 0
    page = (Path(__file__).resolve().parents[2] / "docs/safety.md").read_text()
    block = page.partition("### Everything that git ctx ever wrote here")[2].split("```\n")[1]
    subprocess.run(["sh", "-e", "-c", block], cwd=repo, check=True)
    assert "ctx" not in support.git(repo, "for-each-ref") + support.git(repo, "config", "--local", "--list")
    assert not (repo / ".git/ctx").exists()
