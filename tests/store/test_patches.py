import os
from pathlib import Path

import pytest

from git_ctx.store.code import patches
from git_ctx.store.code.patches import between
from git_ctx.store.discover import find
from git_ctx.store.repo import Repo
from git_ctx.story import Patch
from tests import support

ODD = os.fsdecode(b'odd \n"\xff')


@pytest.fixture
def found(repo: Path) -> Repo:
    return find(repo)


def tree(repo: Path, files: dict[str, str | bytes], gone: tuple[str, ...] = ()) -> str:
    support.write(repo, files)
    for name in gone:
        (repo / name).unlink()
    support.git(repo, "add", "-A")
    return support.git(repo, "write-tree")


def test_each_pair_has_its_own_patches(repo: Path, found: Repo) -> None:
    lines = "".join(f"line {n}\n" for n in range(20))
    one = tree(repo, {"a.py": "x = 1\n", "old.py": lines, "data.bin": b"\0\1"})
    two = tree(repo, {"a.py": "x = 2\n", ODD: "new\n", "new.py": lines, "data.bin": b"\0\2"}, ("old.py",))
    done = between(found, [(one, two), (two, one), (one, one)])
    assert list(done) == [(one, two), (two, one), (one, one)]
    assert done[one, one] == ()
    there = {patch.path: patch for patch in done[one, two]}
    assert there["a.py"] == Patch(
        path="a.py", status="modified", added=1, removed=1, text="@@ -1 +1 @@\n-x = 1\n+x = 2\n"
    )
    assert there[ODD] == Patch(path=ODD, status="added", added=1, removed=0, text="@@ -0,0 +1 @@\n+new\n")
    assert there["new.py"] == Patch(path="new.py", status="renamed", added=0, removed=0, old_path="old.py")
    assert there["data.bin"] == Patch(path="data.bin", status="modified", added=0, removed=0)
    assert {patch.path: patch.status for patch in done[two, one]}[ODD] == "deleted"


def test_nothing_in_a_file_looks_like_the_end_of_its_diff(repo: Path, found: Repo) -> None:
    sly = "=\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n"
    one = tree(repo, {"a": "1\n"})
    two = tree(repo, {"a": sly, "b": sly})
    three = tree(repo, {"a": "3\n"})
    done = between(found, [(one, two), (two, three)])
    assert [(patch.path, patch.added, patch.removed) for patch in done[one, two]] == [
        ("a", 5, 1),
        ("b", 5, 0),
    ]
    assert [(patch.path, patch.added, patch.removed) for patch in done[two, three]] == [("a", 1, 5)]


def test_long_ones_are_cut_and_counted(repo: Path, found: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patches, "LARGEST", 100)
    monkeypatch.setattr(patches, "LARGEST_IN_ALL", 150)
    one = tree(repo, {"a": "1\n"})
    two = tree(repo, {"a": "long line\n" * 40, "b": "long line\n" * 40})
    three = tree(repo, {"a": "2\n"})
    done = between(found, [(one, two), (two, three)])
    first = done[one, two][0]
    assert (first.cut, first.added, first.removed) == (True, 40, 1)
    assert first.text and len(first.text) <= 100
    told = [patch for some in done.values() for patch in some]
    assert all(patch.cut for patch in told) and sum(len(patch.text or "") for patch in told) <= 150
    assert done[two, three][0].removed == 40


def test_a_pair_whose_files_are_not_here_has_none(repo: Path, found: Repo) -> None:
    one = tree(repo, {"a": "1\n"})
    two = tree(repo, {"a": "2\n"})
    blob = support.git(repo, "rev-parse", f"{two}:a")
    (repo / ".git/objects" / blob[:2] / blob[2:]).unlink()
    support.write(repo, {"a": "3\n"})  # git takes what it can from the work tree
    assert between(found, [("0" * 40, one)]) == {}
    assert between(found, [(one, two)]) == {}
    assert between(found, []) == {}


def test_configuration_does_not_change_them(repo: Path, found: Repo) -> None:
    for key, value in {
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "color.ui": "always",
        "diff.external": "false",
        "diff.context": "9",
    }.items():
        support.git(repo, "config", key, value)
    one = tree(repo, {"a.py": "1\n2\n3\n4\n5\n6\n"})
    two = tree(repo, {"a.py": "1\n2\n3\n4\n5\nx\n"})
    (patch,) = between(found, [(one, two)])[one, two]
    assert patch == Patch(
        path="a.py", status="modified", added=1, removed=1, text="@@ -3,4 +3,4 @@\n 3\n 4\n 5\n-6\n+x\n"
    )
