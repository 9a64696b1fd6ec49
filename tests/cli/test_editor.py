"""Texts written in an editor: prompt, reply and guide."""

import json
import re
import sys
from pathlib import Path

import pytest

from git_ctx.cli import asked
from tests import support
from tests.cli.conftest import Ctx, Said
from tests.terminal import Shell, install

SCISSORS = "------------------------ >8 ------------------------"


@pytest.fixture
def edits(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor that keeps what it was given in `seen`, and writes what `typed` has before it."""
    (tmp_path / "typed").write_text("")
    (tmp_path / "edit.py").write_text(
        "import pathlib, sys\n"
        f"here, file = pathlib.Path({str(tmp_path)!r}), pathlib.Path(sys.argv[1])\n"
        "(here / 'seen').write_text(file.read_text())\n"
        "file.write_text((here / 'typed').read_text() + file.read_text())\n"
    )
    monkeypatch.setenv("GIT_EDITOR", f"'{sys.executable}' '{tmp_path / 'edit.py'}'")
    monkeypatch.setattr(asked, "_at_a_terminal", lambda: True)
    return tmp_path


def test_a_prompt_without_text_opens_the_editor_with_what_helps(repo: Path, edits: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    ctx("prompt", "fix main\n\nand its tests")
    support.write(repo, {"app.py": "def main():\n    return 1\n", "new.py": "x = 1\n"})
    (edits / "typed").write_text("# Goal\n\nnow fix the rest\n")
    said = ctx("prompt")
    assert said.status == 0, said.err
    assert json.loads(ctx("show", "--json").out)["prompt"]["text"] == "# Goal\n\nnow fix the rest"
    seen = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d \+0000", "TIME", (edits / "seen").read_text())
    assert seen == (
        f"\n\n# {SCISSORS}\n"
        "# Do not modify or remove the line above.\n"
        "# Everything below it is left out.\n"
        "#\n"
        "# What stands above is the prompt; without it nothing is asked.\n"
        "#\n"
        "# Session demo@main, 1 prompt\n"
        "# Last prompt, TIME:\n"
        "#\n"
        "#     fix main\n"
        "#\n"
        "#     and its tests\n"
        "#\n"
        "# Changed since:\n"
        "#     modified: app.py\n"
        "#     added: new.py\n"
    )
    assert not list((repo / ".git").glob("CTX_*"))


def test_without_a_session_it_says_that_one_begins(edits: Path, ctx: Ctx) -> None:
    (edits / "typed").write_text("fix main")
    assert ctx("prompt").status == 0
    assert "# There is no session here yet: one is begun" in (edits / "seen").read_text()


def test_an_empty_text_asks_nothing(repo: Path, edits: Path, ctx: Ctx) -> None:
    assert ctx("prompt") == Said(1, "", "fatal: aborted: the prompt is empty\n")
    assert support.git(repo, "for-each-ref", "refs/ctx") == ""
    assert not list((repo / ".git").glob("CTX_*"))


def test_a_given_text_can_be_edited(edits: Path, ctx: Ctx) -> None:
    (edits / "typed").write_text("please ")
    assert "# Task\n\nplease fix main\n" in ctx("prompt", "-e", "fix", "main").out


def test_the_text_of_a_prompt_that_failed_is_what_the_next_begins_with(
    repo: Path, edits: Path, ctx: Ctx
) -> None:
    (edits / "typed").write_text("a long thought")
    said = ctx("prompt", "--budget", "10")
    kept = repo / ".git/CTX_PROMPT_EDITMSG"
    assert said.status == 129
    assert said.err.startswith(f"note: the text is in '{kept}'; the next one begins with it\nerror: a budget")
    assert kept.stat().st_mode & 0o777 == 0o600
    (edits / "typed").write_text("")
    assert "# Task\n\na long thought\n" in ctx("prompt").out
    assert not kept.exists()


def test_an_editor_that_fails_keeps_the_text(
    repo: Path, edits: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_EDITOR", "false")
    assert ctx("prompt", "-e", "fix main").err.startswith(
        "fatal: there was a problem with the editor 'false': it ended with status 1\nhint: give the text"
    )
    assert (repo / ".git/CTX_PROMPT_EDITMSG").read_text().startswith("fix main\n")


def test_an_editor_that_is_interrupted_interrupts(
    repo: Path, edits: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_EDITOR", "kill -INT $$; :")
    kept = repo / ".git/CTX_PROMPT_EDITMSG"
    assert ctx("prompt", "-e", "fix main") == Said(
        130, "", f"\ninterrupted; what was written is in '{kept}'; the next one begins with it\n"
    )
    assert kept.read_text().startswith("fix main\n")
    assert ctx("list").out == ""


@pytest.mark.parametrize(
    ("setting", "mark"),
    [("core.commentChar", ";"), ("core.commentString", "//"), ("core.commentChar", "auto")],
)
def test_comments_begin_as_git_is_told(repo: Path, edits: Path, ctx: Ctx, setting: str, mark: str) -> None:
    support.git(repo, "config", setting, mark)
    ctx("prompt", "-e", "# fix main")
    expected = ";" if mark == "auto" else mark  # '#' begins a line of the text
    assert f"\n{expected} {SCISSORS}\n" in (edits / "seen").read_text()


def test_names_cannot_leave_their_comment(repo: Path, edits: Path, ctx: Ctx) -> None:
    ctx("prompt", "fix main")
    support.write(repo, {f"a\n{SCISSORS}\nb.py": "x\n", "c\x1b[31m.py": "x\n"})
    ctx("prompt", "-e", "again")
    seen = (edits / "seen").read_text()
    assert seen.count(f"{SCISSORS}\n") == 1
    assert "\x1b" not in seen


def test_replies_and_principles_are_written_so_too(edits: Path, ctx: Ctx) -> None:
    ctx("prompt", "-q", "fix main")
    (edits / "typed").write_text("it is fixed")
    assert ctx("reply").out == "Recorded the reply to prompt #1.\n"
    (edits / "typed").write_text("be brief")
    assert ctx("guide", "-e").out == "Added (normal): be brief\n"
    assert "be brief" in ctx("guide").out


def test_on_a_real_terminal_with_the_output_in_a_file(repo: Path, edits: Path, tmp_path: Path) -> None:
    (edits / "typed").write_text("fix main")
    shell = Shell(["sh", "-i"], install(tmp_path / "bin"), "true")
    try:
        shell.send("git ctx prompt -q >context.md; echo do''ne $?\n")
        shell.wait("done 0\r")
    finally:
        shell.close()
    assert "# Task\n\nfix main\n" in (repo / "context.md").read_text()


def test_a_text_that_is_too_long_is_refused_and_kept(
    repo: Path, tmp_path: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "long.py").write_text("import sys; open(sys.argv[1], 'w').write('a' * 5_000_000)")
    monkeypatch.setenv("GIT_EDITOR", f"'{sys.executable}' '{tmp_path / 'long.py'}'")
    said = ctx("prompt", "-e")
    assert (said.status, said.out) == (129, "") and "the prompt is longer than 4 MiB" in said.err
    assert (repo / ".git/CTX_PROMPT_EDITMSG").stat().st_size == 5_000_000
