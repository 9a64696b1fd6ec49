"""Repositories whose refs git keeps in tables (reftable): what is read of files elsewhere is asked of git."""

import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from git_ctx.store import claims
from tests import support
from tests.cli.conftest import Ctx
from tests.support import git

pytestmark = support.needs_tables
ROOT = Path(support.__file__).parents[1]
REF = "refs/ctx/heads/demo/main"


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = support.init(tmp_path / "repo", "--ref-format=reftable")
    support.commit(path, {"app.py": "def login():\n    return redirect()\n", "README.md": "An app.\n"})
    monkeypatch.chdir(path)
    return path


def said_in(tables: Path) -> Iterator[bytes]:
    """All that stands in tables: names of refs as they are, reflogs deflated somewhere in between."""
    for path in tables.glob("*.ref"):
        data = path.read_bytes()
        yield data
        for at in range(len(data)):
            if data[at] == 0x78:
                with suppress(zlib.error):
                    yield zlib.decompressobj().decompress(data[at:])


def test_a_day_with_two_branches(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    assert ctx("prompt", "fix the login").status == 0
    git(repo, "switch", "-q", "-c", "fix/100%")
    said = ctx("prompt", "and a test")
    assert said.err.splitlines()[0] == (
        "session branch 'demo@fix/100%' goes on from 'demo@main' at #1"
    )  # which git's reflog knows
    git(repo, "switch", "-q", "main")
    assert ctx("merge", "fix/100%").status == 0
    assert [line.split(" ", 2)[2] for line in ctx("log", "--oneline").out.splitlines()[-2:]] == [
        "and a test",
        "fix the login",
    ]
    assert ctx("branch", "-m", "fix/100%", "fix/50%").status == 0
    assert git(repo, "branch", "--list", "--format=%(refname:short)").splitlines() == ["fix/50%", "main"]
    assert ctx("rename", "better").status == 0
    assert ctx("list").out.count("better") and "demo" not in git(repo, "for-each-ref", "refs/ctx")
    assert ctx("fsck").status == 0
    support.fsck(repo)


def test_the_reflog_tells_where_a_session_was(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    ctx("prompt", "one")
    whole = git(repo, "rev-parse", REF)
    ctx("prompt", "two")
    assert git(repo, "reflog", "--format=%gs", REF).splitlines() == [
        "prompt: two",
        "prompt: one",
        "session: demo",
    ]
    lost = git(repo, "rev-parse", REF)
    (repo / ".git/objects" / lost[:2] / lost[2:]).unlink()
    assert ctx("fsck").status == 1
    assert ctx("fsck", "--repair").status == 0
    assert git(repo, "rev-parse", REF) == whole
    assert ctx("log", "--oneline").out.endswith(" one\n")


@pytest.mark.parametrize("where", ["repo", "linked"])
def test_what_is_forgotten_stands_in_no_table(
    repo: Path, ctx: Ctx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    git(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    ctx("start", "demo")
    ctx("prompt", "the bluefalcon is out")
    assert any(b"bluefalcon" in said for said in said_in(repo / ".git/reftable"))
    monkeypatch.chdir(tmp_path / where)
    assert ctx("forget", "--yes", "bluefalcon").status == 0
    assert not any(b"bluefalcon" in said for said in said_in(repo / ".git/reftable"))


def test_in_a_linked_work_tree_and_on_a_detached_head(
    repo: Path, ctx: Ctx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx("start", "demo")
    ctx("prompt", "one")
    git(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    monkeypatch.chdir(tmp_path / "linked")
    assert "session branch 'demo@side' goes on from 'demo@main'" in ctx("prompt", "two").err
    git(tmp_path / "linked", "switch", "-q", "--detach")
    assert ctx("status").err.startswith("fatal: no session on a detached HEAD")


def test_sessions_go_to_repositories_of_either_kind_and_back(
    repo: Path, ctx: Ctx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    support.init(tmp_path / "server", "--bare", "--ref-format=files")
    git(repo, "remote", "add", "origin", str(tmp_path / "server"))
    git(repo, "push", "-q", "-u", "origin", "main")
    ctx("start", "demo")
    ctx("prompt", "one")
    assert ctx("push", "--yes").status == 0
    git(tmp_path, "clone", "-q", "--ref-format=files", str(tmp_path / "server"), "theirs")
    monkeypatch.chdir(tmp_path / "theirs")
    assert ctx("pull").status == 0
    assert ctx("use", "demo").status == 0
    assert ctx("prompt", "two").status == 0
    assert ctx("push", "--yes").status == 0
    monkeypatch.chdir(repo)
    ctx("prompt", "three")
    assert ctx("pull").status == 0
    told = [line.split(" ", 2)[2] for line in ctx("log", "--oneline").out.splitlines()]
    assert sorted(told) == ["one", "three", "two"]
    assert ctx("export", "demo", "--format", "bundle", "-o", str(tmp_path / "bundle")).status == 0
    git(tmp_path, "clone", "-q", "--ref-format=reftable", str(tmp_path / "server"), "anew")
    monkeypatch.chdir(tmp_path / "anew")
    assert ctx("import", str(tmp_path / "bundle")).status == 0
    assert len(ctx("log", "--oneline", "--session", "demo").out.splitlines()) == 3
    support.fsck(repo)


def test_a_commit_names_its_prompt(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    ctx("prompt", "one")
    assert ctx("hook", "install", "git", "--yes").status == 0
    git(repo, "switch", "-q", "-c", "new")
    support.commit(repo, {"b": "2\n"})
    named = git(repo, "log", "-1", "--format=%(trailers:key=Ctx-Prompt,valueonly)").strip()
    assert named and named in ctx("log", "--json").out


def test_a_lock_that_nobody_frees_is_named_and_keeps_the_prompt(
    repo: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx("start", "demo")
    lock = repo / ".git" / claims.TABLES_LOCK
    lock.touch()
    os.utime(lock, (0, 0))
    said = ctx("prompt", "one")
    assert said.status == 128 and f"unable to create '{lock}': file exists\n" in said.err
    assert f"{lock.relative_to(repo / '.git')}: a lock of git's that nobody holds any more" in ctx("fsck").out
    lock.unlink()
    assert ctx("prompt", "one").status == 0
    assert len(ctx("log", "--oneline").out.splitlines()) == 1


def test_writers_on_many_branches_wait_for_the_lock_that_they_share(repo: Path, ctx: Ctx) -> None:
    for name in ("one", "two", "three", "four"):
        ctx("start", name)
    code = "import sys; from git_ctx.cli import main; sys.exit(main())"
    asked = [
        subprocess.Popen(
            [sys.executable, "-c", code, "prompt", "--session", f"{name}@main", f"{name} {number}"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for name in ("one", "two", "three", "four")
        for number in range(2)
    ]
    assert {each.wait(60) for each in asked} == {0}
    assert ctx("list").out.count("2 prompts") == 4
    support.fsck(repo)
