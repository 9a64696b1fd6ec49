from pathlib import Path

import pytest

from git_ctx.store.code.origin import Made, copied_from, made_from, was_renamed
from git_ctx.store.discover import find
from tests.support import commit, git

WHEN = 1767323045


@pytest.mark.parametrize(
    ("commands", "source"),
    [
        ("switch -q -c new", "main"),
        ("checkout -q -b new", "main"),
        ("switch -q -c new main~1", "main"),
        ("switch -q -c new @~1", "main"),
        ("branch new", "main"),
        ("branch new side", "side"),
        ("switch -q side; switch -q -c new", "side"),
        ("switch -q side; checkout -q -b new main", "main"),
        ("branch -c side new", "side"),
        ("switch -q -c old; branch -m new", "main"),
        ("switch -q -c new; switch -q side; switch -q new", "main"),
        ("switch -q --detach; switch -q -c new", None),
        ("switch -q -c new v1", None),
        ("switch -q -c new origin/side", None),
        ("switch -q --orphan new", None),
        ("switch -q -c gone; switch -q -c new; branch -q -D gone", None),
    ],
)
def test_git_tells_which_branch_one_was_made_from(repo: Path, commands: str, source: str | None) -> None:
    commit(repo, {"b.py": ""})
    git(repo, "branch", "side")
    git(repo, "tag", "v1")
    git(repo, "update-ref", "refs/remotes/origin/side", "HEAD")
    for command in commands.split("; "):
        git(repo, *command.split())
    assert made_from(find(repo), "new") == (Made(source=source, when=WHEN) if source else None)


def test_a_branch_made_again_is_asked_about_anew(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(repo, "branch", "side")
    git(repo, "switch", "-q", "-c", "new")
    git(repo, "switch", "-q", "side")
    git(repo, "branch", "-q", "-D", "new")
    monkeypatch.setenv("GIT_COMMITTER_DATE", f"{WHEN + 9} +0000")
    git(repo, "switch", "-q", "-c", "new")
    assert made_from(find(repo), "new") == Made(source="side", when=WHEN + 9)


def test_in_a_linked_work_tree_the_main_one_tells(repo: Path, tmp_path: Path) -> None:
    git(repo, "switch", "-q", "-c", "side")
    git(repo, "worktree", "add", "-q", "-b", "new", str(tmp_path / "linked"))
    assert made_from(find(tmp_path / "linked"), "new") == Made(source="side", when=WHEN)
    git(tmp_path / "linked", "switch", "-q", "-c", "newer")
    assert made_from(find(tmp_path / "linked"), "newer") == Made(source="new", when=WHEN)


def test_without_reflogs_nothing_is_known(repo: Path) -> None:
    git(repo, "config", "core.logAllRefUpdates", "false")
    git(repo, "switch", "-q", "-c", "new")
    assert made_from(find(repo), "new") is None


def test_renames_and_copies_are_told_apart(repo: Path) -> None:
    git(repo, "branch", "-c", "copy")
    git(repo, "branch", "-m", "trunk")
    found = find(repo)
    assert (copied_from(found, "copy"), copied_from(found, "trunk")) == ("main", None)
    assert (was_renamed(found, "main", "trunk"), was_renamed(found, "main", "copy")) == (True, False)
    git(repo, "branch", "-m", "copy", "moved")
    assert copied_from(find(repo), "moved") == "main"
