#!/usr/bin/env python3
"""Secrets: how many of each kind are found, what is taken for one in repositories, and MB/s.

    scripts/bench/secrets.py [-v] [--ordinary] [--cases FILE] [REPO…]

`-v` shows where, never what. Files over 1 MB and binary ones are left out; `--ordinary` leaves out tests,
fixtures, examples and what others wrote, too. `--cases`: a line of JSON for each secret, `{"kind", "text",
"secret"}`, as lists of other scanners have them; it is found where it is gone from the text. Without it, the
samples of the tests are drawn.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from git_ctx.safety import secrets

REACH = "reach: 20 MB/s, no hit on 1,000 ordinary source files"
_OTHER = re.compile(
    r"(?i)(?:^|/)(?:tests?|specs?|testdata|testing|fixtures?|__tests__|e2e|examples?|mocks?|vendor|third_party"
    r"|node_modules)/|[_.](?:test|spec)\.|tests?\.\w+$|\.lock$|lock\.(?:json|yaml)$|go\.sum$|\.svg$|\.min\."
)


def files(repo: Path, ordinary: bool) -> Iterator[tuple[Path, bytes]]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=repo, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode(errors="surrogateescape").split("\0")):
        path = repo / name
        if path.is_symlink() or not path.is_file() or path.stat().st_size > 1_000_000:
            continue
        if ordinary and _OTHER.search(name):
            continue
        content = path.read_bytes()
        if b"\0" not in content[:8000]:
            yield path, content


def drawn(each: int = 20) -> Iterator[tuple[str, str, str]]:
    from tests.safety.samples import SAMPLES

    for rule, line, sample in SAMPLES:
        random = Random(rule + line)
        for _ in range(each):
            secret = sample(random)
            yield f"{rule}: {line}", line.replace("{}", secret), secret


def told(path: str) -> Iterator[tuple[str, str, str]]:
    for line in Path(path).read_text().splitlines():
        case = json.loads(line)
        if case["secret"]:
            yield case["kind"], case["text"], case["secret"]


def find(cases: Iterable[tuple[str, str, str]], verbose: bool) -> None:
    tried: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for kind, text, secret in cases:
        tried[kind] += 1
        found[kind] += secret not in secrets.redact(text)[0]
    some = sum(found[kind] > 0 for kind in tried)
    print(f"{found.total()} of {tried.total()} secrets found; of {some} of {len(tried)} kinds")
    for kind in tried if verbose else ():
        if found[kind] < tried[kind]:
            print(f"    {found[kind]} of {tried[kind]}: {kind}")


def scan(repos: Iterable[Path], ordinary: bool, verbose: bool) -> None:
    by_rule: Counter[str] = Counter()
    many = 0
    for repo in repos:
        listed = list(files(repo, ordinary))
        many += len(listed)
        size = sum(len(content) for _, content in listed) / 1e6
        started = time.process_time()
        hits = [(path, hit) for path, content in listed for hit in secrets.scan(content)]
        speed = size / max(time.process_time() - started, 0.001)
        print(f"{repo.name:40} {len(listed):6} files {size:7.1f} MB {speed:6.0f} MB/s {len(hits):4} hits")
        by_rule.update(hit.rule for _, hit in hits)
        for path, hit in hits if verbose else []:
            print(f"    {path.relative_to(repo)}:{hit.line}: {hit.rule}")
    print(f"{by_rule.total()} hits in {many} files")
    print(*(f"{count:6} {rule}" for rule, count in by_rule.most_common()), REACH, sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Secrets found, and false hits.")
    parser.add_argument("repos", nargs="*", type=Path, metavar="REPO")
    parser.add_argument("--ordinary", action="store_true", help="leave out tests, fixtures, examples")
    parser.add_argument("--cases", metavar="FILE")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    find(told(options.cases) if options.cases else drawn(), options.verbose)
    if options.repos:
        scan(options.repos, options.ordinary, options.verbose)


if __name__ == "__main__":
    main()
