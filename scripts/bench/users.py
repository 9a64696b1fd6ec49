#!/usr/bin/env python3
"""Two users of this machine in one repository of a group, in turns and at once: does each get through?

    scripts/bench/users.py [--shared group] [--umask 022] [--rounds 3] [--at-once 12] [-v]

For root alone, who plays both. Prints counts: tried, refused, lost, and what one of them made that the other
cannot use.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests import users


class Trial:
    def __init__(self, project: users.Project, verbose: bool) -> None:
        self.project = project
        self.verbose = verbose
        self.counts: Counter[str] = Counter()
        self.asked: list[str] = []

    def do(self, who: str, *words: str, no: bool = False) -> bool:
        """Run a command, which has to end well, or, where `no` is an answer, in a no."""
        done = self.project.ctx(who, *words)
        self.counts["tried"] += 1
        well = done.returncode in ((0, 1) if no else (0,)) and "ermission" not in done.stderr
        if not well or self.verbose:
            print(f"{who}: {' '.join(words)} -> {done.returncode}: {done.stderr.strip()[-400:]}")
        if not well:
            self.counts["refused"] += 1
        return not done.returncode

    def ask(self, who: str, text: str, *options: str) -> None:
        if self.do(who, "prompt", "-q", "-b", "2000", *options, text):
            self.asked.append(text)

    def turn(self, who: str, other: str, number: int) -> None:
        word = f"codename-{who}-{number}"
        self.ask(who, f"fix the login of {who}, turn {number}, as {word} says")
        self.asked[-1:] = [self.asked[-1].replace(word, "[forgotten]")]
        for words in (
            ("reply", f"done\n\n```ctx\nfile part_{number % 3}.py\n```"),
            ("request", "--pending"),
            ("save", "-m", f"a save of {who}"),
            ("pin", f"part_{number % 3}.py"),
            ("guide", f"be brief, {who}, {number}"),
            ("branch", f"side-{who}-{number}"),
            ("merge", f"side-{who}-{number}"),
        ):
            self.do(who, *words)
        self.do(other, "forget", "--yes", "--text", word)
        for words in (
            ["view"],
            ["gc"],
            ["list"],
            ["status"],
            ["log"],
            ["search", "fix"],
            ["fsck", "--repair"],
        ):
            self.do(who, *words)
        for words in (["push", "--yes", "--all"], ["push", "--yes", "--replace"], ["fetch"], ["pull"]):
            self.do(who, *words)
        self.do(who, "rename", "demo", f"of-{who}-{number}")
        self.ask(other, f"after {who} renamed it, {number}")
        self.do(other, "rename", f"of-{who}-{number}", "demo")
        self.do(who, "start", "short-lived")
        self.do(other, "delete", "--yes", "short-lived")
        self.do(who, "use", "demo@main")
        self.do(who, "end", "demo@main")
        self.do(other, "reopen", "demo@main")
        self.do(who, "hook", "install", "--yes", "git")
        self.do(other, "restore", "@~1")
        self.do(who, "forget", "--purge")
        self.project.git(who, "gc", "-q", "--prune=now")
        self.project.git(other, "pack-refs", "--all")

    def many(self, who: str, seed: int, times: int) -> None:
        acts = (["save", "-m"], ["list"], ["gc"], ["reply"], ["push", "--yes"], ["pull"], ["log"])
        drawn = random.Random(seed)
        for number in range(times):
            text = f"at once: {who}, {seed}, {number}"
            act = drawn.choice(acts)
            if drawn.random() < 0.5:
                self.ask(who, text)
            elif act[0] in ("save", "reply"):
                self.do(who, *act, text)
            else:
                self.do(who, *act, no=True)

    def lost(self) -> int:
        refs = ("for-each-ref", "--format=%(refname)", "refs/ctx/heads")
        tips = _git(self.project.repo, *refs).split()
        found = _git(self.project.repo, "grep", "-h", '"text":', *tips, "--", "*.prompt.json")
        return sum(f'"{text}"' not in found for text in self.asked)


def _git(repo: Path, *words: str) -> str:
    command = ["git", "-c", "safe.directory=*", *words]
    return subprocess.run(command, cwd=repo, check=True, capture_output=True, text=True).stdout


def main() -> int:
    parser = argparse.ArgumentParser(description="Two users in one repository.")
    parser.add_argument("--shared", default="group")
    parser.add_argument("--umask", default="022")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at-once", type=int, default=12)
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    if users.python() is None:
        print("not tried: this needs root, and a python that others can run")
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        project = users.Project(Path(scratch), options.shared, int(options.umask, 8))
        trial = Trial(project, options.verbose)
        trial.do("ada", "start", "demo")
        for number in range(options.rounds):
            trial.turn("ada", "bob", number)
            trial.turn("bob", "ada", number)
        with ThreadPoolExecutor(4) as pool:
            work = [
                pool.submit(trial.many, who, seed, options.at_once)
                for seed, who in enumerate(["ada", "bob"] * 2)
            ]
        for one in work:
            one.result()
        _git(project.repo, "fsck", "--strict", "--no-dangling")
        odd, lost = project.odd(), trial.lost()
        for name in sorted(odd):
            print(f"of one alone: {name}")
        print(
            f"--shared={options.shared}, umask {options.umask}: {trial.counts['tried']} tried, "
            f"{trial.counts['refused']} refused, {len(trial.asked)} asked, {lost} lost, "
            f"{len(odd)} of one alone"
        )
        return int(bool(trial.counts["refused"] or lost or odd))


if __name__ == "__main__":
    sys.exit(main())
