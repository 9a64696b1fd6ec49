from pathlib import Path

from tests import support
from tests.cli.conftest import Ctx, Said, still


def test_start_begins_a_session_and_says_so(repo: Path, ctx: Ctx) -> None:
    assert ctx("start", "demo") == Said(
        0,
        "Started session 'demo' on branch 'main'.\n",
        'hint: git ctx prompt "what you want done"\n',
    )
    assert support.git(repo, "config", "branch.main.ctxSession") == "demo@main"
    assert support.git(repo, "for-each-ref", "--format=%(refname)", "refs/ctx") == "refs/ctx/heads/demo/main"
    support.fsck(repo)


def test_a_session_without_a_name_is_named_after_the_branch(repo: Path, ctx: Ctx) -> None:
    support.git(repo, "switch", "-q", "-c", "fix/login")
    said = ctx("start")
    assert still(said.out) == "Started session 'login-kxzq' on branch 'fix/login'.\n"


def test_the_session_before_is_named_and_stays(repo: Path, ctx: Ctx) -> None:
    ctx("start", "one")
    assert ctx("start", "two").err == (
        "note: until now the current session here was 'one@main'; it stays as it is\n"
        'hint: git ctx prompt "what you want done"\n'
    )


def test_a_name_is_taken_once(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    assert ctx("start", "demo") == Said(
        128,
        "",
        "fatal: a session named 'demo' exists already\n"
        "hint: choose another name, or go on with it: 'git ctx prompt --session NAME'\n",
    )


def test_a_bad_name_is_refused(repo: Path, ctx: Ctx) -> None:
    assert ctx("start", "Fix It") == Said(
        129,
        "",
        "error: not a valid session name: 'Fix It'\n"
        "hint: a session's name starts with a-z and goes on with a-z, 0-9, '.', '_' and '-', 64 at most\n",
    )
    assert support.git(repo, "for-each-ref", "refs/ctx") == ""


def test_without_a_repository_there_is_one_clear_line(tmp_path: Path, ctx: Ctx, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    assert ctx("start") == Said(
        128,
        "",
        "fatal: not a git repository (or any of the parent directories): .git\n"
        "hint: run it inside a git repository, or make one with 'git init'\n",
    )


def test_without_an_identity_nothing_is_begun(repo: Path, ctx: Ctx, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    support.git(repo, "config", "--global", "--remove-section", "user")
    support.git(repo, "config", "user.useConfigOnly", "true")
    said = ctx("start", "demo")
    assert (said.status, said.out) == (128, "")
    assert said.err.startswith("fatal: git does not know who you are\nhint: ")
    assert support.git(repo, "for-each-ref", "refs/ctx") == ""


def test_in_a_bare_repository_prompts_are_refused(repo: Path, tmp_path: Path, ctx: Ctx, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    support.git(repo, "clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    monkeypatch.chdir(tmp_path / "bare.git")
    assert ctx("start", "demo").err.startswith("fatal: this operation must be run in a work tree\n")


def test_begun_by_a_run_that_was_cut_off_it_is_made_current(repo: Path, ctx: Ctx) -> None:
    ctx("start", "one")
    ctx("start", "two")
    tip = support.git(repo, "rev-parse", "refs/ctx/heads/two/main")
    support.git(repo, "config", "branch.main.ctxSession", "one@main")
    assert ctx("start", "two").out == "Started session 'two' on branch 'main'.\n"
    assert support.git(repo, "config", "branch.main.ctxSession") == "two@main"
    assert support.git(repo, "rev-parse", "refs/ctx/heads/two/main") == tip
    ctx("prompt", "hello")
    support.git(repo, "config", "branch.main.ctxSession", "one@main")
    assert ctx("start", "two").status == 128
