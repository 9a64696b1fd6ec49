"""Completion: what is answered, and a TAB in real shells that were just started."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from git_ctx.cli import completing
from git_ctx.cli.completing import complete, split
from git_ctx.cli.group import group
from git_ctx.porcelain import names
from tests import support
from tests.cli.conftest import Ctx
from tests.terminal import Shell, install

ROOT = Path(__file__).resolve().parents[2]
GIT_COMPLETION = Path("/usr/share/bash-completion/completions/git")
BREAKS = "\"'@><=;|&(:"


def offered(*words: str) -> list[str]:
    found = complete(words)
    assert isinstance(found, list)
    return [name for name, _ in found]


def test_verbs_are_offered_without_click() -> None:
    assert offered("st") == ["start", "status"]
    assert offered("--v") == ["--version"]
    code = "import sys; from git_ctx.cli.completing import complete; complete(['st']); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout
    assert not {"click", "pygit2", "subprocess", "git_ctx.model"} & set(loaded.split())


def test_options_and_their_values_are_offered() -> None:
    assert offered("prompt", "--bu") == ["--budget"]
    assert offered("prompt", "--format", "") == ["markdown", "xml", "json"]
    assert offered("prompt", "--format=x") == ["--format=xml"]
    assert offered("hook", "in") == ["install"]
    assert offered("hook", "install", "cl") == ["claude-code"]
    assert offered("hook", "install", "g") == ["gemini", "git"]
    assert offered("hook", "run", "j") == ["json"]
    assert offered("nowhere", "x") == []


def test_files_are_left_to_the_shell() -> None:
    assert complete(["pin", ""]) == "file"
    assert complete(["prompt", "-F", ""]) == "file"
    assert complete(["restore", "@", "--", ""]) == "file"


def test_agents_are_offered_where_their_transcripts_are_taken_in() -> None:
    assert complete(["import", "cl"]) == [("claude-code", "")]
    assert complete(["import", ""]) == complete(["import", "./cl"]) == "file"
    assert complete(["import", "codex", "co"]) == "file"


def test_sessions_revisions_branches_and_remotes_are_offered(repo: Path, ctx: Ctx) -> None:
    support.git(repo, "remote", "add", "origin", "nowhere")
    ctx("start", "login")
    ctx("start", "demo")
    ctx("prompt", "fix the login")
    ctx("save", "-m", "it works")
    assert offered("log", "--session", "") == ["demo", "login"]
    assert offered("log", "--session=lo") == ["--session=login"]
    assert offered("end", "demo@") == ["demo@main"]
    assert complete(["show", ""]) == [
        ("@", "save: it works"),
        ("@~1", "prompt: fix the login"),
        ("@~2", "session: demo"),
    ]
    assert complete(["show", "#"]) == [("#2", "save: it works"), ("#1", "prompt: fix the login")]
    event = ctx("log", "--oneline", "-n", "1").out.split()[1]
    assert offered("show", event)[0].startswith(event)
    assert offered("show", "dem") == ["demo"]
    assert offered("merge", "") == ["main"]
    assert offered("push", "") == ["origin"]
    assert offered("reply", "--prompt", "@") == ["@", "@~1", "@~2"]


def test_every_parameter_that_has_a_source_is_one_that_a_verb_has() -> None:
    known = set()
    for verb in group.list_commands(None):  # type: ignore[arg-type]
        command = group.get_command(None, verb)  # type: ignore[arg-type]
        assert command is not None
        known |= {each.name for each in command.params} | {(verb, each.name) for each in command.params}
    assert {*completing._SOURCES, *completing._FILES} <= known
    assert all(hasattr(names, source) for source in completing._SOURCES.values())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("git ctx st", ["st"]),
        ("git-ctx st", ["st"]),
        ("/usr/bin/git-ctx show ", ["show", ""]),
        ("git --no-pager ctx show ", ["show", ""]),
        ("g ctx prompt 'fix the lo", ["prompt", "fix the lo"]),
        ("git ctx prompt fix\\ the\\ lo", ["prompt", "fix the lo"]),
        ("git ctx ", [""]),
        ("git-ctx ", [""]),
    ],
)
def test_a_line_is_read_as_a_shell_reads_it(line: str, words: list[str]) -> None:
    assert split(line)[0] == words


def test_after_c_the_repository_is_the_one_over_there(
    repo: Path, tmp_path: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx("start", "demo")
    monkeypatch.chdir(tmp_path)
    assert completing._bash(f"git -C {repo} ctx end ") == ["demo "]


def test_what_is_answered_to_bash_is_put_in_as_it_is(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    ctx("prompt", "fix main")
    ctx("prompt", "fix it")
    assert completing._bash("git ctx show #") == ["\\#2 ", "\\#1 "]
    assert completing._bash("git ctx end demo@m", BREAKS) == ["@main "]
    assert completing._bash("git ctx show @", BREAKS)[:2] == ["@ ", "@~1 "]
    assert completing._bash("git ctx prompt --format=m", BREAKS) == ["markdown "]
    assert completing._bash("git ctx show ", BREAKS, "63")[0] == "@  (prompt: fix it)"
    assert completing._bash("git ctx pin a") == []


HOSTILE = "x$(touch${IFS}pwned)`id`;&|<>'\""


def test_names_that_a_shell_would_obey_are_quoted_or_not_offered(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    tip = support.git(repo, "rev-parse", "refs/ctx/heads/demo/main")
    support.git(repo, "update-ref", f"refs/ctx/heads/demo/{HOSTILE}", tip)
    line = next(one for one in completing._bash("git ctx end demo@x") if "touch" in one)
    heard = subprocess.run(["bash", "-c", f"printf %s {line}"], capture_output=True, text=True, cwd=repo)
    assert heard.stdout == f"demo@{HOSTILE}"
    assert completing._bash('git ctx end "demo@x') == completing._bash("git ctx end 'demo@x") == []
    assert not (repo / "pwned").exists()


def test_subjects_cannot_move_the_cursor(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    ctx("prompt", "fix \x1b[31m\x07 main")
    assert all(about.isprintable() for _, about in complete(["show", ""]))


def test_outside_of_a_repository_nothing_is_offered_and_nothing_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert completing.answer("zsh", "show", "") == 1
    assert completing.answer("tcsh", "show", "") == 1
    assert capsys.readouterr() == ("", "")


def test_the_scripts_are_printed(ctx: Ctx) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "git-ctx completion --for " + shell in ctx("completion", shell).out
    assert ctx("completion", "tcsh").status == 129


SHELLS = {
    "bash": (
        ["bash", "--noprofile", "--norc", "-i"],
        f'. {GIT_COMPLETION}; eval "$(git-ctx completion bash)"',
    ),
    "zsh": (
        ["zsh", "-f", "-i"],
        'bindkey -e; autoload -U compinit; compinit -u; eval "$(git-ctx completion zsh)"',
    ),
    "fish": (["fish", "--private", "-i"], "git-ctx completion fish | source"),
}


@pytest.fixture(params=list(SHELLS))
def shell(request: pytest.FixtureRequest, repo: Path, tmp_path: Path, ctx: Ctx) -> Iterator[Shell]:
    argv, start = SHELLS[request.param]
    if shutil.which(argv[0]) is None:
        pytest.skip(f"{argv[0]} is not installed")
    if request.param == "bash" and not GIT_COMPLETION.exists():
        pytest.skip("git's own completion for bash is not installed")
    ctx("start", "demo")
    env = install(tmp_path / "bin")
    started = Shell(argv, env, start)
    yield started
    started.close()


def test_a_tab_in_a_fresh_shell(shell: Shell) -> None:
    shell.tab("git ctx stat", "git ctx status")
    shell.tab("git-ctx stat", "git-ctx status")
    shell.tab("git ctx log --session de", "git ctx log --session demo")
    shell.tab("git ctx end demo@", "git ctx end demo@main")
    shell.tab("git-ctx prompt --form", "git-ctx prompt --format")


def test_a_name_from_elsewhere_is_put_in_and_not_obeyed(shell: Shell, repo: Path) -> None:
    tip = support.git(repo, "rev-parse", "refs/ctx/heads/demo/main")
    support.git(repo, "update-ref", f"refs/ctx/heads/demo/{HOSTILE}", tip)
    shell.send("git-ctx log --json --session demo@x\t\n")
    shell.wait('"prompts": []')
    assert not (repo / "pwned").exists()
