import difflib
import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx.code import Change
from git_ctx.store import discover, trees
from tests.store import scenes
from tests.support import commit, git, init

LINES = "".join(f"line {number}\n" for number in range(40))


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return scenes.base(tmp_path / "work")


def changes(path: Path, old: str | None = "HEAD~1", new: str | None = "HEAD") -> tuple[Change, ...]:
    return trees.changes(discover.find(path), old, new)


def patches(path: Path, *paths: str, limit: int = trees.LARGEST_PATCH) -> dict[str, str]:
    return trees.patches(discover.find(path), "HEAD~1", "HEAD", paths, limit)


def blob(path: Path, rev: str) -> str:
    return git(path, "rev-parse", rev)


def test_each_kind_of_change_is_told(work: Path) -> None:
    commit(work, {"old.py": LINES, "gone.py": "gone\n"})
    git(work, "mv", "old.py", "lib/new.py")
    (work / "gone.py").unlink()
    (work / "-dash").chmod(0o755)
    commit(work, {"app.py": "changed\n", "added.py": "added\n", "lib/new.py": LINES.replace("7", "seven")})
    assert changes(work) == (
        Change(
            status="modified",
            path="-dash",
            old_oid=blob(work, "HEAD:-dash"),
            new_oid=blob(work, "HEAD:-dash"),
        ),
        Change(status="added", path="added.py", new_oid=blob(work, "HEAD:added.py")),
        Change(
            status="modified",
            path="app.py",
            old_oid=blob(work, "HEAD~1:app.py"),
            new_oid=blob(work, "HEAD:app.py"),
        ),
        Change(status="deleted", path="gone.py", old_oid=blob(work, "HEAD~1:gone.py")),
        Change(
            status="renamed",
            path="lib/new.py",
            old_path="old.py",
            old_oid=blob(work, "HEAD~1:old.py"),
            new_oid=blob(work, "HEAD:lib/new.py"),
        ),
    )


def test_names_may_hold_anything(work: Path) -> None:
    commit(work, {scenes.ODD: "changed\n", "a\tb": "tab\n"})
    assert [change.path for change in changes(work)] == ["a\tb", scenes.ODD]


def test_from_nothing_everything_is_added_and_to_nothing_deleted(work: Path) -> None:
    names = sorted(git(work, "ls-files", "-z").split("\0")[:-1])
    added, deleted = changes(work, None, "HEAD"), changes(work, "HEAD", None)
    assert [change.path for change in added] == [change.path for change in deleted] == names
    assert {change.status for change in added} == {"added"}
    assert {change.status for change in deleted} == {"deleted"}
    assert changes(work, "HEAD", "HEAD") == ()


def test_submodules_are_no_files(work: Path) -> None:
    scenes.submodule(work)
    assert [change.path for change in changes(work)] == [".gitmodules"]


def test_a_patch_is_as_git_shows_it(work: Path) -> None:
    commit(work, {"app.py": "def main():\n" + "    pass\n" * 20 + "    return 0\n"})
    commit(work, {"app.py": "def main():\n" + "    pass\n" * 20 + "    return 1\n", "x": "x\n"})
    shown = git(work, "diff-tree", "-p", "--no-commit-id", "HEAD~1", "HEAD", "--", "app.py") + "\n"
    assert patches(work, "app.py") == {"app.py": shown}
    assert "@@ -19,4 +19,4 @@ def main():\n" in shown


def test_the_users_own_ways_of_showing_change_nothing(work: Path) -> None:
    commit(work, {"app.py": "one\n\ntwo\n"})
    commit(work, {"app.py": "one\n\n2\n"})
    plain = patches(work, "app.py")
    for key, value in {
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.external": "false",
        "diff.suppressBlankEmpty": "true",
        "diff.context": "0",
        "diff.relative": "true",
        "color.ui": "always",
        "diff.shout.textconv": "tr a-z A-Z <",
    }.items():
        git(work, "config", key, value)
    (work / ".git/info/attributes").write_text("*.py diff=shout\n")
    assert patches(work, "app.py") == plain


def test_binary_large_and_equal_files_have_no_patch(work: Path) -> None:
    commit(work, {"data.bin": b"\0changed", "app.py": LINES, "big": "x\n" * 1_000_000, "small": "s\n"})
    found = patches(work, "data.bin", "app.py", "big", "small", "lib/a.py", "no-such", limit=200)
    assert list(found) == ["small"]


def test_only_the_paths_asked_for_and_no_patterns(work: Path) -> None:
    commit(work, {"*": "a star\n", "app.py": "changed\n", "lib/a.py": "changed\n", ":(top)x": "x\n"})
    assert set(patches(work, "*", "lib", ":(top)x")) == {"*", ":(top)x"}


def test_more_paths_than_fit_into_one_call(work: Path) -> None:
    names = [f"dir/{number:04}" for number in range(1200)]
    commit(work, {name: f"{name}\n" for name in names})
    assert set(patches(work, *names)) == set(names)


def test_a_file_that_becomes_a_link_is_deleted_and_added(work: Path) -> None:
    (work / "app.py").unlink()
    (work / "app.py").symlink_to("lib/a.py")
    commit(work, {"zz": "after it\n"})
    found = patches(work, "app.py", "zz")
    assert found["app.py"].count("diff --git ") == 2
    assert "deleted file mode 100644" in found["app.py"] and "new file mode 120000" in found["app.py"]
    assert "+after it" in found["zz"]
    assert [(change.status, change.path) for change in changes(work)] == [
        ("modified", "app.py"),
        ("added", "zz"),
    ]


contents = st.one_of(
    st.none(),
    st.sampled_from(
        ["diff --git a/x b/x\n", "--- a\n+++ b\n@@ -1 +1 @@\n", "Binary files differ\n", "", "no end"]
    ),
    st.lists(st.sampled_from(["a\n", "b\n", "\n", "\tc\r\n", "é\n"]), max_size=8).map("".join),
)
names = ("x", "y z", "d/x", 'q"\n', "é")
versions = st.fixed_dictionaries(dict.fromkeys(names, contents))


@settings(max_examples=20, deadline=None)
@given(versions, versions)
def test_patches_lead_from_the_old_files_to_the_new(
    old: dict[str, str | None], new: dict[str, str | None]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repo = init(Path(folder) / "repo")
        for files in (old, new):
            git(repo, "rm", "-rqf", "--ignore-unmatch", ".")
            commit(repo, {name: text for name, text in files.items() if text is not None})
        found = patches(repo, *names)
        assert set(found) == {name for name in names if old[name] != new[name]}
        env = {**os.environ, "GIT_INDEX_FILE": str(Path(folder) / "scratch")}
        run = {"cwd": repo, "env": env, "check": True, "capture_output": True}
        subprocess.run(["git", "read-tree", "HEAD~1"], **run)  # type: ignore[call-overload]
        if found:
            text = "".join(found.values()).encode()
            subprocess.run(["git", "apply", "--cached", "--whitespace=nowarn"], input=text, **run)  # type: ignore[call-overload]
        done = subprocess.run(["git", "write-tree"], **run)  # type: ignore[call-overload]
        assert done.stdout.decode().strip() == git(repo, "rev-parse", "HEAD^{tree}")


def test_the_new_lines_of_a_patch_are_those_that_it_adds_or_takes_away_before() -> None:
    patch = (
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,3 +1,4 @@\n one\n+two\n+--- three\n-old\n four\n"
        "@@ -40,2 +50 @@\n-gone\n fifty\n@@ -60 +0,0 @@\n-last\n"
    )
    assert sorted(set(trees.new_lines(patch))) == [1, 2, 3, 4, 50]
    assert list(trees.new_lines("no hunk\n+x\n")) == []


@given(st.lists(st.sampled_from("abc"), max_size=30), st.lists(st.sampled_from("abc"), max_size=30))
def test_the_lines_that_a_patch_keeps_are_the_same_before_and_after(old: list[str], new: list[str]) -> None:
    for context in (0, 3):
        patch = "\n".join(difflib.unified_diff(old, new, lineterm="", n=context))
        kept = [*trees.kept_lines(patch)]
        most = max(len(old), len(new))
        pairs = [(b + n, a + n) for b, a, count in kept for n in range(min(count, most)) if b + n <= len(old)]
        assert all(old[before - 1] == new[after - 1] for before, after in pairs)
        removed = sum(line.startswith("-") for line in patch.split("\n")[2:])
        assert len(pairs) == len(old) - removed


def test_a_renamed_file_is_compared_with_what_it_was(work: Path) -> None:
    names = {"new name\t.py": "old.py", "same.py": "was.py", "copy.py": "other.py"}
    commit(work, {"old.py": LINES, "was.py": "as it was\n" * 9, "other.py": "other\n"})
    for new, old in names.items():
        git(work, "mv", old, new)
    commit(work, {"new name\t.py": LINES.replace("line 20\n", "line twenty\n"), "copy.py": "new\n" * 9})
    found = trees.renamed(discover.find(work), "HEAD~1", "HEAD", names)
    assert found.keys() == {"new name\t.py"}, "one is the same, and one is another file now"
    assert "-line 20\n+line twenty\n" in found["new name\t.py"]
    assert found["new name\t.py"].count("\n-") == 2  # and the name
