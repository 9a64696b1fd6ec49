#!/usr/bin/env python3
"""What ranking costs: CPU seconds and memory of a whole process, first and later, in real repositories.

    scripts/bench/rank_time.py REPO...

Each REPO is a work tree. `first` has no digests, `later` has all of them; both start Python, list the
files with git, read the last 1,000 commits and rank once. `long` is `later` with a prompt of 8 kB.
"""

import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

SHORT = "Validation error is lost when a nested form is saved twice\n\nThe second call to save() clears it."
LONG = SHORT + "\n\n" + "\n".join(
    f"Step {n}: open the settings page, change option_{n} in the parser, render the cached view {n}."
    for n in range(80)
)  # fmt: skip
FIGURES = "to reach with everything around it: 0.40 / 0.35 s at 170 files, 1.5 / 0.55 s at 7,000, 120 MiB"


class Memo:
    def __init__(self, path: str) -> None:
        self._rows = sqlite3.connect(path)
        self._rows.execute(
            "create table if not exists memo (kind, oid, row, primary key (kind, oid)) without rowid"
        )

    def get(self, kind: str, oids: Sequence[str]) -> Mapping[str, bytes]:
        found: dict[str, bytes] = {}
        for at in range(0, len(oids), 500):
            some = oids[at : at + 500]
            marks = ",".join("?" * len(some))
            found.update(
                self._rows.execute(
                    f"select oid, row from memo where kind = ? and oid in ({marks})", [kind, *some]
                )
            )
        return found

    def put(self, kind: str, rows: Mapping[str, bytes]) -> None:
        with self._rows:
            self._rows.executemany(
                "insert or replace into memo values (?, ?, ?)", [(kind, *row) for row in rows.items()]
            )


def measured(repo: str, memo: str, prompt: str) -> None:
    """Rank once and print what it cost; run in a process of its own."""
    from git_ctx.analysis.corpus import Corpus
    from git_ctx.analysis.rank import rank
    from git_ctx.code import File, Touch

    listed = subprocess.run(
        ["git", "-C", repo, "ls-files", "-s", "-z"], capture_output=True, check=True
    ).stdout
    files = []
    for entry in listed.split(b"\0")[:-1]:
        facts, _, path = entry.partition(b"\t")
        mode, oid, _ = facts.split()
        if mode.startswith(b"100"):
            files.append(File(path=os.fsdecode(path), oid=oid.decode(), mode=int(mode, 8)))
    command = [
        "git",
        "-C",
        repo,
        "log",
        "-n1000",
        "--no-merges",
        "--no-renames",
        "--format=%x01%ct",
        "--name-only",
    ]
    commits = os.fsdecode(subprocess.run(command, capture_output=True, check=False).stdout).split("\x01")[1:]
    touches = [Touch(time=int((lines := commit.split())[0]), paths=tuple(lines[1:])) for commit in commits]

    def read(file: File) -> bytes | None:
        try:
            handle = os.open(os.path.join(repo, file.path), os.O_RDONLY)  # noqa: PTH118 - it runs 7,000 times
        except OSError:
            return None
        try:
            return os.read(handle, 1 << 24)
        finally:
            os.close(handle)

    ranked = rank(Corpus(files, read, Memo(memo), touches), prompt)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cost = sum(one.ru_utime + one.ru_stime for one in used)
    print(
        json.dumps({"files": len(files), "ranked": len(ranked), "cpu": cost, "mib": used[0].ru_maxrss / 1024})
    )


def main(repos: Sequence[str]) -> None:
    print(f"{'repository':30} {'files':>7} {'first s':>8} {'later s':>8} {'long s':>8} {'MiB':>6}")
    for repo in repos:
        with tempfile.TemporaryDirectory() as scratch:
            runs = []
            for prompt in (SHORT, SHORT, LONG):
                command = [sys.executable, __file__, "--once", repo, f"{scratch}/memo", prompt]
                runs.append(json.loads(subprocess.run(command, capture_output=True, check=True).stdout))
                time.sleep(0.1)
        costs = " ".join(f"{run['cpu']:8.2f}" for run in runs)
        most = max(run["mib"] for run in runs)
        print(f"{Path(repo).resolve().name:30} {runs[0]['files']:7} {costs} {most:6.0f}")
    print(FIGURES)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        measured(*sys.argv[2:])
    elif len(sys.argv) > 1:
        main(sys.argv[1:])
    else:
        sys.exit(__doc__)
