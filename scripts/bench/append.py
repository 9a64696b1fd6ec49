#!/usr/bin/env python3
"""What an append costs in sessions of 10, 1,000 and 10,000 prompts, and a listing of 1,000 sessions.

    scripts/bench/append.py [--sizes 10,1000,10000] [--sessions 1000] [--rounds 9]

CPU milliseconds, children included, beside the figures they have to reach. Works in a temporary directory.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from git_ctx.model import SessionBranch
from git_ctx.store import append, layout, message, naming, refs
from git_ctx.store.discover import find
from git_ctx.store.layout import Entry
from git_ctx.store.repo import Repo

_APPENDS = 10
_WHO = "Ada <ada@example.com> 1767322800 +0000"
_LIST = "from git_ctx.store import discover, refs; refs.listing(discover.find())"


def main() -> None:
    parser = argparse.ArgumentParser(description="What an append and a listing cost.")
    parser.add_argument("--sizes", default="10,1000,10000")
    parser.add_argument("--sessions", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    os.environ |= {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com"}
    os.environ |= {"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com"}
    with tempfile.TemporaryDirectory() as directory:
        _appends(Path(directory), [int(size) for size in options.sizes.split(",")], options.rounds)
        _listings(Path(directory, "listing"), options.sessions, options.rounds)


def _appends(directory: Path, sizes: list[int], rounds: int) -> None:
    repos = {size: _repository(directory / str(size), _history(size)) for size in sizes}
    costs: dict[int, list[float]] = {size: [] for size in sizes}
    for _ in range(rounds + 1):  # in turn, so that all see the same weather; the first one warms up
        for size, repo in repos.items():
            costs[size].append(_cpu(partial(_append, repo)) / _APPENDS)
    print(f"{'append to a session of':32}{'CPU ms':>8}{'ratio':>8}   to reach: 5 ms, at 10,000 at most 1.2")
    first = min(costs[sizes[0]][1:])
    for size, cost in costs.items():
        print(f"{size:>15,} prompts         {min(cost[1:]):8.2f}{min(cost[1:]) / first:8.2f}")


def _append(repo: Repo) -> None:
    for n in range(_APPENDS):
        entries = [
            Entry(suffix="prompt.json", data=b'{"text": "%d"}\n' % n * 10),
            Entry(suffix="context.json", data=b'{"items": "%d"}\n' % n * 200),
            Entry(suffix="context.md", data=os.urandom(4000).hex().encode()),
            Entry(suffix="files.json", data=b'{"path": "%d"}\n' % n * 20),
        ]
        branch = SessionBranch(session="s0", branch="main")
        when = datetime.now(UTC)
        append.append(repo, branch, "prompt", naming.new_id(), entries, subject="a prompt", when=when)


def _listings(path: Path, sessions: int, rounds: int) -> None:
    repo = _repository(path, (part for n in range(sessions) for part in _birth(n)))
    print(f"\n{f'list {sessions:,} sessions':32}{'CPU ms':>8}           to reach: 50 ms over start-up")
    for packed in (False, True):
        how = "packed refs" if packed else "loose refs"
        if packed:
            repo.git("pack-refs", "--all")
        else:
            _loosen(repo)
        rows: dict[str, Callable[[], object]] = {
            "in the library": lambda: refs.listing(repo),
            "python with it": lambda: _python(path, _LIST),
            "python -c pass": lambda: _python(path, "pass"),
            "git for-each-ref": lambda: repo.git("for-each-ref", "--format=%(refname) %(subject)"),
        }
        for what, work in rows.items():
            print(f"    {f'{what}, {how}':28}{statistics.median(_cpu(work) for _ in range(rounds)):8.1f}")


def _python(path: Path, code: str) -> None:
    source = Path(append.__file__).parents[2]
    env = {**os.environ, "PYTHONPATH": str(source)}
    subprocess.run([sys.executable, "-c", code], cwd=path, env=env, check=True)


def _repository(path: Path, stream: Iterator[bytes]) -> Repo:
    subprocess.run(["git", "init", "-q", path], check=True)
    subprocess.run(["git", "-C", path, "config", "maintenance.auto", "false"], check=True)
    subprocess.run(
        ["git", "-C", path, "fast-import", "--quiet"], input=b"".join([*stream, b"done\n"]), check=True
    )
    return find(path)


def _history(prompts: int) -> Iterator[bytes]:
    """A session as `append` would have made it."""
    yield from _birth(0)
    for clock in range(1, prompts + 1):
        id = naming.new_id()
        yield _commit(0, "prompt", id, "active", clock)
        for suffix in ("prompt.json", "context.json", "context.md", "files.json"):
            name = f"events/{layout.hundred(clock)}/{layout.event_file(clock, id, suffix)}"
            yield _file(name, b"%d %s\n" % (clock, suffix.encode()) * 10)


def _birth(number: int) -> Iterator[bytes]:
    yield _commit(number, "session", naming.new_id(), "created", 0)
    yield _file("session.json", b'{"id": "%d"}\n' % number)


def _commit(session: int, event: str, id: str, state: str, prompts: int) -> bytes:
    trailers = {"Ctx-Event": event, "Ctx-Id": id, "Ctx-Session": "k" * 16}
    trailers |= {"Ctx-State": state, "Ctx-Prompts": str(prompts)}
    text = message.build(f"{event}: something that was asked", trailers).encode()
    head = f"commit refs/ctx/heads/s{session}/main\nauthor {_WHO}\ncommitter {_WHO}\ndata {len(text)}\n"
    return head.encode() + text


def _file(name: str, data: bytes) -> bytes:
    return f"M 100644 inline {name}\ndata {len(data)}\n".encode() + data + b"\n"


def _loosen(repo: Repo) -> None:
    listed = repo.git("for-each-ref", "--format=%(objectname) %(refname)").decode().splitlines()
    (repo.common_dir / "packed-refs").unlink(missing_ok=True)
    for line in listed:
        oid, name = line.split()
        (repo.common_dir / name).parent.mkdir(parents=True, exist_ok=True)
        (repo.common_dir / name).write_text(f"{oid}\n")


def _cpu(work: Callable[[], object]) -> float:
    before = _spent()
    work()
    return (_spent() - before) * 1000


def _spent() -> float:
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in spent)


if __name__ == "__main__":
    main()
