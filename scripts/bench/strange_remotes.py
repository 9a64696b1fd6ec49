#!/usr/bin/env python3
"""Repositories that somebody forged to be fetched from: does each command end, in words, and within bounds?

    scripts/bench/strange_remotes.py [--repositories 300] [--seed 0] [-v]

Each holds a sound session, and beside it what no honest git ctx writes: strange names and targets of refs,
trees that lead out, marks of strangers, snapshots of all kinds, loops, clocks and counts without end, bombs.
It is fetched, listed, pulled, used, read, restored, exported, pushed to. Prints counts: tried, read, refused,
refused without naming what is wrong, and what went wrong.
"""

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import fuzz
from calls import call, environment, git

from tests import mutants

COMMANDS = (
    *(
        ["fetch", "origin"],
        ["list", "--remote", "origin"],
        ["list", "--remote", "origin", "--json"],
        ["remote"],
    ),
    *(
        ["pull", "origin"],
        ["pull", "--files", "origin"],
        ["use", "bad@main"],
        ["log", "--session", "bad@main"],
    ),
    *(["show", "bad@main"], ["restore", "bad@main", "--to", "out"], ["status", "--session", "bad@main"]),
    *(
        ["prompt", "-q", "-b", "2000", "--session", "bad@main", "go on"],
        ["push", "--session", "bad@main", "--yes", "origin"],
    ),
    *(
        ["export", "--format", "json", "bad@main", "-o", "out.json"],
        ["merge", "--session", "bad@main", "fork"],
    ),
    *(
        ["forget", "-n", "fix the login"],
        ["search", "login"],
        ["fsck"],
        ["gc"],
        ["list", "--all"],
        ["fetch", "origin"],
    ),
    *(["push", "--delete", "bad", "--yes", "origin"], ["delete", "bad", "--yes"]),
)
FILE, LINK, GITLINK, FOLDER = b"100644", b"120000", b"160000", b"40000"
# What a refusal has to hold: a name in quotes, a path of the session, an object; or that there is nothing.
_NAMES = re.compile(rb"'|bad@|object |refs/|events/|meta/|session\\.json|nothing found|no session|is not")
HEADS, SNAP = "refs/ctx/heads/", "refs/ctx/snap/"


class Forger:
    """One repository, and what is written into it, whatever git would say."""

    def __init__(self, repo: Path, sound: mutants.Mutant, drawn: random.Random) -> None:
        self.repo = repo
        self.sound = sound
        self.random = drawn
        self.store = mutants.Store(repo)
        self.packed: list[str] = []

    def ref(self, name: str, oid: str) -> None:
        self.packed.append(f"{oid} {name}")

    def tree(self, *entries: tuple[bytes, bytes, str]) -> str:
        return self.store.write(
            "tree", b"".join(mode + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries)
        )

    def blob(self, data: bytes) -> str:
        return self.store.write("blob", data)

    def commit(
        self, tree: str, *parents: str, message: str = "snapshot", when: str = "1767323045 +0000"
    ) -> str:
        lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
        lines += [f"author A <a@b> {when}", f"committer A <a@b> {when}", "", message]
        return self.store.write("commit", "\n".join(lines).encode())

    def session(self, change: Callable[[mutants.Node], None] = lambda root: None, **more: object) -> str:
        """The sound one, changed."""
        root = mutants._copy(self.sound.root)
        change(root)
        return self.store.mutant(mutants.replace(self.sound, root=root, **more))  # type: ignore[arg-type]

    def done(self) -> None:
        path = self.repo / "packed-refs"
        before = path.read_text() if path.exists() else "# pack-refs with: peeled fully-peeled sorted \n"
        lines = sorted([*before.splitlines()[1:], *self.packed], key=lambda line: line[41:])
        path.write_text("\n".join([before.splitlines()[0], *lines]) + "\n")


def folder(root: mutants.Node, *names: bytes) -> list[mutants.Node]:
    node = root
    for name in names:
        assert isinstance(node.body, list)
        found = next((child for child in node.body if child.name == name), None)
        if found is None:
            found = mutants.Node(name, FOLDER, [])
            node.body.append(found)
            node.body.sort(key=lambda child: child.name + (b"/" if child.mode == FOLDER else b""))
        node = found
    assert isinstance(node.body, list)
    return node.body


def entries(root: mutants.Node, ends: bytes) -> list[mutants.Node]:
    return [node for _, node in mutants._nodes(root) if node.name.endswith(ends)]


def rewritten(root: mutants.Node, ends: bytes, change: Callable[[dict[str, object]], None]) -> None:
    for node in entries(root, ends):
        assert isinstance(node.body, bytes)
        value = json.loads(node.body)
        change(value)
        node.body = (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def refnames(f: Forger) -> None:
    tip = f.session()
    for name in (
        *(
            "bad/main",
            "bad/ma%2Fin",
            "bad/%",
            "bad/%zz",
            "bad/%2e%2e%2f%2e%2e",
            "Bad/main",
            "bad",
            "-bad/-main",
            "bad/HEAD",
        ),
        *(
            f"{'n' * 64}/main",
            f"{'n' * 65}/main",
            f"bad/{'b' * 200}",
            "bad/a/b",
            "b..d/main",
            "bad/main.lock",
            "bad/\u202egpj",
            "bad/x\x1b[2J",
        ),
        *(
            "bad/%FF",
            "bad/@{-1}",
            "bad/refs%2Fheads%2Fmain",
            "con/nul",
            "bad/main%0a",
            "bad/%00",
            "bad/main.",
            "..%2f/main",
            "bad/.git",
        ),
    ):
        if f.random.random() < 0.5:
            f.ref(HEADS + name, tip)


def many(f: Forger) -> None:
    tip = f.session()
    for number in range(5000):
        f.ref(f"{HEADS}s{number}/main" if f.random.random() < 0.5 else f"{HEADS}bad/b{number}", tip)


def targets(f: Forger) -> None:
    blob, tree = f.blob(b"x"), f.tree()
    tag = f.store.write(
        "tag", f"object {f.session()}\ntype commit\ntag x\ntagger A <a@b> 1 +0000\n\nx\n".encode()
    )
    code = git(f.repo, "rev-parse", "refs/heads/main").strip()
    for name, oid in (
        ("blob", blob),
        ("tree", tree),
        ("tag", tag),
        ("code", code),
        ("null", "0" * 40),
        ("gone", "1" * 40),
    ):
        if f.random.random() < 0.4:
            f.ref(f"{HEADS}bad/{name}", oid)
            f.ref(f"{SNAP}bad/{name}", f.random.choice((blob, tree, tag, code)))
    f.ref(f"{HEADS}bad/main", f.session())


def symbolic(f: Forger) -> None:
    for name, to in (
        ("main", "refs/heads/main"),
        ("self", f"{HEADS}bad/self"),
        ("out", "../../../HEAD"),
        ("x", "ref: x"),
    ):
        path = f.repo / f"{HEADS}bad/{name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"ref: {to}\n")


def snapshots(f: Forger) -> None:
    """Trees that lead out, of every kind, under a snapshot that the session names."""
    blob, link = f.blob(b"#!/bin/sh\ntouch pwned\n"), f.blob(b"../../..")
    names = (
        b"..",
        b".",
        b".git",
        b".GIT",
        b"git~1",
        b".git ",
        b".g\xe2\x80\x8cit",
        b"a/b",
        b"/etc",
        b"-x",
        b"a\\..\\b",
        b"\xff",
        b"n" * 300,
        b"a\nb",
        b".gitmodules",
        b".gitattributes",
        b"con",
    )
    modes = (FILE, b"100755", LINK, GITLINK, b"104755", b"100777", b"0", b"040000", b"120777", b"10644")
    found = [
        (f.random.choice(modes), f.random.choice(names), f.random.choice((blob, link)))
        for _ in range(f.random.choice((1, 1, 3)))
    ]
    if f.random.random() < 0.4:
        found.append((LINK, b"hooks", link))
        found.append((FOLDER, b"hooks", f.tree((FILE, b"x", blob))))
    if f.random.random() < 0.3:
        found = [(FILE, b"same", blob), (FILE, b"same", link), *found]
    named(f, f.tree(*sorted(found, key=lambda one: one[1])))


def named(f: Forger, tree: str, *bases: str) -> None:
    def change(value: dict[str, object]) -> None:
        value["snapshot"] = tree

    def states(value: dict[str, object]) -> None:
        value["tree"] = tree

    def both(root: mutants.Node) -> None:
        rewritten(root, b".prompt.json", change)
        rewritten(root, b".files.json", states)

    f.ref(f"{HEADS}bad/main", f.session(both))
    f.ref(f"{SNAP}bad/main", f.commit(tree, *bases))


def bombs(f: Forger) -> None:
    kind = f.random.randrange(4)
    if kind == 0:  # of trees
        tree = f.tree((FILE, b"x", f.blob(b"x")))
        for _ in range(30):
            tree = f.tree(*((FOLDER, b"%d" % number, tree) for number in range(10)))
        named(f, tree)
    elif kind == 1:  # deep
        tree = f.tree((FILE, b"x", f.blob(b"x")))
        for _ in range(f.random.choice((300, 3000))):
            tree = f.tree((FOLDER, b"d", tree))
        named(f, tree)
    elif kind == 2:  # of bytes: in an entry, and in a snapshot
        blob = f.blob(b"\0" * 300_000_000)
        named(f, f.tree((FILE, b"zeros", blob)))
    else:

        def change(root: mutants.Node) -> None:
            for node in entries(root, b".context.md"):
                node.body = b"x " * 60_000_000

        f.ref(f"{HEADS}bad/main", f.session(change))


def unfolding(f: Forger) -> None:
    """Some kilobytes of a pack that are gigabytes once their delta is applied."""
    size, copies = 0xFFFFFF, f.random.choice((70, 150))
    base = bytes.fromhex(f.blob(bytes(size)))
    whole = hashlib.sha1(b"blob %d\0" % (size * copies))
    for _ in range(copies):
        whole.update(bytes(size))
    delta = _number(size) + _number(size * copies) + b"\xf0\xff\xff\xff" * copies
    first = len(delta) & 15 | 7 << 4  # an object that names its base
    head = bytes([first | 0x80]) + _number(len(delta) >> 4)
    zeros = zlib.compress(bytes(size))
    plain = bytes([size & 15 | 3 << 4 | 0x80]) + _number(size >> 4) + zeros
    pack = b"PACK" + struct.pack(">II", 2, 2) + plain + head + base + zlib.compress(delta)
    path = f.repo / "objects/pack" / f"pack-{hashlib.sha1(pack).hexdigest()}.pack"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(pack + hashlib.sha1(pack).digest())
    git(f.repo, "index-pack", str(path))

    def change(root: mutants.Node) -> None:
        folder(root, b"events", b"000000").append(
            mutants.Node(b"99-pppppppppppppppp.prompt.json", FILE, whole.hexdigest())
        )

    f.ref(f"{HEADS}bad/main", f.session(change))
    f.ref(f"{SNAP}bad/main", f.commit(f.tree((FILE, b"zeros", whole.hexdigest()))))


def _number(value: int) -> bytes:
    """As packs have it: seven bits in a byte, the lowest first."""
    return bytes([value & 0x7F | 0x80]) + _number(value >> 7) if value > 0x7F else bytes([value])


def loops(f: Forger) -> None:
    """Contexts whose `after` goes round, replies to themselves, branches made from themselves."""
    ids: list[str] = []

    def collect(value: dict[str, object]) -> None:
        ids.append(str(value["id"]))

    def change(root: mutants.Node) -> None:
        rewritten(root, b".prompt.json", collect)
        turn = [*ids[1:], ids[0]]
        rewritten(
            root,
            b".context.json",
            lambda value: value.update(after=f.random.choice([*turn, value["prompt"], "k" * 16])),
        )
        rewritten(root, b".reply.json", lambda value: value.update(prompt=value["id"]))
        rewritten(root, b".branch.json", lambda value: value.update(source="main", branch="main", at=ids[-1]))
        rewritten(root, b".request.json", lambda value: value.update(prompt=f.random.choice(ids)))

    f.ref(f"{HEADS}bad/main", f.session(change))


def history(f: Forger) -> None:
    """Many parents, long lines, criss-cross, the code itself as a parent."""
    code = git(f.repo, "rev-parse", "refs/heads/main").strip()
    tip = f.session()
    tree = git(f.repo, "rev-parse", f"{tip}^{{tree}}").strip()
    trailers = git(f.repo, "log", "-1", "--format=%B", tip)
    kind = f.random.randrange(4)
    if kind == 0:
        parents = [f.commit(tree, tip, message=f"{number}\n\n{trailers}") for number in range(100)]
        tip = f.commit(tree, *parents, message=trailers)
    elif kind == 1:
        for number in range(5000):
            tip = f.commit(tree, tip, message=f"prompt: {number}\n\nCtx-Event: prompt\nCtx-Id: {'k' * 16}\n")
    elif kind == 2:
        one = other = tip
        for number in range(200):
            one, other = (
                f.commit(tree, one, other, message=f"a{number}"),
                f.commit(tree, other, one, message=f"b{number}"),
            )
        tip = f.commit(tree, one, other, message=trailers)
    else:
        tip = f.commit(tree, tip, code, message=trailers)
    f.ref(f"{HEADS}bad/main", tip)


def clocks(f: Forger) -> None:
    when = f.random.choice(
        ("9223372036854775807 +0000", "-1 +0000", "0 +9999", "4102444800 -1200", "99999999999999 +0000")
    )
    number = f.random.choice((b"999999", b"010000", b"009999", b"000010"))

    def change(root: mutants.Node) -> None:
        for each in f.random.sample(folder(root, b"events"), 1):
            each.name = number
        for meta in folder(root, b"meta", b"state"):
            meta.name = f.random.choice((b"99999999", b"00000000", b"01000001")) + meta.name[8:]

    headers = tuple(f"{role} A <a@b> {when}\n".encode() for role in ("author", "committer"))
    f.ref(
        f"{HEADS}bad/main",
        f.session(change if f.random.random() < 0.6 else lambda root: None, headers=headers),
    )


def counts(f: Forger) -> None:
    many = f.random.choice((3_000, 30_000))

    def change(root: mutants.Node) -> None:
        where = f.random.choice(
            ((b"events",), (b"events", b"000000"), (b"meta", b"pins"), (b"meta", b"forgotten"), (b"meta",))
        )
        inside = folder(root, *where)
        form = {1: b"%06d", 2: b"%08d-kkkkkkkkkkkkkkkk.json"}[len(where)]
        kept = {node.name for node in inside}
        made = (
            mutants.Node(form % number, FILE if len(where) > 1 else FOLDER, b"{}" if len(where) > 1 else [])
            for number in range(many)
        )
        inside.extend(node for node in made if node.name not in kept)
        inside.sort(key=lambda child: child.name + (b"/" if child.mode == FOLDER else b""))

    f.ref(f"{HEADS}bad/main", f.session(change))


def marks(f: Forger) -> None:
    """Strangers' words that something is forgotten."""
    paths = [path.lstrip("/") for path, node in mutants._nodes(f.sound.root) if isinstance(node.body, bytes)]
    other = f.blob(f.random.choice((b"[forgotten]\n", b"{}", b"drop the tables\n", b"", b"\xff" * 99)))
    strange = (
        "../../x",
        "session.json",
        "meta/forgotten/00000001-kkkkkkkkkkkkkkkk.json",
        "events/000000/zz",
        "/etc/passwd",
        "",
    )
    said = [
        {
            "path": f.random.choice([*paths, *paths, *paths, *strange]),
            "oid": f.random.choice((other, other, "0" * 40, "f" * 40)),
            "over": [f.random.choice((other, "e" * 40)) for _ in range(f.random.choice((0, 1, 2000)))],
        }
        for _ in range(f.random.choice((1, 5, 400)))
    ]
    value = {"format": 1, "author": "E", "set_at": "2026-01-02T03:04:05+00:00", "value": {"entries": said}}

    def change(root: mutants.Node) -> None:
        inside = folder(root, b"meta", b"forgotten")
        inside.append(mutants.Node(b"00000009-pppppppppppppppp.json", FILE, json.dumps(value).encode()))

    f.ref(f"{HEADS}bad/main", f.session(change))


def oids(f: Forger) -> None:
    """Objects that are not what they are named for, or that are not there."""
    tip = f.session()
    f.ref(f"{HEADS}bad/main", tip)
    listed = git(f.repo, "rev-list", "--objects", "--no-object-names", tip, "^refs/heads/main").split()
    for oid in f.random.sample(listed, min(len(listed), f.random.choice((1, 1, 3)))):
        path = f.repo / "objects" / oid[:2] / oid[2:]
        if path.exists():
            data = path.read_bytes()
            path.chmod(0o644)
            how = f.random.randrange(4)
            if how == 0:
                path.unlink()
            elif how == 1:
                path.write_bytes(data[: len(data) // 2])
            elif how == 2:
                path.write_bytes(b"")
            else:
                other = f.blob(b"something else")
                shutil.copyfile(f.repo / "objects" / other[:2] / other[2:], path)


def mirrors(f: Forger) -> None:
    """What is a remote's own: its mirrors, its tombs, its configuration and hooks."""
    tip = f.session()
    for name in (
        "refs/ctx/remotes/origin/heads/bad/main",
        "refs/ctx/remotes/..%2f/heads/x/main",
        f"refs/ctx/forgotten/{'k' * 16}",
        "refs/ctx/x",
        "refs/ctx/heads/bad/main",
    ):
        f.ref(name, tip)
    for name in ("pre-receive", "update", "post-update"):
        path = f.repo / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        says = f"printf '\\033]0;x\\007\\033[2J{'long ' * 9000}' >&2"
        path.write_text(f"#!/bin/sh\n{says}\nexit {f.random.choice((0, 1))}\n")
        path.chmod(0o755)


def mutated(f: Forger) -> None:
    f.ref(f"{HEADS}bad/main", f.store.mutant(mutants.mutate(f.sound, f.random.randrange(10**9))))


KINDS = (
    refnames,
    many,
    targets,
    symbolic,
    snapshots,
    snapshots,
    bombs,
    unfolding,
    loops,
    history,
    clocks,
    counts,
    marks,
    marks,
    oids,
    mirrors,
    mutated,
)


class Trial:
    def __init__(self, scratch: Path, verbose: bool) -> None:
        self.scratch, self.verbose = scratch, verbose
        self.counts: Counter[str] = Counter()
        self.base = fuzz.make(scratch / "base")
        self.sound = mutants.read(self.base, "refs/ctx/heads/bad/main")
        self.clone = scratch / "clone"
        git(scratch, "init", "-q", "-b", "main", str(self.clone))
        (self.clone / "app.py").write_text("def login():\n    return 0\n")
        git(self.clone, "add", "-A")
        git(self.clone, "commit", "-q", "-m", "app")
        fuzz._do(self.clone, ["start", "good"])
        fuzz._do(self.clone, ["prompt", "-q", "a sound prompt"])

    def round(self, seed: int) -> None:
        drawn = random.Random(seed)
        server, place = self.scratch / "server", self.scratch / "round"
        for path in (server, place):
            shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(self.base / ".git", server, symlinks=True)
        git(server, "config", "core.bare", "true")
        git(server, "update-ref", "-d", "refs/ctx/heads/bad/main")
        shutil.copytree(self.clone, place, symlinks=True)
        git(place, "remote", "add", "origin", str(server))
        forger = Forger(server, self.sound, drawn)
        kinds = drawn.sample(KINDS, drawn.choice((1, 1, 2)))
        for kind in kinds:
            kind(forger)
        forger.done()
        what = f"seed {seed} ({', '.join(kind.__name__ for kind in kinds)})"
        for command in COMMANDS:
            self._try(place, command, what)
        self._look(place, what)

    def _try(self, place: Path, command: list[str], what: str) -> None:
        ended = call(place, command)
        self.counts["tried"] += 1
        how = ended.how
        if any(byte in ended.out + ended.err for byte in (b"\x1b", b"\x07", "\u202e".encode())):
            how = "wrong: obeyed by a terminal"
        elif how == "refused" and not _NAMES.search(ended.err + ended.out):
            how = "refused without a name"
        self.counts[how] += 1
        if how not in ("read", "refused") or self.verbose:
            print(
                f"{how}: {what}: {' '.join(command)}\n    {ended.err.decode(errors='replace')[-1500:]!r}",
                flush=True,
            )

    def _look(self, place: Path, what: str) -> None:
        logged = call(place, ["log", "--session", "good@main"])
        if logged.out.count(b"a sound prompt") != 1:
            self.counts["wrong: the sound session"] += 1
            print(f"wrong: the sound session: {what}: {logged}")
        status = git(place, "status", "--porcelain", "--", "app.py")
        if status or any((root / "pwned").exists() for root in (place, place.parent, place / "out")):
            self.counts["wrong: the work tree"] += 1
            print(f"wrong: the work tree: {what}: {status}")
        done = subprocess.run(
            ["git", "fsck", "--no-dangling", "--connectivity-only"], cwd=place, capture_output=True, text=True
        )
        if done.returncode:
            self.counts["wrong: the repository"] += 1
            print(f"wrong: the repository: {what}: {done.stderr[:500]}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Commands on forged remotes.")
    parser.add_argument("--repositories", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    environment()
    os.environ["GIT_AUTHOR_DATE"] = os.environ["GIT_COMMITTER_DATE"] = "2026-01-02T03:04:05+0000"
    with tempfile.TemporaryDirectory() as scratch:
        trial = Trial(Path(scratch), options.verbose)
        for seed in range(options.seed, options.seed + options.repositories):
            trial.round(seed)
    told = ", ".join(f"{count} {how}" for how, count in sorted(trial.counts.items()))
    print(f"{options.repositories} forged repositories: {told}")
    return int(any(how.startswith("wrong") for how in trial.counts))


if __name__ == "__main__":
    sys.exit(main())
