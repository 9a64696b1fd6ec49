from pathlib import Path

import pytest

from git_ctx.errors import NoCommit
from git_ctx.store import discover
from git_ctx.store.files import base, worktree
from tests import support


def differing(name: str | None = None) -> set[str]:
    here = discover.find()
    return set(base.differing(here, base.begin(here, name or base.usual(here)), worktree.look(here)))


def test_on_a_branch_it_is_all_that_the_branch_changed_committed_or_not(repo: Path) -> None:
    support.git(repo, "switch", "-qc", "feature")
    support.commit(repo, {"one.py": "1\n"})
    support.write(repo, {"two.py": "2\n", "app.py": "changed\n"})
    assert base.usual(discover.find()) == "main"
    assert differing() == {"one.py", "two.py", "app.py"}


def test_what_the_other_side_changed_meanwhile_does_not_count(repo: Path) -> None:
    support.git(repo, "switch", "-qc", "feature")
    support.commit(repo, {"one.py": "1\n"})
    support.git(repo, "switch", "-q", "main")
    support.commit(repo, {"app.py": "moved on\n"})
    support.git(repo, "switch", "-q", "feature")
    assert differing() == {"one.py"}


def test_what_was_taken_back_does_not_count(repo: Path) -> None:
    support.git(repo, "switch", "-qc", "feature")
    before = (repo / "app.py").read_text()
    support.commit(repo, {"app.py": "changed\n"})
    support.write(repo, {"app.py": before})
    assert differing() == set()


def test_on_the_default_branch_it_is_what_the_upstream_does_not_have(repo: Path, tmp_path: Path) -> None:
    support.git(tmp_path, "clone", "-q", str(repo), "copy")
    copy = tmp_path / "copy"
    support.commit(copy, {"one.py": "1\n"})
    here = discover.find(copy)
    assert base.usual(here) == "origin/main"
    assert base.differing(here, base.begin(here, "origin/main"), worktree.look(here)) == {"one.py"}


def test_the_default_branch_of_a_remote_may_have_any_name(repo: Path, tmp_path: Path) -> None:
    support.git(repo, "branch", "-m", "develop")
    support.git(tmp_path, "clone", "-q", str(repo), "copy")
    support.git(tmp_path / "copy", "switch", "-qc", "feature")
    assert base.usual(discover.find(tmp_path / "copy")) == "origin/develop"


def test_without_an_upstream_it_is_what_is_not_committed(repo: Path) -> None:
    support.write(repo, {"two.py": "2\n"})
    assert base.usual(discover.find()) == "HEAD"
    assert differing() == {"two.py"}


def test_before_the_first_commit_there_is_no_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(support.init(tmp_path / "empty"))
    with pytest.raises(NoCommit, match="no such commit: 'HEAD'"):
        differing()


@pytest.mark.parametrize("name", ["nope", "--all", "HEAD:app.py", "main..main"])
def test_what_is_no_commit_is_named(repo: Path, name: str) -> None:
    with pytest.raises(NoCommit, match="no such commit: "):
        differing(name)


def test_a_base_without_a_common_ancestor_is_compared_as_it_is(repo: Path) -> None:
    support.git(repo, "switch", "-q", "--orphan", "apart")
    support.commit(repo, {"app.py": "other\n"})
    assert differing("main") == {"app.py"}
