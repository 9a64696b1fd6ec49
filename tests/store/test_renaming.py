"""A git branch is renamed as `git branch -m` does, and is there at every moment."""

from pathlib import Path

import pytest

from git_ctx.errors import GitFailed
from git_ctx.store.code import renaming
from git_ctx.store.discover import find
from tests import support


@pytest.fixture
def on(repo: Path) -> Path:
    """On a branch with a reflog and a setting."""
    support.git(repo, "switch", "-qc", "old")
    support.commit(repo, {"app.py": "two = 2\n"}, "two")
    support.git(repo, "config", "branch.old.description", "it")
    return repo


def state(repo: Path) -> tuple[str, ...]:
    logs = [support.git(repo, "reflog", "--format=%gs", name) for name in ("new", "HEAD")]
    config = support.git(repo, "config", "--get-regexp", "^branch")
    refs = support.git(repo, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads")
    return (refs, support.git(repo, "symbolic-ref", "HEAD"), config, logs[0])


def test_it_leaves_what_git_leaves(on: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    support.git(tmp_path, "clone", "-q", "--no-hardlinks", str(on), str(other))
    support.git(on, "worktree", "add", "-q", "--detach", str(tmp_path / "beside"))
    renaming.rename(find(on), "old", "new")
    ours = state(on)
    support.git(on, "branch", "-m", "new", "old")
    support.git(on, "branch", "-m", "old", "new")
    theirs = state(on)
    assert ours[:3] == theirs[:3]
    assert theirs[3].endswith(ours[3])
    assert "Branch: renamed refs/heads/old to refs/heads/new" in ours[3]
    support.fsck(on)


def test_every_work_tree_that_is_on_it_goes_along(on: Path, tmp_path: Path) -> None:
    support.git(on, "switch", "-q", "main")
    beside = tmp_path / "beside"
    support.git(on, "worktree", "add", "-q", str(beside), "old")
    renaming.rename(find(on), "old", "new")
    assert support.git(beside, "symbolic-ref", "HEAD") == "refs/heads/new"
    assert support.git(on, "symbolic-ref", "HEAD") == "refs/heads/main"


@support.needs_files
def test_one_that_was_cut_off_is_finished(on: Path) -> None:
    oid = support.git(on, "rev-parse", "old")
    (on / ".git/logs/refs/heads/new").write_bytes((on / ".git/logs/refs/heads/old").read_bytes())
    words = "Branch: renamed refs/heads/old to refs/heads/new"
    support.git(on, "update-ref", "-m", words, "refs/heads/new", oid)
    assert renaming.is_half_done(find(on), "old", "new")
    renaming.rename(find(on), "old", "new")
    assert support.git(on, "branch", "--format=%(refname:short)").splitlines() == ["main", "new"]
    assert support.git(on, "symbolic-ref", "HEAD") == "refs/heads/new"
    assert support.git(on, "config", "branch.new.description") == "it"


def test_another_branch_of_the_new_name_is_left_alone(on: Path) -> None:
    support.git(on, "branch", "new", "old")
    before = support.git(on, "for-each-ref")
    with pytest.raises(GitFailed, match="a branch named 'new' already exists"):
        renaming.rename(find(on), "old", "new")
    assert support.git(on, "for-each-ref") == before
