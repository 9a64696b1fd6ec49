import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import support
from tests.cli.conftest import Ctx, still

ROOT = Path(__file__).resolve().parents[2]
KEY = "token = 'ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'\n"


@pytest.fixture
def three(repo: Path, ctx: Ctx) -> None:
    """A save, a prompt and a save, each with its files; then the work tree goes on."""
    ctx("start", "demo")
    ctx("save", "-m", "the first")
    support.write(repo, {"app.py": "def main():\n    return 1\n", "new.py": "x = 1\n"})
    ctx("prompt", "-q", "now the tests")
    (repo / "README.md").unlink()
    (repo / "new.py").rename(repo / "old.py")
    ctx("save")
    support.write(repo, {"app.py": "def main():\n    return 3\n", "later.py": "later\n"})


APP = """\
diff --git a/app.py b/app.py
index {}..{} 100644
--- a/app.py
+++ b/app.py
@@ -1,2 +1,2 @@
 def main():
-    return {}
+    return {}
"""


def test_the_last_one_and_the_work_tree_are_compared(repo: Path, ctx: Ctx, three: None) -> None:
    before = support.git(repo, "count-objects"), (repo / ".git/index").read_bytes()
    said = ctx("diff")
    assert (said.status, said.err) == (0, "")
    ids = [
        support.git(repo, "hash-object", "--stdin", input=f"def main():\n    return {n}\n".encode())[:7]
        for n in (1, 3)
    ]
    assert said.out == APP.format(*ids, 1, 3) + (
        "diff --git a/later.py b/later.py\n"
        "new file mode 100644\n"
        "index 0000000..e974158\n"
        "--- /dev/null\n"
        "+++ b/later.py\n"
        "@@ -0,0 +1 @@\n"
        "+later\n"
    )
    assert (support.git(repo, "count-objects"), (repo / ".git/index").read_bytes()) == before


def test_two_revisions_are_compared_as_git_compares(repo: Path, ctx: Ctx, three: None) -> None:
    one, two = (json.loads(ctx("show", "--json", f"#{n}").out) for n in (1, 3))
    trees = one["save"]["snapshot"], two["save"]["snapshot"]
    for option in ("--stat", "--name-status", "--name-only"):
        assert ctx("diff", option, "#1", "#3").out == support.git(repo, "diff", option, *trees) + "\n"
    assert ctx("diff", "#2", "#3", "--name-status").out == "D\tREADME.md\nR100\tnew.py\told.py\n"


def test_paths_come_after_dashes(repo: Path, ctx: Ctx, three: None, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "sub").mkdir()
    support.write(repo, {"sub/x": "x\n", "sub/-y": "y\n"})
    assert ctx("diff", "#1", "--name-only", "--", "app.py", "sub").out == "app.py\nsub/-y\nsub/x\n"
    monkeypatch.chdir(repo / "sub")
    assert ctx("diff", "--name-only", "--", "-y").out == "sub/-y\n"
    assert ctx("diff", "@", "@~1", "@~2").err == (
        "error: give two revisions at most; paths come after '--'\nhint: git ctx diff OLD NEW -- PATH\n"
    )


def test_what_is_withheld_is_named_and_not_shown(repo: Path, ctx: Ctx, three: None) -> None:
    support.write(repo, {"app.py": KEY, "keys.py": KEY})
    said = ctx("diff", "#1")
    assert "ghp_" not in said.out and "old.py" in said.out
    assert [line.split(":")[0] for line in said.err.splitlines()] == ["warning"] * 2
    assert "'app.py'" in said.err and "'keys.py'" in said.err


def test_what_was_asked_in_between(repo: Path, ctx: Ctx, three: None) -> None:
    ctx("prompt", "-q", "and\x1b[31m the docs\nall")
    assert still(ctx("diff", "--prompts", "#1").out) == (
        "prompt #2 ID\n\n    now the tests\n\nprompt #4 ID\n\n    and\\x1b[31m the docs\n    all\n"
    )
    for ends in (["#2", "#4"], ["#4", "#2"]):
        assert [one["event"] for one in json.loads(ctx("diff", "--json", *ends).out)["said"]] == [4]


def test_diff_json(ctx: Ctx, three: None) -> None:
    said = json.loads(ctx("diff", "--json", "#2", "#3").out)
    assert (said["old"]["event"], said["new"]["event"], said["withheld"]) == (2, 3, [])
    assert said["changes"] == [
        {"status": "D", "path": "README.md", "old_path": None},
        {"status": "R", "path": "old.py", "old_path": "new.py"},
    ]
    assert json.loads(ctx("diff", "--json").out)["new"] is None


def test_colours_are_as_git_is_told(repo: Path, ctx: Ctx, three: None) -> None:
    assert "\x1b[" not in ctx("diff").out
    support.git(repo, "config", "color.diff", "always")
    assert "\x1b[1mdiff --git" in ctx("diff").out
    assert ctx("log", "--oneline").out.startswith("\x1b[33m#3")


def test_log_tells_of_saves_too(ctx: Ctx, three: None) -> None:
    assert [line.split(" ", 2)[2] for line in ctx("log", "--oneline").out.splitlines()] == [
        "(save)",
        "now the tests",
        "(save: the first)",
    ]
    said = json.loads(ctx("log", "--json").out)
    assert [one["event"] for one in said["prompts"]] == [2]
    assert [one["event"] for one in said["saves"]] == [3, 1]


def test_log_with_patches(repo: Path, ctx: Ctx, three: None) -> None:
    lines = ctx("log", "-p").out.splitlines()
    assert [line for line in lines if line.startswith(("diff", "prompt", "save"))] == [
        *(line for line in lines if line.startswith("save #3")),
        "diff --git a/README.md b/README.md",
        "diff --git a/new.py b/old.py",
        *(line for line in lines if line.startswith("prompt #2")),
        "diff --git a/app.py b/app.py",
        "diff --git a/new.py b/new.py",
        *(line for line in lines if line.startswith("save #1")),
    ]
    assert "2 files changed" in ctx("log", "--stat", "-n", "1").out


def test_log_goes_on_where_files_are_gone(repo: Path, ctx: Ctx, three: None) -> None:
    support.git(repo, "update-ref", "-d", "refs/ctx/snap/demo/main")
    support.git(repo, "gc", "-q", "--prune=now")
    said = ctx("log", "-p")
    assert said.status == 0
    assert said.out.count("(its files, or those before it, are not kept here)") == 2


@pytest.fixture
def forked(repo: Path, ctx: Ctx, three: None) -> None:
    """Two branches of one session, joined again, with a subject that would act on a terminal."""
    support.git(repo, "update-ref", "refs/ctx/heads/demo/topic", "refs/ctx/heads/demo/main")
    ctx("save", "-m", "on topic", "--session", "demo@topic")
    ctx("save", "-m", "on main", "--session", "demo@main")
    tips = ("refs/ctx/heads/demo/main", "refs/ctx/heads/demo/topic")
    tree = support.git(repo, "merge-tree", "--write-tree", *tips)
    parents = [word for tip in tips for word in ("-p", tip)]
    joined = support.git(repo, "commit-tree", *parents, "-m", "merge: \x1b]0;owned\x07 topic", tree)
    support.git(repo, "update-ref", tips[0], joined)


def test_the_graph_shows_forks_and_merges(ctx: Ctx, forked: None) -> None:
    assert ctx("log", "--graph").out.splitlines() == [
        "*   merge: \\x1b]0;owned\\x07 topic (-> main)",
        "|\\  ",
        "| * #4 save: on topic (topic)",
        "* | #4 save: on main",
        "|/  ",
        "* #3 save: the files as they are",
        "* #2 prompt: now the tests",
        "* #1 save: the first",
        "* session: demo",
    ]


def test_the_graph_has_colours_where_a_terminal_is(
    ctx: Ctx, forked: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("GIT_PAGER_IN_USE", "true")  # git began a pager for us, which a terminal is behind
    lines = ctx("log", "--graph").out.splitlines()
    assert "\x1b[32m\x1b[1mmain\x1b[0m)" in lines[0] and "\\x1b]0;owned" in lines[0]
    assert "\x1b[33m#2 \x1b[0mprompt: now the tests" in lines[-3]
    assert "\x1b[2msave: the first\x1b[0m" in lines[-2]


def test_log_of_all_branches_has_each_event_once(repo: Path, ctx: Ctx, forked: None) -> None:
    support.git(repo, "update-ref", "refs/ctx/heads/demo/main", "refs/ctx/heads/demo/main~1")
    lines = ctx("log", "--all", "--oneline").out.splitlines()
    assert sorted(line.split()[0] for line in lines) == ["#1", "#2", "#3", "#4", "#4"]
    assert len(ctx("log", "--oneline").out.splitlines()) == 4


def on_terminal(*args: str, **env: str) -> str:
    """What a program prints whose standard output is a terminal."""
    ours, its = os.openpty()
    code = "from git_ctx.cli import main; main()"
    environment = {**os.environ, "TERM": "xterm", "PYTHONPATH": str(ROOT), **env}
    command = [sys.executable, "-c", code, *args]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=its, env=environment):
        os.close(its)
        printed = b""
        with contextlib.suppress(OSError):  # EIO, once the last writer is gone
            while part := os.read(ours, 65536):
                printed += part
    os.close(ours)
    return printed.decode().replace("\r\n", "\n")


def test_a_terminal_gets_the_pager_that_git_would_use(repo: Path, ctx: Ctx, three: None) -> None:
    support.git(repo, "config", "core.pager", "sed 's/^/paged: /'")
    assert on_terminal("log", "--oneline").startswith("paged: \x1b[33m#3")
    assert on_terminal("diff").startswith("paged: \x1b[1mdiff")
    assert on_terminal("log", "--oneline", NO_COLOR="1").startswith("paged: #3")
    assert on_terminal("log", "--oneline", GIT_PAGER="cat").startswith("\x1b[33m#3")
    assert on_terminal("log", "--oneline", GIT_PAGER="exit") == ""
    support.git(repo, "config", "color.pager", "false")
    assert on_terminal("log", "--oneline").startswith("paged: #3")
    support.git(repo, "config", "color.ui", "never")
    assert on_terminal("log", "--oneline", GIT_PAGER="").startswith("#3")
