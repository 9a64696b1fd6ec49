#!/usr/bin/env python3
"""Damages a repository in each way that disks, crashes and hands have, and asks what the commands say.

    scripts/bench/damage.py [--only WORDS] [--show]

A table, by kind of damage: how many commands were tried; went well; ended with one line that names what is
damaged (true), or with one that does not (vague); broke down or hung; and what `fsck --repair` made of it.
`--show` prints what they said.
"""

import argparse
import faulthandler
import os
import re
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import cases
import steps

_HEAD = "refs/ctx/heads/demo/main"
_SNAP = "refs/ctx/snap/demo/main"
_LONGEST = 60  # seconds by the clock: other work may go on beside
_COMMANDS = (
    "status", "list", "log", "show", "show #2", "show #2 --files", "search first", "prompt again", "save",
    "reply yes", "diff", "diff #1 #3", "restore #2", "request file app.py", "branch", "branch fresh",
    "merge alt",
    "push --yes --files", "pull --files", "export -o ../out/it.json", "export -o ../out/it.md", "why app.py",
    "export --files -o ../out/it.bundle --allow-secret", "forget bluefalcon --yes", "end", "rename other",
    "delete demo --yes", "view --no-open", "gc", "hook install git --yes", "fsck", "fsck --json",
)  # fmt: skip
_BROKE = re.compile(r"Traceback|unforeseen failure|^Exception|object has no attribute", re.MULTILINE)

Damage = Callable[[Path], str]
"""Damages a repository; returns a pattern of which a true line has something."""


def main() -> int:
    parser = argparse.ArgumentParser(description="What is said of a repository that is damaged.")
    parser.add_argument("--only", default="", help="kinds of damage, or commands after '::', by a part of it")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--part", default="0/1", help="this one of so many parts")
    options = parser.parse_args()
    part, _, parts = options.part.partition("/")
    kinds, _, words = options.only.partition("::")
    cases.load()
    total = Counter[str]()
    place = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    try:
        talk = place / "talk"
        talk.mkdir()
        worlds = {how: _world(place / how, talk, how) for how in ("loose", "packed")}
        print(f"{'damage':<52}{'tried':>6}{'well':>6}{'true':>6}{'vague':>6}{'broke':>6}{'hung':>6}  mended")
        for name, (how, damage) in sorted(_damages().items())[int(part) :: int(parts)]:
            if kinds in name:
                print(f"-- {name}") if options.show else None
                counts, mended = _try(worlds[how], place / "it", talk, damage, words, options.show)
                total.update(counts)
                total[mended] += 1
                print(_row(name, counts, mended), flush=True)
    finally:  # not by a context manager: each command is a fork of this process, and clears up at its end
        shutil.rmtree(place)
    print(_row("all", total, ", ".join(f"{total[how]} {how}" for how in ("all", "some", "told", "SILENT"))))
    return int(total["broke"] + total["hung"] + total["SILENT"] > 0)


def _row(name: str, counts: Counter[str], mended: str) -> str:
    tried = sum(counts[what] for what in ("well", "true", "vague", "broke", "hung"))
    numbers = (tried, *(counts[what] for what in ("well", "true", "vague", "broke", "hung")))
    return f"{name:<52}" + "".join(f"{number:>6}" for number in numbers) + f"  {mended}"


def _world(place: Path, talk: Path, how: str) -> Path:
    """Ada's repository, and a server that has most of it."""
    cases.build(place, talk)
    ada = place / "ada"
    cases.done(ada, talk, "pull", "--files")
    cases.done(ada, talk, "push", "--yes", "--all", "--files")
    if how == "packed":
        cases.git(ada, "gc", "-q")
        cases.git(ada, "multi-pack-index", "write")
        cases.git(ada, "commit-graph", "write", "--reachable")
    else:
        for pack in (ada / ".git/objects/pack").glob("*.pack"):
            moved = place / pack.name
            pack.rename(moved)
            with moved.open("rb") as data:
                cases.subprocess.run(["git", "unpack-objects", "-q"], cwd=ada, stdin=data, check=True)
            moved.unlink()
        shutil.rmtree(ada / ".git/objects/pack")
        (ada / ".git/objects/pack").mkdir()
        refs = cases.git(ada, "for-each-ref", "--format=%(objectname) %(refname)").decode().splitlines()
        (ada / ".git/packed-refs").unlink()
        for oid, name in (line.split(" ", 1) for line in refs):
            (ada / ".git" / name).parent.mkdir(parents=True, exist_ok=True)
            (ada / ".git" / name).write_text(f"{oid}\n")
    return place


def _try(
    world: Path, it: Path, talk: Path, damage: Damage, words: str, show: bool
) -> tuple[Counter[str], str]:
    counts = Counter[str]()
    _copy(world, it)
    true = damage(it / "ada")
    broken = it.with_name("broken")
    _copy(it, broken)
    for command in _COMMANDS:
        if words not in command:
            continue
        _copy(broken, it)
        ended = _ran(it / "ada", talk, *command.split())
        verdict = _verdict(ended, true, command)
        counts[verdict] += 1
        if verdict in ("broke", "hung") or (show and verdict != "well"):
            print(f"  {verdict:<6}{command} ({ended.status}): {_said(ended)}")
    _copy(broken, it)
    return counts, _mended(it / "ada", talk, show)


def _said(ended: steps.Ended) -> str:
    """What it said in earnest, on one line."""
    lines = (ended.out.decode(errors="replace") + "\n" + ended.said).splitlines()
    return " / ".join(
        line for line in lines if re.match(r"[a-z]+: |\w+Error|Traceback|  File .*git_ctx", line)
    )[-500:]


def _ran(ada: Path, talk: Path, *words: str) -> steps.Ended:
    def work() -> int:
        signal.alarm(_LONGEST)
        faulthandler.dump_traceback_later(_LONGEST - 1)
        return cases.ctx(*words)

    return steps.plain(work, ada, talk)


def _verdict(ended: steps.Ended, true: str, command: str) -> str:
    if ended.status == -signal.SIGALRM:
        return "hung"
    if ended.status < 0 or ended.status == 70 or _BROKE.search(ended.said):
        return "broke"
    if ended.status == 0:
        return "well"
    fatal = [line for line in ended.said.splitlines() if line.startswith(("fatal:", "error:"))]
    told = ended.out.decode(errors="replace") + ended.said
    one = len(fatal) == 1 or ended.status == 1
    return "true" if one and re.search(true, told) else "vague"


def _mended(ada: Path, talk: Path, show: bool) -> str:
    """What `fsck --repair` made of it: all of it, some, told of it, or SILENT though there is damage."""
    before = _ran(ada, talk, "fsck")
    ended = _ran(ada, talk, "fsck", "--repair")
    again = _ran(ada, talk, "fsck")
    log = _ran(ada, talk, "log", "--session", "demo@main")
    if show:
        print(f"  fsck ({before.status}): {_said(before)}\n  fsck --repair ({ended.status}): {_said(ended)}")
        print(f"  then fsck ({again.status}): {_said(again)}\n  then log ({log.status}): {_said(log)}")
    if any(_verdict(one, "", "") in ("broke", "hung") for one in (ended, again, log)):
        return "broke"
    if again.status == 0 and log.status == 0 and log.out.count(b"first"):
        return "all" if before.status or ended.out else "no damage to sessions"
    if again.status == 0:
        return "SILENT"
    return "some" if b"mended:" in ended.out else "told"


def _copy(of: Path, to: Path) -> None:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(of, to, symlinks=True)


def _damages() -> dict[str, tuple[str, Damage]]:
    found: dict[str, tuple[str, Damage]] = {}
    for what, name in _OBJECTS.items():
        for how, change in _CHANGES.items():
            found[f"object, {what}: {how}"] = "loose", _object(name, change)
    for glob in ("*.pack", "*.idx", "multi-pack-index"):
        for how, change in _CHANGES.items():
            found[f"pack, {glob}: {how}"] = "packed", _file(f"objects/pack/{glob}", change, "")
    for how, change in _CHANGES.items():
        found[f"commit-graph: {how}"] = "packed", _file("objects/info/commit-graph", change, "")
        found[f"ref of a session: {how}"] = "loose", _file(_HEAD, change, _HEAD + "|demo")
        found[f"ref of snapshots: {how}"] = "loose", _file(_SNAP, change, _SNAP + "|demo")
        found[f"packed-refs: {how}"] = "packed", _file("packed-refs", change, "packed-refs|packed refs|demo")
        found[f"reflog of a session: {how}"] = "loose", _file(f"logs/{_HEAD}", change, _HEAD)
        found[f"config: {how}"] = "loose", _file("config", change, "config")
        found[f"index: {how}"] = "loose", _file("index", change, "index")
        found[f"HEAD: {how}"] = "loose", _file("HEAD", change, "HEAD|not a git repository")
        found[f"reflog of HEAD: {how}"] = "loose", _file("logs/HEAD", change, "HEAD")
        found[f"reflog of a branch: {how}"] = "loose", _file("logs/refs/heads/main", change, "main")
        found[f"cache: {how}"] = "loose", _file("ctx/cache.sqlite3", change, "cache")
    for what, text in _REFS.items():
        found[f"ref of a session: {what}"] = "loose", _text(_HEAD, text, "demo")
    for what, text in _CONFIGS.items():
        found[f"config: {what}"] = "loose", _added("config", text, "config|main")
    for what, path in _OURS.items():
        found[f"ours, {what}: garbage"] = "loose", _ours(path)
    found["packed-refs: a line of garbage"] = (
        "packed",
        _added("packed-refs", b"nonsense\n", "packed|nonsense"),
    )
    found["reflog of a session: a line of garbage"] = "loose", _added(f"logs/{_HEAD}", b"\0\xffx\n", "demo")
    found["objects/info/alternates: to nowhere"] = (
        "loose",
        _text("objects/info/alternates", b"/nowhere\n", ""),
    )
    return found


_OBJECTS = {
    "the commit at the tip": _HEAD,
    "a commit before": f"{_HEAD}~2",
    "the first commit": f"{_HEAD}~4",
    "the tree at the tip": f"{_HEAD}^{{tree}}",
    "the tree of events": f"{_HEAD}:events",
    "the tree of a hundred": f"{_HEAD}:events/000000",
    "a prompt": "02*prompt.json",
    "the last prompt": "04*prompt.json",
    "a context": "02*context.md",
    "the last context": "04*context.json",
    "the files of a prompt": "02*files.json",
    "session.json": f"{_HEAD}:session.json",
    "a commit of snapshots": _SNAP,
    "a tree of a snapshot": f"{_SNAP}^{{tree}}",
    "a blob of a snapshot": f"{_SNAP}~1:app.py",
    "the user's commit": "HEAD",
    "the user's tree": "HEAD^{tree}",
    "the user's blob": "HEAD:app.py",
}


def _missing(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])


def _flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for at in range(len(data) // 2, min(len(data) // 2 + 4, len(data))):
        data[at] ^= 0xFF
    path.write_bytes(bytes(data))


def _garbage(path: Path) -> None:
    path.write_bytes(b"\0\xff\x1b[31mgarbage\n" * 9)


def _zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


_CHANGES = {
    "missing": _missing, "empty": _empty, "cut": _cut, "flipped": _flipped, "garbage": _garbage,
    "zeros": _zeros,
}  # fmt: skip
_REFS = {
    "null": b"0" * 40 + b"\n",
    "of no object": b"1" * 40 + b"\n",
    "symbolic, to nowhere": b"ref: refs/x\n",
}
_REFS |= {"symbolic, to itself": f"ref: {_HEAD}\n".encode()}
_CONFIGS = {
    "a NUL": b"[a]\n\tb = \0\n", "a line of garbage": b"nonsense ][\n",
    "of latin-1": b"[user]\n\tname = J\xf6rg\n",
    "ctxSession of garbage": b'[branch "main"]\n\tctxSession = \x1b[31m..//@@\n',
    "ctxSession of an ended one": b'[branch "main"]\n\tctxSession = old@main\n',
    "ctxSession without a value": b'[branch "main"]\n\tctxSession\n',
}  # fmt: skip
_OURS = {
    "a pending prompt": "pending/x.json", "deleted": "deleted/demo", "commits": "commits",
    "claims": "claims/1", "locks": "locks", "forgotten": "forgotten/" + "k" * 16 + ".json",
}  # fmt: skip


def _object(name: str, change: Callable[[Path], None]) -> Damage:
    def damage(ada: Path) -> str:
        what = name
        if "*" in name:
            event, _, suffix = name.partition("*")
            paths = cases.git(ada, "ls-tree", "-r", "--name-only", _HEAD).decode().splitlines()
            what = next(f"{_HEAD}:{one}" for one in paths if f"/{event}-" in one and one.endswith(suffix))
        oid = cases.git(ada, "rev-parse", what).decode().strip()
        path = ada / ".git/objects" / oid[:2] / oid[2:]
        path.chmod(0o644)
        change(path)
        return oid

    return damage


def _file(glob: str, change: Callable[[Path], None], true: str) -> Damage:
    def damage(ada: Path) -> str:
        for path in (ada / ".git").glob(glob):
            path.chmod(0o644)
            change(path)
        return true

    return damage


def _text(name: str, text: bytes, true: str) -> Damage:
    def damage(ada: Path) -> str:
        (ada / ".git" / name).write_bytes(text)
        return true

    return damage


def _added(name: str, text: bytes, true: str) -> Damage:
    def damage(ada: Path) -> str:
        with (ada / ".git" / name).open("ab") as file:
            file.write(text)
        return true

    return damage


def _ours(name: str) -> Damage:
    def damage(ada: Path) -> str:
        path = ada / ".git/ctx" / name
        if path.is_dir():
            shutil.rmtree(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\0\xff{garbage\n")
        return re.escape(name.split("/")[0])

    return damage


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
