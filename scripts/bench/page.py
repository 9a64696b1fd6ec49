#!/usr/bin/env python3
"""What `git ctx export` costs in each format, for sessions of 10 and 1,000 prompts on a repository's files.

    scripts/bench/page.py [--sizes 10,1000] REPO

CPU seconds, children included, the memory at most, and the size of what is written. The session is made up:
prompts and replies, a full context every hundredth time, the files as in the last commits. Works in a
temporary directory.
"""

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from git_ctx import codec
from git_ctx.model import Context, FileStates, Item, Prompt, Reply, Session, SessionBranch
from git_ctx.store import append, naming
from git_ctx.store.discover import find
from git_ctx.store.layout import Entry
from git_ctx.store.repo import Repo

BRANCH = SessionBranch(session="big", branch="main")
WHO = "Ada <ada@example.com>"
RUN = "import sys; from git_ctx.cli import main; sys.argv[0] = 'git-ctx'; main()"
REASONS = ("terms: cookie, session", "history: changed 12 times, last 3 commits ago")


def main() -> None:
    parser = argparse.ArgumentParser(description="What an export costs.")
    parser.add_argument("--sizes", default="10,1000")
    parser.add_argument("repo", type=Path)
    options = parser.parse_args()
    for role in ("AUTHOR", "COMMITTER"):
        os.environ |= {f"GIT_{role}_NAME": "Ada", f"GIT_{role}_EMAIL": "ada@example.com"}
    print(f"{'prompts':>8} {'format':<10}{'CPU s':>8}{'MiB':>6}{'KiB written':>13}")
    for size in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            there = Path(folder, "repo")
            subprocess.run(["git", "clone", "-q", str(options.repo), str(there)], check=True)
            _live(find(there), size)
            subprocess.run(["git", "-C", str(there), "gc", "-q"], check=True)
            for suffix in ("html", "md", "json", "bundle"):
                _measure(there, size, Path(folder, f"it.{suffix}"))


def _live(repo: Repo, size: int) -> None:
    made = random.Random(1)
    listed = repo.git("ls-files", "-z", "--", "*.py", "*.rs", "*.go", "*.js", "*.md", "*.rst").split(b"\0")
    names = [os.fsdecode(name) for name in listed if name]
    texts = {name: Path(str(repo.work_tree), name).read_text(errors="replace") for name in names}
    listed = repo.git("log", f"--max-count={size}", "--format=%T").split()
    trees = [tree.decode() for tree in reversed(listed)]
    base = repo.git("rev-list", f"--max-count={size}", "HEAD").split()[-1].decode()
    now = datetime(2026, 1, 2, 9, tzinfo=UTC)
    session = Session(id=naming.new_id(), name=BRANCH.session, project="bench", created=now)
    append.create(repo, BRANCH, session.id, codec.encode_session(session), when=now)
    before = None
    for number in range(size):
        now += timedelta(minutes=20)
        tree = trees[min(number * len(trees) // size, len(trees) - 1)]
        before = _exchange(repo, made, texts, (base, tree), before if number % 100 else None, now)


def _exchange(
    repo: Repo,
    made: random.Random,
    texts: dict[str, str],
    at: tuple[str, str],
    before: str | None,
    now: datetime,
) -> str:
    base, tree = at
    id, answer = naming.new_id(), naming.new_id()
    some = made.sample(sorted(texts), min(len(texts), made.randint(1, 5) if before else 17))
    asked = f"why is {made.choice(some)} slow?\n\nLook at `{made.choice(some)}` and tell me."
    items = tuple(
        Item(path=name, oid=None, form="whole", tokens=made.randint(80, 900), reasons=REASONS)
        for name in some
    )
    prompt = Prompt(id=id, text=asked, asked_at=now, author=WHO, branch="main", base=base, snapshot=tree)
    context = Context(
        prompt=id,
        kind="update" if before else "full",
        conversation="bench@main",
        after=before,
        budget=20000,
        tokens=100 + sum(item.tokens for item in items),
        format="markdown",
        items=items,
    )
    length = 1200 if before else 4600
    sent = "\n\n".join(f"## `{name}`\n\n```\n{texts[name][:length]}\n```" for name in some)
    entries = [
        Entry(suffix="prompt.json", data=codec.encode_prompt(prompt)),
        Entry(suffix="context.json", data=codec.encode_context(context)),
        Entry(suffix="context.md", data=sent.encode()),
        Entry(suffix="files.json", data=codec.encode_files(FileStates(base=base, tree=tree))),
    ]
    append.append(repo, BRANCH, "prompt", id, entries, subject=asked, when=now)
    said = f"It is in `{made.choice(some)}`:\n\n```\n{texts[made.choice(some)][:900]}\n```\n"
    reply = Reply(id=answer, prompt=id, conversation="bench@main", replied_at=now, author=WHO, text=said)
    kept = [Entry(suffix="reply.json", data=codec.encode_reply(reply))]
    append.append(repo, BRANCH, "reply", answer, kept, subject="reply", when=now)
    return id


def _measure(there: Path, size: int, target: Path) -> None:
    costs = []
    command = [sys.executable, "-c", RUN, "export", "big", "--allow-secret", "-o", str(target)]
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=there, check=True, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        costs.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    # The memory is that of the largest child so far.
    form, peak = target.suffix[1:], after.ru_maxrss >> 10
    print(f"{size:>8,} {form:<10}{min(costs):8.2f}{peak:>6}{target.stat().st_size >> 10:>13,}")


if __name__ == "__main__":
    main()
