#!/usr/bin/env python3
"""Whole commands against each other, against git's upkeep, and killed: is anything lost or doubled?

    scripts/bench/hammer.py [--writers 8] [--prompts 100] [--kills 200] [--upkeep 6] [--seed N]

Runs the installed `git-ctx` in a repository of its own. What a run printed and exited 0 for counts as
acknowledged: it has to stand once. What was asked and killed may stand once, or wait for the next run.
Beside git's upkeep the writers run all kinds of commands, each so many rounds of them.
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
from pathlib import Path

from measure import git_ctx

WHO = {"NAME": "Ada", "EMAIL": "ada@example.com"}
ENVIRONMENT = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in WHO.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description="Whole prompts, all at once and cut off.")
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--prompts", type=int, default=100)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--upkeep", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ.update(ENVIRONMENT)
    random.seed(options.seed)
    with tempfile.TemporaryDirectory() as scratch:
        wrong = together(Path(scratch, "together"), options.writers, options.prompts)
        wrong += killed(Path(scratch, "killed"), options.kills)
        wrong += beside_upkeep(Path(scratch, "upkeep"), options.writers, options.upkeep)
    return int(wrong > 0)


def together(repo: Path, writers: int, prompts: int) -> int:
    make(repo)

    def write(writer: int) -> list[str]:
        texts = [f"writer {writer} prompt {number}" for number in range(prompts)]
        return [text for text in texts if ask(repo, text, f"chat-{writer}").wait() == 0]

    with ThreadPoolExecutor(writers) as pool:
        acknowledged = [text for texts in pool.map(write, range(writers)) for text in texts]
    return report(f"{writers} writers x {prompts}", repo, acknowledged, set(acknowledged))


def killed(repo: Path, kills: int) -> int:
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


def beside_upkeep(repo: Path, writers: int, rounds: int) -> int:
    """Each writer has a session branch of its own to fork, unite, share and delete, and all add to one."""
    if not rounds:
        return 0
    make(repo)
    git(repo.parent, "init", "-q", "--bare", "server")
    git(repo, "remote", "add", "origin", "../server")
    done = Counter[str]()
    refused: list[str] = []
    ended = threading.Event()
    upkeep = [threading.Thread(target=keep_up, args=(repo, words, ended, done)) for words in _UPKEEP]
    for one in upkeep:
        one.start()
    with ThreadPoolExecutor(writers) as pool:
        acknowledged = [
            text
            for texts in pool.map(lambda n: work(repo, n, rounds, refused), range(writers))
            for text in texts
        ]
    ended.set()
    for one in upkeep:
        one.join()
    print(", ".join(f"{words} {count}" for words, count in sorted(done.items())))
    for said in refused[:20]:
        print(f"    {said}")
    whole = subprocess.run([*git_ctx(), "fsck"], cwd=repo, capture_output=True, text=True, check=False)
    if whole.returncode:
        print(whole.stdout)
    name = f"{writers} writers x {rounds} beside upkeep, {len(refused)} of {10 * writers * rounds} refused"
    return report(name, repo, acknowledged, set(acknowledged)) + whole.returncode + len(refused)


def keep_up(repo: Path, words: Sequence[str], ended: threading.Event, done: Counter[str]) -> None:
    while not ended.is_set():
        # Two of them are in each other's way, and say so: that is git's own affair.
        subprocess.run(["git", *words], cwd=repo, capture_output=True, check=False)
        done[words[0]] += 1


def work(repo: Path, writer: int, rounds: int, refused: list[str]) -> list[str]:
    """What one writer does; returns the prompts that it was told are kept, of those that all share."""
    kept = []
    for number in range(rounds):
        text, fork = f"writer {writer} prompt {number}", f"w{writer}-{number}"
        chat = ("--conversation", f"chat-{writer}")
        own = ("--session", f"hammer@{fork}")
        secret = f"zebra{writer}x{number}"
        steps: list[tuple[str, ...]] = [
            ("prompt", "-q", "-b", "2000", *chat, text),
            ("reply", *chat, "--session", "hammer@main", f"reply to {text}"),
            ("save", "-m", f"save of {text}", "--session", "hammer@main"),
            ("branch", fork),
            ("prompt", "-q", "-b", "2000", *chat, *own, f"fork of {text} with {secret}"),
            ("push", "--yes", "--session", f"hammer@{fork}"),
            ("pull",),
            ("forget", secret, "--yes", *own),
            ("merge", fork, "--session", "hammer@main"),
            ("branch", "-D", fork),
        ]
        for words in steps:
            told = subprocess.run([*git_ctx(), *words], cwd=repo, capture_output=True, text=True, check=False)
            while words[0] in ("forget", "merge") and "is analyzing" in told.stderr:  # as it should
                time.sleep(0.2)
                told = subprocess.run(
                    [*git_ctx(), *words], cwd=repo, capture_output=True, text=True, check=False
                )
            if told.returncode:
                refused.append(f"{' '.join(words)} ({told.returncode}): {told.stderr.strip()}")
            elif words[-1] == text:
                kept.append(text)
            elif words[0] == "prompt":
                kept.append(f"fork of {text} with [forgotten]")
    return kept


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
    tip = "refs/ctx/heads/hammer/main"
    listed = subprocess.run(["git", "log", "--format=%s", tip], cwd=repo, capture_output=True, check=False)
    subjects = listed.stdout.decode().splitlines()
    stands = Counter(line.removeprefix("prompt: ") for line in subjects if line.startswith("prompt: "))
    # One whose words several forgot at once may be forgotten as a whole.
    whole = stands.pop("[forgotten]", 0)
    lost = [text for text in acknowledged if not stands[text]]
    for text in [text for text in lost if text.endswith("[forgotten]")][:whole]:
        lost.remove(text)
        stands[text] += 1
    doubled = [text for text, times in stands.items() if times > 1]
    strange = [text for text in stands if text not in asked]
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


def git(repo: Path, *args: str) -> str:
    return subprocess.run(["git", *args], cwd=repo, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
