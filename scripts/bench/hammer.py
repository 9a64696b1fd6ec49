#!/usr/bin/env python3
"""Whole prompts against each other and killed at random moments: is anything lost or doubled?

    scripts/bench/hammer.py [--writers 8] [--prompts 100] [--kills 200] [--seed N]

Runs the installed `git-ctx` in a repository of its own. What a run printed and exited 0 for counts as
acknowledged: it has to stand once. What was asked and killed may stand once, or wait for the next run.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
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
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ.update(ENVIRONMENT)
    random.seed(options.seed)
    with tempfile.TemporaryDirectory() as scratch:
        wrong = together(Path(scratch, "together"), options.writers, options.prompts)
        wrong += killed(Path(scratch, "killed"), options.kills)
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
    subjects = git(repo, "log", "--format=%s", tip).splitlines()
    stands = Counter(line.removeprefix("prompt: ") for line in subjects if line.startswith("prompt: "))
    lost = [text for text in acknowledged if not stands[text]]
    doubled = [text for text, times in stands.items() if times > 1]
    strange = [text for text in stands if text not in asked]
    left = [str(path) for path in (repo / ".git").rglob("*.lock")]
    waiting = len(list((repo / ".git/ctx/pending").glob("*.json")))
    damaged = git(repo, "fsck", "--strict", "--no-dangling")
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
