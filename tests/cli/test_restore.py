import json
from pathlib import Path

import pytest

from tests import support
from tests.cli.conftest import Ctx, Said, still


@pytest.fixture
def two(repo: Path, ctx: Ctx) -> None:
    """A save and a prompt, with a file changed, one new and one gone between them."""
    ctx("start", "demo")
    ctx("save", "-m", "the first")
    support.write(repo, {"app.py": "def main():\n    return 1\n", "new.py": "x = 1\n"})
    (repo / "README.md").unlink()
    ctx("prompt", "-q", "now the tests")


def test_save_says_where_it_is(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    assert ctx("save") == Said(0, "Saved the files as #1 of demo@main.\n", "")
    subject = support.git(repo, "log", "-1", "--format=%s", "refs/ctx/heads/demo/main")
    assert subject == "save: the files as they are"
    said = json.loads(ctx("save", "-m", "one more", "--json").out)
    assert (said["event"], said["message"], said["withheld"]) == (2, "one more", [])


def test_save_names_what_it_withholds_and_redacts_its_message(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    key = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"
    support.write(repo, {"keys.py": f"token = '{key}'\n"})
    said = ctx("save", "-m", f"with {key}")
    assert said.err.startswith("warning: withheld 'keys.py': ")
    assert key not in support.git(repo, "log", "-p", "refs/ctx/heads/demo/main")


def test_save_without_a_session_says_how_to_begin(repo: Path, ctx: Ctx) -> None:
    assert ctx("save") == Said(
        128,
        "",
        "fatal: no session on branch 'main'\n"
        "hint: begin one with 'git ctx start', or name one with --session\n",
    )


def test_restore_tells_what_it_did_and_how_to_undo_it(repo: Path, ctx: Ctx, two: None) -> None:
    assert ctx("restore", "@~1") == Said(
        0,
        "Restored #1 (the first): 2 files written, 1 removed.\n"
        "What was there is #3; 'git ctx restore @~1' undoes this.\n",
        "",
    )
    assert support.git(repo, "status", "--porcelain") == ""
    assert ctx("restore", "@~1").out.startswith("Restored #3 (before restoring #1 of demo@main): 2 files")
    assert support.git(repo, "status", "--porcelain") == " D README.md\n M app.py\n?? new.py"


def test_restore_json(repo: Path, ctx: Ctx, two: None) -> None:
    support.write(repo, {".gitignore": "README.md\n", "README.md": "mine\n"})
    support.git(repo, "rm", "-q", "--cached", "README.md")
    said = json.loads(ctx("restore", "#1", "--json").out)
    assert (said["event"], said["written"], said["removed"]) == (1, ["app.py"], [".gitignore", "new.py"])
    assert said["left"] == [{"path": "README.md", "reason": "an ignored file is there"}]
    assert (said["runs"], said["saved"]["event"]) == ([], 3)


def test_restore_warns_in_safe_words(repo: Path, ctx: Ctx, two: None) -> None:
    support.write(repo, {".envrc": "x\n", "a\x1b[31m.log": "x\n"})
    ctx("save")
    (repo / ".envrc").unlink()
    support.write(repo, {".gitignore": "*.log\n"})
    said = ctx("restore", "@", "--", ".envrc", "a\x1b[31m.log")
    assert said.status == 0
    assert said.err == (
        "warning: not touched 'a\\x1b[31m.log': an ignored file is there\n"
        "warning: look before you go on: '.envrc' (run by direnv)\n"
    )


def test_restore_into_a_directory(repo: Path, tmp_path: Path, ctx: Ctx, two: None) -> None:
    target = tmp_path / "out"
    assert ctx("restore", "@", "--to", str(target)) == Said(
        0, f"Wrote 2 files of #2 (now the tests) into '{target}'.\n", ""
    )
    assert sorted(path.name for path in target.iterdir()) == ["app.py", "new.py"]
    assert ctx("restore", "@", "--to", str(target)) == Said(
        128,
        "",
        f"fatal: '{target}' is not an empty directory\n"
        "hint: name a directory that is empty or does not exist yet\n",
    )
    assert ctx("restore", "@", "--to", str(repo / ".git/x")).status == 129


def test_show_knows_saves(ctx: Ctx, two: None) -> None:
    ctx("restore", "@~1")
    assert still(ctx("show", "@").out) == (
        "save #4 ID\n"
        "Author: Ada Lovelace <ada@example.com>\n"
        "Date:   TIME\n"
        "Base:   OID on main\n"
        "Files of: ID\n"
        "\n"
        "    restored #1 of demo@main\n"
    )
    shown = ctx("show", "#3").out
    assert "files that differed from the base:\n" in shown and "new.py" in shown
    said = json.loads(ctx("show", "--json", "#3").out)
    assert said["save"]["message"] == "before restoring #1 of demo@main"
    assert [one["path"] for one in said["files"]] == ["README.md", "app.py", "new.py"]
    assert ctx("show", "--context", "#1").err == "fatal: save #1 has no context\n"


def test_a_new_git_branch_carries_the_session_on(repo: Path, ctx: Ctx, two: None) -> None:
    support.git(repo, "switch", "-q", "-c", "other")
    said = ctx("restore", "@~1")
    assert said.err == "session branch 'demo@other' goes on from 'demo@main' at #2\n"
    assert said.out.startswith(
        "Restored #1 (the first): 2 files written, 1 removed.\n"
    )  # as 'log' counts there
    support.git(repo, "switch", "-q", "-c", "third")
    assert ctx("save").err == "session branch 'demo@third' goes on from 'demo@other' at #5\n"


def test_an_ended_session_keeps_nothing_more(repo: Path, ctx: Ctx, two: None) -> None:
    ctx("end", "demo")
    before = support.git(repo, "for-each-ref"), (repo / "app.py").read_text()
    for args in (["save", "--session", "demo"], ["restore", "demo@main~1"]):
        assert ctx(*args).err.startswith("fatal: session 'demo@main' is ended")
    assert (support.git(repo, "for-each-ref"), (repo / "app.py").read_text()) == before
