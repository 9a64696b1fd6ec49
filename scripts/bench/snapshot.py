#!/usr/bin/env python3
"""What a snapshot costs: CPU of `snapshot.take` beside `git status` and `git add -A` on a private index.

    python scripts/bench/snapshot.py REPOSITORY...

Each repository is cloned into a temporary directory, where 0, 1 and 100 files are changed. CPU is user
and system time in milliseconds, children included; the least of several runs.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from git_ctx.store import discover
from git_ctx.store.files import snapshot, worktree

RUNS = 7
FIGURE = 1.5


def cpu() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used) * 1000


def least(action: Callable[[], object], between: Callable[[], object] = lambda: None) -> float:
    costs = []
    for _ in range(RUNS):
        between()
        before = cpu()
        action()
        costs.append(cpu() - before)
    return min(costs)


def git(work: Path, *args: str, **env: str) -> bytes:
    return subprocess.run(
        ["git", *args], cwd=work, env={**os.environ, **env}, check=True, capture_output=True
    ).stdout


def change(work: Path, count: int) -> None:
    """Add a line to `count` files, spread over the work tree; each time another one."""
    paths = [path for path in git(work, "ls-files", "-z").split(b"\0") if path]
    for path in paths[:: max(1, len(paths) // count)][:count] if count else ():
        with (work / os.fsdecode(path)).open("ab") as file:
            file.write(b"%d\n" % time.monotonic_ns())


def add_all(work: Path, index: Path) -> None:
    shutil.copy2(work / ".git/index", index)
    git(work, "add", "-A", GIT_INDEX_FILE=str(index))
    git(work, "write-tree", GIT_INDEX_FILE=str(index))


def measure(work: Path, scratch: Path) -> None:
    repo = discover.find(work)
    for count in (0, 1, 100):
        git(work, "reset", "-q", "--hard")
        # An index as young as its files makes git read them all again.
        time.sleep(1.1)
        git(work, "update-index", "-q", "--really-refresh")

        def again(count: int = count) -> None:
            change(work, count)

        status = least(lambda: git(work, "--no-optional-locks", "status", "--porcelain"), again)
        added = least(lambda: add_all(work, scratch / "index"), again)
        looked = least(lambda: worktree.look(repo), again)
        taken = least(lambda: snapshot.take(repo, lambda path, content: None), again)
        print(
            f"{count:>7} {status:>8.1f} {added:>8.1f} {looked:>8.1f} {taken:>8.1f}"
            f" {taken / status:>9.2f}   {'yes' if taken <= FIGURE * status else 'no'}"
        )


def main() -> None:
    print(f"CPU ms; the design asks for a snapshot within {FIGURE} x git status")
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder) / "work"
            subprocess.run(["git", "clone", "-q", "--shared", name, str(work)], check=True)
            print(f"\n{name}: {len(git(work, 'ls-files').splitlines())} files")
            print("changed   status   add -A     look     take  x status   met")
            measure(work, Path(folder))


if __name__ == "__main__":
    main()
