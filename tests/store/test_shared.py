import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from git_ctx.store import lock, loose, shared, swap
from git_ctx.store.discover import find
from tests import support


@pytest.fixture(autouse=True)
def _careful() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.fixture
def of_a_group(tmp_path: Path) -> Path:
    support.git(tmp_path, "init", "--quiet", "--shared=group", "project")
    return tmp_path / "project"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_objects_are_as_git_leaves_them_in_a_repository_of_a_group(of_a_group: Path) -> None:
    objects = find(of_a_group).objects
    ours = loose.path(objects, loose.write(objects, "blob", b"ours\n"))
    theirs = loose.path(
        objects, support.git(of_a_group, "hash-object", "-w", "--stdin", input=b"theirs\n").strip()
    )
    assert mode(ours) == mode(theirs) == 0o440
    assert mode(ours.parent) == mode(theirs.parent) == 0o2770


@support.needs_files
def test_others_of_the_group_can_take_a_lock_and_add_to_a_reflog(of_a_group: Path) -> None:
    repo = find(of_a_group)
    path = repo.shared / "locks" / "heads" / "demo" / "main"
    with lock.held(path):
        pass
    swap.keep_reflog(repo, "refs/ctx/heads/demo/main")
    log = repo.common_dir / "logs" / "refs" / "ctx" / "heads" / "demo" / "main"
    assert mode(path) == mode(log) == 0o660
    for made in (path.parent, log.parent):
        while made != repo.common_dir:
            assert mode(made) == 0o2770, made
            made = made.parent


def test_elsewhere_the_umask_decides(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours").chmod(0o770)  # the group may write, but nothing says that what is made is for it
    shared.mkdir(tmp_path / "ours" / "a" / "b")
    with lock.held(tmp_path / "ours" / "a" / "lock"):
        pass
    assert mode(tmp_path / "ours" / "a") == mode(tmp_path / "ours" / "a" / "b") == 0o700
    assert mode(tmp_path / "ours" / "a" / "lock") == 0o600


def test_a_file_in_the_way_is_an_error_and_a_directory_is_none(tmp_path: Path) -> None:
    shared.mkdir(tmp_path / "a")
    shared.mkdir(tmp_path / "a")
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OSError, match=r"exists|ot a directory"):
            shared.mkdir(path)
