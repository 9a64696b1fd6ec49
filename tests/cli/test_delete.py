from pathlib import Path

import pytest

from git_ctx.store.repo import Repo
from git_ctx.store.sessions import moves
from tests import support
from tests.cli.conftest import Ctx, Said


def test_delete_says_how_to_get_it_back_and_that_works(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    ctx("prompt", "what is here")
    head, snap = (support.git(repo, "rev-parse", f"refs/ctx/{each}/demo/main") for each in ("heads", "snap"))
    said = ctx("delete", "demo", "--yes")
    assert said == Said(
        0,
        "Deleted session 'demo' (1 branch, 1 prompt).\n"
        "To get it back, before git prunes what nothing refers to:\n"
        f"  git update-ref refs/ctx/heads/demo/main {head}\n"
        f"  git update-ref refs/ctx/snap/demo/main {snap}\n",
        "",
    )
    assert ctx("list", "-a").out == ""
    for line in said.out.splitlines()[2:]:
        support.git(repo, *line.split()[1:])
    assert ctx("status").out.startswith("On session demo@main (active, 1 prompt)\n")


def test_without_a_terminal_it_wants_yes(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    assert ctx("delete", "demo", stdin=b"y\n") == Said(
        129,
        "",
        "error: deleting session 'demo' needs a yes, and there is no terminal to ask\n"
        "hint: give --yes to say that it is meant\n",
    )
    assert ctx("status").status == 0


@pytest.mark.parametrize(
    ("answer", "status", "left"), [(b"n\n", 1, True), (b"\n", 1, True), (b"y\n", 0, False)]
)
def test_on_a_terminal_it_asks(
    repo: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch, answer: bytes, status: int, left: bool
) -> None:
    ctx("start", "demo")
    monkeypatch.setattr("tests.cli.conftest._Stdin.isatty", lambda self: True)
    said = ctx("delete", "demo", stdin=answer)
    assert said.status == status
    assert said.err.startswith("Delete session 'demo' (1 branch, 0 prompts)? [y/N]:")
    assert (ctx("list").out != "") is left


def test_ctrl_c_at_the_question_deletes_nothing(
    repo: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx("start", "demo")
    monkeypatch.setattr("tests.cli.conftest._Stdin.isatty", lambda self: True)

    def interrupted(*args: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("click.termui.visible_prompt_func", interrupted)
    said = ctx("delete", "demo")
    assert (said.status, said.out, said.err.splitlines()[-1]) == (130, "", "interrupted")
    assert ctx("list").out != ""


def test_a_remote_that_still_has_it_is_named(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    support.git(repo, "update-ref", "refs/ctx/remotes/origin/heads/demo/main", "refs/ctx/heads/demo/main")
    assert ctx("delete", "demo", "-y").err == (
        "note: 'origin' still has it; 'git ctx push --delete demo' deletes it there\n"
    )


def test_only_a_session_is_deleted(repo: Path, ctx: Ctx) -> None:
    assert ctx("delete", "nope", "--yes").err.startswith("fatal: no such session: 'nope'\n")
    assert ctx("delete", "../heads", "--yes").status == 129
    assert support.git(repo, "for-each-ref", "--format=%(refname)") == "refs/heads/main"


def test_a_deletion_that_was_cut_off_can_be_finished(repo: Path, ctx: Ctx) -> None:
    """git deletes one ref after the other; what is left then has no session any more."""
    ctx("start", "demo")
    ctx("prompt", "what is here")
    stood = support.git(
        repo, "for-each-ref", "--format=  git update-ref %(refname) %(objectname)", "refs/ctx/"
    )

    def cut_off(repo: Repo, held: moves.Held, reason: str) -> None:
        repo.git("update-ref", "-d", "refs/ctx/heads/demo/main")
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moves, "delete", cut_off)
        said = ctx("delete", "demo", "--yes")
    (buried,) = (repo / ".git/ctx/deleted").iterdir()
    assert (said.status, said.out) == (130, "")
    assert said.err == f"\ninterrupted; where its refs stood is in '{buried}'; run it again to finish\n"
    said = ctx("delete", "demo", "--yes")
    assert said == Said(
        0,
        "Deleted session 'demo' (0 branches, 0 prompts).\n"
        f"To get it back, before git prunes what nothing refers to:\n{stood}\n",
        "",
    )
    assert support.git(repo, "for-each-ref", "refs/ctx") == ""
    said = ctx("delete", "demo", "--yes")
    hint = f"it was deleted here; where its refs stood is in '{buried}'"
    assert said == Said(128, "", f"fatal: no such session: 'demo'\nhint: {hint}\n")
