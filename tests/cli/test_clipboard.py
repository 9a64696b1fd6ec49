import os
from pathlib import Path

import pytest

from tests.cli.conftest import Ctx
from tests.terminal import Shell, install


@pytest.fixture
def xclip(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a program that calls itself xclip puts what it is given."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/xclip"
    program.write_text(f"#!/bin/sh\necho \"$@\" >'{tmp_path}/called'\nexec cat >'{tmp_path}/copied'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return tmp_path / "copied"


@pytest.fixture
def nothing(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)


def test_a_context_is_copied_and_not_printed(ctx: Ctx, xclip: Path) -> None:
    said = ctx("prompt", "--copy", "fix", "main")
    assert (said.status, said.out) == (0, "")
    assert said.err.endswith(f"copied {len(xclip.read_text()):,} characters to the clipboard (xclip)\n")
    assert xclip.read_text() == ctx("show", "--context").out
    assert xclip.with_name("called").read_text() == "-in -selection clipboard\n"


def test_answers_and_kept_contexts_are_copied_too(ctx: Ctx, xclip: Path) -> None:
    ctx("prompt", "-q", "something else")
    assert ctx("request", "--copy", "file", "app.py").out == ""
    assert "def main():" in xclip.read_text()
    assert ctx("show", "--context", "--copy").out == ""
    assert "# Task\n\nsomething else\n" in xclip.read_text()
    assert ctx("show", "--copy").err.startswith("error: --copy goes with --context\n")
    assert ctx("prompt", "--copy", "--json", "x").status == 129


@pytest.mark.usefixtures("nothing")
def test_without_a_clipboard_it_is_printed_and_that_is_said(ctx: Ctx) -> None:
    said = ctx("prompt", "--copy", "fix main")
    assert said.status == 1
    assert "# Task\n\nfix main\n" in said.out
    assert said.err.endswith(
        "warning: no clipboard was found, so it is printed; pbcopy, wl-copy, xclip or xsel would do\n"
    )


def test_a_program_that_fails_is_passed_over(ctx: Ctx, xclip: Path) -> None:
    (xclip.parent / "bin/xclip").write_text("#!/bin/sh\nexit 1\n")
    assert "# Task" in ctx("prompt", "--copy", "fix main").out


@pytest.mark.usefixtures("nothing")
def test_a_terminal_is_asked_last(repo: Path, tmp_path: Path) -> None:
    env = {**install(tmp_path / "bin"), "TERM": "xterm"}
    shell = Shell(["sh", "-i"], env, "true")
    try:
        shell.send("git ctx prompt --copy fix main; echo do''ne $?\n")
        seen = shell.wait("done 0\r")
    finally:
        shell.close()
    assert "\x1b]52;c;" in seen
    assert "to the clipboard (terminal)" in seen
