"""A repository that a group shares: what one of it leaves there, the others can use."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import support, users
from tests.cli.conftest import Ctx


@pytest.fixture
def of_a_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    before = os.umask(0o077)
    path = support.init(tmp_path / "project", "--shared=group")
    support.commit(path, {"app.py": "def main():\n    return 0\n"})
    monkeypatch.chdir(path)
    yield path
    os.umask(before)


def test_all_that_is_left_there_is_for_the_group(of_a_group: Path, ctx: Ctx) -> None:
    for words in (
        ["start", "demo"],
        ["prompt", "-q", "fix main as bluefalcon says"],
        ["view"],
        ["restore", "@"],
        ["forget", "--yes", "bluefalcon"],
        ["view"],
        ["rename", "demo", "other"],
        ["hook", "install", "--yes", "git"],
        ["start", "gone"],
        ["delete", "--yes", "gone"],
    ):
        done = ctx(*words)
        assert done.status == 0, done
    assert list(users.unshared(of_a_group / ".git")) == []


@pytest.mark.skipif(users.python() is None, reason="only root can play two users, with a python they can run")
def test_two_users_take_turns() -> None:
    with tempfile.TemporaryDirectory() as place:  # a directory of pytest's own lets nobody else in
        project = users.Project(Path(place), "group", 0o022)
        for who, words in (
            ("ada", ["prompt", "-q", "fix main as bluefalcon says"]),
            ("ada", ["view"]),
            ("bob", ["forget", "--yes", "bluefalcon"]),
            ("bob", ["view"]),
        ):
            done = project.ctx(who, *words)
            assert done.returncode == 0, (who, words, done.stderr)
        assert not project.odd()
