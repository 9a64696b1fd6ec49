import os
from pathlib import Path

from git_ctx.store import discover, lock, swap
from git_ctx.store.sessions import litter
from tests import support
from tests.store import sessions

HOURS_AGO = 1_700_000_000


def old(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.utime(path, (HOURS_AGO, HOURS_AGO))
    return path


@support.needs_files
def test_what_runs_left_goes_and_what_is_in_use_stays(repo: Path) -> None:
    at = discover.find(repo)
    sessions.start(at)
    sessions.prompt(at, "one")
    locks = at.shared / "locks"
    gone = [
        old(locks / "heads/gone/main"),
        old(locks / "snap/gone/main"),
        old(locks / "names/gone"),
        old(repo / ".git/refs/ctx/heads/demo/main.lock"),
        old(at.shared / "pending/klmn.tmp"),
        old(at.shared / "scratch/12-34.index"),
        old(at.shared / "view/gone.html"),
        old(at.shared / "view/.demo.12.tmp"),
    ]
    stays = [
        locks / "heads/demo/main",
        old(locks / "names/demo"),
        old(locks / "something/else"),
        old(at.shared / "view/demo.html"),
        old(at.shared / "pending/klmn.json"),
        repo / ".git/refs/ctx/heads/demo/main",
        at.shared / "pending/young.tmp",
        repo / ".git/refs/ctx/heads/demo/side.lock",
    ]
    for path in stays[-2:]:
        path.touch()
    found = litter.find(at)
    assert sorted(found) == sorted(gone)
    assert sorted(litter.remove(at, found)) == sorted(gone)
    assert not any(path.exists() for path in gone)
    assert all(path.exists() for path in stays)
    assert not (locks / "heads/gone").exists()
    stays[-1].unlink()
    support.fsck(repo)


def test_a_lock_that_is_held_stays(repo: Path) -> None:
    at = discover.find(repo)
    with swap.alone(at, "refs/ctx/heads/new/main"):
        assert litter.find(at) == ()
        assert litter.remove(at, (at.shared / "locks/heads/new/main",)) == ()
    assert litter.find(at) == (at.shared / "locks/heads/new/main",)


def test_a_link_is_not_followed(repo: Path, tmp_path: Path) -> None:
    at = discover.find(repo)
    mine = old(tmp_path / "mine")
    (at.shared / "locks/heads/gone").mkdir(parents=True)
    (at.shared / "locks/heads/gone/main").symlink_to(mine)
    assert litter.remove(at, litter.find(at)) == ()
    assert mine.exists()


def test_a_lock_is_made_where_its_directory_was_tidied_away(tmp_path: Path) -> None:
    path = tmp_path / "locks/heads/demo/main"
    with lock.held(path):
        path.unlink()
        path.parent.rmdir()
    with lock.held(path):
        assert path.exists()
