import os
import subprocess
from pathlib import Path

from git_ctx.store.unborn import unborn


def test_what_the_dead_left_goes_and_nothing_else(tmp_path: Path) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    names = [
        f".it.md.{dead.pid}.tmp",
        f".it.md.{os.getppid()}.tmp",
        f".other.{dead.pid}.tmp",
        ".it.md.x.tmp",
        "it.md",
    ]
    for name in names:
        (tmp_path / name).touch()
    assert unborn(tmp_path / "it.md") == tmp_path / f".it.md.{os.getpid()}.tmp"
    assert {path.name for path in tmp_path.iterdir()} == set(names[1:])
