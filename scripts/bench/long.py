#!/usr/bin/env python3
"""What the verbs cost in a session of 10 prompts and in one of 10,000.

    scripts/bench/long.py [--sizes 10,10000] [--times 3] [WORDS…]

CPU seconds of the whole process, children included, and memory at most; with WORDS, only those rows that have
one of them. The session is made up: prompts with contexts, every other one answered, packed as after a
`git gc`; a bare path is the remote. Works in a temporary directory.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from measure import Run, git_ctx, run

from git_ctx import codec
from git_ctx.model import Context, FileStates, Item, Prompt, Reply, Session
from git_ctx.store import discover, layout, message, naming

WHO = "Ada <ada@example.com>"
BORN = datetime(2026, 1, 2, 9, tzinfo=UTC)
ROWS = (
    ("status",),
    ("list",),
    ("log", "-n", "20"),
    ("log", "--oneline"),
    ("log",),
    ("log", "--json"),
    ("log", "--graph"),
    ("show",),
    ("show", "#1"),
    ("diff",),
    ("search", "cookie number 77"),
    ("why", "a.py:1"),
    ("fsck",),
    ("export", "--format", "json", "-o", "../it.json"),
    ("export", "--format", "markdown", "-o", "../it.md"),
    ("export", "--format", "html", "-o", "../it.html"),
    ("export", "--format", "bundle", "-o", "../it.bundle"),
    ("push", "--yes"),
    ("fetch",),
    ("pull",),
    ("save", "-m", "so far"),
    ("prompt", "Where is the cookie made?"),
    ("merge", "alt"),
)
BEFORE = {"push": ("save", "-m", "one more"), "merge": ("save", "--session", "long@alt", "-m", "there")}
"""What happens before each time, uncounted, so that there is something to do."""


def main() -> None:
    parser = argparse.ArgumentParser(description="What the verbs cost in a long session.")
    parser.add_argument("--sizes", default="10,10000")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    for role in ("AUTHOR", "COMMITTER"):
        os.environ |= {f"GIT_{role}_NAME": "Ada", f"GIT_{role}_EMAIL": "ada@example.com"}
    with tempfile.TemporaryDirectory() as folder:
        clones = [_clone(Path(folder, str(size)), size) for size in sizes]
        print(f"{'CPU s, MiB':36}" + "".join(f"{f'{size:,} prompts':>20}" for size in sizes))
        for row in ROWS:
            if not options.words or set(options.words) & set(row):
                cells = (_cell(clone, row, options.times) for clone in clones)
                print(f"{' '.join(row)[:35]:36}" + "".join(cells), flush=True)


def _cell(clone: Path, row: tuple[str, ...], times: int) -> str:
    runs = [_once(clone, row) for _ in range(times)]
    mark = f" ({runs[0].status})" if runs[0].status else ""
    return f"{statistics.median(one.cpu for one in runs):12.2f}{max(one.peak for one in runs):8.0f}{mark}"


def _once(clone: Path, row: tuple[str, ...]) -> Run:
    if row[0] in BEFORE:
        run([*git_ctx(), *BEFORE[row[0]]], cwd=clone)
    return run([*git_ctx(), *row], cwd=clone)


def _clone(home: Path, prompts: int) -> Path:
    home.mkdir()
    clone = home / "clone"
    _git(home, "init", "-q", "--bare", "server")
    _git(home, "init", "-q", "-b", "main", str(clone))
    _git(clone, "remote", "add", "origin", str(home / "server"))
    for key in ("maintenance.auto", "gc.auto"):
        _git(clone, "config", key, "0")
    for name in ("a", "b", "c"):
        (clone / f"{name}.py").write_text(f"def {name}():\n    return {name!r}\n")
    _git(clone, "add", ".")
    _git(clone, "commit", "-q", "-m", "begin")
    _git(clone, "push", "-q", "origin", "main")
    at = [discover.find(clone).git("rev-parse", what).decode().strip() for what in ("HEAD", "HEAD^{tree}")]
    stream = b"".join([*_session(prompts, at[0], at[1]), b"done\n"])
    subprocess.run(["git", "fast-import", "--quiet"], cwd=clone, input=stream, check=True)
    _git(clone, "repack", "-adq")
    _git(clone, "pack-refs", "--all")
    return clone


def _session(prompts: int, base: str, tree: str) -> Iterator[bytes]:
    id = naming.new_id()
    born = Session(id=id, name="long", project="bench", created=BORN)
    yield _commit(id, "session", id, 0, "created", BORN)
    yield _file("session.json", codec.encode_session(born))
    clock, before, when = 0, None, BORN
    for number in range(1, prompts + 1):
        when += timedelta(minutes=20)
        clock += 1
        asked = naming.new_id()
        entries = _prompt(asked, number, before, base, tree, when)
        yield from _event(id, "prompt", asked, clock, number, when, entries)
        before = asked
        if number % 2:
            clock += 1
            answer = naming.new_id()
            reply = _reply(answer, asked, number, when)
            yield from _event(id, "reply", answer, clock, number, when, {"reply.json": reply})
    yield b"reset refs/ctx/heads/long/alt\nfrom refs/ctx/heads/long/main\n\n"
    yield b"commit refs/ctx/snap/long/main\n" + _who(BORN)
    text = message.build("snapshot", {"Ctx-Id": before or id}).encode()
    yield b"data %d\n%sfrom %s\n" % (len(text), text, base.encode())


def _prompt(
    id: str, number: int, before: str | None, base: str, tree: str, when: datetime
) -> dict[str, bytes]:
    text = f"Where does cookie number {number} come from?\n\nIt is set in a.py, and again in b.py."
    asked = Prompt(id=id, text=text, asked_at=when, author=WHO, branch="main", base=base, snapshot=tree)
    item = Item(path="a.py", oid=None, form="whole", tokens=number % 900, reasons=("terms: cookie",))
    context = Context(
        prompt=id,
        kind="update" if before else "full",
        conversation="bench@main",
        after=before,
        budget=20000,
        tokens=100 + number % 900,
        format="markdown",
        items=(item,),
    )
    return {
        "prompt.json": codec.encode_prompt(asked),
        "context.json": codec.encode_context(context),
        "context.md": b"## `a.py`\n\n```\n" + b"cookie %d\n" % number * 50 + b"```\n",
        "files.json": codec.encode_files(FileStates(base=base, tree=tree)),
    }


def _reply(id: str, prompt: str, number: int, when: datetime) -> bytes:
    said = f"Cookie number {number} is made in a.py.\n\n" + "It says so there, and nowhere else. " * 20
    return codec.encode_reply(
        Reply(id=id, prompt=prompt, conversation="bench@main", replied_at=when, author=WHO, text=said)
    )


def _event(
    session: str, type: str, id: str, clock: int, prompts: int, when: datetime, entries: dict[str, bytes]
) -> Iterator[bytes]:
    yield _commit(session, type, id, prompts, "active", when)
    for suffix, data in entries.items():
        yield _file(f"events/{layout.hundred(clock)}/{layout.event_file(clock, id, suffix)}", data)


def _commit(session: str, event: str, id: str, prompts: int, state: str, when: datetime) -> bytes:
    trailers = {"Ctx-Event": event, "Ctx-Id": id, "Ctx-Session": session}
    trailers |= {"Ctx-State": state, "Ctx-Prompts": str(prompts)}
    text = message.build(f"{event}: Where does cookie number {prompts} come from?", trailers).encode()
    return b"commit refs/ctx/heads/long/main\n" + _who(when) + b"data %d\n%s" % (len(text), text)


def _who(when: datetime) -> bytes:
    return "".join(
        f"{role} {WHO} {when.timestamp():.0f} +0000\n" for role in ("author", "committer")
    ).encode()


def _file(name: str, data: bytes) -> bytes:
    return f"M 100644 inline {name}\ndata {len(data)}\n".encode() + data + b"\n"


def _git(path: Path, *args: str) -> None:
    subprocess.run(["git", *args], cwd=path, check=True)


if __name__ == "__main__":
    main()
