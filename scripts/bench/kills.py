#!/usr/bin/env python3
"""Commands killed at every step that changes the disk: is anything lost, and does the next run work?

    scripts/bench/kills.py [--verbs prompt,push,…] [--children] [--most 300] [--every 1]

Needs strace, which sends SIGKILL at the n-th rename, link, unlink, mkdir, fsync or truncation, for every n
until the command lives through. With --children, the n-th of each process: git dies, and git-ctx goes on.
Then the same command runs again, and git judges. Prints one line a verb; exit status 1 where anything was
lost, doubled, damaged or stood in the way of the next run.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from measure import git_ctx

WHO = {"NAME": "Ada", "EMAIL": "ada@example.com"}
ENVIRONMENT = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in WHO.items()}
CALLS = "rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,fsync,fdatasync,ftruncate"
ALT = "refs/ctx/heads/demo/alt"
SECRET = "bluefalcon"
KEPT = ["first", "second", "third"]
"""What was acknowledged before anything was killed, and must stand once afterwards."""


@dataclass(frozen=True)
class Case:
    """A command, where it is tried, and what has to hold once it has run again."""

    words: Sequence[str]
    check: Callable[[Path], list[str]]
    again: tuple[int, ...] = (0,)
    stdin: bytes = b""


def main() -> int:
    parser = argparse.ArgumentParser(description="Commands killed at every step.")
    parser.add_argument("--verbs", default="")
    parser.add_argument("--children", action="store_true")
    parser.add_argument("--most", type=int, default=300, help="steps to try at most")
    parser.add_argument("--every", type=int, default=1, help="try every n-th step")
    options = parser.parse_args()
    if shutil.which("strace") is None:
        print("strace is not here: nothing was tried", file=sys.stderr)
        return 1
    os.environ.update(ENVIRONMENT)
    wanted = options.verbs.split(",") if options.verbs else list(CASES)
    wrong = 0
    with tempfile.TemporaryDirectory() as directory:
        os.environ["HOME"] = directory
        template = Path(directory, "template")
        build(template)
        for verb in wanted:
            wrong += tried(verb, CASES[verb], template, Path(directory, "scratch"), options)
    return int(wrong > 0)


def tried(verb: str, case: Case, template: Path, scratch: Path, options: argparse.Namespace) -> int:
    """Kill it at step after step; how many times something was wrong."""
    counts = Counter[str]()
    problems: list[str] = []
    for step in range(1, options.most + 1, options.every):
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.copytree(template, scratch, symlinks=True)
        killed = run(scratch, case, step, options.children)
        counts["tried"] += 1
        counts["killed"] += killed
        found = [f"step {step}: {each}" for each in afterwards(scratch, case)]
        counts["survived"] += not found
        problems += found
        if not killed and not options.children:
            break
    print(
        f"{verb}: " + ", ".join(f"{counts[what]} {what}" for what in ("tried", "killed", "survived")), end=""
    )
    print(f", {counts['tried'] - counts['survived']} lost or wrong", flush=True)
    for problem in problems[:8]:
        print(f"  {problem}")
    return len(problems)


def run(place: Path, case: Case, step: int, children: bool) -> bool:
    """Whether it was killed on the way."""
    inject = ("-e", f"trace={CALLS}", "-e", f"inject={CALLS}:signal=KILL:when={step}")
    words = [
        "strace",
        "-qq",
        *(("-f",) if children else ()),
        *inject,
        "-o",
        "/dev/null",
        *git_ctx(),
        *case.words,
    ]
    done = subprocess.run(words, cwd=place / "ada", input=case.stdin, capture_output=True, check=False)
    # Children of one that was killed go on for a moment.
    subprocess.run(["sleep", "0.05"], check=True)
    return done.returncode in (-9, 137)


def afterwards(place: Path, case: Case) -> list[str]:
    """What is wrong after the same command has run once more."""
    found = []
    for lock in [*place.glob("*/.git/**/*.lock"), *place.glob("server/**/*.lock")]:
        if "refs/ctx" in str(lock):
            os.utime(lock, (1, 1))  # as old as it will be when the next run comes
        else:
            lock.unlink()  # git's own, as git tells the user to do
    done = subprocess.run(
        [*git_ctx(), *case.words], cwd=place / "ada", input=case.stdin, capture_output=True, check=False
    )
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode not in case.again or "Traceback" in said:
        found.append(f"the next run ended with {done.returncode}: {said}")
    found += [f"git fsck: {told}" for told in fsck(place / "ada")]
    checked = subprocess.run([*git_ctx(), "fsck"], cwd=place / "ada", capture_output=True, check=False)
    if checked.returncode:
        found.append(
            f"fsck: {checked.stdout.decode(errors='replace')} {checked.stderr.decode(errors='replace')}"
        )
    return found + case.check(place)


def fsck(repo: Path) -> list[str]:
    done = subprocess.run(
        ["git", "fsck", "--strict", "--no-dangling", "--no-reflogs"],
        cwd=repo,
        capture_output=True,
        check=False,
    )
    return [done.stderr.decode(errors="replace")] if done.returncode else []


def asked(repo: Path, ref: str = "refs/ctx/heads/demo/main") -> Counter[str]:
    """How often each prompt stands at a ref."""
    done = subprocess.run(
        ["git", "grep", "-h", '"text":', ref, "--", "*.prompt.json"],
        cwd=repo,
        capture_output=True,
        check=False,
    )
    return Counter(line.split('"')[3] for line in done.stdout.decode().splitlines())


def has(*more: str, ref: str = "refs/ctx/heads/demo/main", where: str = "ada") -> Callable[[Path], list[str]]:
    """Every acknowledged prompt stands once, and `more` do."""

    def check(place: Path) -> list[str]:
        found = asked(place / where, ref)
        wanted = [*KEPT, *more]
        return [f"'{text}' stands {found[text]} times" for text in wanted if found[text] != 1]

    return check


def forgotten(place: Path) -> list[str]:
    found = has()(place)
    git(place / "ada", "gc", "-q", "--prune=now")
    objects = git(place / "ada", "cat-file", "--batch-all-objects", "--batch", "--unordered")
    logs = [
        path
        for path in (place / "ada/.git").rglob("*")
        if path.is_file() and SECRET.encode() in path.read_bytes()
    ]
    found += [f"{path} has what was forgotten" for path in logs]
    return [*found, "it is in the object store"] if SECRET.encode() in objects else found


def deleted(place: Path) -> list[str]:
    refs = git(place / "ada", "for-each-ref", "refs/ctx/heads/demo", "refs/ctx/snap/demo").decode()
    return [f"refs are left: {refs}"] if refs else []


CASES = {
    "prompt": Case(["prompt", "killed prompt"], has("killed prompt")),
    "save": Case(["save", "-m", "killed save"], has()),
    "reply": Case(["reply", "an answer"], has()),
    "push": Case(
        ["push", "--yes", "--files", "--session", "demo@alt"], has("on alt", where="server", ref=ALT)
    ),
    "fetch": Case(["fetch", "--files"], has()),
    "pull": Case(["pull", "--files"], has("from bob")),
    "merge": Case(["merge", "demo@alt"], has("on alt")),
    "forget": Case(["forget", SECRET, "--yes"], forgotten, again=(0, 1)),
    "delete": Case(["delete", "demo", "--yes"], deleted, again=(0, 128)),
    "rename": Case(["rename", "other", "demo"], has(ref="refs/ctx/heads/other/main"), again=(0, 128)),
    "branch": Case(["branch", "fresh"], has(ref="refs/ctx/heads/demo/fresh"), again=(0, 128)),
    "import": Case(["import", "../bob.bundle"], has("from bob")),
    "gc": Case(["gc"], has()),
    "end": Case(["end", "demo@main"], has(), again=(0, 128)),
    "fsck --repair": Case(["fsck", "--repair"], has()),
}


def build(place: Path) -> None:
    """Ada's repository, a server, and what Bob has added there."""
    place.mkdir()
    git(place, "init", "-q", "--bare", "server")
    git(place, "init", "-q", "-b", "main", "ada")
    ada, bob = place / "ada", place / "bob"
    (ada / "app.py").write_text("def main():\n    return 0\n")
    git(ada, "add", "-A")
    git(ada, "commit", "-q", "-m", "one")
    git(ada, "remote", "add", "origin", "../server")
    git(ada, "push", "-q", "origin", "main")
    git(ada, "config", "gc.auto", "0")
    ctx(ada, "start", "demo")
    for number, text in enumerate(KEPT):
        (ada / "app.py").write_text(f"def main():\n    return {number}\n")
        ctx(ada, "prompt", text)
    (ada / "plan.py").write_text(f"NAME = '{SECRET}'\n")
    ctx(ada, "prompt", f"the name is {SECRET}")
    ctx(ada, "push", "--yes", "--files")
    git(place, "clone", "-q", "-b", "main", "server", "bob")
    ctx(bob, "fetch")
    ctx(bob, "use", "demo@main")
    ctx(bob, "prompt", "from bob")
    ctx(bob, "push", "--yes")
    ctx(bob, "export", "-o", "../bob.bundle")
    ctx(ada, "branch", "alt")
    git(ada, "switch", "-q", "alt")
    ctx(ada, "prompt", "on alt")
    git(ada, "switch", "-q", "main")


def ctx(repo: Path, *words: str) -> None:
    done = subprocess.run(
        [*git_ctx(), *words], cwd=repo, capture_output=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        raise SystemExit(f"git ctx {' '.join(words)}: {done.stderr.decode(errors='replace')}")


def git(repo: Path, *words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=repo, capture_output=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main())
