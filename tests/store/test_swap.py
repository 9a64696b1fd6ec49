import errno
import fcntl
import subprocess
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from git_ctx.errors import BranchBusy, BrokenSession, WriteFailed
from git_ctx.store import lock, swap
from git_ctx.store.discover import find
from git_ctx.store.repo import Repo
from tests import support
from tests.store.sessions import DEMO, killed_after, prompt, start, texts

REF = "refs/ctx/heads/demo/main"
WHO = "Ada <ada@example.com> 1767322800 +0100"


@pytest.fixture
def found(repo: Path) -> Repo:
    return find(repo)


@pytest.fixture
def commits(repo: Path) -> list[str]:
    tree = support.git(repo, "mktree", input=b"")
    return [support.git(repo, "commit-tree", "-m", str(n), tree) for n in range(3)]


def move(found: Repo, old: str | None, new: str) -> bool:
    return swap.swap(found, REF, old, new, reason="moved", who=WHO)


def test_a_ref_moves_only_from_where_it_was_seen(repo: Path, found: Repo, commits: list[str]) -> None:
    one, two, three = commits
    assert not move(found, two, one)
    assert move(found, None, one)
    assert not move(found, None, two)
    assert not move(found, three, two)
    assert move(found, one, two)
    assert swap.target(found, REF) == support.git(repo, "rev-parse", REF) == two
    support.git(repo, "pack-refs", "--all", "--prune")
    assert swap.target(found, REF) == two
    assert move(found, two, three)


def test_a_ref_is_on_the_disk_and_no_hook_hears_of_it(
    found: Repo, commits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = Repo.git, []

    def git(self: Repo, *words: str, **more: Any) -> bytes:
        asked.append(words[: words.index("update-ref")] if "update-ref" in words else ())
        return real(self, *words, **more)

    monkeypatch.setattr(Repo, "git", git)
    assert move(found, None, commits[0])
    assert ("-c", "core.fsync=reference", "-c", "core.hooksPath=/dev/null") in asked


def test_a_reason_of_any_length_is_cut_to_a_subject(repo: Path, found: Repo, commits: list[str]) -> None:
    support.git(repo, "config", "core.logAllRefUpdates", "always")
    assert swap.swap(found, REF, None, commits[0], reason="prompt: " + "long" * 50_000, who=WHO)
    assert support.git(repo, "log", "-g", "--format=%gs", REF) == "prompt: " + "long" * 23


def test_it_stands_when_the_call_failed_after_all(
    found: Repo, commits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = swap._attempt

    def fails_late(*args: object, **words: object) -> Exception:
        real(*args, **words)  # type: ignore[arg-type]
        return OSError(errno.EIO, "an error after the rename")

    monkeypatch.setattr(swap, "_attempt", fails_late)
    assert move(found, None, commits[0])


def test_a_ref_that_is_in_the_way_is_told(repo: Path, found: Repo, commits: list[str]) -> None:
    support.git(repo, "update-ref", "refs/ctx/heads/demo", commits[0])
    with pytest.raises(WriteFailed, match=REF):
        move(found, None, commits[1])


@pytest.mark.parametrize("other", ["refs/ctx/heads/demo", "refs/ctx/heads/demo/main/more"])
def test_so_is_one_that_is_packed(repo: Path, found: Repo, commits: list[str], other: str) -> None:
    support.git(repo, "update-ref", other, commits[0])
    support.git(repo, "pack-refs", "--all", "--prune")
    with pytest.raises(WriteFailed, match=REF):
        move(found, None, commits[1])
    assert not list((repo / ".git/refs/ctx").rglob("*.lock"))


@support.needs_files
def test_every_move_is_in_the_reflog_once_there_is_one(repo: Path, found: Repo, commits: list[str]) -> None:
    assert move(found, None, commits[0])
    swap.keep_reflog(found, REF)
    assert move(found, commits[0], commits[1])
    assert not move(found, commits[0], commits[2])
    assert swap.swap(found, REF, commits[1], commits[2], reason="two\nlines", who=WHO)
    told = support.git(repo, "reflog", "--format=%H|%gs|%gn <%ge>", REF).splitlines()
    assert told == [
        f"{commits[2]}|two lines|Ada <ada@example.com>",
        f"{commits[1]}|moved|Ada <ada@example.com>",
    ]
    support.fsck(repo)


def test_no_hook_of_the_user_s_is_run(repo: Path, found: Repo, commits: list[str]) -> None:
    hook = repo / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    assert move(found, None, commits[0])
    assert swap.target(found, REF) == commits[0]


@support.needs_files
def test_a_ref_that_holds_no_commit_s_id_is_broken(repo: Path, found: Repo) -> None:
    start(found)
    for content in ("", "garbage\n"):
        (repo / ".git" / REF).write_text(content)
        with pytest.raises(BrokenSession, match=REF):
            prompt(found, "one")
    (repo / ".git" / REF).write_text("ref: refs/heads/main\n")
    with pytest.raises(BrokenSession, match="points to another ref, refs/heads/main"):
        prompt(found, "one")


def test_git_packing_the_refs_all_the_time_is_no_hindrance(repo: Path, found: Repo) -> None:
    start(found)
    stop = threading.Event()

    def pack() -> None:
        while not stop.is_set():
            subprocess.run(["git", "pack-refs", "--all", "--prune"], cwd=repo, capture_output=True)

    packer = threading.Thread(target=pack)
    packer.start()
    try:
        for n in range(30):
            last = prompt(found, str(n))
    finally:
        stop.set()
        packer.join()
    assert texts(found, last.commit) == [str(n) for n in range(30)]
    support.fsck(repo)


@support.needs_files
def test_a_ref_whose_making_is_cut_off_leaves_no_reflog(
    repo: Path, found: Repo, commits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = repo / ".git/logs" / REF

    def cut_off(*_: object, **__: object) -> None:
        log.parent.mkdir(parents=True)
        log.write_text(f"{'0' * 40} {commits[0]} A <a@b> 1 +0000\tmade\n")
        raise SystemExit(143)

    with monkeypatch.context() as patch:
        patch.setattr(Repo, "git", cut_off)
        with pytest.raises(SystemExit):
            swap.swap(found, REF, None, commits[0], reason="made", who=WHO)
    assert not log.exists()


def test_only_one_holds_a_lock_and_the_others_give_up(found: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap.lock, "held", partial(lock.held, patience=0.05))
    with swap.alone(found, REF), pytest.raises(BranchBusy, match="demo@main"), swap.alone(found, REF):
        pass
    with swap.alone(found, REF), swap.alone(found, "refs/ctx/heads/other/main"):
        pass


def test_a_lock_outlives_nobody(tmp_path: Path) -> None:
    path = tmp_path / "a/lock"
    killed_after(lambda: lock.held(path).__enter__() or path)
    with lock.held(path, patience=0), pytest.raises(lock.Taken), lock.held(path, patience=0):
        pass
    with lock.held(path, patience=0):
        pass


def test_a_file_system_without_locks_is_no_hindrance(found: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    start(found)
    assert texts(found, prompt(found, "one").commit) == ["one"]
    assert swap.target(found, f"refs/ctx/heads/{DEMO.session}/{DEMO.branch}") is not None


def test_what_is_below_a_prefix_is_told_of_loose_and_of_packed_refs(found: Repo, commits: list[str]) -> None:
    under = "refs/ctx/remotes/"
    assert swap.parts_below(found, under) == set()
    support.git(found.common_dir, "update-ref", f"{under}a%2Fb/heads/demo/main", commits[0])
    support.git(found.common_dir, "pack-refs", "--all")
    support.git(found.common_dir, "update-ref", f"{under}origin/heads/demo/main", commits[0])
    (found.common_dir / under / "gone/heads").mkdir(parents=True)
    assert swap.parts_below(found, under) == {"a%2Fb", "origin"}
