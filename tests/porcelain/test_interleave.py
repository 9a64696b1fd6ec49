"""Two or three clones and a server, in any order, against a model of what each must hold."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("seed", [3, 4], ids=["over a path", "over http"])
def test_nothing_is_lost_or_doubled_whatever_clones_do(seed: int) -> None:
    """As many steps as a test may take; the script itself goes on for as long as it is told to."""
    script = ROOT / "scripts/bench/interleave.py"
    options = ["--rounds", "1", "--steps", "15", "--seed", str(seed)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    if Path("/dev/shm").is_dir():
        env["TMPDIR"] = "/dev/shm"
    done = subprocess.run([sys.executable, str(script), *options], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 failed" in done.stdout and " 0 lost" in done.stdout
