#!/usr/bin/env python3
"""Every command that reads, on sessions that a stranger forged: is each refused clearly or read?

    scripts/bench/fuzz.py [--repositories 200] [--seed 0] [-v]

Each repository holds a sound session and a forged one: as its own, as a remote's, in a bundle. A command
has to end, with words of ours and within bounds of memory and time, and the sound session has to stay as
it was. Prints counts: tried, read, refused, and what went wrong (tracebacks, hangs, silence, out of memory).
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from calls import Ended, call, environment, git

from tests import mutants

BAD = "bad@main"
# Without a change to the session first: what only reads must find it as it was made.
READING = (
    *(
        ["list"],
        ["list", "--all", "--json"],
        ["status", "--session", BAD],
        ["status", "--session", BAD, "--json"],
    ),
    *(
        ["log", "--session", BAD],
        ["log", "--session", BAD, "--json"],
        ["log", "--session", BAD, "--all", "--graph"],
    ),
    *(
        ["log", "--session", BAD, "-p"],
        ["log", "--session", BAD, "--stat"],
        ["show", BAD],
        ["show", BAD, "--json"],
    ),
    *(
        ["show", BAD, "--context"],
        ["show", BAD, "--files"],
        ["show", BAD, "--requests"],
        ["show", f"{BAD}~1"],
    ),
    *(["show", "#1", "--session", BAD], ["diff", BAD], ["diff", f"{BAD}~1", BAD, "--prompts"]),
    *(["search", "login", "--session", BAD], ["search", "login"], ["branch", "--session", BAD]),
    *(
        ["pin", "--session", BAD],
        ["guide", "--session", BAD],
        ["export", "bad", "-o", "out.bundle"],
        ["list"],
    ),
    *(
        ["restore", BAD, "--to", "out"],
        ["push", "--session", BAD, "--yes", "out"],
        ["request", "--pending", "--session", BAD],
    ),
)
FETCHING = (
    *(["fetch", "origin"], ["list", "--remote", "origin"], ["list", "--remote", "origin", "--json"]),
    *(["remote"], ["pull", "origin"], ["use", BAD], ["log", "--session", BAD], ["fetch", "origin"]),
    *(["import", "../forged.bundle"], ["use", "bad"], ["push", "--delete", "bad", "--yes", "origin"]),
)
WRITING = (
    *(["prompt", "-q", "--session", BAD, "fix the login"], ["reply", "--session", BAD, "SEE: login.py"]),
    *(
        ["request", "--session", BAD, "file", "login.py"],
        ["save", "--session", BAD],
        ["pin", "--session", BAD, "*.py"],
    ),
    *(
        ["guide", "--session", BAD, "be brief"],
        ["merge", "--session", "bad@fork", "main"],
        ["merge", "--session", BAD, "fork"],
    ),
    *(
        ["branch", "side", "--session", BAD],
        ["branch", "other", BAD],
        ["use", BAD],
        ["status"],
        ["select", "main"],
    ),
    *(["end", BAD], ["reopen", BAD], ["archive", BAD], ["rename", "worse", "bad"], ["gc"], ["list"]),
    *(["delete", "worse", "--yes"], ["delete", "bad", "--yes"]),
)


class Fuzz:
    def __init__(self, scratch: Path, verbose: bool) -> None:
        self.scratch = scratch
        self.verbose = verbose
        self.counts: Counter[str] = Counter()
        self.base = make(scratch / "base")
        self.sound = mutants.read(self.base, "refs/ctx/heads/bad/main")

    def round(self, seed: int) -> None:
        mutant = mutants.mutate(self.sound, seed)
        place = self.scratch / "round"
        for path in (place, self.scratch / "server"):
            shutil.rmtree(path, ignore_errors=True)
        for to, commands in (("own", READING), ("own", WRITING), ("remote", FETCHING)):
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(self.base, place, symlinks=True)
            self._place(place, mutant, to)
            for command in commands:
                self._try(place, command, f"seed {seed} ({'; '.join(mutant.done)})")
            self._look(place, f"seed {seed} ({'; '.join(mutant.done)})")

    def _place(self, place: Path, mutant: mutants.Mutant, to: str) -> None:
        git(place, "remote", "add", "out", str(self.scratch / "out"))
        if to == "own":
            oid = mutants.Store(place).mutant(mutant)
            Path(place, ".git/refs/ctx/heads/bad/main").write_text(f"{oid}\n")
            return
        server = self.scratch / "server"
        shutil.rmtree(server, ignore_errors=True)
        shutil.copytree(place / ".git", server)
        git(server, "config", "core.bare", "true")
        oid = mutants.Store(server).mutant(mutant)
        Path(server, "refs/ctx/heads/bad/main").write_text(f"{oid}\n")
        Path(server, "refs/ctx/heads/new").mkdir(exist_ok=True)
        Path(server, "refs/ctx/heads/new/main").write_text(f"{oid}\n")
        git(place, "remote", "add", "origin", str(server))
        bundle = ["bundle", "create", "-q", str(self.scratch / "forged.bundle"), "refs/ctx/heads/new/main"]
        subprocess.run(["git", *bundle], cwd=server, capture_output=True)

    def _try(self, place: Path, command: Sequence[str], what: str) -> None:
        ended = call(place, command)
        self.counts["tried"] += 1
        self.counts[ended.how] += 1
        raw = "--context" in command or "-p" in command
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
    parser.add_argument("--repositories", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    environment()
    with tempfile.TemporaryDirectory() as scratch:
        fuzz = Fuzz(Path(scratch), options.verbose)
        for seed in range(options.seed, options.seed + options.repositories):
            fuzz.round(seed)
    print(
        f"{options.repositories} forged sessions: "
        + ", ".join(f"{count} {how}" for how, count in sorted(fuzz.counts.items()))
    )
    return int(any(how.startswith("wrong") for how in fuzz.counts))


if __name__ == "__main__":
    sys.exit(main())
