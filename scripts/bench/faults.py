#!/usr/bin/env python3
"""Writers against each other, against git's own pruning, and killed at random moments: is anything lost
or doubled?

    scripts/bench/faults.py [--writers 8] [--appends 100] [--beside-gc 150] [--kills 200] [--seed N]

Works in a repository of its own in a temporary directory. Prints one JSON object; exit status 1 where
something was lost, doubled, damaged or left in the way.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from git_ctx.model import EventName, SessionBranch
from git_ctx.store import append, events, naming, refs
from git_ctx.store.discover import find
from git_ctx.store.layout import Entry
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import pending

_BRANCH = SessionBranch(session="faults", branch="main")
_IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Faults that the store has to survive.")
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--appends", type=int, default=100)
    parser.add_argument("--beside-gc", type=int, default=150)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ.update(_IDENTITY)
    random.seed(options.seed)
    with tempfile.TemporaryDirectory() as directory:
        result = {
            "writers": _writers(Path(directory, "writers"), options.writers, options.appends),
            "beside gc": _beside_gc(Path(directory, "gc"), options.beside_gc),
            "kills": _kills(Path(directory, "kills"), options.kills),
        }
    print(json.dumps(result, indent=2))
    return 0 if all(not part["wrong"] for part in result.values()) else 1


def _writers(path: Path, writers: int, appends: int) -> dict[str, object]:
    """Several processes that all append to one session branch."""
    repo = _repository(path)
    started = time.monotonic()
    children = [_child(lambda: _write(path, appends)) for _ in range(writers)]
    failed = sum(os.waitpid(child, 0)[1] != 0 for child in children)
    found = _events(repo)
    wrong = {
        "failed": failed,
        "lost": writers * appends - len({event.id for event in found}),
        "doubled": len(found) - len({event.id for event in found}),
        "clocks twice": len(found) - len({event.clock for event in found}),
        "miscounted": len(found) - refs.listing(repo)[0].prompts,
        "fsck": _fsck(path),
    }
    seconds = round(time.monotonic() - started, 2)
    return {"appended": len(found), "seconds": seconds, "wrong": {k: v for k, v in wrong.items() if v}}


def _write(path: Path, appends: int) -> None:
    repo = find(path)
    for _ in range(appends):
        _append(repo, naming.new_id())


def _beside_gc(path: Path, appends: int) -> dict[str, object]:
    """A writer while `git gc --prune=now` runs over and over; git promises nothing for that."""
    repo = _repository(path)
    child = _child(lambda: _write(path, appends))
    runs = 0
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
        subprocess.run(["git", "-C", path, "gc", "--quiet", "--prune=now"], capture_output=True, check=False)
        runs += 1
    wrong = {"failed": int(ended[1] != 0), "lost": appends - len(_events(repo)), "fsck": _fsck(path)}
    return {"appended": appends, "gc runs": runs, "wrong": {k: v for k, v in wrong.items() if v}}


def _kills(path: Path, kills: int) -> dict[str, object]:
    """A process that keeps prompts is killed; the next run finishes what it left."""
    repo = _repository(path)
    written, acknowledged, locks = set[str](), set[str](), 0
    finished = Counter[str]()
    for _ in range(kills):
        begun, kept = _killed(path)
        written |= begun
        acknowledged |= kept
        locks += _age_locks(path)
        finished.update(_finish(find(path)))
    found = [event.id for event in _events(repo)]
    wrong = {
        "acknowledged and lost": len(acknowledged - set(found)),
        "on disk and lost": len(written - set(found)),
        "doubled": len(found) - len(set(found)),
        "pending left": len(pending.abandoned(repo)),
        "fsck": _fsck(path),
    }
    return {
        "kills": kills,
        "acknowledged": len(acknowledged),
        "locks left by the dead": locks,
        "finished by the next run": finished["finished"],
        "dropped by the next run, as they stood": finished["stood"],
        "wrong": {what: count for what, count in wrong.items() if count},
    }


def _killed(path: Path) -> tuple[set[str], set[str]]:
    """The ids that a process had on disk, and those it had kept, when it was killed."""
    reading, writing = os.pipe()
    child = _child(lambda: _keep_on(path, writing))
    os.close(writing)
    os.read(reading, 1)  # it is about to write
    time.sleep(random.uniform(0, 0.2))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading) as lines:
        words = [line.split() for line in lines if line.endswith("\n")]
    return {id for what, id in words if what == "begun"}, {id for what, id in words if what == "kept"}


def _keep_on(path: Path, writing: int) -> None:
    repo = find(path)
    assert repo.odb is not None and repo.identity()
    os.write(writing, b"!")
    while True:
        id = naming.new_id()
        draft = pending.Draft(
            id=id,
            branch=_BRANCH,
            text="a prompt",
            asked_at=datetime.now(UTC),
            author="Ada <ada@example.com>",
            conversation="c",
            seen=refs.tip(repo, _BRANCH),
        )
        with pending.put(repo, draft) as safe:
            os.write(writing, f"begun {id}\n".encode())
            _append(repo, id)
            safe.done()
        os.write(writing, f"kept {id}\n".encode())


def _finish(repo: Repo) -> list[str]:
    """What the next run does with prompts whose run died."""
    done = []
    for left in pending.abandoned(repo):
        stood = pending.stands(repo, left.draft)
        if not stood:
            _append(repo, left.draft.id, left.draft.seen)
        left.done()
        done.append("stood" if stood else "finished")
    return done


def _append(repo: Repo, id: str, seen: str | None = None) -> None:
    entries = [
        Entry(suffix="prompt.json", data=f"{id}\n".encode()),
        Entry(suffix="context.md", data=b"# it\n"),
    ]
    append.append(repo, _BRANCH, "prompt", id, entries, subject="a prompt", when=datetime.now(UTC), seen=seen)


def _age_locks(path: Path) -> int:
    """Make lock files look as old as they will be when the next run comes."""
    locks = list(path.glob(".git/refs/**/*.lock"))
    for lock in locks:
        with suppress(FileNotFoundError):  # the git of a run that was killed may still be finishing
            os.utime(lock, (1, 1))
    return len(locks)


def _events(repo: Repo) -> list[EventName]:
    tip = refs.tip(repo, _BRANCH)
    assert tip is not None
    return list(events.events(repo, tip))


def _fsck(path: Path) -> str:
    done = subprocess.run(
        ["git", "-C", path, "fsck", "--strict", "--no-dangling"], capture_output=True, text=True, check=False
    )
    return done.stderr if done.returncode else ""


def _repository(path: Path) -> Repo:
    subprocess.run(["git", "init", "-q", path], check=True)
    repo = find(path)
    append.create(repo, _BRANCH, naming.new_id(), b'{\n  "id": "x"\n}\n', when=datetime.now(UTC))
    return repo


def _child(work: Callable[[], None]) -> int:
    """Start a process that does some work and ends."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        work()
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    sys.exit(main())
