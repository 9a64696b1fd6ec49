"""Lock files of git's that a run left which died are in nobody's way; those of others are left alone."""

import fcntl
import os
import threading
from pathlib import Path

import pytest

from git_ctx.errors import LockInTheWay
from git_ctx.store import claims, config
from git_ctx.store.discover import find
from tests import support
from tests.store.sessions import killed_after


def died(repo: Path, *names: str) -> Path:
    """A run that had a git at work on some lock files, and died with it."""
    before = set((repo / ".git/ctx").glob("claims/*"))
    found = find(repo)

    def work() -> object:
        held = claims._made(found, names)
        for name in names:
            (repo / ".git" / name).touch()
        return held

    killed_after(work)
    [claim] = set((repo / ".git/ctx").glob("claims/*")) - before
    return claim


def test_what_the_dead_left_is_gone_when_the_next_one_comes(repo: Path) -> None:
    claim = died(repo, *claims.refs(["refs/heads/other"]), claims.CONFIG)
    assert (repo / ".git/packed-refs.lock").exists()
    found = find(repo)
    assert not claim.exists()
    config.put(found, "ctx.remote", "here")
    support.git(repo, "branch", "other")
    support.git(repo, "pack-refs", "--all")
    support.git(repo, "update-ref", "-d", "refs/heads/other")
    assert not list(repo.glob(".git/**/*.lock"))


def test_what_somebody_made_later_stays(repo: Path) -> None:
    claim = died(repo, claims.CONFIG)
    os.utime(claim, (1, claim.stat().st_mtime - 120))
    find(repo)
    assert (repo / ".git/config.lock").exists()
    assert not claim.exists()
    with pytest.raises(LockInTheWay, match=r"unable to create '.*/config\.lock': file exists") as failed:
        config.put(find(repo), "ctx.remote", "here")
    assert "remove it" in (failed.value.hint or "")


def test_what_a_living_git_holds_stays(repo: Path) -> None:
    claim = died(repo, claims.CONFIG)
    with claim.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        find(repo)
        assert (repo / ".git/config.lock").exists()
    find(repo)
    assert not (repo / ".git/config.lock").exists()


def test_git_holds_the_claim_of_a_run_that_was_killed_alone(repo: Path) -> None:
    """Of a claim that is free, both are dead."""
    held = '!test -n "$(ls -l /proc/self/fd /dev/fd 2>/dev/null | grep ctx/claims/)" && touch held'
    claims.git(find(repo), "-c", f"alias.look={held}", "look", takes=(claims.CONFIG,))
    assert (repo / "held").exists() or not Path("/proc/self/fd").exists()


@pytest.mark.parametrize("name", ["../app.py", "config", "../../x.lock"])
def test_a_claim_can_name_nothing_but_lock_files(repo: Path, name: str) -> None:
    support.write(repo, {"app.py": "here\n"})
    claim = died(repo, claims.CONFIG)
    claim.write_text(name)
    find(repo)
    assert (repo / "app.py").exists() and (repo / ".git/config").exists()


def test_where_nothing_can_be_claimed_git_goes_without(repo: Path) -> None:
    (repo / ".git/ctx").write_text("in the way")
    config.put(find(repo), "ctx.remote", "here")
    assert support.git(repo, "config", "ctx.remote") == "here"


def test_a_git_that_a_signal_ends_leaves_nothing(repo: Path) -> None:
    die = "!touch .git/config.lock && kill -INT $PPID && sleep 1"
    done = claims.run(find(repo), "-c", f"alias.die={die}", "die", takes=(claims.CONFIG,))
    assert done.status < 0
    assert not (repo / ".git/config.lock").exists()
    assert not list((repo / ".git/ctx/claims").iterdir())


def test_the_lock_of_the_configuration_is_waited_for(repo: Path) -> None:
    lock = repo / ".git/config.lock"
    lock.touch()
    threading.Timer(0.1, lock.unlink).start()
    config.put(find(repo), "branch.main.ctxSession", "demo@main")
    assert support.git(repo, "config", "branch.main.ctxSession") == "demo@main"


def test_a_lock_that_nobody_gives_back_is_named(repo: Path) -> None:
    (repo / ".git/config.lock").touch()
    with pytest.raises(LockInTheWay, match=r"config\.lock"):
        config.put(find(repo), "branch.main.ctxSession", "demo@main")
