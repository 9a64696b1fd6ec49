#!/usr/bin/env python3
"""Two or three clones and a server, in any order: does each hold what it must, whatever the others do?

    scripts/bench/interleave.py [--rounds 10] [--steps 60] [--seed 0] [--keep DIR] [-v]

A model that knows nothing of git says what each clone and the server must hold after every step: sets of
entries by session and branch, and words that must not be there. What they hold is read by plain git. By turns
three clones share over a path, three over `git http-backend` on loopback, two over a real sshd. Some
pushes, pulls and fetches are killed on their way. Texts, prompts and files are forgotten while others still
have them: who forgot or heard of it must not have them again, all else stays, and in the end nobody has.
Prints counts: steps tried, refused, killed; entries made, survived, lost, strange; words forgotten, back.
"""

import argparse
import json
import os
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from calls import Ended, call, environment, git
from held import Doubled, Line, Reader, everywhere, is_of_file

from tests import servers

NAMES = ("alpha", "beta", "gamma")
BRANCHES = ("main", "side", "fix/it")
FORMS = ("bundle", "json", "files")


Gone = str | tuple[str, str]
"""A word that is nowhere; or an entry, and a word that nothing of it has, neither context nor snapshot."""


@dataclass(frozen=True)
class Has:
    """A session branch as it must be: the session's id, its entries, and what it must not have."""

    id: str
    entries: frozenset[str] = frozenset()
    gone: frozenset[Gone] = frozenset()

    def __or__(self, other: "Has") -> "Has":
        return Has(self.id, self.entries | other.entries, self.gone | other.gone)


Held = dict[str, Has]
"""By SESSION@BRANCH."""


@dataclass
class Clone:
    """`learnt`: what was forgotten here, or heard to be, by the session's id. `raw`: a fetch was cut
    off, and no other came yet, so that the mirrors may have what the remote has. `behind`: a pull was
    cut off, and no other came yet, so that a branch may have what others have heard to be forgotten.
    """

    path: Path
    holds: Held = field(default_factory=dict)
    mirrors: Held = field(default_factory=dict)
    learnt: dict[str, set[Gone]] = field(default_factory=dict)
    raw: bool = False
    behind: bool = False

    def has(self, name: str, line: Has) -> None:
        self.holds[name] = line
        self.hears(line)

    def forgot(self, line: Has) -> bool:
        """Whether a branch may be another one than the server has, since something of it was forgotten."""
        return bool(line.gone or self.learnt.get(line.id))

    def hears(self, line: Has) -> None:
        """What one branch says holds for all."""
        self.learnt.setdefault(line.id, set()).update(line.gone)


class Wrong(Exception):
    pass


class World:
    """`said`: the words of each entry. `struck`: those that somebody forgot, `wholly` with the rest;
    `quoted`: words that stand elsewhere, too, and may; `repeated`: all that ever did. `dropped`: entries that
    were deleted somewhere.
    """

    def __init__(self, scratch: Path, seed: int, url: str | None, clones: int, verbose: bool) -> None:
        self.random = random.Random(seed)
        self.verbose = verbose
        self.counts: Counter[str] = Counter()
        self.reader = Reader()
        self.said: dict[str, set[str]] = {}
        self.struck: dict[str, set[str]] = {}
        self.wholly: set[str] = set()
        self.parents: dict[str, str] = {}
        self.quoted: set[str] = set()
        self.repeated: set[str] = set()
        self.forgotten: set[str] = set()
        self.dropped: set[str] = set()
        self.files: list[tuple[Path, Held]] = []
        self.number = 0
        self.server = servers.bare(scratch / "served" / "repo.git")
        git(self.server, "config", "http.receivepack", "true")
        self.on_server: Held = {}
        self.clones = [
            self._clone(scratch, name, url or str(self.server)) for name in ("ada", "bob", "eve")[:clones]
        ]

    def _clone(self, scratch: Path, name: str, url: str) -> Clone:
        path = scratch / name
        git(scratch, "init", "-q", "-b", "main", str(path))
        git(path, "config", "gc.auto", "0")
        git(path, "remote", "add", "origin", url)
        if git(self.server, "for-each-ref", "refs/heads"):
            git(path, "fetch", "-q", str(self.server), "+refs/heads/*:refs/remotes/origin/*")
            git(path, "reset", "-q", "--hard", "origin/main")
        else:
            (path / "app.py").write_text("def main():\n    return 0\n")
            git(path, "add", "-A")
            git(path, "commit", "-q", "-m", "app")
            git(path, "push", "-q", str(self.server), "main")
            git(path, "update-ref", "refs/remotes/origin/main", "main")
        for branch in BRANCHES[1:]:
            git(path, "branch", branch)
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
            words = ended.err.decode(errors="replace").strip()[:300]
            print(clone.path.name, *command, "->", ended.how, words, flush=True)
        self.counts[ended.how] += 1
        if ended.how.startswith("wrong") or (ended.how == "refused" and not may_fail):
            raise Wrong(f"{clone.path.name}: {' '.join(command)}: {ended.how}: {ended.err.decode()}")
        return ended

    def check(self, what: str) -> None:
        for clone in self.clones:
            name = clone.path.name
            heard(clone)
            learnt = {} if clone.behind else clone.learnt
            self._same(f"{what}: {name}", self.reader.held(clone.path), clone.holds, learnt)
            mirrors = self.reader.held(clone.path, "refs/ctx/remotes/origin/")
            learnt = {} if clone.raw else clone.learnt
            self.counts["in a mirror until the next fetch"] += clone.raw and any(
                self._back(line, clone.learnt.get(line.session, set())) for line in mirrors.values()
            )
            self._same(f"{what}: mirrors of {name}", mirrors, clone.mirrors, learnt, clone.raw)
        self._same(f"{what}: the server", self.reader.held(self.server), self.on_server, {})

    def _same(
        self,
        where: str,
        found: Mapping[str, Line],
        wanted: Held,
        learnt: Mapping[str, set[Gone]],
        raw: bool = False,
    ) -> None:
        there = {name: Has(line.session, frozenset(line.entries)) for name, line in found.items()}
        if there != {name: Has(has.id, has.entries) for name, has in wanted.items()}:
            none = Has("")
            lost = {name: sorted(has.entries - there.get(name, none).entries) for name, has in wanted.items()}
            more = {name: sorted(has.entries - wanted.get(name, none).entries) for name, has in there.items()}
            self.counts["lost"] += sum(map(len, lost.values()))
            self.counts["strange"] += sum(map(len, more.values()))
            raise Wrong(f"{where}: lost {lost}, more {more}\n  {there.keys()}, expected {wanted.keys()}")
        for name, line in found.items():
            gone = learnt.get(line.session, set()) | (set() if raw else wanted[name].gone)
            back = self._back(line, gone)
            if back:
                self.counts["back"] += len(back)
                raise Wrong(f"{where}: {name} has what was forgotten: {back}")
            for entry, words in line.entries.items():
                self._whole(f"{where}: {name}", entry, words)

    def _back(self, line: Line, gone: Set[Gone]) -> set[Gone]:
        """What a line has that it must not have."""
        words = {one for one in gone if isinstance(one, str)}
        files = {word for _, word in gone - words if is_of_file(word)} - _allowed(line, gone)
        shown = {one for one in gone - words if one[1] in line.shown.get(one[0], ())}
        return (line.words & (words - self.quoted | files)) | shown

    def _whole(self, where: str, entry: str, words: frozenset[str]) -> None:
        """What nobody forgot of an entry is there."""
        struck = self.struck.get(entry, set())
        less = self.said[entry] - struck - words
        if less and len(struck) < 2 and entry not in self.wholly:
            raise Wrong(f"{where}: what nobody forgot is gone of {entry}: {less}")
        self.counts["entries that lost more than was forgotten of them"] += bool(less)

    def word(self, kind: str = "q") -> str:
        self.number += 1
        return f"z{kind}{self.number}qz"

    def some(self, holds: Held) -> str | None:
        return self.random.choice(sorted(holds)) if holds else None

    def settle(self) -> None:
        """Everybody shares everything, three times round: then all of a session is everywhere that has it."""
        for _ in range(3):
            for clone in self.clones:
                fetch(self, clone)
                for name in sorted(clone.mirrors):
                    if not knows(clone, name):
                        take(self, clone, name)
                pull(self, clone)
                for name in sorted(clone.holds):
                    there, here = self.on_server.get(name), clone.holds[name]
                    same = there is None or there.id == here.id
                    if same and send(self, clone, name) == "refused" and clone.forgot(here):
                        put(self, clone, name)
            self.check("settle")
        self._alike()
        for clone in self.clones[:1]:
            self._through_files(clone)
        self._swept()
        here = {entry for clone in self.clones for has in clone.holds.values() for entry in has.entries}
        lost = self.said.keys() - here - self.dropped
        self.counts["made"] += len(self.said)
        self.counts["survived"] += len(self.said.keys() & here)
        self.counts["deleted with their session everywhere"] += len(self.said.keys() & self.dropped - here)
        self.counts["lost"] += len(lost)
        if lost:
            raise Wrong(f"lost: {lost}")
        for repo in (*(clone.path for clone in self.clones), self.server):
            git(repo, "fsck", "--strict", "--no-dangling")
            left = [str(path) for path in repo.rglob("*.lock") if "refs" in path.parts]
            if left:
                raise Wrong(f"locks left: {left}")
        if "private" in git(self.server, "log", "--all", "--format=%s"):
            raise Wrong("a commit that was not pushed is on the server")

    def _alike(self) -> None:
        """Who has a session has the same of it, to the byte: state, settings and marks, too."""
        there = self.reader.held(self.server)
        for clone in self.clones:
            for name, line in self.reader.held(clone.path).items():
                other = there.get(name, line)
                if other.session == line.session and other.tree != line.tree:
                    raise Wrong(
                        f"{clone.path.name} and the server differ in {name}: {line.tree}, {other.tree}"
                    )

    def _through_files(self, clone: Clone) -> None:
        """Each session comes out of a bundle and of JSON as it went in, to the commit."""
        for form in ("bundle", "json"):
            fresh = Clone(clone.path.parent / f"from-{form}")
            git(clone.path.parent, "init", "-q", str(fresh.path))
            for session in sorted({name.partition("@")[0] for name in clone.holds}):
                path = fresh.path.parent / f"{session}.{form}"
                self.do(clone, "export", "-o", str(path), session)
                self.do(fresh, "import", str(path))
            refs = [git(one.path, "for-each-ref", "refs/ctx/heads") for one in (clone, fresh)]
            self.counts["branches through a file"] += len(clone.holds)
            if refs[0] != refs[1]:
                raise Wrong(f"{form}: {refs[0]} became {refs[1]}")

    def _swept(self) -> None:
        """Whoever purges and prunes has no forgotten word in any object or file, nor has the server."""
        for kept in (self.server / "objects/pack").glob("*.keep"):  # git's own, of a push that was killed
            kept.unlink()
        git(self.server, "gc", "-q", "--prune=now")
        for clone in self.clones:
            call(clone.path, ["forget", "--purge"])
            git(clone.path, "reflog", "expire", "--expire=all", "--all")
            git(clone.path, "gc", "-q", "--prune=now")
        served = self.reader.held(self.server)
        self._clean(self.server, [(line, self.on_server[name].gone) for name, line in served.items()])
        for clone in self.clones:
            held = [self.reader.held(clone.path, f"refs/ctx/{under}") for under in ("", "remotes/origin/")]
            lines = [line for each in held for line in each.values()]
            self._clean(clone.path, [(line, clone.learnt.get(line.session, set())) for line in lines])

    def _clean(self, repo: Path, lines: list[tuple[Line, Set[Gone]]]) -> None:
        """No word that a line must not have is anywhere, unless another line has it that may."""
        gone = {one if isinstance(one, str) else one[1] for _, each in lines for one in each}
        allowed = set().union(*(_allowed(line, each) for line, each in lines))
        left = everywhere(repo) & gone - self.quoted - allowed
        self.counts["words forgotten"] += len(gone)
        self.counts["left after gc"] += len(left)
        if left:
            raise Wrong(f"{repo.name} has after a gc: {left}")


def _allowed(line: Line, gone: Set[Gone]) -> set[str]:
    """The words that a line has and may have."""
    files = {word for entry, words in line.shown.items() for word in words if (entry, word) not in gone}
    return {word for word in line.words - gone if not is_of_file(word)} | files


def heard(clone: Clone) -> None:
    """What one branch says to be forgotten, the whole clone has heard."""
    for has in clone.holds.values():
        clone.hears(has)


def start(world: World, clone: Clone) -> None:
    name, branch = world.random.choice(NAMES), world.random.choice(BRANCHES)
    git(clone.path, "switch", "-q", branch)
    ended = world.do(clone, "start", name, may_fail=True)
    at = f"{name}@{branch}"
    if ended.how == "read" and at in clone.holds and not clone.holds[at].entries:
        return  # one that holds nothing yet is taken up; `check` sees that it is the same
    if (ended.how == "refused") != any(one.startswith(f"{name}@") for one in clone.holds) and (
        at in clone.holds
    ):
        raise Wrong(f"start {name} on {branch}: {ended}")
    if ended.how == "read":
        clone.has(at, Has(world.reader.held(clone.path)[at].session))


def ask(world: World, clone: Clone) -> None:
    word = world.word()
    add(world, clone, [word], "prompt", "-q", "-b", "1000", f"prompt {word}, and more of it.")


def quote(world: World, clone: Clone) -> None:
    """A prompt that repeats what another entry of the session says."""
    name = world.some(clone.holds)
    known = sorted(
        word
        for entry in (clone.holds[name].entries if name else ())
        for word in world.said[entry] - world.struck.get(entry, set())
    )
    if name is None or not known:
        return
    old, word = world.random.choice(known), world.word()
    world.quoted.add(old)
    world.repeated.add(old)
    text = f"what was meant by {old}, asks {word} again."
    add(world, clone, [word, old], "prompt", "-q", "-b", "1000", text, name=name)


def write(world: World, clone: Clone) -> None:
    """A file that the context of the next prompt shows."""
    word = world.word("f")
    (clone.path / "notes").mkdir(exist_ok=True)
    (clone.path / "notes" / f"n{world.number}.md").write_text(f"# Notes\n\nThe word is {word}.\n")
    number, word = world.number, world.word()
    add(world, clone, [word], "prompt", "-q", "-b", "1000", f"read notes/n{number}.md, says {word} now.")


def save(world: World, clone: Clone) -> None:
    word = world.word()
    add(world, clone, [word], "save", "-m", f"the files of {word}, as they are.")


def reply(world: World, clone: Clone) -> None:
    word = world.word()
    name = world.some({one: has for one, has in clone.holds.items() if _prompts(has)})
    if name is not None:
        id = world.random.choice(_prompts(clone.holds[name])).partition(":")[2]
        add(world, clone, [word], "reply", "--prompt", id, f"An answer with {word} in it.", name=name)


def request(world: World, clone: Clone) -> None:
    word = world.word()
    name = world.some({one: has for one, has in clone.holds.items() if _prompts(has)})
    if name is not None:
        add(world, clone, [word], "request", "question", f"what is {word} to us", name=name)


def guide(world: World, clone: Clone) -> None:
    word = world.word()
    add(world, clone, [word], "guide", f"mind the {word} in all you do")


def pin(world: World, clone: Clone) -> None:
    word = world.word()
    add(world, clone, [word], "pin", f"lib/{word}/*.py")


def _prompts(has: Has) -> list[str]:
    return sorted(entry for entry in has.entries if entry.startswith("prompt:"))


def add(world: World, clone: Clone, words: list[str], *command: str, name: str | None = None) -> None:
    name = name or world.some(clone.holds)
    if name is None:
        start(world, clone)
        return
    verb = [command[0], "--session", name, *command[1:]]
    ended = world.do(clone, *verb, may_fail=True)
    if b"no prompt at" in ended.err:  # this chat has none yet
        return
    if ended.how == "refused":  # it has ended
        world.do(clone, "reopen", name)
        world.do(clone, *verb)
    before, line = clone.holds[name], world.reader.held(clone.path)[name]
    new = line.entries.keys() - before.entries
    if len(new) != 1 or not set(words) <= line.entries[next(iter(new))]:
        raise Wrong(f"{' '.join(verb)} made {new}")
    (entry,) = new
    world.said[entry] = set(words)
    if entry.startswith(("reply:", "request:")):
        world.parents[entry] = _parent(clone.path, name, entry)
    clone.has(name, Has(before.id, before.entries | new, before.gone))


def _parent(repo: Path, name: str, entry: str) -> str:
    kind, _, id = entry.partition(":")
    session, _, branch = name.partition("@")
    ref = f"refs/ctx/heads/{session}/{branch.replace('/', '%2F')}"
    path = git(repo, "ls-tree", "-r", "--name-only", ref).split()
    (place,) = [one for one in path if one.endswith(f"-{id}.{kind}.json")]
    return f"prompt:{json.loads(git(repo, 'show', f'{ref}:{place}'))['prompt']}"


def close(world: World, clone: Clone) -> None:
    name = world.some(clone.holds)
    if name is not None:
        world.do(clone, world.random.choice(("end", "archive", "reopen")), name, may_fail=True)


def restore(world: World, clone: Clone) -> None:
    """What is there is saved first, if it is kept nowhere yet; that has no word of ours."""
    name = world.some(clone.holds)
    if name is None:
        return
    before = clone.holds[name]
    world.do(clone, "restore", "--session", name, f"@~{world.random.randrange(4)}", may_fail=True)
    line = world.reader.held(clone.path)[name]
    new = line.entries.keys() - before.entries
    for entry in new:
        world.said[entry] = set()
    clone.has(name, Has(before.id, before.entries | new, before.gone))


def merge(world: World, clone: Clone) -> None:
    """Of two branches of one session, and never of two sessions."""
    name, other = world.some(clone.holds), world.some(clone.holds)
    if name is None or other is None or name.partition("@")[0] != other.partition("@")[0] or name == other:
        return
    ended = world.do(clone, "merge", "--session", name, other.partition("@")[2], may_fail=True)
    same = clone.holds[name].id == clone.holds[other].id
    if ended.how == "read" and same:
        clone.has(name, clone.holds[name] | clone.holds[other])
    elif ended.how == "read":
        raise Wrong(f"merged two sessions: {name} and {other}")


def fork(world: World, clone: Clone) -> None:
    name = world.some(clone.holds)
    if name is None:
        return
    session, _, branch = name.partition("@")
    target = f"t{world.number}-{world.random.randrange(10**6)}"
    known = git(clone.path, "branch", "--list", branch)  # a colleague's need not be here
    git(clone.path, "switch", "-q", *(() if known else ("-c",)), branch)
    if world.do(clone, "branch", "--session", name, target, may_fail=True).how == "read":
        clone.has(f"{session}@{target}", clone.holds[name])


def rename(world: World, clone: Clone) -> None:
    name = world.some(clone.holds)
    new = world.random.choice((*NAMES, "delta"))
    if name is None:
        return
    old = name.partition("@")[0]
    ended = world.do(clone, "rename", old, new, may_fail=True)
    mine = {one: has for one, has in clone.holds.items() if one.startswith(f"{old}@")}
    moved = {re.sub(f"^{old}@", f"{new}@", one): has for one, has in mine.items()}
    theirs = {one: has for one, has in clone.holds.items() if one.startswith(f"{new}@")}
    # The same branches under both names may be what a rename left that was cut off, and then it is finished.
    same = moved.items() <= theirs.items() or theirs.items() <= moved.items()
    if (ended.how == "refused") != bool(theirs) and not same:
        raise Wrong(f"rename {old} to {new}: {ended}")
    if ended.how == "read":
        clone.holds = {one: has for one, has in clone.holds.items() if one not in mine} | moved


def delete(world: World, clone: Clone) -> None:
    name = world.some(clone.holds)
    if name is None:
        return
    session = name.partition("@")[0]
    world.do(clone, "delete", session, "--yes")
    for one in [one for one in clone.holds if one.startswith(f"{session}@")]:
        world.dropped |= clone.holds.pop(one).entries


def fetch(world: World, clone: Clone) -> None:
    files = ("--files",) if world.random.random() < 0.3 else ()
    world.do(clone, "fetch", *files, "origin")
    mirrored(world, clone)


def pull(world: World, clone: Clone) -> None:
    files = ("--files",) if world.random.random() < 0.3 else ()
    ended = world.do(clone, "pull", *files, "origin", may_fail=True)
    clone.behind = False
    mirrored(world, clone)
    for name, has in clone.mirrors.items():
        if name in clone.holds and clone.holds[name].id == has.id:
            clone.has(name, clone.holds[name] | has)
    strange = any(has.id != clone.holds.get(name, has).id for name, has in world.on_server.items())
    if (ended.how == "refused") != strange:
        raise Wrong(f"pull: {ended}")


def mirrored(world: World, clone: Clone) -> None:
    clone.mirrors = dict(world.on_server)
    clone.raw = False


def push(world: World, clone: Clone) -> None:
    name = world.some(clone.holds)
    if name is not None and send(world, clone, name) == "refused":
        world.counts["had to pull first"] += 1
        if world.on_server[name].id == clone.holds[name].id:
            pull(world, clone)
            if send(world, clone, name) == "refused":
                put(world, clone, name)


def send(world: World, clone: Clone, name: str) -> str:
    files = ("--files",) if world.random.random() < 0.4 else ()
    ended = world.do(clone, "push", "--yes", *files, "--session", name, "origin", may_fail=True)
    there, here = world.on_server.get(name), clone.holds[name]
    if ended.how == "read":
        if there is not None and not (there.id == here.id and there.entries <= here.entries):
            raise Wrong(f"push of {name} took something off the server")
        world.on_server[name] = clone.mirrors[name] = here
    elif b"pushed, but not its snapshots" in ended.err:
        world.on_server[name] = clone.mirrors[name] = here
        world.counts["had to pull files first"] += 1
        return "read"
    elif there is None or not (b"pull first" in ended.err or b"--replace" in ended.err):
        raise Wrong(f"push of {name}: {ended}")
    return ended.how


def put(world: World, clone: Clone, name: str) -> None:
    """Where the server has what is forgotten here, a pull is not all."""
    there, here = world.on_server[name], clone.holds[name]
    if not clone.forgot(here):
        raise Wrong(f"pull did not help {clone.path.name} to push {name}")
    ended = world.do(clone, "push", "--yes", "--replace", "--session", name, "origin", may_fail=True)
    if ended.how != "read" or not there.entries <= here.entries:
        raise Wrong(f"{clone.path.name} could not replace {name}: {ended}")
    world.on_server[name] = clone.mirrors[name] = here
    world.counts["replaced"] += 1


def replace(world: World, clone: Clone) -> None:
    """On purpose: takes off the server what was seen there, and nothing else."""
    name = world.some({one: has for one, has in clone.holds.items() if one in world.on_server})
    if name is None:
        return
    there, here = world.on_server[name], clone.holds[name]
    ended = world.do(clone, "push", "--yes", "--replace", "--session", name, "origin", may_fail=True)
    if ended.how == "read":
        if clone.mirrors.get(name, there).entries != there.entries:
            raise Wrong(f"replaced what was not seen of {name}: {ended}")
        world.dropped |= there.entries - here.entries
        world.on_server[name] = clone.mirrors[name] = here


def take(world: World, clone: Clone, name: str) -> None:
    ended = world.do(clone, "use", name, may_fail=True)
    if ended.how == "refused" and b"reopen" not in ended.err:  # an ended one comes, and stays ended
        raise Wrong(f"use {name}: {ended}")
    mirror = clone.mirrors[name]
    clone.has(name, clone.holds.get(name, mirror) | mirror)


def use(world: World, clone: Clone) -> None:
    name = world.some({name: one for name, one in clone.mirrors.items() if not knows(clone, name)})
    if name is not None:
        take(world, clone, name)


def knows(clone: Clone, name: str) -> bool:
    """Whether it has this branch of the session, or another session of the name."""
    session = name.partition("@")[0]
    others = {has.id for one, has in clone.holds.items() if one.startswith(f"{session}@")}
    return name in clone.holds or bool(others - {clone.mirrors[name].id})


def unshare(world: World, clone: Clone) -> None:
    """Off the server; who has it keeps it."""
    name = world.some(clone.mirrors)
    if name is None:
        return
    ended = world.do(clone, "push", "--yes", "--delete", name, "origin", may_fail=True)
    seen, there = clone.mirrors.get(name), world.on_server.get(name)
    if ended.how == "read":
        if there is not None and (seen is None or seen.entries != there.entries):
            raise Wrong(f"deleted what was not seen of {name}")
        world.on_server.pop(name, None)
        clone.mirrors.pop(name, None)
        if there is not None:
            world.dropped |= there.entries


def killed(world: World, clone: Clone) -> None:
    """A push, pull or fetch that is cut off: each ref is as before or as it would have become."""
    name = world.some(clone.holds)
    if name is None:
        return
    words = world.random.choice((["push", "--yes", "--session", name], ["pull"], ["fetch"]))
    world.do(clone, *words, "origin", may_fail=True, kill=True)
    clone.raw = True
    clone.behind |= words == ["pull"]
    what = f"a killed {words[0]}"
    before, there = dict(world.on_server), clone.holds[name]
    world.on_server = _either(world, f"{what}: server", world.server, "", before, {name: there})
    if not all(has.entries <= world.on_server[one].entries for one, has in before.items()):
        raise Wrong(f"{what} took something off the server")
    clone.mirrors = _either(
        world, f"{what}: mirrors", clone.path, "remotes/origin/", clone.mirrors, before, world.on_server
    )
    both = {
        one: has | clone.mirrors[one]
        for one, has in clone.holds.items()
        if one in clone.mirrors and clone.mirrors[one].id == has.id
    }
    local = _either(world, what, clone.path, "", clone.holds, both)
    if local.keys() != clone.holds.keys():
        raise Wrong(f"{what} left {local.keys()}")
    clone.holds = local


def _either(world: World, what: str, repo: Path, under: str, *known: Held) -> Held:
    """What is there, where each branch has to be as one of those known has it, or in none of them."""
    found: Held = {}
    for one, line in world.reader.held(repo, f"refs/ctx/{under}").items():
        entries = frozenset(line.entries)
        fits = [each[one] for each in known if one in each and each[one].entries == entries]
        if not fits or fits[0].id != line.session:
            raise Wrong(f"{what}: left {one} with {sorted(entries)}")
        found[one] = fits[0]
    return found


def forget_text(world: World, clone: Clone) -> None:
    """A word that is here, for good; others may have it, and a bundle may."""
    entries = {entry for has in clone.holds.values() for entry in has.entries}
    words = sorted(set().union(*(world.said[entry] for entry in entries)))
    if not words:
        return
    word = world.random.choice(words)
    had = _having(world, clone, word)
    ended = world.do(clone, "forget", "--yes", "--text", word, may_fail=True)
    if ended.how == "refused" and word in world.forgotten:
        return  # a colleague's mark was here already
    if ended.how != "read":
        raise Wrong(f"forget {word}: {ended}")
    if not any(word in said and entry in world.wholly for entry, said in world.said.items()):
        world.quoted.discard(word)
    world.forgotten.add(word)
    for entry, said in world.said.items():
        if word in said:
            world.struck.setdefault(entry, set()).add(word)
    _gone(clone, had, {word})


def forget_prompt(world: World, clone: Clone) -> None:
    """All of a prompt, with its replies and requests as far as this branch has them."""
    name = world.some({one: has for one, has in clone.holds.items() if _prompts(has)})
    if name is None:
        return
    entry = world.random.choice(_prompts(clone.holds[name]))
    id = entry.partition(":")[2]
    had = {word: _having(world, clone, word) for word in world.said[entry]}
    showed = _showing(world, clone)
    ended = world.do(clone, "forget", "--yes", "--rev", id, "--session", name, may_fail=True)
    if ended.how != "read":
        if entry not in world.struck:
            raise Wrong(f"forget {entry}: {ended}")
        return
    with_it = [one for one in clone.holds[name].entries if world.parents.get(one) == entry]
    had |= {word: {name: clone.holds[name].id} for one in with_it for word in world.said[one]}
    words = set()
    for each in (entry, *with_it):
        world.struck[each] = set(world.said[each])
        world.wholly.add(each)
        words |= world.said[each]
    world.forgotten |= words
    # Where nothing of an entry is left, nothing tells which words went, and who repeats them keeps them.
    world.quoted |= words & world.repeated
    for word in words - world.quoted:
        _gone(clone, had[word], {word})
    # That is no word: it tells that these branches are not what the server has.
    _gone(clone, {one: has.id for one, has in clone.holds.items() if entry in has.entries}, {entry})
    for id, pairs in showed.items():
        _gone_of(clone, id, {one for one in pairs if one[0] in (entry, *with_it)})


def forget_path(world: World, clone: Clone) -> None:
    paths = sorted((clone.path / "notes").glob("*.md"))
    if not paths:
        return
    path = world.random.choice(paths)
    word = _word(path)
    path.unlink()
    had = _showing(world, clone)
    ended = world.do(clone, "forget", "--yes", "--path", f"notes/{path.name}", may_fail=True)
    if ended.how == "read":
        for id, pairs in had.items():
            _gone_of(clone, id, {one for one in pairs if one[1] == word})


def _word(path: Path) -> str:
    return path.read_text().split()[-1].rstrip(".")


def _having(world: World, clone: Clone, word: str) -> dict[str, str]:
    """The session branches and mirrors that have a word, and the ids of their sessions."""
    held = {
        f"{under}{name}": line
        for under in ("", "remotes/origin/")
        for name, line in world.reader.held(clone.path, f"refs/ctx/{under}").items()
    }
    return {name: line.session for name, line in held.items() if word in line.words}


def _showing(world: World, clone: Clone) -> dict[str, set[tuple[str, str]]]:
    """Which entries here, and in mirrors, have which word, by their session's id."""
    found: dict[str, set[tuple[str, str]]] = {}
    for under in ("", "remotes/origin/"):
        for line in world.reader.held(clone.path, f"refs/ctx/{under}").values():
            pairs = {(entry, word) for entry, words in line.shown.items() for word in words}
            found.setdefault(line.session, set()).update(pairs)
    return found


def _gone_of(clone: Clone, id: str, pairs: Set[tuple[str, str]]) -> None:
    """What entries had and have no more, which the lines with these entries carry to others."""
    clone.learnt.setdefault(id, set()).update(pairs)
    for name, has in clone.holds.items():
        if has.id == id:
            told = frozenset(one for one in pairs if one[0] in has.entries)
            clone.holds[name] = Has(id, has.entries, has.gone | told)


def _gone(clone: Clone, had: Mapping[str, str], words: set[str]) -> None:
    """Words that sessions have here no more, and that they carry to those who hear of it."""
    for name, id in had.items():
        clone.learnt.setdefault(id, set()).update(words)
        if name in clone.holds:
            has = clone.holds[name]
            clone.holds[name] = Has(has.id, has.entries, has.gone | words)


def export(world: World, clone: Clone) -> None:
    name = world.some(clone.holds)
    if name is not None:
        form = world.random.choice(FORMS)
        path = world.server.parent / f"{len(world.files)}.{'json' if form == 'json' else 'bundle'}"
        files = ("--files",) if form == "files" else ()
        world.do(clone, "export", *files, "-o", str(path), name)
        world.files.append((path, {name: clone.holds[name]}))


def import_(world: World, clone: Clone) -> None:
    """An old bundle or document, that may have what was forgotten since."""
    if not world.files:
        return
    path, holds = world.random.choice(world.files)
    ended = world.do(clone, "import", str(path), may_fail=True)
    for name, has in holds.items():
        session = name.partition("@")[0]
        strange = any(
            one.partition("@")[0] == session and mine.id != has.id for one, mine in clone.holds.items()
        )
        if (ended.how == "refused") != strange:
            raise Wrong(f"import of {name}: {ended}")
        if ended.how == "read":
            clone.has(name, clone.holds.get(name, has) | has)


def collect(world: World, clone: Clone) -> None:
    world.do(clone, *world.random.choice((["gc"], ["fsck"], ["fsck", "--repair"])), may_fail=True)


def foreign(world: World, clone: Clone) -> None:
    """What people do with plain git: prune, gc, pack refs, rename a remote and back, remove it, commit."""
    what = world.random.randrange(7)
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
        git(clone.path, "commit", "-q", "--allow-empty", "-m", "private")
    elif what == 5:
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
    *((ask, 14), (quote, 4), (write, 4), (reply, 5), (request, 2), (guide, 2), (pin, 2), (save, 4)),
    *((start, 6), (push, 16), (pull, 12), (fetch, 4), (use, 8), (merge, 4), (replace, 1), (restore, 2)),
    *((fork, 3), (rename, 2), (delete, 2), (close, 3), (unshare, 1), (killed, 8), (foreign, 3)),
    *((forget_text, 5), (forget_prompt, 2), (forget_path, 3), (export, 3), (import_, 4), (collect, 1)),
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Clones and a server.")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="copy the clones of a round that fails below here")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    environment()
    total: Counter[str] = Counter()
    failed = 0
    for seed in range(options.seed, options.seed + options.rounds):
        with tempfile.TemporaryDirectory() as scratch, _served(Path(scratch), seed, total) as (url, clones):
            world = World(Path(scratch), seed, url, clones, options.verbose)
            if not _played(world, seed, options.steps, total):
                failed += 1
                if options.keep:
                    shutil.copytree(scratch, options.keep / str(seed), symlinks=True)
    print(
        f"{options.rounds} rounds, {failed} failed: "
        + ", ".join(f"{n} {what}" for what, n in sorted(total.items()))
    )
    return int(failed > 0)


@contextmanager
def _served(scratch: Path, seed: int, total: Counter[str]) -> Iterator[tuple[str | None, int]]:
    """The URL of the server, None for its path, and how many share it."""
    sshd = servers.sshd()
    if seed % 3 == 1:
        with servers.http(scratch / "served") as url:
            yield f"{url}/repo.git", 3
    elif seed % 3 == 2 and sshd is not None:
        with servers.ssh(sshd, scratch / "ssh") as (url, client):
            os.environ["GIT_SSH_COMMAND"] = client
            yield f"{url}{scratch}/served/repo.git", 2
    else:
        total["rounds that wanted an sshd"] += seed % 3 == 2
        yield None, 3


def _played(world: World, seed: int, steps: int, total: Counter[str]) -> bool:
    try:
        for _ in range(steps):
            world.step()
        world.settle()
        return True
    except (Wrong, Doubled) as wrong:
        world.counts["doubled"] += isinstance(wrong, Doubled)
        print(f"seed {seed}, step {world.counts['steps']}: {wrong}", flush=True)
        return False
    finally:
        total.update(world.counts)


if __name__ == "__main__":
    sys.exit(main())
