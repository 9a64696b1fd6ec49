#!/usr/bin/env python3
"""What it costs to unite two lines of a session: 100 + 100 prompts onto 10,000, beside `git merge-tree`.

    scripts/bench/merge.py [--base 10000] [--each 100] [--rounds 9]

CPU milliseconds, children included, beside the figure to reach. Works in a temporary directory.
"""

import argparse
import os
import resource
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from git_ctx.model import SessionBranch
from git_ctx.store import layout, message, naming, objects
from git_ctx.store.discover import find
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import union
from git_ctx.store.writer import Writer

_WHO = "Ada <ada@example.com>"
_REF = "refs/ctx/heads/s0"
_SUFFIXES = ("prompt.json", "context.json", "context.md", "files.json")
_MAIN = SessionBranch(session="s0", branch="main")


def main() -> None:
    parser = argparse.ArgumentParser(description="What uniting two lines of a session costs.")
    parser.add_argument("--base", type=int, default=10_000)
    parser.add_argument("--each", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    os.environ |= {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com"}
    os.environ |= {"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com"}
    with tempfile.TemporaryDirectory() as directory:
        repo = _repository(Path(directory), options.base, options.each)
        _compare(repo, options)


def _compare(repo: Repo, options: argparse.Namespace) -> None:
    ours, theirs = (_tip(repo, name) for name in ("main", "alt"))
    trees = [repo.git("rev-parse", f"{tip}^{{tree}}").decode().strip() for tip in (ours, theirs)]
    when = datetime.now(UTC)

    def unite() -> None:
        repo.git("update-ref", f"{_REF}/main", ours)
        union.unite(repo, _MAIN, theirs, subject="alt", when=when)

    rows: dict[str, Callable[[], object]] = {
        "unite: tree, commit, ref": unite,
        "of this, setting the ref back": lambda: repo.git("update-ref", f"{_REF}/main", ours),
        "the tree alone": lambda: union.tree(repo, Writer(repo), *trees),
        "git merge-tree --write-tree": lambda: repo.git("merge-tree", "--write-tree", ours, theirs),
        "is it in the history? (libgit2)": lambda: objects.contains(repo, ours, theirs),
        "is it in the history? (git)": lambda: repo.run("merge-base", "--is-ancestor", theirs, ours),
    }
    print(f"{options.each} + {options.each} prompts onto {options.base:,}{'CPU ms':>20}   to reach: 20 ms")
    for what, work in rows.items():
        work()
        print(f"    {what:36}{min(_cpu(work) for _ in range(options.rounds)):8.1f}")
    united = union.tree(repo, Writer(repo), *trees)
    stock = repo.git("merge-tree", "--write-tree", ours, theirs).decode().strip()
    print("the same tree as git's" if united == stock else f"NOT git's tree: {united} {stock}")


def _tip(repo: Repo, name: str) -> str:
    return repo.git("rev-parse", f"{_REF}/{name}").decode().strip()


def _repository(path: Path, base: int, each: int) -> Repo:
    subprocess.run(["git", "init", "-q", path], check=True)
    for key in ("maintenance.auto", "gc.auto"):
        subprocess.run(["git", "-C", path, "config", key, "0"], check=True)
    stream = b"".join([*_history(base, each), b"done\n"])
    subprocess.run(["git", "-C", path, "fast-import", "--quiet"], input=stream, check=True)
    return find(path)


def _history(base: int, each: int) -> Iterator[bytes]:
    yield _commit("main", "session", naming.new_id(), 0, 0)
    yield _file("session.json", b'{"id": "kkkkkkkkkkkkkkkk"}\n')
    for clock in range(1, base + 1):
        yield from _prompt("main", clock)
    yield b"reset refs/ctx/heads/s0/alt\nfrom refs/ctx/heads/s0/main\n\n"
    for name in ("main", "alt"):
        for clock in range(base + 1, base + each + 1):
            yield from _prompt(name, clock)


def _prompt(name: str, clock: int) -> Iterator[bytes]:
    id = naming.new_id()
    yield _commit(name, "prompt", id, clock, clock)
    for suffix in _SUFFIXES:
        path = f"events/{layout.hundred(clock)}/{layout.event_file(clock, id, suffix)}"
        yield _file(path, b"%d %s %s\n" % (clock, suffix.encode(), id.encode()) * 10)


def _commit(name: str, event: str, id: str, prompts: int, second: int) -> bytes:
    trailers = {"Ctx-Event": event, "Ctx-Id": id, "Ctx-Session": "k" * 16}
    trailers |= {"Ctx-State": "active", "Ctx-Prompts": str(prompts)}
    text = message.build(f"{event}: something that was asked", trailers).encode()
    who = f"{_WHO} {1_767_322_800 + 60 * second} +0000"
    return f"commit {_REF}/{name}\nauthor {who}\ncommitter {who}\ndata {len(text)}\n".encode() + text


def _file(name: str, data: bytes) -> bytes:
    return f"M 100644 inline {name}\ndata {len(data)}\n".encode() + data + b"\n"


def _cpu(work: Callable[[], object]) -> float:
    before = _spent()
    work()
    return (_spent() - before) * 1000


def _spent() -> float:
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in spent)


if __name__ == "__main__":
    main()
