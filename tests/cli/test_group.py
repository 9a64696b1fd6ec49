import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from git_ctx.cli.group import group
from git_ctx.cli.verbs import VERBS, help_text
from tests.cli.conftest import Ctx, Said

ROOT = Path(__file__).resolve().parents[2]


def imported_by(*args: str) -> set[str]:
    code = "import sys; from git_ctx.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code, *args], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-500:]
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line}


def test_version_imports_nothing() -> None:
    assert not imported_by("--version") & {"click", "pygit2", "orjson", "git_ctx.cli.door", "dataclasses"}


@pytest.mark.parametrize("args", [["-h"], ["prompt", "-h"], ["log", "-h"]])
def test_help_needs_neither_pygit2_nor_orjson(args: list[str]) -> None:
    assert not imported_by(*args) & {"pygit2", "orjson", "subprocess", "rs_bpe", "sqlite3"}


def test_every_verb_has_a_module_and_says_what_it_does() -> None:
    for names in VERBS.values():
        for name in names:
            command = group.get_command(None, name)  # type: ignore[arg-type]
            assert command is not None and command.help, name


def test_an_unknown_command_is_a_usage_error(ctx: Ctx) -> None:
    assert ctx("promt") == Said(
        129,
        "",
        "error: no such command 'promt'; the most similar one is 'prompt'\n"
        "Usage: git ctx [-h | --version] <command> [<args>]\n"
        "hint: 'git ctx -h' has the options\n",
    )
    assert ctx("xyzzy").err.startswith("error: no such command 'xyzzy'\n")
    assert ctx("st\x1b[2Jart").err.startswith("error: no such command ")
    assert "\x1b" not in ctx("st\x1b[2Jart").err


def test_an_unknown_option_is_a_usage_error(ctx: Ctx) -> None:
    said = ctx("prompt", "--bugdet", "5")
    assert said.status == 129
    assert said.err.startswith("error: no such option") and "--bugdet" in said.err


def test_docs_and_man_page_are_up_to_date() -> None:
    done = subprocess.run([sys.executable, ROOT / "scripts/docs", "--check"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_short_help_is_the_same_with_click_and_without(ctx: Ctx) -> None:
    assert ctx("-h").out == help_text()
    assert not imported_by("-h") & {"click", "git_ctx.cli.door"}
    assert max(map(len, help_text().splitlines())) <= 100


@pytest.mark.parametrize("args", [["ctx", "--help"], ["help", "ctx"]])
def test_git_finds_the_man_page_beside_the_program(
    args: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("man") is None:
        pytest.skip("man is not installed")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git-ctx").touch(0o755)
    shutil.copytree(ROOT / "docs/man", tmp_path / "share/man/man1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("MANPAGER", "cat")
    monkeypatch.delenv("MANPATH", raising=False)
    shown = subprocess.run(["git", *args], capture_output=True, text=True)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "git-ctx - the right context for a prompt" in shown.stdout


@pytest.mark.parametrize("verb", [verb for names in VERBS.values() for verb in names])
def test_every_verb_tells_its_use_both_ways(ctx: Ctx, verb: str) -> None:
    short, long = ctx(verb, "-h"), ctx(verb, "--help")
    assert short == long
    assert short.status == 0 and short.out.startswith(f"Usage: git ctx {verb} ") and not short.err


def test_a_session_given_as_a_word_is_told_to_be_an_option(ctx: Ctx) -> None:
    for verb in ("log", "status"):
        assert ctx(verb, "demo") == Said(
            129,
            "",
            "error: got unexpected extra argument (demo)\n"
            f"Usage: git ctx {verb} [OPTIONS]\n"
            f"hint: a session is named with --session; 'git ctx {verb} -h' has the options\n",
        )
