import os
from collections.abc import Callable
from pathlib import Path

import pytest

from git_ctx.safety import own, secrets
from git_ctx.store import cache, discover
from git_ctx.store.files import searched, sift, snapshot
from git_ctx.store.files.snapshot import Snapshot
from tests.store import judge, scenes
from tests.support import fsck, git, init, write

FILES = {f"new/{name}.txt": f"{name}\n" for name in "abcd"}


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few files are many, and none is so young that it might change unseen."""
    monkeypatch.setattr(sift, "MANY", 1)
    monkeypatch.setattr(searched, "_YOUNG", -searched._YOUNG)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    repo = init(tmp_path / "work")
    write(repo, {"base.txt": "base\n"})
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "base")
    write(repo, FILES)
    return repo


class Guard:
    """Withholds what has a key, and knows what it searched."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, path: str, content: bytes) -> str | None:
        self.asked.append(path)
        return "aws-key" if b"AKIA" in content else None


def look(path: Path, rules: str | None = "rules") -> tuple[Snapshot, list[str]]:
    guard = Guard()
    return snapshot.take(discover.find(path), guard, lambda: rules), guard.asked


def test_what_was_searched_is_not_read_again(work: Path) -> None:
    first, asked = look(work)
    again, nothing = look(work)
    assert (asked, nothing) == (sorted(FILES), [])
    assert again == first
    fsck(work)


def test_what_changed_is_searched_again_whatever_its_time_says(work: Path) -> None:
    look(work)
    before = (work / "new/b.txt").stat()
    write(work, {"new/b.txt": "B\n", "new/c.txt": "AKIA\n"})
    os.utime(work / "new/b.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    taken, asked = look(work)
    assert asked == ["new/b.txt", "new/c.txt"]
    assert git(work, "cat-file", "-p", f"{taken.tree}:new/b.txt") == "B"
    assert {one.path for one in taken.states.states if one.withheld} == {"new/c.txt"}


def test_what_is_withheld_is_searched_every_time(work: Path) -> None:
    write(work, {"new/key": "AKIA\n"})
    look(work)
    taken, asked = look(work)
    assert asked == ["new/key"]
    assert {one.path for one in taken.states.states if one.withheld} == {"new/key"}


def test_a_file_that_may_change_with_the_same_time_is_not_remembered(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searched, "_YOUNG", -searched._YOUNG)
    look(work)
    assert look(work)[1] == sorted(FILES)


def test_other_rules_search_all_of_it(work: Path) -> None:
    look(work)
    assert look(work, "other rules")[1] == sorted(FILES)
    assert look(work, None)[1] == sorted(FILES)


def test_another_work_tree_knows_nothing_of_it(work: Path, tmp_path: Path) -> None:
    look(work)
    git(work, "worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    write(tmp_path / "linked", FILES)
    assert look(tmp_path / "linked")[1] == sorted(FILES)


def test_a_damaged_memory_is_none(work: Path) -> None:
    first, _ = look(work)
    place = discover.find(work).shared / cache.NAME
    data = bytearray(place.read_bytes())
    at = data.find(b"new/b.txt")
    data[at + 40] ^= 1
    place.write_bytes(data)
    again, asked = look(work)
    assert "new/b.txt" in asked
    assert again == first


def test_what_git_has_lost_is_written_again(work: Path) -> None:
    first, _ = look(work)
    git(work, "prune", "--expire=now")
    again, asked = look(work)
    assert (again, asked) == (first, [])
    assert git(work, "cat-file", "-p", f"{again.tree}:new/a.txt") == "a"


def test_a_file_over_a_limit_that_was_lowered_is_withheld(work: Path) -> None:
    write(work, {"new/large": "x" * 100})
    look(work)
    git(work, "config", "ctx.maxFileSize", "50")
    taken, _ = look(work)
    assert {one.path for one in taken.states.states if one.withheld} == {"new/large"}


@pytest.mark.parametrize("scene", scenes.SCENES, ids=lambda scene: scene.__name__)
def test_with_a_memory_the_snapshot_is_the_same(tmp_path: Path, scene: Callable[[Path], None]) -> None:
    work = scenes.base(tmp_path / "work")
    scene(work)
    look(work)
    before = judge.untouchables(work)
    assert look(work)[0] == look(work, None)[0]
    assert judge.untouchables(work) == before


def test_rules_have_another_name_once_the_user_sets_one(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = secrets.rules()
    monkeypatch.setattr(own, "_told", [lambda: [("mine", "MINE-[0-9]+")]])
    mine = secrets.rules()
    monkeypatch.setattr(own, "_told", [lambda: [("mine", "MINE-[0-9]*")]])
    assert len({usual, mine, secrets.rules()}) == 3 and None not in (usual, mine)
