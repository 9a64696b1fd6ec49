import os
from collections.abc import Callable
from pathlib import Path

import pytest

from git_ctx.code import File, WorkTree
from git_ctx.model import NULL_OID
from git_ctx.store import discover
from git_ctx.store.files import worktree
from tests.store import judge, scenes
from tests.support import git, init, write


def look(path: Path) -> WorkTree:
    return worktree.look(discover.find(path))


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return scenes.base(tmp_path / "work")


def named(seen: WorkTree, path: str) -> File:
    (file,) = (file for file in seen.files if file.path == path)
    return file


PLAIN = [scene for scene in scenes.SCENES if scene.__name__ not in ("line_ends", "filtered", "encoded")]


@pytest.mark.parametrize("scene", PLAIN, ids=lambda scene: scene.__name__)
def test_looking_sees_what_git_would_add(work: Path, tmp_path: Path, scene: Callable[[Path], None]) -> None:
    scene(work)
    before = (judge.untouchables(work), judge.objects(work))
    seen = look(work)
    assert (judge.untouchables(work), judge.objects(work)) == before
    tree = judge.listing(work, judge.added_by_git(work, tmp_path / "scratch"))
    assert {file.path: (f"{file.mode:06o}", file.oid) for file in seen.files} == {
        path: version for path, version in tree.items() if version[0] != "160000"
    }
    head = judge.listing(work, seen.base) if seen.base else {}
    differing = {path for path in tree.keys() | head.keys() if tree.get(path) != head.get(path)}
    differing = {path for path in differing if "160000" not in (tree.get(path) or head[path])[0]}
    assert seen.changed == tuple(sorted(differing & tree.keys()))
    assert seen.deleted == tuple(sorted(differing - tree.keys()))


def test_with_a_filter_the_id_is_that_of_the_raw_bytes(work: Path) -> None:
    scenes.line_ends(work)
    assert named(look(work), "app.py").oid == judge.blob_id(b"one\r\ntwo\r\n")


def test_a_changed_file_has_its_size_on_disk(work: Path) -> None:
    write(work, {"app.py": "12345"})
    assert named(look(work), "app.py").size == 5


def test_ignored_files_are_never_seen(work: Path) -> None:
    write(
        work,
        {"x.log": "ignored", "build/deep/y": "ignored", ".git/info/exclude": "*.tmp\n", "z.tmp": "ignored"},
    )
    assert not {"x.log", "build/deep/y", "z.tmp"} & {file.path for file in look(work).files}


def test_what_is_too_large_or_no_file_is_listed_and_withheld(work: Path) -> None:
    git(work, "config", "ctx.maxFileSize", "10")
    (work / "lib/a.py").unlink()
    os.mkfifo(work / "lib/a.py")
    write(work, {"big": "x" * 11, "app.py": "y" * 11})
    seen = look(work)
    held = {file.path: (file.withheld, file.oid) for file in seen.files if file.withheld}
    assert held == {
        "app.py": ("larger than 10 bytes", NULL_OID),
        "big": ("larger than 10 bytes", NULL_OID),
        "lib/a.py": ("not a regular file", NULL_OID),
    }
    assert seen.changed == ("app.py", "big", "lib/a.py")


def test_nested_repositories_and_submodules_are_named(work: Path) -> None:
    scenes.submodule(work)
    init(work / "vendor/empty")
    seen = look(work)
    assert seen.nested == ("sub", "vendor/empty")
    assert not [file.path for file in seen.files if file.path.startswith(("sub", "vendor"))]


def test_a_required_filter_that_fails_does_not_stop_a_look(work: Path) -> None:
    git(work, "config", "filter.crypt.clean", "no-such-program-anywhere")
    git(work, "config", "filter.crypt.required", "true")
    scenes.same_size_in_the_same_instant(work)
    write(work, {".gitattributes": "*.py filter=crypt\n"})
    assert "app.py" in look(work).changed


@pytest.mark.parametrize(
    ("value", "limit"),
    [
        ("5", 5),
        ("2k", 2048),
        ("3M", 3 * 1024**2),
        ("1g", 1024**3),
        ("0", 0),
        ("-1", 10_000_000),
        ("k", 10_000_000),
    ],
)
def test_the_limit_is_written_as_git_writes_numbers(work: Path, value: str, limit: int) -> None:
    git(work, "config", "ctx.maxFileSize", value)
    assert worktree.max_file_size(discover.find(work)) == limit
