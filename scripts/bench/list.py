#!/usr/bin/env python3
"""`git ctx list` of one session and of a thousand, beside `for-each-ref`. CPU milliseconds, medians.

Works in a scratch repository; to reach: a thousand take 50 ms more than a start-up, which is a list of one.
"""

import subprocess
import sys
import tempfile

from measure import git_ctx, median, run

SESSIONS = 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as repo:
        _git(repo, "init", "-q", "-b", "main")
        _git(repo, "config", "user.name", "Bench")
        _git(repo, "config", "user.email", "bench@example.com")
        _git(repo, "commit", "-q", "--allow-empty", "-m", "begin")
        if run([*git_ctx(), "prompt", "Where does it begin?"], repo).status:
            sys.exit("git ctx prompt failed")
        one = median([*git_ctx(), "list"], cwd=repo)
        tip = _git(repo, "for-each-ref", "--format=%(objectname)", "refs/ctx/heads").split()[0]
        more = (f"create refs/ctx/heads/more-{number}/main {tip}\n" for number in range(SESSIONS - 1))
        _git(repo, "update-ref", "--stdin", words_in="".join(more))
        _git(repo, "pack-refs", "--all")
        many = median([*git_ctx(), "list"], cwd=repo)
        peak = run([*git_ctx(), "list"], repo).peak
        refs = median(["git", "for-each-ref", "refs/ctx/heads/"], cwd=repo)
    print(f"git for-each-ref      {refs * 1000:6.1f} ms")
    print(f"list of 1             {one * 1000:6.1f} ms")
    print(f"list of {SESSIONS:,}         {many * 1000:6.1f} ms  {peak:.0f} MiB")
    print(f"more than a start-up  {(many - one) * 1000:6.1f} ms  reach 50")


def _git(repo: str, *words: str, words_in: str = "") -> str:
    return subprocess.run(
        ["git", *words], cwd=repo, input=words_in, text=True, check=True, stdout=subprocess.PIPE
    ).stdout


if __name__ == "__main__":
    main()
