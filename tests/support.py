"""Builds repositories for tests; functions are named after git's verbs."""

import os
import re
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

TABLES = os.environ.get("GIT_DEFAULT_REF_FORMAT") == "reftable"
"""Whether git keeps the refs of what the tests make in tables, as `GIT_DEFAULT_REF_FORMAT` says."""
needs_tables = pytest.mark.skipif(
    tuple(map(int, re.findall(r"\d+", subprocess.check_output(["git", "version"], text=True))[:2])) < (2, 45),
    reason="git before 2.45 knows no tables of refs",
)
needs_files = pytest.mark.skipif(TABLES, reason="it is about the files that refs and their locks are")


def git(
    repo: Path,
    *args: str,
    input: bytes | None = None,
    check: bool = True,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run git in a repository and return what it printed, less the last newline."""
    done = subprocess.run(
        ["git", *args],
        cwd=repo,
        input=input,
        capture_output=True,
        check=False,
        env={**os.environ, **(env or {})},
    )
    if check and done.returncode:
        raise AssertionError(f"git {' '.join(args)}: {done.stderr.decode(errors='replace')}")
    return os.fsdecode(done.stdout).removesuffix("\n")


def init(path: Path, *options: str) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    git(path, "init", "-q", "-b", "main", *options)
    return path


def write(repo: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = repo / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def commit(repo: Path, files: Mapping[str, str | bytes], message: str = "a change") -> str:
    """Write files, commit everything, return the commit's id."""
    write(repo, files)
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "--allow-empty", "-m", message)
    return git(repo, "rev-parse", "HEAD")


def clone(repo: Path, to: Path) -> Path:
    git(repo, "clone", "-q", str(repo), str(to))
    return to


def fsck(repo: Path) -> None:
    """Fail where git finds anything wrong."""
    git(repo, "fsck", "--strict", "--no-dangling")


def wait_for(happened: Callable[[], bool], seconds: float = 10) -> None:
    """Until what another process does has been done."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
