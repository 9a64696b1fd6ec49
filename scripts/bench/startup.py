#!/usr/bin/env python3
"""Start-up: `--version` and `-h` beside an empty Python, click and pygit2. CPU milliseconds, medians."""

import sys

from measure import git_ctx, median

TIMES = 15


def main() -> None:
    empty = median([sys.executable, "-c", "pass"], TIMES)
    rows = [
        ("python -c pass", empty, ""),
        ("git ctx --version", median([*git_ctx(), "--version"], TIMES), "reach 2 x"),
        ("git ctx -h", median([*git_ctx(), "-h"], TIMES), "reach 5 x"),
        ("import click", median([sys.executable, "-c", "import click"], TIMES), "reference"),
        ("import pygit2", median([sys.executable, "-c", "import pygit2"], TIMES), "reference"),
    ]
    for name, seconds, note in rows:
        print(f"{name:<20} {seconds * 1000:7.1f} ms  {seconds / empty:5.1f} x  {note}")


if __name__ == "__main__":
    main()
