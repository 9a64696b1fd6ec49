#!/usr/bin/env python3
"""What push and fetch cost among 1,000 shared sessions, beside plain git doing the same.

    scripts/bench/share.py [--sessions 1000] [--rounds 5]

CPU milliseconds, children included. Works in a temporary directory, with a bare path as the remote.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import git_ctx, run

from git_ctx import codec
from git_ctx.model import Session, SessionBranch
from git_ctx.store import append, naming
from git_ctx.store.discover import find
from git_ctx.store.layout import Entry

WHEN = datetime(2026, 1, 2, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description="What push and fetch cost.")
    parser.add_argument("--sessions", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    os.environ |= {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com"}
    os.environ |= {"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com"}
    with tempfile.TemporaryDirectory() as directory:
        _measure(Path(directory), options.sessions, options.rounds)


def _measure(home: Path, sessions: int, rounds: int) -> None:
    ada, bob = home / "ada", home / "bob"
    _git(home, "init", "-q", "--bare", "server")
    for path in (ada, bob):
        _git(home, "init", "-q", str(path))
        _git(path, "remote", "add", "origin", str(home / "server"))
    for number in range(sessions):
        _begin(ada, f"s{number}")
    _tell(f"push --all of {sessions}", [_ctx(ada, "push", "--all", "--yes")])
    _tell("first fetch", [_ctx(bob, "fetch")])
    pushes, fetches, plain_pushes, plain_fetches = [], [], [], []
    for _ in range(rounds):
        _prompt(ada, "s0")
        pushes.append(_ctx(ada, "push", "--session", "s0@main"))
        fetches.append(_ctx(bob, "fetch"))
        _prompt(ada, "s1")
        plain_pushes.append(_plain(ada, "push", "-q", "origin", "refs/ctx/heads/s1/main"))
        plain_fetches.append(
            _plain(bob, "fetch", "-q", "origin", "+refs/ctx/heads/*:refs/ctx/remotes/origin/heads/*")
        )
    _tell("push of one prompt", pushes, "git push", plain_pushes)
    _tell("fetch of one prompt", fetches, "git fetch", plain_fetches)
    _tell("fetch of nothing", [_ctx(bob, "fetch") for _ in range(rounds)])
    _tell("pull of nothing", [_ctx(ada, "pull") for _ in range(rounds)])


def _begin(path: Path, name: str) -> None:
    id = naming.new_id()
    session = codec.encode_session(Session(id=id, name=name, project="bench", created=WHEN))
    append.create(find(path), SessionBranch(session=name, branch="main"), id, session, when=WHEN)
    _prompt(path, name)


def _prompt(path: Path, name: str) -> None:
    branch, entries = SessionBranch(session=name, branch="main"), [Entry(suffix="prompt.json", data=b"{}\n")]
    append.append(find(path), branch, "prompt", naming.new_id(), entries, subject="x", when=WHEN)


def _ctx(path: Path, *args: str) -> float:
    done = run([*git_ctx(), *args], cwd=path)
    assert done.status == 0, done
    return done.cpu


def _plain(path: Path, *args: str) -> float:
    return run(["git", *args], cwd=path).cpu


def _tell(what: str, took: list[float], beside: str = "", reference: list[float] | None = None) -> None:
    more = f"   ({beside}: {median(reference) * 1000:.0f} ms)" if reference else ""
    print(f"{what:<24} {median(took) * 1000:7.0f} ms{more}")


def _git(path: Path, *args: str) -> None:
    subprocess.run(["git", *args], cwd=path, check=True)


if __name__ == "__main__":
    main()
