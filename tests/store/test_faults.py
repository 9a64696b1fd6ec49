"""What the machine can do to a writer: many at once, kill -9, a full disk, a read-only file system."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from git_ctx.errors import WriteFailed
from git_ctx.store import append, refs
from git_ctx.store.discover import find
from git_ctx.store.layout import Entry
from git_ctx.store.sessions import pending
from tests import support
from tests.store.sessions import DEMO, WHEN, prompt, start, texts
from tests.store.test_pending import draft

SOURCES = Path(append.__file__).parents[2]
MEMORY = Path("/dev/shm")


def faults(*options: str) -> dict[str, dict[str, object]]:
    """Run the script; in memory where there is such a place, since syncing is what takes its time."""
    env = {**os.environ, "PYTHONPATH": str(SOURCES)}
    if MEMORY.is_dir():
        env["TMPDIR"] = str(MEMORY)
    script = str(SOURCES / "scripts/bench/faults.py")
    done = subprocess.run([sys.executable, script, *options], env=env, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    result: dict[str, dict[str, object]] = json.loads(done.stdout)
    return result


def test_eight_writers_lose_and_double_nothing() -> None:
    result = faults("--writers", "8", "--appends", "100", "--beside-gc", "0", "--kills", "0")["writers"]
    assert (result["appended"], result["wrong"]) == (800, {})


def test_killed_writers_lose_and_double_nothing() -> None:
    result = faults("--writers", "1", "--appends", "1", "--beside-gc", "0", "--kills", "60")["kills"]
    assert (result["kills"], result["wrong"]) == (60, {})
    assert result["acknowledged"] != 0


def test_a_gc_that_prunes_everything_takes_nothing() -> None:
    result = faults("--writers", "1", "--appends", "1", "--beside-gc", "40", "--kills", "0")["beside gc"]
    assert (result["appended"], result["wrong"]) == (40, {})
    assert result["gc runs"] != 0


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    mount(tmp_path / "small", "-t", "tmpfs", "-o", "size=2m", "tmpfs")
    yield tmp_path / "small"
    subprocess.run(["umount", tmp_path / "small"], check=True)


def mount(where: Path, *options: str) -> None:
    where.mkdir(exist_ok=True)
    if subprocess.run(["mount", *options, where], capture_output=True).returncode:
        pytest.skip("this needs the right to mount a file system")


def test_on_a_full_disk_nothing_is_said_to_be_kept(small: Path) -> None:
    repo = support.init(small / "repo")
    found = find(repo)
    start(found)
    kept = prompt(found, "one")
    with (small / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError, match="No space left"):
        while True:
            filler.write(bytes(4096))
    with pytest.raises(WriteFailed, match="No space left on device"):
        pending.put(found, draft("p" * 16, text="x" * 10000))
    entry = Entry(suffix="prompt.json", data=os.urandom(200_000))
    with pytest.raises(WriteFailed, match="No space left on device"):
        append.append(found, DEMO, "prompt", "q" * 16, [entry], subject="two", when=WHEN)
    with pytest.raises(WriteFailed, match="No space left on device"):
        prompt(found, "two")
    with pytest.raises(WriteFailed, match="No space left on device"):
        append.create(found, DEMO.__class__(session="new", branch="main"), "k" * 16, b"{}", when=WHEN)
    assert support.git(repo, "rev-parse", refs.refname(DEMO)) == kept.commit
    (small / "filler").unlink()
    support.fsck(repo)
    assert texts(found, prompt(found, "three").commit) == ["one", "three"]
    assert pending.abandoned(found) == []
    assert not list(repo.glob(".git/**/*.lock")) and not list(repo.glob(".git/ctx/pending/*"))


def test_a_read_only_repository_is_read_and_not_written(tmp_path: Path) -> None:
    repo = support.init(tmp_path / "repo")
    start(find(repo))
    kept = prompt(find(repo), "one")
    mount(repo, "--bind", str(repo))
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", repo], check=True)
        with pytest.raises(OSError, match="Read-only file system"):
            (repo / ".git/x").touch()
        found = find(repo)
        with pytest.raises(WriteFailed, match="Read-only file system"):
            pending.put(found, draft("p" * 16))
        with pytest.raises(WriteFailed, match="Read-only file system"):
            prompt(found, "two")
        assert texts(found, kept.commit) == ["one"]
        assert [one.tip for one in refs.listing(found)] == [kept.commit]
    finally:
        subprocess.run(["umount", repo], check=True)


@support.needs_files
@pytest.mark.parametrize("place", ["objects", "refs/ctx/heads/demo", "logs/refs/ctx/heads/demo"])
def test_a_directory_that_is_read_only_within(repo: Path, place: str) -> None:
    found = find(repo)
    start(found)
    kept = prompt(found, "one")
    directory = repo / ".git" / place
    mount(directory, "--bind", str(directory))
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", directory], check=True)
        with pytest.raises(WriteFailed, match="Read-only file system"):
            prompt(found, "two")
        assert support.git(repo, "rev-parse", refs.refname(DEMO)) == kept.commit
    finally:
        subprocess.run(["umount", directory], check=True)
    assert texts(found, prompt(found, "three").commit) == ["one", "three"]
    support.fsck(repo)


def test_without_the_right_to_write(repo: Path) -> None:
    found = find(repo)
    start(found)
    locks = repo / ".git/ctx/locks"
    for path in sorted(locks.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    locks.rmdir()
    locks.write_text("in the way")
    with pytest.raises(WriteFailed, match=r"Not a directory|File exists"):
        prompt(found, "one")
