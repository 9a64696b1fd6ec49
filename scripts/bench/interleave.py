#!/usr/bin/env python3
"""Three clones and a server, in any order: does each hold what it must, whatever the others do?

    scripts/bench/interleave.py [--rounds 10] [--steps 60] [--seed 0] [-v]

A model that knows nothing of git says what each clone and the server must hold after every step: sets of
prompts by session and branch. What they hold is read by plain git. Even seeds share over a path, odd ones
over `git http-backend` on loopback. Some pushes, pulls and fetches are killed on their way. Words are
forgotten, while others still have them: who forgot must not have them again, and in the end nobody has.
Prints counts: steps tried, refused, killed; prompts asked, survived, lost, strange; words forgotten, back.
"""

import argparse
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from calls import Ended, call, environment, git

from tests import servers

Held = dict[str, tuple[str, frozenset[str]]]
"""Session@branch -> the session's id and its prompts and saves, as they were asked."""

SECRET = "a word of number "
"""What the text of each ends in, with its number, until that is forgotten."""

NAMES = ("alpha", "beta", "gamma")
BRANCHES = ("main", "side", "fix/it")


@dataclass
class Clone:
    path: Path
    holds: Held = field(default_factory=dict)
    mirrors: Held = field(default_factory=dict)
    forgot: set[str] = field(default_factory=set)


class Wrong(Exception):
    pass


class World:
    def __init__(self, scratch: Path, seed: int, url: str | None, verbose: bool) -> None:
        self.random = random.Random(seed)
        self.verbose = verbose
        self.counts: Counter[str] = Counter()
        self.asked: set[str] = set()
        self.dropped: set[str] = set()
        self.forgotten: set[str] = set()
        self.bundles: list[tuple[Path, Held]] = []
        self.number = 0
        self.server = servers.bare(scratch / "served" / "repo.git")
        git(self.server, "config", "http.receivepack", "true")
        self.on_server: Held = {}
        self.clones = [self._clone(scratch, name, url or str(self.server)) for name in ("ada", "bob", "eve")]

    def _clone(self, scratch: Path, name: str, url: str) -> Clone:
        path = scratch / name
        git(scratch, "init", "-q", "-b", "main", str(path))
        git(path, "config", "gc.auto", "0")
        (path / "app.py").write_text("def main():\n    return 0\n")
        git(path, "add", "-A")
        git(path, "commit", "-q", "-m", "app")
        for branch in BRANCHES[1:]:
            git(path, "branch", branch)
        git(path, "remote", "add", "origin", url)
        return Clone(path)

    def step(self) -> None:
        clone = self.random.choice(self.clones)
        act = self.random.choices([act for act, _ in ACTS], [weight for _, weight in ACTS])[0]
        act(self, clone)
        self.counts["steps"] += 1
        self.check(act.__name__)

    def do(self, clone: Clone, *command: str, may_fail: bool = False, kill: bool = False) -> Ended:
        ended = call(clone.path, command, kill_after=self.random.uniform(0.02, 0.6) if kill else None)
        if self.verbose:
            print(
                clone.path.name, *command, "->", ended.how, ended.err.decode(errors="replace").strip()[:300]
            )
        self.counts[ended.how] += 1
        if ended.how.startswith("wrong") or (ended.how == "refused" and not may_fail):
            raise Wrong(f"{clone.path.name}: {' '.join(command)}: {ended.how}: {ended.err.decode()}")
        return ended

    def check(self, what: str) -> None:
        for clone in self.clones:
            here, mirrors = (held(clone.path, f"refs/ctx/{under}heads/") for under in ("", "remotes/origin/"))
            self._same(f"{what}: {clone.path.name}", here, clone.holds)
            self._same(f"{what}: mirrors of {clone.path.name}", mirrors, clone.mirrors)
            self._words(f"{what}: {clone.path.name}", clone.path, clone.forgot)
        self._same(f"{what}: the server", held(self.server, "refs/ctx/heads/"), self.on_server)
        self._words(f"{what}: the server", self.server, set())

    def _words(self, where: str, repo: Path, gone: set[str]) -> None:
        """What was forgotten here is not there, and what nobody forgot is."""
        told = words(repo)
        if told & gone:
            self.counts["back"] += len(told & gone)
            raise Wrong(f"{where}: what was forgotten is back: {told & gone}")
        struck = {text for text in marked(repo) if text not in self.forgotten}
        if struck:
            raise Wrong(f"{where}: what nobody forgot is gone: {struck}")

    def _same(self, where: str, found: Held, expected: Held) -> None:
        if found != expected:
            lost = {name: expected[name][1] - found.get(name, ("", frozenset()))[1] for name in expected}
            more = {name: found[name][1] - expected.get(name, ("", frozenset()))[1] for name in found}
            self.counts["lost"] += sum(map(len, lost.values()))
            self.counts["strange"] += sum(map(len, more.values()))
            raise Wrong(
                f"{where}: lost {lost}, more {more}\n  found {found.keys()}, expected {expected.keys()}"
            )

    def text(self) -> str:
        self.number += 1
        return f"prompt {self.number}, {SECRET}{self.number}."

    def some(self, holds: Held) -> str | None:
        return self.random.choice(sorted(holds)) if holds else None

    def settle(self) -> None:
        """Everybody shares everything, twice round: then all of a session is everywhere that has it."""
        for _ in range(3):
            for clone in self.clones:
                fetch(self, clone)
                for name in sorted(clone.mirrors):
                    if not knows(clone, name):
                        take(self, clone, name)
                pull(self, clone)
                for name in sorted(clone.holds):
                    there = self.on_server.get(name)
                    same = there is None or there[0] == clone.holds[name][0]
                    if (
                        same
                        and send(self, clone, name) == "refused"
                        and self.forgotten & clone.holds[name][1]
                    ):
                        replace(self, clone, name)
            self.check("settle")
        here: set[str] = set()
        for _, texts in [one for clone in self.clones for one in clone.holds.values()]:
            here |= texts
        for name, (id, texts) in self.on_server.items():
            for clone in self.clones:
                if clone.holds.get(name, (id, texts)) != (id, texts) and clone.holds[name][0] == id:
                    raise Wrong(f"{clone.path.name} and the server differ in {name}")
        self._swept()
        lost = self.asked - here - self.dropped
        self.counts["asked"] += len(self.asked)
        self.counts["survived"] += len(self.asked & here)
        self.counts["deleted with their session everywhere"] += len(self.asked & self.dropped - here)
        self.counts["lost"] += len(lost)
        for repo in (*(clone.path for clone in self.clones), self.server):
            git(repo, "fsck", "--strict", "--no-dangling")
            left = [str(path) for path in repo.rglob("*.lock") if "refs" in path.parts]
            if left:
                raise Wrong(f"locks left: {left}")

    def _swept(self) -> None:
        """Whoever purges and prunes has none of what he forgot in any object or file of the git directory."""
        for clone in self.clones:
            call(clone.path, ["forget", "--purge"])
            git(clone.path, "reflog", "expire", "--expire=all", "--all")
            git(clone.path, "gc", "-q", "--prune=now")
            all_objects = ["git", "cat-file", "--batch-all-objects", "--batch", "--unordered"]
            data = subprocess.run(all_objects, cwd=clone.path, capture_output=True, check=True).stdout
            files = (path for path in (clone.path / ".git").rglob("*") if path.is_file())
            data += b"".join(path.read_bytes() for path in files if "objects" not in path.parts)
            left = {text for text in clone.forgot if text.partition(", ")[2].encode() in data}
            self.counts["words forgotten"] += len(clone.forgot)
            self.counts["left after gc"] += len(left)
            if left:
                raise Wrong(f"{clone.path.name} has after a gc: {left}")


def held(repo: Path, under: str) -> Held:
    """What plain git finds there."""
    found: Held = {}
    for ref in git(repo, "for-each-ref", "--format=%(refname)", under).split():
        session, _, branch = ref.removeprefix(under).partition("/")
        shown = re.findall(r'"id": "([k-z]{16})"', git(repo, "show", f"{ref}:session.json"))
        grep = ("grep", "-h", "-E", '^  "(text|message)": ', ref, "--", "*.prompt.json", "*.save.json")
        texts = [as_asked(text) for text in re.findall(r'": "(.*)"', _maybe(repo, *grep))]
        if len(texts) != len(set(texts)):
            raise Wrong(f"{ref} of {repo.name} has something twice: {texts}")
        found[f"{session}@{branch.replace('%2F', '/')}"] = (shown[0], frozenset(texts))
    return found


def as_asked(text: str) -> str:
    number = re.findall(r"prompt (\d+), ", text)[0]
    return f"prompt {number}, {SECRET}{number}."


def words(repo: Path) -> set[str]:
    """The texts that have their word yet, in an entry or a subject of a session here or mirrored."""
    return {as_asked(text) for text in re.findall(rf"prompt \d+, {SECRET}\d+\.", _grep(repo))}


def marked(repo: Path) -> set[str]:
    return {as_asked(text) for text in re.findall(r"prompt \d+, \[forgotten\]", _grep(repo))}


def _grep(repo: Path) -> str:
    tips = git(repo, "for-each-ref", "--format=%(objectname)", "refs/ctx/heads", "refs/ctx/remotes").split()
    if not tips:
        return ""
    entries = _maybe(repo, "grep", "-h", "-o", "-E", r"prompt [0-9]+, .*", *set(tips))
    return entries + git(repo, "log", "--format=%B", *set(tips))


def _maybe(repo: Path, *args: str) -> str:
    return subprocess.run(["git", *args], cwd=repo, capture_output=True, text=True).stdout


def start(world: World, clone: Clone) -> None:
    name, branch = world.random.choice(NAMES), world.random.choice(BRANCHES)
    git(clone.path, "switch", "-q", branch)
    ended = world.do(clone, "start", name, may_fail=True)
    known = f"{name}@{branch}" in clone.holds
    if ended.how == "read" and known and not clone.holds[f"{name}@{branch}"][1]:
        return  # one that holds nothing yet is taken up; `check` sees that it is the same
    if (ended.how == "refused") != any(one.startswith(f"{name}@") for one in clone.holds) and known:
        raise Wrong(f"start {name} on {branch}: {ended}")
    if ended.how == "read":
        id = held(clone.path, "refs/ctx/heads/")[f"{name}@{branch}"][0]
        clone.holds[f"{name}@{branch}"] = (id, frozenset())


def ask(world: World, clone: Clone) -> None:
    add(world, clone, lambda text, name: ["prompt", "-q", "-b", "1000", "--session", name, text])


def save(world: World, clone: Clone) -> None:
    add(world, clone, lambda text, name: ["save", "--session", name, "-m", text])


def add(world: World, clone: Clone, command: Callable[[str, str], list[str]]) -> None:
    name = world.some(clone.holds)
    if name is None:
        start(world, clone)
        return
    text = world.text()
    if world.do(clone, *command(text, name), may_fail=True).how == "refused":  # it has ended
        world.do(clone, "reopen", name)
        world.do(clone, *command(text, name))
    world.asked.add(text)
    clone.holds[name] = (clone.holds[name][0], clone.holds[name][1] | {text})


def end(world: World, clone: Clone) -> None:
    name = world.some(clone.holds)
    if name is not None:
        world.do(clone, "end", name, may_fail=True)


def merge(world: World, clone: Clone) -> None:
    """Of two branches of one session, and never of two sessions."""
    name, other = world.some(clone.holds), world.some(clone.holds)
    if name is None or other is None or name.partition("@")[0] != other.partition("@")[0] or name == other:
        return
    ended = world.do(clone, "merge", "--session", name, other.partition("@")[2], may_fail=True)
    same = clone.holds[name][0] == clone.holds[other][0]
    if ended.how == "read" and same:
        clone.holds[name] = (clone.holds[name][0], clone.holds[name][1] | clone.holds[other][1])
    elif ended.how == "read":
        raise Wrong(f"merged two sessions: {name} and {other}")


def fork(world: World, clone: Clone) -> None:
    name = world.some(clone.holds)
    if name is None:
        return
    session, _, branch = name.partition("@")
    target = f"t{world.number}-{world.random.randrange(10**6)}"
    git(clone.path, "switch", "-q", branch)
    if world.do(clone, "branch", "--session", name, target, may_fail=True).how == "read":
        clone.holds[f"{session}@{target}"] = clone.holds[name]


def rename(world: World, clone: Clone) -> None:
    name = world.some(clone.holds)
    new = world.random.choice((*NAMES, "delta"))
    if name is None:
        return
    old = name.partition("@")[0]
    ended = world.do(clone, "rename", new, old, may_fail=True)
    taken = any(one.startswith(f"{new}@") for one in clone.holds)
    if (ended.how == "refused") != taken:
        raise Wrong(f"rename {old} to {new}: {ended}")
    if ended.how == "read":
        clone.holds = {re.sub(f"^{old}@", f"{new}@", one): known for one, known in clone.holds.items()}


def delete(world: World, clone: Clone) -> None:
    name = world.some(clone.holds)
    if name is None:
        return
    session = name.partition("@")[0]
    world.do(clone, "delete", session, "--yes")
    for one in [one for one in clone.holds if one.startswith(f"{session}@")]:
        world.dropped |= clone.holds.pop(one)[1]


def fetch(world: World, clone: Clone) -> None:
    world.do(clone, "fetch", "origin")
    clone.mirrors = dict(world.on_server)


def pull(world: World, clone: Clone) -> None:
    ended = world.do(clone, "pull", "origin", may_fail=True)
    clone.mirrors = dict(world.on_server)
    united(clone)
    strange = any(one[0] != clone.holds.get(name, one)[0] for name, one in world.on_server.items())
    if (ended.how == "refused") != strange:
        raise Wrong(f"pull: {ended}")


def united(clone: Clone) -> None:
    for name, (id, texts) in clone.mirrors.items():
        if name in clone.holds and clone.holds[name][0] == id:
            clone.holds[name] = (id, clone.holds[name][1] | texts)


def push(world: World, clone: Clone) -> None:
    name = world.some(clone.holds)
    if name is not None and send(world, clone, name) == "refused":
        there = world.on_server[name]
        world.counts["had to pull first"] += 1
        if there[0] == clone.holds[name][0]:
            pull(world, clone)
            if send(world, clone, name) == "refused":
                replace(world, clone, name)


def replace(world: World, clone: Clone, name: str) -> None:
    """Where the server has what is forgotten here, a pull is not all."""
    there, here = world.on_server[name], clone.holds[name]
    if not world.forgotten & here[1]:
        raise Wrong(f"pull did not help {clone.path.name} to push {name}")
    ended = world.do(clone, "push", "--yes", "--replace", "--session", name, "origin", may_fail=True)
    if ended.how != "read" or not there[1] <= here[1]:
        raise Wrong(f"{clone.path.name} could not replace {name}: {ended}")
    world.on_server[name] = clone.mirrors[name] = here
    world.counts["replaced"] += 1


def send(world: World, clone: Clone, name: str) -> str:
    ended = world.do(clone, "push", "--yes", "--session", name, "origin", may_fail=True)
    there = world.on_server.get(name)
    if ended.how == "read":
        if there is not None and not (there[0] == clone.holds[name][0] and there[1] <= clone.holds[name][1]):
            raise Wrong(f"push of {name} took something off the server")
        world.on_server[name] = clone.mirrors[name] = clone.holds[name]
    elif there is None or not (b"pull first" in ended.err or b"--replace" in ended.err):
        raise Wrong(f"push of {name}: {ended}")
    return ended.how


def take(world: World, clone: Clone, name: str) -> None:
    ended = world.do(clone, "use", name, may_fail=True)
    if ended.how == "refused" and b"reopen" not in ended.err:  # an ended one comes, and stays ended
        raise Wrong(f"use {name}: {ended}")
    id, texts = clone.mirrors[name]
    clone.holds[name] = (id, clone.holds.get(name, (id, frozenset()))[1] | texts)


def use(world: World, clone: Clone) -> None:
    name = world.some({name: one for name, one in clone.mirrors.items() if not knows(clone, name)})
    if name is not None:
        take(world, clone, name)


def knows(clone: Clone, name: str) -> bool:
    """Whether it has this branch of the session, or another session of the name."""
    session = name.partition("@")[0]
    others = {id for one, (id, _) in clone.holds.items() if one.startswith(f"{session}@")}
    return name in clone.holds or bool(others - {clone.mirrors[name][0]})


def unshare(world: World, clone: Clone) -> None:
    """Off the server; who has it keeps it."""
    name = world.some(clone.mirrors)
    if name is None:
        return
    ended = world.do(clone, "push", "--yes", "--delete", name, "origin", may_fail=True)
    seen, there = clone.mirrors.get(name), world.on_server.get(name)
    if ended.how == "read":
        if there is not None and seen != there:
            raise Wrong(f"deleted what was not seen of {name}")
        world.on_server.pop(name, None)
        clone.mirrors.pop(name, None)
        if there is not None:
            world.dropped |= there[1]


def killed(world: World, clone: Clone) -> None:
    """A push, pull or fetch that is cut off: each ref is as before or as it would have become."""
    name = world.some(clone.holds)
    if name is None:
        return
    words = world.random.choice((["push", "--yes", "--session", name], ["pull"], ["fetch"]))
    world.do(clone, *words, "origin", may_fail=True, kill=True)
    server = held(world.server, "refs/ctx/heads/")
    for one in server.keys() | world.on_server.keys():
        if server.get(one) not in (world.on_server.get(one), clone.holds[name] if one == name else None):
            raise Wrong(f"a killed {words[0]} left the server with {one}: {server.get(one)}")
    before, there = dict(world.on_server), clone.holds[name]
    if server != before and not (before.get(name, there)[1] <= there[1]):
        raise Wrong("a killed push took something off the server")
    world.on_server = server
    mirrors = held(clone.path, "refs/ctx/remotes/origin/heads/")
    for one in mirrors.keys() | clone.mirrors.keys():
        if mirrors.get(one) not in (clone.mirrors.get(one), server.get(one), before.get(one)):
            raise Wrong(f"a killed {words[0]} left a mirror of {one}: {mirrors.get(one)}")
    clone.mirrors = mirrors
    local = held(clone.path, "refs/ctx/heads/")
    for one, (id, texts) in clone.holds.items():
        both = texts | (mirrors[one][1] if mirrors.get(one, ("",))[0] == id else frozenset())
        if local.get(one) not in ((id, texts), (id, both)):
            raise Wrong(f"a killed {words[0]} left {one} with {local.get(one)}")
    if local.keys() != clone.holds.keys():
        raise Wrong(f"a killed {words[0]} left {local.keys()}")
    clone.holds = local


def forget(world: World, clone: Clone) -> None:
    """A word that is here, for good; others may have it, and a bundle may."""
    text = world.random.choice(sorted({text for _, texts in clone.holds.values() for text in texts} or {""}))
    if not text:
        return
    word = text.partition(", ")[2]
    ended = world.do(clone, "forget", "--yes", "--text", word, may_fail=True)
    if (ended.how == "refused") != (text not in world.forgotten) and ended.how == "refused":
        return  # a colleague's mark was here already
    if ended.how != "read":
        raise Wrong(f"forget {word}: {ended}")
    clone.forgot.add(text)
    world.forgotten.add(text)


def export(world: World, clone: Clone) -> None:
    name = world.some(clone.holds)
    if name is not None:
        path = world.server.parent / f"{len(world.bundles)}.bundle"
        world.do(clone, "export", "-o", str(path), name)
        world.bundles.append((path, {name: clone.holds[name]}))


def import_(world: World, clone: Clone) -> None:
    """An old bundle, that may have what was forgotten since."""
    if not world.bundles:
        return
    path, holds = world.random.choice(world.bundles)
    ended = world.do(clone, "import", str(path), may_fail=True)
    for name, (id, texts) in holds.items():
        mine = {one: known for one, (one_id, known) in clone.holds.items() if one == name and one_id == id}
        strange = any(
            one.partition("@")[0] == name.partition("@")[0] and known != id
            for one, (known, _) in clone.holds.items()
        )
        if (ended.how == "refused") != strange:
            raise Wrong(f"import of {name}: {ended}")
        if ended.how == "read":
            clone.holds[name] = (id, texts | mine.get(name, frozenset()))


def foreign(world: World, clone: Clone) -> None:
    """What people do with plain git: prune, gc, pack refs, rename a remote and back, remove it."""
    what = world.random.randrange(6)
    if what == 0:
        git(clone.path, "config", "fetch.prune", "true")
        git(clone.path, "fetch", "-q", "--prune", "--all")
    elif what == 1:
        git(clone.path, "pack-refs", "--all")
    elif what == 2:
        git(clone.path, "gc", "-q")
    elif what == 3:
        git(clone.path, "remote", "prune", "origin")
    elif what == 4:
        url = git(clone.path, "remote", "get-url", "origin").strip()
        git(clone.path, "remote", "remove", "origin")
        ended = world.do(clone, "fetch", may_fail=True)
        if ended.how != "refused" or b"no remote to share with" not in ended.err:
            raise Wrong(f"a removed remote was not noticed: {ended}")
        git(clone.path, "remote", "add", "origin", url)
    else:
        git(clone.path, "remote", "rename", "origin", "other")
        ended = world.do(clone, "fetch", "other")
        if b"which is no remote any more" not in ended.err and clone.mirrors:
            raise Wrong(f"a renamed remote was not noticed: {ended}")
        world.do(clone, "remote", "--prune")
        git(clone.path, "remote", "rename", "other", "origin")
        world.do(clone, "remote", "--prune")
        clone.mirrors = {}
        fetch(world, clone)


ACTS: tuple[tuple[Callable[[World, Clone], None], int], ...] = (
    *((ask, 20), (start, 6), (save, 4), (push, 16), (pull, 12), (fetch, 4), (use, 8), (merge, 4)),
    *((fork, 3), (rename, 2), (delete, 2), (end, 2), (unshare, 1), (killed, 8), (foreign, 3)),
    *((forget, 6), (export, 2), (import_, 3)),
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Three clones and a server.")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    environment()
    total: Counter[str] = Counter()
    failed = 0
    for seed in range(options.seed, options.seed + options.rounds):
        with tempfile.TemporaryDirectory() as scratch:
            failed += not _round(Path(scratch), seed, options.steps, options.verbose, total)
    print(
        f"{options.rounds} rounds, {failed} failed: "
        + ", ".join(f"{n} {what}" for what, n in sorted(total.items()))
    )
    return int(failed > 0)


def _round(scratch: Path, seed: int, steps: int, verbose: bool, total: Counter[str]) -> bool:
    if seed % 2:
        with servers.http(scratch / "served") as url:
            return _played(World(scratch, seed, f"{url}/repo.git", verbose), seed, steps, total)
    return _played(World(scratch, seed, None, verbose), seed, steps, total)


def _played(world: World, seed: int, steps: int, total: Counter[str]) -> bool:
    try:
        for _ in range(steps):
            world.step()
        world.settle()
        return True
    except Wrong as wrong:
        print(f"seed {seed}, step {world.counts['steps']}: {wrong}")
        return False
    finally:
        total.update(world.counts)


if __name__ == "__main__":
    sys.exit(main())
