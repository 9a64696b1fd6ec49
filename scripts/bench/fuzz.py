#!/usr/bin/env python3
"""Every command that reads, on sessions that a stranger forged: is each refused clearly or read?

    scripts/bench/fuzz.py [--sessions 1000] [--seed 0] [--each 3] [--minutes N] [-v]

A repository holds a sound session and fifty forged ones: as its own, on a remote, in a bundle. What reads one
session is drawn, `--each` for each; what reads everything runs on all fifty. A command
has to end, with words of ours and within bounds of memory and time, and the sound session has to stay as
it was. Prints counts: tried, read, refused, and what went wrong (tracebacks, hangs, silence, out of memory).
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

from calls import Ended, call, environment, git

from tests import mutants

FORGED = 50
"""As many forged sessions are in one repository."""

# What reads one session; {} stands for it.
READING = (
    *(
        "status",
        "status --json",
        "log",
        "log --json",
        "log --all --graph",
        "log -p",
        "log --stat",
        "log --oneline",
    ),
    *("branch", "pin", "guide", "request --pending", "show #1", "tool log", "tool status", "tool show"),
    *("show {}", "show {} --json", "show {} --context", "show {} --files", "show {} --requests", "show {}~1"),
    *("diff {}", "diff {}~1 {}", "diff {}~1 {} --prompts", "search login", "view -o view.html {}"),
    *("restore {} --to out", "push --yes out", "forget -n login", "forget -n login.py"),
    *(f"export --format {form} {{}} -o out.{form}" for form in ("bundle", "json", "markdown", "html")),
)
# What changes it: the last is the end of it.
WRITING = (
    *(
        "prompt -q -b 2000 go-on",
        "reply SEE:login.py",
        "request file login.py",
        "save",
        "pin *.py",
        "guide be-brief",
    ),
    *("merge main", "branch side{n}", "use {}", "select main", "end {}", "archive {}", "rename {} worse{n}"),
    *("forget --yes login", "delete {} --yes"),
)
# What reads everything.
ALL = (
    *(
        "list",
        "list --all --json",
        "search login",
        "search --contexts login",
        "why login.py",
        "why login.py:2",
        "fsck",
    ),
    *("log --all", "gc", "remote", "tool search login"),
)
FETCHING = (
    *(
        "fetch origin",
        "list --remote origin",
        "list --remote origin --json",
        "pull origin",
        "fetch origin",
        "remote",
    ),
    *("import ../forged.bundle", "list --all", "fsck", "push --delete bad --yes origin"),
)
MIRRORED = ("use {}", "log", "show {}", "pull origin", "merge main")


class Fuzz:
    def __init__(self, scratch: Path, each: int, verbose: bool) -> None:
        self.scratch, self.each, self.verbose = scratch, each, verbose
        self.counts: Counter[str] = Counter()
        self.base = make(scratch / "base")
        self.sound = mutants.read(self.base, "refs/ctx/heads/bad/main")

    def round(self, first: int) -> None:
        """Fifty sessions forged from the seeds that begin here: as our own, then as those of a remote."""
        place, server = self.scratch / "round", self.scratch / "server"
        drawn = Random(first)
        forged = {f"bad@b{seed}": mutants.mutate(self.sound, seed) for seed in range(first, first + FORGED)}
        self._fresh(place)
        self._forge(place / ".git", forged)
        self._everything(place, ALL, first)
        for name, mutant in forged.items():
            commands = [*drawn.sample(READING, self.each), drawn.choice(WRITING)]
            self._session(place, commands, name, mutant)
        self._everything(place, ALL, first)
        self._look(place, f"seeds from {first}")

        shutil.rmtree(server, ignore_errors=True)
        shutil.copytree(self.base / ".git", server, symlinks=True)
        git(server, "config", "core.bare", "true")
        self._forge(server, forged)
        bundle = ["bundle", "create", "-q", str(self.scratch / "forged.bundle"), "--glob=refs/ctx/heads/*"]
        subprocess.run(["git", *bundle], cwd=server, capture_output=True)
        self._fresh(place)
        git(place, "remote", "add", "origin", str(server))
        self._everything(place, FETCHING[:4], first)
        for name in drawn.sample(sorted(forged), FORGED // 5):
            self._session(place, [drawn.choice(MIRRORED)], name, forged[name])
        self._everything(place, FETCHING[4:], first)
        self._look(place, f"seeds from {first}, fetched")

    def _fresh(self, place: Path) -> None:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.base, place, symlinks=True)
        git(place, "remote", "add", "out", str(self.scratch / "out"))

    def _forge(self, repo: Path, forged: dict[str, mutants.Mutant]) -> None:
        for name, mutant in forged.items():
            oid = mutants.Store(repo).mutant(mutant)
            (repo / "refs/ctx/heads/bad" / name.partition("@")[2]).write_text(f"{oid}\n")

    def _session(self, place: Path, commands: Sequence[str], name: str, mutant: mutants.Mutant) -> None:
        for command in commands:
            words = command.replace("{n}", name[5:]).replace("{}", name).split()
            if "{}" not in command:
                words += ["--session", name]
            self._try(place, words, f"{name} ({'; '.join(mutant.done)})")

    def _everything(self, place: Path, commands: Sequence[str], first: int) -> None:
        for command in commands:
            self._try(place, command.split(), f"all of {first}")

    def _try(self, place: Path, command: Sequence[str], what: str) -> None:
        ended = call(place, command)
        self.counts["tried"] += 1
        self.counts[ended.how] += 1
        raw = "--context" in command or "-p" in command or command[0] == "tool"
        if not raw and any(byte in ended.out + ended.err for byte in (b"\x1b", b"\x07", "\u202e".encode())):
            self.counts["wrong: obeyed by a terminal"] += 1
            ended = Ended("wrong: obeyed by a terminal", ended.out, ended.err)
        if ended.how.startswith("wrong") or self.verbose:
            print(f"{ended.how}: {what}: {' '.join(command)}")
            sys.stdout.write(
                "".join(f"    {line}\n" for line in ended.err.decode(errors="replace")[-3000:].splitlines())
            )
            sys.stdout.flush()

    def _look(self, place: Path, what: str) -> None:
        """The sound session, beside whatever was tried."""
        listed, logged = call(place, ["list", "--all"]), call(place, ["log", "--session", "good@main"])
        found = call(place, ["search", "sound"])
        logs = logged.how == "read" and logged.out.count(b"a sound prompt") == 1
        if b"good@main" not in listed.out or not logs or b"good#" not in found.out:
            self.counts["wrong: the sound session"] += 1
            print(f"the sound session is not as it was: {what}\n{listed}\n{logged}\n{found}")
        if (place.parent / "pwned").exists() or (place / "pwned").exists():
            self.counts["wrong: something was run"] += 1
            print(f"something was run: {what}")


def make(repo: Path) -> Path:
    """A repository with sessions that have an entry of each kind."""
    git(repo.parent, "init", "-q", "-b", "main", str(repo))
    git(repo.parent, "init", "-q", "--bare", str(repo.parent / "out"))
    (repo / "login.py").write_text("def login():\n    return 1\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "login")
    for command in (["start", "good"], ["prompt", "-q", "a sound prompt"], ["start", "bad"]):
        _do(repo, command)
    _do(repo, ["prompt", "-q", "-b", "2000", "fix the login"])
    (repo / "login.py").write_text("def login():\n    return 2\n")
    for command in (
        ["pin", "login.py"],
        ["guide", "be brief"],
        ["prompt", "-q", "-b", "2000", "fix it again"],
        ["branch", "fork"],
        ["reply", "done\n\n```ctx\nfile login.py\n```"],
        ["request", "file", "login.py"],
        ["save", "-m", "a save"],
        ["prompt", "-q", "-b", "2000", "and again"],
        ["end", "bad@main"],
        ["reopen", "bad@main"],
    ):
        _do(repo, command)
    git(repo, "pack-refs", "--no-all")
    return repo


def _do(repo: Path, command: Sequence[str]) -> None:
    ended = call(repo, command)
    if ended.how != "read":
        raise SystemExit(f"{command}: {ended}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Commands on forged sessions.")
    parser.add_argument("--sessions", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--each", type=int, default=3, help="commands for each session")
    parser.add_argument("--minutes", type=float, default=60.0, help="begin no other fifty after so long")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    environment()
    done, until = 0, time.monotonic() + options.minutes * 60
    with tempfile.TemporaryDirectory() as scratch:
        fuzz = Fuzz(Path(scratch), options.each, options.verbose)
        while done < options.sessions and time.monotonic() < until:
            fuzz.round(options.seed + done)
            done += FORGED
            told = ", ".join(f"{count} {how}" for how, count in sorted(fuzz.counts.items()))
            print(f"{done} forged sessions: {told}", flush=True)
    return int(any(how.startswith("wrong") for how in fuzz.counts))


if __name__ == "__main__":
    sys.exit(main())
