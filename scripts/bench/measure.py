"""Runs a command as a whole process and tells what it took; shared by the scripts beside it."""

import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """CPU seconds (user and system, children included), peak memory of the largest process in MiB."""

    cpu: float
    peak: float
    status: int
    out: bytes


def run(command: list[str], cwd: str | Path = ".", env: dict[str, str] | None = None) -> Run:
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            command, cwd=cwd, stdout=out, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=env
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode, out.read())


def median(command: list[str], times: int = 7, cwd: str | Path = ".") -> float:
    """The median CPU seconds of several runs, after one that does not count."""
    run(command, cwd)
    return statistics.median(run(command, cwd).cpu for _ in range(times))


def git_ctx() -> list[str]:
    """The git-ctx beside this interpreter, so that both are of one installation."""
    return [str(Path(sys.executable).parent / "git-ctx")]
