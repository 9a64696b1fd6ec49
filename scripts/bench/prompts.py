#!/usr/bin/env python3
"""Prompts on real repositories: first, later, with one line changed, of 8 kB, on another branch and back.

    prompts.py REPO [PROMPT]      PROMPT: a text, or @FILE

Works on a clone in a scratch folder; prints CPU seconds, peak memory and tokens of the whole process
beside the figures to reach: first prompt 0.40 s at 170 files, 1.5 s at 7,000 in 120 MiB and 10 s at 85,000
in 600 MiB, a later one 0.35, 0.55 and 2 s; one changed line 2 % of the first context's tokens; one of 8 kB
at most twice a short one.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from measure import git_ctx, run

LONG = "\n".join(
    f"Step {n}: open the settings page, change option_{n} in the parser, render the cached view {n}."
    for n in range(85)
)
PROMPT = "Errors are swallowed when parsing the configuration: report the file and the line"


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    text = sys.argv[2] if len(sys.argv) > 2 else PROMPT
    text = Path(text[1:]).read_text() if text.startswith("@") else text
    with tempfile.TemporaryDirectory() as scratch:
        clone = Path(scratch) / "clone"
        subprocess.run(["git", "clone", "-q", sys.argv[1], str(clone)], check=True)
        files = len(subprocess.check_output(["git", "ls-files", "-z"], cwd=clone).split(b"\0")) - 1
        print(f"{sys.argv[1]}: {files:,} files")
        prompts(clone, text)


def prompts(clone: Path, text: str) -> None:
    subprocess.run(["git", "status"], cwd=clone, check=True, capture_output=True)  # a settled index
    status = run(["git", "--no-optional-locks", "status", "--porcelain"], clone)
    print(f"  git status            {status.cpu:6.2f} s")
    first = ask(clone, "first prompt", text)
    change(clone, first)
    later = ask(clone, "one line changed", text)
    share = later["context"]["tokens"] / max(1, first["context"]["tokens"])
    print(f"  tokens of the later one: {share:.1%} of the first")
    ask(clone, "nothing changed", text)
    ask(clone, "another question", "Where are command line options read? Add one to set the log level")
    ask(clone, "all of it again", text, "--full")
    ask(clone, "the same, 8 kB more", f"{text}\n\n{LONG}", "--full")
    for name, revision in (("200 commits ago", "HEAD~200"), ("and back", "HEAD@{1}")):
        done = subprocess.run(
            ["git", "switch", "-qfd", revision], cwd=clone, check=False, capture_output=True
        )
        if done.returncode == 0:
            ask(clone, name, text, "--session", first["session"])


def ask(clone: Path, name: str, text: str, *options: str) -> dict[str, Any]:
    done = run([*git_ctx(), "prompt", "--json", *options, text], clone)
    if done.status:
        sys.exit(f"git ctx prompt: exit status {done.status}")
    said: dict[str, Any] = json.loads(done.out)
    context = said["context"]
    print(f"  {name:<20}  {done.cpu:6.2f} s  {done.peak:5.0f} MiB  {context['tokens']:6,} tokens")
    return said


def change(clone: Path, first: dict[str, Any]) -> None:
    """One line more in the first file that was shown."""
    items = first["context"]["items"]
    path = clone / next(item["path"] for item in items if item["form"] in ("whole", "definitions"))
    lines = path.read_text().split("\n")
    lines.insert(len(lines) // 2, "# a line more")
    path.write_text("\n".join(lines))


if __name__ == "__main__":
    main()
