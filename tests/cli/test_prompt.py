import json
from pathlib import Path

import pytest

from tests import support
from tests.cli.conftest import Ctx, Said, still


@pytest.fixture(autouse=True)
def session(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")


def test_the_context_goes_to_stdout_and_the_talk_to_stderr(repo: Path, ctx: Ctx) -> None:
    said = ctx("prompt", "make", "main", "return", "1")
    assert said.status == 0
    assert "# Task\n\nmake main return 1\n" in said.out
    assert "def main():\n    return 0\n" in said.out
    assert still(said.err).startswith("[demo@main #1] full context: ")
    assert said.err.count("\n") == 1


def test_quiet_says_nothing(ctx: Ctx) -> None:
    assert ctx("prompt", "-q", "fix it").err == ""


@pytest.mark.parametrize("args", [["-F", "ask.txt"], ["-F", "-"], ["-"], []])
def test_a_prompt_is_read_from_a_file_or_from_standard_input(repo: Path, ctx: Ctx, args: list[str]) -> None:
    support.write(repo, {"ask.txt": "fix the\r\nmain function\n"})
    assert "# Task\n\nfix the\nmain function\n" in ctx("prompt", *args, stdin=b"fix the\nmain function\n").out


def test_json_has_everything_for_a_script(ctx: Ctx) -> None:
    found = json.loads(ctx("prompt", "--json", "fix main").out)
    assert (found["session"], found["branch"], found["event"], found["started"]) == ("demo", "main", 1, False)
    assert found["prompt"]["text"] == "fix main"
    assert found["context"]["kind"] == "full"
    assert found["content"].startswith("A part of `repo`")
    assert found["context"]["items"][0]["path"] == "app.py"


def test_output_goes_to_a_file(repo: Path, tmp_path: Path, ctx: Ctx) -> None:
    said = ctx("prompt", "-o", str(tmp_path / "context.md"), "fix main")
    assert (said.status, said.out) == (0, "")
    assert "def main()" in (tmp_path / "context.md").read_text()
    assert not list(tmp_path.glob(".context*"))


def test_a_file_that_cannot_be_written_is_named_before_anything_is_kept(tmp_path: Path, ctx: Ctx) -> None:
    said = ctx("prompt", "-q", "-o", str(tmp_path / "no/context.md"), "fix main")
    assert said.status == 128
    assert "fatal: cannot write" in said.err and "no such file or directory" in said.err
    assert ctx("prompt", "-q", "-o", str(tmp_path), "fix main") == Said(
        128, "", f"fatal: cannot write '{tmp_path}': is a directory\n"
    )
    assert ctx("log", "--oneline").out == ""


def test_on_a_detached_head_the_session_begun_there_is_the_current_one(repo: Path, ctx: Ctx) -> None:
    support.git(repo, "checkout", "-q", "--detach")
    assert ctx("prompt", "fix main").err.startswith("fatal: no session on a detached HEAD\nhint: begin one")
    ctx("start", "apart")
    assert ctx("prompt", "fix main").err.startswith("[apart@HEAD #1] full context")


def test_nothing_to_ask_is_a_usage_error(repo: Path, ctx: Ctx) -> None:
    expected = Said(
        129,
        "",
        "error: the prompt is empty\n"
        "hint: give it as an argument, with -F FILE, or on standard input with '-'\n",
    )
    assert ctx("prompt") == expected
    assert ctx("prompt", "  ") == expected
    assert ctx("prompt", "-", stdin=b"\n") == expected


def test_text_and_a_file_together_are_refused(ctx: Ctx) -> None:
    assert (
        ctx("prompt", "-F", "x", "fix").err == "error: give the prompt either as text or with -F, not both\n"
    )


def test_a_prompt_file_that_is_not_there_is_named(ctx: Ctx) -> None:
    assert ctx("prompt", "-F", "nowhere.txt") == Said(
        128, "", "fatal: cannot read the prompt from 'nowhere.txt': no such file or directory\n"
    )


def test_a_budget_too_small_to_be_of_use_says_what_it_takes(ctx: Ctx) -> None:
    said = ctx("prompt", "--budget", "10", "fix main")
    assert said.status == 129
    assert said.err.startswith("error: a budget of 10 tokens is too small")
    assert ctx("log").out == ""


def test_a_session_that_is_not_there_is_named(ctx: Ctx) -> None:
    assert ctx("prompt", "--session", "nowhere", "fix it") == Said(
        128, "", "fatal: no such session: 'nowhere'\nhint: see 'git ctx list' for the sessions that exist\n"
    )


def test_control_characters_and_bytes_that_are_not_utf_8_do_no_harm(repo: Path, ctx: Ctx) -> None:
    support.write(
        repo,
        {b"caf\xe9.py".decode("utf-8", "surrogateescape"): "def cafe(): ...\n", "x\x1b[31m.py": "x = 1\n"},
    )
    said = ctx("prompt", "-", stdin=b"the cafe is \xff closed \x1b[31m\n")
    assert said.status == 0
    assert "\x1b" not in said.err
    assert "caf\\xe9.py" in said.out
    assert json.loads(ctx("show", "--json").out)["prompt"]["text"].startswith("the cafe is \ufffd closed")
    support.fsck(repo)


def test_the_environment_names_a_session(repo: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch) -> None:
    ctx("start", "other")
    monkeypatch.setenv("GIT_CTX_SESSION", "demo")
    assert ctx("prompt", "fix main").err.startswith("[demo@main #1]")


def test_redaction_and_withholding_are_said(repo: Path, ctx: Ctx) -> None:
    key = "AKIA" + "Z7QX4MPLW2KD5RTN"
    support.write(repo, {"deploy.py": f"aws = '{key}'\n"})
    said = ctx("prompt", f"key {key} fails")
    assert key not in said.out + said.err
    assert "warning: redacted from the prompt: " in said.err
    assert "warning: withheld 'deploy.py': " in said.err


def test_how_it_was_steered_is_said_kept_and_goes_on(repo: Path, ctx: Ctx) -> None:
    support.write(repo, {"docs/guide.md": "# How main works\n", "lib.py": "def main():\n    return 1\n"})
    said = ctx("prompt", "--exclude", "*.md", "--changed", "fix", "main")
    assert "# Task\n\nfix main\n" in said.out and "How main works" not in said.out
    assert said.err.endswith(" shown, with --exclude '*.md' --changed=HEAD\n")
    later = json.loads(ctx("prompt", "--json", "go on").out)["context"]
    assert later["scope"] == {
        "exclude": ["*.md"],
        "include": [],
        "languages": [],
        "changed": "HEAD",
        "tests": None,
    }
    assert ", with --exclude '*.md' --changed=HEAD\n" in ctx("show").out
    assert "with --" not in ctx("prompt", "--full", "go on").err


def test_a_bare_changed_takes_no_word_of_the_prompt(repo: Path, ctx: Ctx) -> None:
    assert "# Task\n\nHEAD\n" in ctx("prompt", "--changed", "HEAD").out
    assert "# Task\n\n--changed\n" in ctx("prompt", "--full", "--", "--changed").out


def test_wrong_steering_keeps_nothing(repo: Path, ctx: Ctx) -> None:
    assert ctx("prompt", "--include", "nope/", "fix main").status == 129
    assert ctx("prompt", "--changed=nope", "fix main").status == 128
    assert ctx("log", "--oneline").out == ""
    assert json.loads(ctx("prompt", "--json", "fix it").out)["event"] == 1


@pytest.mark.parametrize("cut", [KeyboardInterrupt(), SystemExit(143)])
def test_cut_off_while_it_prints_it_says_that_the_prompt_stands(
    ctx: Ctx, monkeypatch: pytest.MonkeyPatch, cut: BaseException
) -> None:
    def cut_off(_: str) -> None:
        raise cut

    with monkeypatch.context() as here:
        here.setattr("git_ctx.cli.output.content", cut_off)
        said = ctx("prompt", "-q", "fix main")
    assert said.status in (130, 143)
    assert said.err.lstrip("\n") == (  # click begins a line after Ctrl-C
        "interrupted; the prompt stands, and need not be asked again: it is kept, and printed by "
        "'git ctx show --context'\n"
    )
    assert "def main()" in ctx("show", "--context").out
