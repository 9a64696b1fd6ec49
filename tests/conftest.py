"""Seals git off from the machine it runs on, and gives each test a repository."""

import os
import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from git_ctx.safety import own
from tests import support

# Machines differ and are busy: no test fails for being slow. Where CI says so, cases are the same each time,
# so that a change is judged by its own faults; everywhere else they are new ones.
settings.register_profile("ctx", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("ctx")

# A shell starts what is to run in the background with Ctrl-C ignored, and so would all that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def sealed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    _seal(tmp_path_factory.mktemp("home"), monkeypatch)
    own.use(tuple)  # the rules of the last test's repository, which is gone


def _seal(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("GIT_") and name != "GIT_DEFAULT_REF_FORMAT":
            monkeypatch.delenv(name)
    monkeypatch.chdir(home)  # a test that asks for no repository must not write into this one
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Ada Lovelace\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n"
    )
    for name, value in {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_DISCOVERY_ACROSS_FILESYSTEM": "1",  # or git speaks of the mount point that the tests are on
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "GIT_AUTHOR_DATE": "2026-01-02T03:04:05+0000",
        "GIT_COMMITTER_DATE": "2026-01-02T03:04:05+0000",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def first_commit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `repo` is a copy of: that is cheaper than four git processes for each test."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        _seal(tmp_path_factory.mktemp("home"), monkeypatch)
        path = support.init(tmp_path_factory.mktemp("first") / "repo", "--template=")
        support.commit(path, {"README.md": "# example\n", "app.py": "def main():\n    return 0\n"})
    (path / ".git/hooks").mkdir()
    return path


@pytest.fixture
def repo(first_commit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit on main, and the current directory in it."""
    path = shutil.copytree(first_commit, tmp_path / "repo")
    support.git(path, "update-index", "-q", "--refresh")
    monkeypatch.chdir(path)
    return path
