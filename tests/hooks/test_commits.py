"""git's own hooks: what is put in stands beside what is there, and comes out again to the byte."""

import os
from pathlib import Path

import pytest

from git_ctx.errors import CtxError, WriteFailed
from git_ctx.hooks import commits
from git_ctx.hooks.commits import HOOKS, Place
from git_ctx.store import discover
from tests import support

PYTHON = b"#!/usr/bin/env python3\nimport sys\nopen('seen', 'a').write(sys.argv[0].split('/')[-1] + '\\n')\n"


def place() -> Place:
    return commits.place(discover.find())


def put_in() -> None:
    commits.apply(place(), commits.install(place()), True)


def take_out() -> None:
    commits.apply(place(), commits.remove(place()), False)


def everything(under: Path) -> dict[str, tuple[int, bytes]]:
    """Each file and link with its mode and what it holds."""
    found = {}
    for path in sorted(under.rglob("*")):
        if path.is_symlink():
            found[str(path)] = (0, os.fsencode(path.readlink()))
        elif path.is_file():
            found[str(path)] = (path.stat().st_mode, path.read_bytes())
    return found


def hook(repo: Path, name: str, data: bytes, mode: int = 0o755) -> Path:
    path = repo / ".git/hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    path.chmod(mode)
    return path


def test_where_no_hook_was_none_stays(repo: Path) -> None:
    before = everything(repo)
    put_in()
    assert commits.is_in(place())
    assert all(os.access(repo / ".git/hooks" / name, os.X_OK) for name in HOOKS)
    assert commits.install(place()) == []
    take_out()
    assert everything(repo) == before
    assert not commits.is_partly_in(place())


@pytest.mark.parametrize(
    "before",
    [
        b"#!/bin/sh\necho hook\n",
        b"#!/bin/sh",
        b"#!/bin/sh\n",
        b'#! /usr/bin/env bash\nset -euo pipefail\nread -r line\necho "$line" >>seen\nexit 0',
        b'#!/bin/sh -eu\n\n. "$(dirname "$0")/_/husky.sh"\n',
        b"echo no first line\n",
        PYTHON,
        b"\x7fELF\0\0a program",
        b"",
    ],
)
@pytest.mark.parametrize("mode", [0o755, 0o644])
def test_a_hook_that_was_there_is_back_to_the_byte(repo: Path, before: bytes, mode: int) -> None:
    for name in HOOKS:
        hook(repo, name, before, mode)
    stood = everything(repo)
    put_in()
    assert commits.is_in(place())
    assert commits.install(place()) == []
    take_out()
    assert everything(repo) == stood


@pytest.mark.parametrize("target", ["../../app.py", "{repo}/app.py", "nowhere", "other"])
def test_a_link_is_never_written_through(repo: Path, target: str) -> None:
    hook(repo, "other", b"#!/bin/sh\nexit 0\n")
    (repo / ".git/hooks/commit-msg").symlink_to(target.format(repo=repo))
    stood = everything(repo)
    put_in()
    assert (repo / "app.py").read_text() == "def main():\n    return 0\n"
    take_out()
    assert everything(repo) == stood


def test_lines_that_were_added_since_stay(repo: Path) -> None:
    path = hook(repo, "commit-msg", b"#!/bin/sh\necho one\n")
    put_in()
    path.write_bytes(path.read_bytes() + b"echo two\n")
    mine = repo / ".git/hooks/post-commit"
    mine.write_bytes(mine.read_bytes() + b"echo three\n")
    take_out()
    assert path.read_bytes() == b"#!/bin/sh\necho one\necho two\n"
    assert mine.read_bytes() == b"#!/bin/sh\necho three\n"


def test_an_older_block_is_renewed_where_it_stands(repo: Path) -> None:
    path = hook(repo, "commit-msg", b"#!/bin/sh\necho one\n")
    put_in()
    new = path.read_bytes()
    path.write_bytes(new.replace(b"ctx_common=.git", b"ctx_common=older") + b"echo two\n")
    assert not commits.is_in(place())
    put_in()
    assert path.read_bytes() == new + b"echo two\n"


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_that_is_no_shell_script_runs_after_ours_under_its_own_name(repo: Path, name: str) -> None:
    hook(repo, name, PYTHON)
    put_in()
    support.commit(repo, {"app.py": "x = 1\n"})
    support.git(repo, "commit", "-q", "--amend", "-m", "again")
    assert set((repo / "seen").read_text().split()) == {name}


def test_what_comes_on_standard_input_is_there_for_the_hook_that_follows(repo: Path) -> None:
    hook(repo, "post-rewrite", b"#!/bin/sh\ncat >seen\n")
    put_in()
    old = support.git(repo, "rev-parse", "HEAD")
    support.git(repo, "commit", "-q", "--amend", "-m", "again")
    assert (repo / "seen").read_text().split() == [old, support.git(repo, "rev-parse", "HEAD")]


def test_a_hook_that_says_no_still_says_no(repo: Path) -> None:
    hook(repo, "commit-msg", b"#!/bin/sh -e\nfalse\n")
    put_in()
    head = support.git(repo, "rev-parse", "HEAD")
    support.git(repo, "commit", "-q", "--allow-empty", "-m", "x", check=False)
    assert support.git(repo, "rev-parse", "HEAD") == head


def test_the_configured_directory_is_the_one_that_counts(repo: Path) -> None:
    support.git(repo, "config", "core.hooksPath", ".githooks")
    assert (place().name, place().reach) == (".githooks", "work tree")
    put_in()
    assert not (repo / ".git/hooks/commit-msg").exists()
    assert (repo / ".githooks/commit-msg").exists()
    take_out()
    assert not (repo / ".githooks/commit-msg").exists()


def test_a_directory_that_git_ignores_is_shared_with_nobody(repo: Path) -> None:
    support.commit(repo, {".husky/_/.gitignore": "*\n"})
    support.git(repo, "config", "core.hooksPath", ".husky/_")
    assert place().reach == "repository"


def test_a_directory_for_all_repositories_is_told_apart(repo: Path, tmp_path: Path) -> None:
    support.git(repo, "config", "core.hooksPath", str(tmp_path / "hooks"))
    assert (place().name, place().reach) == (str(tmp_path / "hooks"), "beyond")


def test_a_linked_work_tree_has_the_hooks_of_its_repository(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    support.git(repo, "worktree", "add", "-q", "-b", "other", str(tmp_path / "linked"))
    monkeypatch.chdir(tmp_path / "linked")
    assert place().directory == repo / ".git/hooks"
    assert place().reach == "repository"


def test_a_hook_that_changed_since_it_was_shown_is_left_alone(repo: Path) -> None:
    shown = commits.install(place())
    path = hook(repo, "post-rewrite", b"#!/bin/sh\necho mine\n")
    with pytest.raises(WriteFailed, match="just been changed"):
        commits.apply(place(), shown, True)
    assert path.read_bytes() == b"#!/bin/sh\necho mine\n"
    assert not (repo / ".git/hooks/commit-msg").exists()


def test_what_stands_where_a_hook_would_be_put_aside_is_not_overwritten(repo: Path) -> None:
    hook(repo, "commit-msg", PYTHON)
    (repo / ".git/hooks/ctx-before").mkdir()
    (repo / ".git/hooks/ctx-before/commit-msg").write_text("mine")
    with pytest.raises(CtxError, match="is there already"):
        commits.install(place())
