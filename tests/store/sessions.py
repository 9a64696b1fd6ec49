"""Builds session branches for tests."""

import os
import signal
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from git_ctx.model import EventName, Oid, SessionBranch
from git_ctx.store import append, events, naming
from git_ctx.store.append import Appended
from git_ctx.store.layout import Entry
from git_ctx.store.repo import Repo
from tests import support

WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DEMO = SessionBranch(session="demo", branch="main")


def start(repo: Repo, branch: SessionBranch = DEMO) -> Oid:
    return append.create(repo, branch, "k" * 16, b'{\n  "id": "kkkkkkkkkkkkkkkk"\n}\n', when=WHEN)


def prompt(
    repo: Repo, text: str, branch: SessionBranch = DEMO, id: str | None = None, seen: Oid | None = None
) -> Appended:
    entries = [
        Entry(suffix="prompt.json", data=f"{text}\n".encode()),
        Entry(suffix="context.md", data=b"# it\n"),
    ]
    return append.append(
        repo, branch, "prompt", id or naming.new_id(), entries, subject=text, when=WHEN, seen=seen
    )


def texts(repo: Repo, tip: Oid) -> list[str]:
    """What was asked, oldest first."""
    found = events.events(repo, tip, newest_first=False)
    return [text(repo, tip, event) for event in found if event.type == "prompt"]


def text(repo: Repo, tip: Oid, event: EventName) -> str:
    data = events.read(repo, tip, event, "prompt.json")
    assert data is not None
    return data.decode().strip()


def forge(repo: Path, files: dict[str, bytes], name: str = "demo/main", message: str = "forged") -> Oid:
    """A session branch as git plumbing alone makes it: any tree, any message."""
    index = {"GIT_INDEX_FILE": str(repo / ".git/forged")}
    (repo / ".git/forged").unlink(missing_ok=True)
    for path, data in files.items():
        blob = support.git(repo, "hash-object", "-w", "--stdin", input=data)
        support.git(repo, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", env=index)
    tree = support.git(repo, "write-tree", env=index)
    commit = support.git(repo, "commit-tree", "-m", message, tree)
    support.git(repo, "update-ref", f"refs/ctx/heads/{name}", commit)
    return commit


def killed_after(work: Callable[[], object]) -> None:
    """Do some work in a process that is then killed, with what the work returned still in its hands."""
    with warnings.catch_warnings():  # a test runner's threads make no difference to a child that dies
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        try:
            held = work()
            assert held is not None
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
