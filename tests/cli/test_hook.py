import json
import os
import sys
from pathlib import Path

import pytest

from tests import support
from tests.cli.conftest import Ctx, Said

LOCAL = ".claude/settings.local.json"


def hooked(command: str, *events: str, timeout: int = 30) -> dict[str, object]:
    handler = {"type": "command", "command": command, "timeout": timeout}
    return {event: [{"hooks": [handler]}] for event in events}


def test_install_shows_what_changes_and_writes_it_beside_what_is_there(repo: Path, ctx: Ctx) -> None:
    support.write(repo, {LOCAL: '{\n  "model": "opus"\n}\n'})
    said = ctx("hook", "install", "claude-code", "--yes")
    assert said.status == 0
    assert said.err == f"installed the hooks for claude-code in '{LOCAL}'; its next session uses them\n"
    assert said.out.startswith(f'--- a/{LOCAL}\n+++ b/{LOCAL}\n@@ -1,3 +1,49 @@\n {{\n-  "model": "opus"\n')
    assert json.loads((repo / LOCAL).read_text()) == {
        "model": "opus",
        "hooks": hooked(
            "git ctx hook run claude-code", "UserPromptSubmit", "SessionStart", "Stop", "SessionEnd"
        ),
    }


@pytest.mark.parametrize(
    "before",
    [
        b'{"model":"opus",\n\n      "hooks": { "Stop" : [] } }',
        b"{}",
        b"",
        b'{\r\n\t"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "say done"}]}]}\r\n}\r\n',
        '{"é": 1e5}'.encode(),
    ],
)
def test_remove_gives_back_the_file_to_the_byte(repo: Path, ctx: Ctx, before: bytes) -> None:
    support.write(repo, {LOCAL: before})
    (repo / LOCAL).chmod(0o600)
    assert ctx("hook", "install", "claude-code", "-y").status == 0
    assert (repo / LOCAL).read_bytes() != before
    assert ctx("hook", "install", "claude-code", "-y") == Said(
        0, "", f"the hooks for claude-code are already in '{LOCAL}'\n"
    )
    assert ctx("hook", "remove", "claude-code", "-y").status == 0
    assert (repo / LOCAL).read_bytes() == before
    assert (repo / LOCAL).stat().st_mode & 0o777 == 0o600
    assert ctx("hook", "remove", "claude-code", "-y") == Said(
        0, "", f"the hooks for claude-code are not in '{LOCAL}'\n"
    )


@pytest.mark.parametrize("agent", ["claude-code", "codex", "gemini"])
def test_where_nothing_was_nothing_stays(repo: Path, ctx: Ctx, agent: str) -> None:
    before = sorted(path.name for path in repo.iterdir())
    ctx("hook", "install", agent, "-y")
    assert sorted(path.name for path in repo.iterdir()) != before
    assert ctx("hook", "remove", agent, "-y").out.startswith("--- a/")
    assert sorted(path.name for path in repo.iterdir()) == before


def test_what_was_changed_in_between_stays(repo: Path, ctx: Ctx) -> None:
    ctx("hook", "install", "claude-code", "-y")
    found = json.loads((repo / LOCAL).read_text())
    found["hooks"]["Stop"][0]["hooks"].insert(0, {"type": "command", "command": "say done"})
    (repo / LOCAL).write_text(json.dumps(found | {"model": "opus"}))
    ctx("hook", "remove", "claude-code", "-y")
    assert json.loads((repo / LOCAL).read_text()) == {
        "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "say done"}]}]},
        "model": "opus",
    }


def test_an_install_that_was_half_undone_is_mended_and_still_comes_out_whole(repo: Path, ctx: Ctx) -> None:
    support.write(repo, {LOCAL: '{"model": "opus"}\n'})
    ctx("hook", "install", "claude-code", "-y")
    found = json.loads((repo / LOCAL).read_text())
    del found["hooks"]["Stop"]
    (repo / LOCAL).write_text(json.dumps(found))
    ctx("hook", "install", "claude-code", "-y")
    assert "Stop" in (repo / LOCAL).read_text()
    ctx("hook", "remove", "claude-code", "-y")
    assert json.loads((repo / LOCAL).read_text()) == {"model": "opus"}


def test_it_asks_first(repo: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.confirm", lambda *_args, **_more: False)
    said = ctx("hook", "install", "claude-code")
    assert (said.status, said.err) == (1, "nothing was changed\n")
    assert "+++ b/.claude/settings.local.json" in said.out
    assert not (repo / ".claude").exists()


def test_without_a_terminal_it_wants_a_yes(repo: Path, ctx: Ctx) -> None:
    said = ctx("hook", "install", "claude-code", stdin=b"")
    assert said.status == 129
    assert said.err == (
        f"error: changing '{LOCAL}' needs a yes, and there is no terminal to ask\n"
        "hint: give --yes to say that it is meant\n"
    )
    assert not (repo / ".claude").exists()


def test_the_users_own_configuration_works_without_a_repository(
    tmp_path: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    home = Path(os.environ["HOME"])
    said = ctx("hook", "install", "claude-code", "--user", "-y")
    assert said.err.startswith("installed the hooks for claude-code in '~/.claude/settings.json'")
    assert "git ctx hook run claude-code" in (home / ".claude/settings.json").read_text()
    assert "claude-code  ~/.claude/settings.json  installed\n" in ctx("hook", "status").out
    ctx("hook", "remove", "claude-code", "--user", "-y")
    assert not (home / ".claude").exists()


def test_an_agent_that_was_told_to_look_elsewhere_is_configured_there(
    tmp_path: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / "codex"))
    ctx("hook", "install", "codex", "--user", "-y")
    found = json.loads((tmp_path / "codex/hooks.json").read_text())
    assert found == {"hooks": hooked("git ctx hook run codex", "UserPromptSubmit", "SessionStart", "Stop")}


def test_status_names_every_file(repo: Path, ctx: Ctx) -> None:
    ctx("hook", "install", "gemini", "-y")
    support.write(repo, {".codex/hooks.json": "{,}"})
    assert ctx("hook", "status") == Said(
        0,
        "git          .git/hooks                   not installed\n"
        f"claude-code  {LOCAL}  not installed\n"
        "claude-code  ~/.claude/settings.json      not installed\n"
        "codex        .codex/hooks.json            cannot change '.codex/hooks.json': it is not plain JSON"
        " (Expecting property name enclosed in double quotes: line 1 column 2 (char 1))\n"
        "codex        ~/.codex/hooks.json          not installed\n"
        "gemini       .gemini/settings.json        installed\n"
        "gemini       ~/.gemini/settings.json      not installed\n",
        "",
    )
    found = json.loads(ctx("hook", "status", "--json").out)["hooks"]
    assert [one["agent"] for one in found if one["installed"]] == ["gemini"]


def test_settings_with_comments_are_not_touched(repo: Path, ctx: Ctx) -> None:
    text = '{\n  // mine\n  "model": "x"\n}\n'
    support.write(repo, {".gemini/settings.json": text})
    said = ctx("hook", "install", "gemini", "-y")
    assert said.status == 128
    assert said.err.startswith("fatal: cannot change '.gemini/settings.json': it is not plain JSON")
    assert (repo / ".gemini/settings.json").read_text() == text


def test_a_directory_that_leads_out_of_the_work_tree_is_refused(repo: Path, ctx: Ctx) -> None:
    (repo.parent / "outside").mkdir()
    (repo / ".claude").symlink_to("../outside")
    said = ctx("hook", "install", "claude-code", "-y")
    assert said == Said(128, "", f"fatal: unsafe path '{LOCAL}': it leads out of the work tree\n")
    assert not list((repo.parent / "outside").iterdir())


def test_symlinks_that_go_round_in_circles_are_told_in_the_system_s_words(repo: Path, ctx: Ctx) -> None:
    (repo / ".claude").symlink_to(".claude")
    said = ctx("hook", "install", "claude-code", "-y")
    assert (said.status, said.out) == (128, "")
    assert said.err.startswith(f"fatal: cannot change '{LOCAL}': too many levels of symbolic links\n")
    support.git(repo, "config", "core.hooksPath", ".claude/hooks")
    said = ctx("hook", "install", "git", "-y")
    assert (said.status, said.out) == (128, "")
    assert "too many levels of symbolic links" in said.err.lower()


def test_a_file_that_is_a_symlink_stays_one(repo: Path, ctx: Ctx) -> None:
    support.write(repo, {"dots/claude.json": "{}\n"})
    (repo / ".claude").mkdir()
    (repo / LOCAL).symlink_to("../dots/claude.json")
    ctx("hook", "install", "claude-code", "-y")
    assert (repo / LOCAL).is_symlink()
    assert "git ctx hook run" in (repo / "dots/claude.json").read_text()


def test_hostile_settings_reach_a_terminal_escaped(
    repo: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    support.write(repo, {LOCAL: json.dumps({"a": "\u009b2J"}, ensure_ascii=False)})
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    said = ctx("hook", "install", "claude-code", "-y")
    assert "\u009b" not in said.out and "\\x9b2J" in said.out


@pytest.mark.parametrize("action", ["install", "remove"])
def test_the_plain_form_has_nothing_to_configure(repo: Path, ctx: Ctx, action: str) -> None:
    assert ctx("hook", action, "json") == Said(
        129,
        "",
        "error: 'json' has no configuration of its own\n"
        "hint: have it run 'git ctx hook run json'; docs/agents.md has the form\n",
    )


def test_an_unknown_agent_is_a_usage_error(repo: Path, ctx: Ctx) -> None:
    assert ctx("hook", "install", "clippy") == Said(
        129,
        "",
        "error: unknown agent: 'clippy'\nhint: the agents known are claude-code, codex, gemini, json\n",
    )
    assert ctx("hook", "install").status == 129


def test_what_configures_an_agent_is_in_no_context(repo: Path, ctx: Ctx) -> None:
    def shown() -> list[str]:
        return [item["path"] for item in json.loads(ctx("show", "--json").out)["context"]["items"]]

    ctx("start", "demo")
    ctx("hook", "install", "claude-code", "-y")
    ctx("prompt", "what are the hooks in .claude/settings.local.json and app.py")
    assert "app.py" in shown() and LOCAL not in shown()
    ctx("hook", "install", "gemini", "-y")
    support.write(repo, {"app.py": "def main():\n    return 2\n"})
    ctx("prompt", "and now")
    assert shown() == ["app.py"]
    assert "settings" not in ctx("show", "--context").out.partition("# Changed")[2].partition("# Shown")[0]


def test_json_says_what_was_changed(repo: Path, ctx: Ctx) -> None:
    said = ctx("hook", "install", "claude-code", "-y", "--json")
    assert json.loads(said.out) == {"agent": "claude-code", "path": str(repo / LOCAL), "changed": True}


def test_the_status_of_one_agent(ctx: Ctx, repo: Path) -> None:
    assert ctx("hook", "status", "codex").out == (
        "codex  .codex/hooks.json    not installed\ncodex  ~/.codex/hooks.json  not installed\n"
    )
    assert ctx("hook", "status", "git").out == "git  .git/hooks  not installed\n"
    assert ctx("hook", "status", "clippy").err.startswith("error: unknown agent: 'clippy'\n")


def test_an_agent_that_is_missing_is_asked_for_by_name(ctx: Ctx) -> None:
    assert ctx("hook", "install").err.startswith(
        "error: missing argument 'AGENT'. Choose from: claude-code, codex, gemini, git\n"
    )
