#!/usr/bin/env python3
"""Scans the files of repositories for secrets: MB/s and hits by rule. Usage: secrets.py [-v] REPO…

`-v` shows where, never what. Files that are not ordinary source (over 1 MB, binary) are left out.
"""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from git_ctx.safety import secrets

REACH = "reach: 20 MB/s, no hit on 1,000 ordinary source files"


def files(repo: Path) -> Iterator[tuple[Path, bytes]]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=repo, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode(errors="surrogateescape").split("\0")):
        path = repo / name
        if path.is_symlink() or not path.is_file() or path.stat().st_size > 1_000_000:
            continue
        content = path.read_bytes()
        if b"\0" not in content[:8000]:
            yield path, content


def main(arguments: list[str]) -> None:
    verbose = "-v" in arguments
    by_rule: Counter[str] = Counter()
    for repo in (Path(name) for name in arguments if name != "-v"):
        found = list(files(repo))
        size = sum(len(content) for _, content in found) / 1e6
        started = time.process_time()
        hits = [(path, hit) for path, content in found for hit in secrets.scan(content)]
        spent = time.process_time() - started
        print(
            f"{repo.name:40} {len(found):6} files {size:7.1f} MB {size / spent:6.0f} MB/s {len(hits):4} hits"
        )
        by_rule.update(hit.rule for _, hit in hits)
        for path, hit in hits if verbose else []:
            print(f"    {path.relative_to(repo)}:{hit.line}: {hit.rule}")
    print(*(f"{count:6} {rule}" for rule, count in by_rule.most_common()), REACH, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
