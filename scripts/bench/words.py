#!/usr/bin/env python3
"""Every command with words that nobody should give it: does each end in words of ours, and change nothing?

    scripts/bench/words.py [--tries 2000] [--seed 0] [-v]

Verbs and options are those of the command itself; what they are given is drawn from names of files that are
odd (symlinks that lead nowhere or round in circles, bytes that are no text), revisions, sessions, numbers and
dates past any end. Whatever is refused must leave every ref, the index and the work tree as they were, and
`git fsck` has nothing to say. Prints counts: tried, read, refused, and what went wrong.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

import click
from calls import call, environment, git
from fuzz import make

from git_ctx.cli import door
from git_ctx.cli.group import module_name
from git_ctx.cli.verbs import VERBS

ROUND = 100
"""Commands in one repository, before the next fresh one."""

# fmt: off
_PLACES = (*(".",) * 10, *("sub",) * 5, "sub/down", ".git", "..")
_FILES = (
    "login.py", "./login.py", "sub/../login.py", "sub", "sub/", ".", "..", "../..", "/", "/etc/passwd",
    "loop", "loop/x", "loop/x/y.py", "nowhere", "nowhere/x", "login.py/x", "sub/one two.py", "sub/*.py",
    "-dash.py",
    "--", "-", "--all", "a\nb.py", "sub/\udcff.py", "ünï.py", ":(glob)**", ":(bad)x", ":/", ":!x",
    "[", "[a", "**",
    "!x", "\\", "a:b", "login.py:1", "login.py:0", "login.py:-1", "login.py:99999999999999", "login.py:1,2",
    "login.py:x", ".git/config", ".git", "~", "~root/x", "x" * 300, "d/" * 3000, "null\x01",
)
_REVISIONS = (
    "#1", "#2", "#0", "#-1", "#99999999999999999999", "#1~1", "#", "@", "@~1", "@~99999999999", "@^",
    "@^{tree}", "bad", "bad@main", "bad@", "@main", "bad@main~1", "bad@main#1", "bad@main#1~0", "good@main",
    "none@main",
    "bad@@main", "a@b@c", "BAD", "Bad Name", "..", "a..b", "#1..#2", "x.lock", "-x", "HEAD", "HEAD~1", "main",
    "refs/ctx/heads/bad/main", "refs/heads/main", ":/x", "@{1}", "@{yesterday}", "0" * 40, "f" * 64, "abc",
    "bad@fork", "bad@\udcff", "k" * 16, "fork", "origin", "out", "file:///nowhere", "ext::x",
)
_TEXTS = (
    "", " ", "fix the login", "\x1b[31mred\x07", "\r\n\r\n", "\u202eabc", "\udc80", "#!", "```", "a" * 70_000,
    "(", "(?P<", "[[", "*", "%s %(x)s {0} {x!r}", "$(touch pwned)", "`touch pwned`", "; touch pwned",
    "| touch pwned", "é" * 500, "日本語", "login\tx", "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",
)
_NUMBERS = ("0", "1", "-1", "2000", "1e9", "1.5", "nan", "inf", "9" * 30, "٣", "0x10", "1_000", "+5", "50%")
_DATES = (
    "yesterday", "2026-13-45", "9999-12-31T23:59:60Z", "0001-01-01", "-5 days", "2.weeks.ago", "now", "noon",
    "@99999999999999", "1970-01-01T00:00:00+99:00", "1 fortnight ago",
)
# fmt: on
_QUIET = frozenset(("mcp", "completion"))
"""Of these no failure is expected, and they print what they print."""


class Words:
    def __init__(self, scratch: Path, verbose: bool) -> None:
        self.scratch, self.verbose = scratch, verbose
        self.counts: Counter[str] = Counter()
        self.base = make(scratch / "base")
        odd(self.base)

    def round(self, drawn: Random, tries: int) -> None:
        place = self.scratch / "round" / "repo"
        shutil.rmtree(place.parent, ignore_errors=True)
        shutil.copytree(self.base, place, symlinks=True)
        git(place, "remote", "add", "out", str(self.scratch / "out"))
        for _ in range(tries):
            command = draw(drawn)
            where = drawn.choice(_PLACES)
            was = state(place)
            ended = call(place / where if (place / where).is_dir() else place, command)
            how = ended.how
            if how == "refused" and state(place) != was and not kept(command):
                how = "wrong: changed though refused"
            if how == "read" and not (ended.out or ended.err or command[0] in _QUIET):
                self.counts["(said nothing)"] += 1
            self.note(how, f"(in {where}) {shlex.join(command)[:600]}", ended.err.decode(errors="replace"))
        found = subprocess.run(["git", "fsck", "--strict", "--no-dangling"], cwd=place, capture_output=True)
        if found.returncode or found.stdout.strip():
            self.note("wrong: fsck", "git fsck", (found.stdout + found.stderr).decode(errors="replace"))
        if list(self.scratch.rglob("pwned")):
            self.note("wrong: something was run", "", "")

    def note(self, how: str, what: str, told: str) -> None:
        self.counts["tried"] += 1
        self.counts[how] += 1
        if how.startswith("wrong") or self.verbose:
            print(f"{how}: {what}")
            print("".join(f"    {line}\n" for line in told[-2500:].splitlines()), end="", flush=True)


def odd(repo: Path) -> None:
    """Files of the kinds that a work tree has now and then."""
    (repo / "sub/down").mkdir(parents=True)
    for name in ("sub/one two.py", "-dash.py", "a\nb.py", "sub/\udcff.py", "ünï.py"):
        (repo / name).write_text("def odd():\n    return 1\n")
    (repo / "loop").symlink_to("loop")
    (repo / "nowhere").symlink_to("there/is/nothing")
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "odd")


def draw(drawn: Random) -> list[str]:
    """A verb, some of its options, and about as many words as it takes."""
    verb = drawn.choice([verb for verbs in VERBS.values() for verb in verbs])
    module = __import__(f"git_ctx.cli.{module_name(verb)}", fromlist=["command"])
    options = [one for one in module.command.params if isinstance(one, click.Option)]
    words = [verb]
    for option in drawn.sample(options, min(len(options), drawn.choice((0, 1, 1, 2, 3)))):
        words.append(drawn.choice([*option.opts, *option.secondary_opts]))
        if not option.is_flag:
            words.append(_value(drawn, option))
    for argument in (one for one in module.command.params if isinstance(one, click.Argument)):
        least = 1 if argument.required else 0
        most = 3 if argument.nargs < 0 else argument.nargs
        count = drawn.randint(least, most) if drawn.random() < 0.95 else most + 1
        words += [_value(drawn, argument) for _ in range(count)]
    if drawn.random() < 0.3 and any("--yes" in option.opts for option in options):
        words.append("--yes")
    return words


def _value(drawn: Random, given: click.Parameter) -> str:
    if isinstance(given.type, click.Choice) and drawn.random() < 0.8:
        return str(drawn.choice(list(given.type.choices)))
    if given.name in ("session", "branch") and drawn.random() < 0.5:
        return drawn.choice(("bad", "bad@main", "good@main", "bad@fork"))
    return drawn.choice(drawn.choice((_FILES, _REVISIONS, _NUMBERS, _TEXTS, _DATES)))


def state(repo: Path) -> tuple[str, ...]:
    """Every ref, the index and the work tree."""
    asked = (("for-each-ref",), ("ls-files", "-s"), ("status", "--porcelain"), ("symbolic-ref", "-q", "HEAD"))
    return tuple(git(repo, *words) for words in asked)


def kept(command: Sequence[str]) -> bool:
    """Whether it may fail with something kept: what was asked is kept, too."""
    return command[0] in ("request", "reply", "export", "view", "push", "prompt")


def main() -> int:
    parser = argparse.ArgumentParser(description="Commands with odd words.")
    parser.add_argument("--tries", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    environment()
    assert door  # imported here, so that no fork has to
    done = 0
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"HOME": scratch, "BROWSER": "true", "GIT_EDITOR": "true", "PAGER": "cat"}
        words = Words(Path(scratch), options.verbose)
        while done < options.tries:
            words.round(Random(options.seed + done), min(ROUND, options.tries - done))
            done += ROUND
            told = ", ".join(f"{count} {how}" for how, count in sorted(words.counts.items()))
            print(f"{told}", flush=True)
    return int(any(how.startswith("wrong") for how in words.counts))


if __name__ == "__main__":
    sys.exit(main())
