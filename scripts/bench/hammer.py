#!/usr/bin/env python3
"""Whole commands against each other, against git's upkeep, and killed: is anything lost or doubled?

    scripts/bench/hammer.py [--writers 8] [--prompts 100] [--kills 200] [--upkeep 6] [--seed N] [--keep DIR]

Runs the installed `git-ctx` in a repository of its own. What a run printed and exited 0 for counts as
acknowledged: it has to stand once. What was asked and killed may stand once, or wait for the next run.
Beside git's upkeep each writer has a linked work tree of its own and runs all kinds of commands there, so
many rounds of them, and a colleague with a clone goes on sharing the session that all add to.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from measure import git_ctx

WHO = {"NAME": "Ada", "EMAIL": "ada@example.com"}
ENVIRONMENT = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in WHO.items()}
SHARED = "hammer@main"
_LATER = ("is analyzing", "stayed busy", "pull first")
"""What a command says that was refused for now, and says so."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Whole prompts, all at once and cut off.")
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--prompts", type=int, default=100)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--upkeep", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a new directory, where all of it stays to be looked at")
    options = parser.parse_args()
    os.environ.update(ENVIRONMENT)
    random.seed(options.seed)
    with tempfile.TemporaryDirectory() as scratch:
        place = options.keep or Path(scratch)
        place.mkdir(exist_ok=True)
        wrong = together(place / "together", options.writers, options.prompts)
        wrong += killed(place / "killed", options.kills)
        wrong += beside_upkeep(place / "upkeep", options.writers, options.upkeep)
    return int(wrong > 0)


def together(repo: Path, writers: int, prompts: int) -> int:
    if not prompts:
        return 0
    make(repo)

    def write(writer: int) -> list[str]:
        texts = [f"writer {writer} prompt {number}" for number in range(prompts)]
        return [text for text in texts if ask(repo, text, f"chat-{writer}").wait() == 0]

    with ThreadPoolExecutor(writers) as pool:
        acknowledged = [text for texts in pool.map(write, range(writers)) for text in texts]
    return report(f"{writers} writers x {prompts}", repo, acknowledged, set(acknowledged))


def killed(repo: Path, kills: int) -> int:
    if not kills:
        return 0
    make(repo)
    started = time.monotonic()
    ask(repo, "how long does one take", "chat").wait()
    usual = time.monotonic() - started
    acknowledged, asked = ["how long does one take"], {"how long does one take"}
    for number in range(kills):
        text = f"killed prompt {number}"
        asked.add(text)
        process = ask(repo, text, "chat")
        time.sleep(random.uniform(0.1, 1.1) * usual)
        process.send_signal(signal.SIGKILL)
        if process.wait() == 0:
            acknowledged.append(text)
    if ask(repo, "the last one", "chat").wait() == 0:
        acknowledged.append("the last one")
    return report(f"{kills} kills", repo, acknowledged, asked | {"the last one"})


# Not `git prune --expire=now` by itself: it takes what is being written, and git's manual says so.
_UPKEEP = (
    ("gc", "--quiet", "--prune=now"),
    ("repack", "-a", "-d", "-q"),
    ("pack-refs", "--all"),
    ("maintenance", "run", "--quiet"),
    ("reflog", "expire", "--expire-unreachable=now", "--all"),
)


@dataclass
class Told:
    """What writers were told: which prompts are kept, in which session branch, and what was refused."""

    kept: list[tuple[str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    again: Counter[str] = field(default_factory=Counter)
    done: int = 0


def beside_upkeep(repo: Path, writers: int, rounds: int) -> int:
    """All add to one session, fork it, unite, share and forget; and each has sessions of its own."""
    if not rounds:
        return 0
    make(repo)
    git(repo.parent, "init", "-q", "--bare", "server")
    git(repo, "remote", "add", "origin", "../server")
    git(repo, "push", "-q", "origin", "main")
    told, upkept, ended = Told(), Counter[str](), threading.Event()
    run(repo, told, "push", "--yes")
    git(repo.parent, "clone", "-q", "-b", "main", "server", "colleague")
    for writer in range(writers):
        git(repo, "worktree", "add", "-q", f"../work-{writer}", "-b", f"work-{writer}")
    beside = [threading.Thread(target=keep_up, args=(repo, words, ended, upkept)) for words in _UPKEEP]
    beside.append(threading.Thread(target=share, args=(repo.parent / "colleague", told, ended)))
    for one in beside:
        one.start()
    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(lambda n: work(repo.parent / f"work-{n}", n, rounds, told), range(writers)))
    ended.set()
    for one in beside:
        one.join()
    run(repo, told, "pull")
    print(", ".join(f"{words} {count}" for words, count in sorted(upkept.items())))
    print(f"asked again: {', '.join(f'{why} {count}' for why, count in sorted(told.again.items())) or '-'}")
    for said in told.refused[:20]:
        print(f"    {said}")
    whole = subprocess.run([*git_ctx(), "fsck"], cwd=repo, capture_output=True, text=True, check=False)
    if whole.returncode:
        print(whole.stdout)
    name = f"{writers} writers x {rounds} beside upkeep, {len(told.refused)} of {told.done} refused"
    wrong = len(told.refused) + whole.returncode
    for ref in sorted({ref for ref, _ in told.kept}):
        kept = [text for where, text in told.kept if where == ref]
        if ref == SHARED:
            wrong += report(name, repo, kept, set(kept))
        else:
            wrong += judged(repo, ref, kept)
    return wrong


def keep_up(repo: Path, words: Sequence[str], ended: threading.Event, done: Counter[str]) -> None:
    while not ended.is_set():
        # Two of them are in each other's way, and say so: that is git's own affair.
        subprocess.run(["git", *words], cwd=repo, capture_output=True, check=False)
        done[words[0]] += 1


def share(repo: Path, told: Told, ended: threading.Event) -> None:
    """What a colleague does, until the others are done: prompts in the session of all, shared at once."""
    run(repo, told, "fetch")
    run(repo, told, "use", SHARED)
    number = 0
    while not ended.is_set() or not number:
        text = f"colleague prompt {number}"
        kept = run(repo, told, "prompt", "-q", "-b", "2000", text)
        run(repo, told, "pull")
        if run(repo, told, "push", "--yes") and kept:
            told.kept.append((SHARED, text))
        number += 1


def work(tree: Path, writer: int, rounds: int, told: Told) -> None:
    """What one writer does in a work tree, which others do in theirs at the same time."""
    chat = ("-q", "-b", "2000", "--conversation", f"chat-{writer}")
    for number in range(rounds):
        text, fork, name = f"writer {writer} prompt {number}", f"w{writer}-{number}", f"own{writer}-{number}"
        secret, own = f"zebra{writer}x{number}", ("--session", f"hammer@w{writer}-{number}")
        if run(tree, told, "prompt", *chat, "--session", SHARED, text):
            told.kept.append((SHARED, text))
        run(tree, told, "reply", *chat[3:], "--session", SHARED, f"reply to {text}")
        run(tree, told, "save", "-m", f"save of {text}", "--session", SHARED)
        run(tree, told, "branch", fork, "--session", SHARED)
        forked = run(tree, told, "prompt", *chat, *own, f"fork of {text} with {secret}")
        run(tree, told, "push", "--yes", *own)
        run(tree, told, "pull")
        forgotten = run(tree, told, "forget", secret, "--yes", *own)
        if run(tree, told, "merge", fork, "--session", SHARED) and forked:
            left = "[forgotten]" if forgotten else secret
            told.kept.append((SHARED, f"fork of {text} with {left}"))
        run(tree, told, "branch", "-D", fork, "--session", SHARED)
        run(tree, told, "start", name)
        asked = [each for each in ("first", "second") if alone(tree, told, chat, f"{each} of {text}")]
        run(tree, told, "restore", "#1")
        run(tree, told, "rename", f"{name}x")
        run(tree, told, "end")
        run(tree, told, "reopen", f"{name}x")
        run(tree, told, "use", f"{name}x")
        if number % 2:
            run(tree, told, "delete", f"{name}x", "--yes")
        else:
            told.kept += [(f"{name}x@work-{writer}", f"{each} of {text}") for each in asked]
            run(tree, told, "archive", f"{name}x")


def alone(tree: Path, told: Told, chat: Sequence[str], text: str) -> bool:
    """A prompt in the session that is current in a work tree, some file of which has changed."""
    (tree / "part_0.py").write_text(f"SAID = {text!r}\n")
    return run(tree, told, "prompt", *chat, text)


def run(repo: Path, told: Told, *words: str) -> bool:
    """Run a command, again where it says that it could not yet; whether it was done."""
    told.done += 1
    for attempt in range(50):
        done = subprocess.run([*git_ctx(), *words], cwd=repo, capture_output=True, text=True, check=False)
        why = next((why for why in _LATER if why in done.stderr), None)
        if attempt and words[0] == "forget" and "no session here has that text" in done.stderr:
            return True  # another one finished it meanwhile
        if done.returncode == 0 or why is None:
            break
        told.again[f"{words[0]} {why}"] += 1
        if why == "pull first":
            subprocess.run([*git_ctx(), "pull"], cwd=repo, capture_output=True, check=False)
        else:
            time.sleep(0.2)
    if done.returncode:
        told.refused.append(f"{' '.join(words)} ({done.returncode}): {done.stderr.strip()}")
    return done.returncode == 0


def make(repo: Path) -> None:
    git(repo.parent, "init", "-q", "-b", "main", str(repo))
    for number in range(20):
        (repo / f"part_{number}.py").write_text(f"def prompt_{number}():\n    return {number}\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "parts")
    subprocess.run([*git_ctx(), "start", "hammer"], cwd=repo, check=True, capture_output=True)


def ask(repo: Path, text: str, chat: str) -> "subprocess.Popen[bytes]":
    command = [*git_ctx(), "prompt", "-q", "-b", "2000", "--conversation", chat, text]
    return subprocess.Popen(command, cwd=repo, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def report(name: str, repo: Path, acknowledged: list[str], asked: set[str]) -> int:
    stands = standing(repo, SHARED)
    lost, doubled, strange = compared(stands, acknowledged, asked)
    left = [str(path) for path in (repo / ".git").rglob("*.lock")]
    waiting = len(list((repo / ".git/ctx/pending").glob("*.json")))
    words = ["git", "fsck", "--strict", "--no-dangling"]
    if lost or doubled or strange:
        print(f"    lost {lost[:9]}\n    doubled {doubled[:9]}\n    strange {strange[:9]}")
    damaged = subprocess.run(words, cwd=repo, capture_output=True, text=True, check=False).stdout
    print(
        f"{name}: asked {len(asked)}, acknowledged {len(acknowledged)}, stand {sum(stands.values())}, "
        f"lost {len(lost)}, doubled {len(doubled)}, strange {len(strange)}, waiting {waiting}, "
        f"locks left {len(left)}, fsck {damaged or 'clean'}"
    )
    return len(lost) + len(doubled) + len(strange) + len(left) + waiting + bool(damaged)


def judged(repo: Path, branch: str, acknowledged: list[str]) -> int:
    """The same of a session that one writer alone had; said where something is wrong."""
    wrong = compared(standing(repo, branch), acknowledged, set(acknowledged))
    if any(wrong):
        print(f"    {branch}: lost {wrong[0]}, doubled {wrong[1]}, strange {wrong[2]}")
    return sum(map(len, wrong))


def standing(repo: Path, branch: str) -> Counter[str]:
    """The prompts of a session branch by their subjects, as git tells them."""
    tip = f"refs/ctx/heads/{branch.replace('@', '/')}"
    listed = subprocess.run(["git", "log", "--format=%s", tip], cwd=repo, capture_output=True, check=False)
    subjects = listed.stdout.decode().splitlines()
    return Counter(line.removeprefix("prompt: ") for line in subjects if line.startswith("prompt: "))


def compared(
    stands: Counter[str], acknowledged: list[str], asked: set[str]
) -> tuple[list[str], list[str], list[str]]:
    """What was lost, what stands twice, and what nobody asked."""
    lost = [text for text in acknowledged if not stands[text]]
    doubled = [text for text, times in stands.items() if times > 1]
    return lost, doubled, [text for text in stands if text not in asked]


def git(repo: Path, *args: str) -> str:
    return subprocess.run(["git", *args], cwd=repo, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
