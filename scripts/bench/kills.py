#!/usr/bin/env python3
"""Every command that writes, killed at each step: is anything lost or doubled, and does the next run work?

    scripts/bench/kills.py [--verbs 'prompt;push;…'] [--act 'kill|kill one|int|term'] [--every 1] [--jobs 2]

A step is a call that creates, writes, syncs, renames or removes a file, by git ctx or by the git that it
runs, on the server too. `kill` has all processes die there with SIGKILL, `kill one` that which is at it;
`int` and `term` are a signal to all. Then git and `git ctx fsck` judge, the command runs once more, and
what is there is compared with what is there when nobody stops it. Prints a line a verb; exit status 1
where anything was wrong.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import cases
import steps
from cases import CASES, Case, git
from steps import Act, Ended

_SIGNALS = {"int": (130, -2), "term": (143, -15)}


@dataclass
class Tally:
    """What came of one verb. `problems`: by what is wrong, the steps where."""

    steps: int = 0
    tried: int = 0
    survived: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def note(self, where: str, found: list["Problem"]) -> None:
        self.tried += 1
        self.survived += not found
        self.wrong += Counter({one.kind for one in found})
        self.problems += [f"{one.kind}, {where}: {one.words}" for one in found]

    def add(self, other: "Tally") -> None:
        self.steps = max(self.steps, other.steps)
        self.tried += other.tried
        self.survived += other.survived
        self.wrong += other.wrong
        self.problems += other.problems


@dataclass(frozen=True)
class Problem:
    """`kind`: lost, doubled, torn (of the user's), damaged, stuck (the next run fails), left or rude."""

    kind: str
    words: str


@dataclass(frozen=True)
class World:
    """What there is before a command, when it came to its end, and when it ran once more after that."""

    before: dict[str, str]
    after: dict[str, str]
    twice: dict[str, str]
    users_before: dict[str, bytes]
    users_after: dict[str, bytes]
    users_twice: dict[str, bytes]


def main() -> int:
    parser = argparse.ArgumentParser(description="Every command that writes, killed at each step.")
    parser.add_argument("--verbs", default="", help="which, parted by semicolons")
    parser.add_argument("--act", default="kill", choices=("kill", "kill one", "int", "term"))
    parser.add_argument("--every", type=int, default=1, help="try every n-th step")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    wanted = options.verbs.split(";") if options.verbs else list(CASES)
    total = Tally()
    # In memory where there is such a place, since syncing is what takes its time.
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory) as scratch, ProcessPoolExecutor(options.jobs) as pool:
        asked = [
            [
                pool.submit(swept, verb, options.act, scratch, part, options.jobs, options.every)
                for part in range(options.jobs)
            ]
            for verb in wanted
        ]
        for verb, parts in zip(wanted, asked, strict=True):
            tally = Tally()
            for part in parts:
                tally.add(part.result())
            show(verb, tally)
            total.add(tally)
    show("all", Tally(0, total.tried, total.survived, total.wrong))
    return int(total.survived < total.tried)


def show(verb: str, tally: Tally) -> None:
    wrong = ", ".join(f"{count} {kind}" for kind, count in sorted(tally.wrong.items())) or "nothing lost"
    print(
        f"{verb:26} {tally.steps:5} steps {tally.tried:5} tried {tally.survived:5} survived   {wrong}",
        flush=True,
    )
    for problem in tally.problems[:6]:
        print(f"    {problem[:300]}", flush=True)


def swept(verb: str, act: Act, scratch: str, part: int, parts: int, every: int) -> Tally:
    """Stop it at step after step: of every n-th, those that are this part's."""
    yard = Yard.of(scratch, CASES[verb])
    world = yard.world()
    tally = Tally()
    step = 1 + part * every
    while True:
        ended = yard.run(act, step)
        if ended.at is None:
            tally.steps = ended.steps
            return tally
        tally.note(f"at {step} ({ended.at})", list(judged(yard, world, ended, act)))
        step += parts * every


class Yard:
    """A place where a case is tried over and over, always at the same path."""

    def __init__(self, root: Path, case: Case) -> None:
        self.case, self.place, self._talk, self._ready = case, root / "place", root / "talk", root / "ready"
        if "git_ctx.cli.prompt" not in sys.modules:
            cases.load()
        template = root / "template"
        os.environ["HOME"] = str(root)
        if not template.exists():
            self._talk.mkdir(parents=True)
            shutil.rmtree(self.place, ignore_errors=True)
            cases.build(self.place, self._talk)
            self.place.rename(template)
        self.fresh(template)
        cases.prepare(self.place, case, self._talk)
        shutil.rmtree(self._ready, ignore_errors=True)
        self.place.rename(self._ready)

    @classmethod
    def of(cls, scratch: str, case: Case) -> "Yard":
        """One of this process, below a directory that several share."""
        return cls(Path(scratch, str(os.getpid())), case)

    def fresh(self, template: Path | None = None) -> None:
        shutil.rmtree(self.place, ignore_errors=True)
        subprocess.run(["cp", "-a", template or self._ready, self.place], check=True)

    def run(self, act: Act, step: int) -> Ended:
        self.fresh()
        return steps.run(
            self.case.work(),
            self.place / "ada",
            self.place,
            self._talk,
            stdin=self.case.stdin,
            act=act,
            step=step,
        )

    def again(self) -> Ended:
        return steps.plain(self.case.work(), self.place / "ada", self._talk, stdin=self.case.stdin)

    def ctx(self, *words: str) -> Ended:
        return steps.plain(lambda: cases.ctx(*words), self.place / "ada", self._talk)

    def world(self) -> World:
        self.fresh()
        before, users_before = cases.sessions(self.place), cases.users(self.place)
        ended = self.again()
        if ended.status not in (0, 1):
            raise SystemExit(f"{' '.join(self.case.words)}: {ended.said}")
        after, users_after = cases.sessions(self.place), cases.users(self.place)
        self.again()
        twice, users_twice = cases.sessions(self.place), cases.users(self.place)
        return World(before, after, twice, users_before, users_after, users_twice)


def judged(yard: Yard, world: World, ended: Ended, act: Act) -> Iterator[Problem]:
    """What is wrong where a command was stopped, and after it ran once more."""
    place, case = yard.place, yard.case
    if act in _SIGNALS:
        yield from _manners(ended, act, place)
    now = cases.sessions(place)
    if case.words[0] != "restore" or "save: before" not in str(now):  # what was there is kept then
        yield from torn(world, cases.users(place))
    if not case.loses:
        yield from lost(world.before, now)
    if ended.out and ended.status == 0 and act != "kill one":
        yield from (Problem("lost", f"acknowledged: {one.words}") for one in lost(world.after, now))
    yield from sound(yard)
    if ended.status == 0:  # it got over it: what runs now is meant to run twice
        world = replace(world, after=world.twice, users_after=world.users_twice)
    yield from _again(yard, world)
    yield from _left(yard)


def _manners(ended: Ended, act: Act, place: Path) -> Iterator[Problem]:
    if "Traceback" in ended.said or "Error:" in ended.said:
        yield Problem("rude", ended.said[-200:])
    if ended.status not in (*_SIGNALS[act], 0):
        yield Problem("rude", f"ended with {ended.status}: {ended.said[-200:]}")
    locks = [path for path in cases.left(place) if path.suffix == ".lock" and "/server/" not in str(path)]
    if locks and ended.status != -9:
        yield Problem("left", f"after a signal: {locks}")


def torn(world: World, now: dict[str, bytes]) -> Iterator[Problem]:
    """Each thing of the user's is as it was, or as the command was to make it."""
    for name in {*now, *world.users_before, *world.users_after}:
        known = (world.users_before.get(name), world.users_after.get(name))
        # A hook that is not whole yet has another name, by which git runs none.
        written = name.endswith(".tmp") or (name.startswith("out/") and _is_whole(name, now.get(name)))
        if now.get(name) not in known and not written:
            yield Problem("torn", f"{name} is neither as it was nor as it is to be")


def _is_whole(name: str, data: bytes | None) -> bool:
    """Whether a file that was written out, which is not the same each time, goes to its end."""
    end = {".html": b"</html>\n", ".json": b"}\n"}.get(Path(name).suffix)
    return data is not None and (end is None or data.endswith(end))


def lost(wanted: dict[str, str], now: dict[str, str]) -> Iterator[Problem]:
    for ref, subjects in wanted.items():
        if " refs/ctx/heads/" not in ref:
            continue
        there = Counter(now.get(ref, "").splitlines())
        for subject, count in Counter(subjects.splitlines()).items():
            if there[subject] < count:
                yield Problem("lost", f"'{subject}' of {ref}")


def sound(yard: Yard) -> Iterator[Problem]:
    for name in ("ada", "server"):
        done = subprocess.run(
            ["git", "fsck", "--strict", "--no-dangling"],
            cwd=yard.place / name,
            capture_output=True,
            check=False,
        )
        if done.returncode and ["git", "damage"] not in yard.case.before:
            yield Problem("damaged", f"git fsck of {name}: {done.stderr.decode(errors='replace')}")
    checked = yard.ctx("fsck")
    lines = [line for line in checked.out.decode(errors="replace").splitlines() if line.startswith("damaged")]
    # That something is to be forgotten is known first: until it is done, this is the truth.
    wrong = [line for line in lines if not line.endswith("it is forgotten, and still there")]
    if (wrong or (checked.status and not lines)) and ["git", "damage"] not in yard.case.before:
        yield Problem("damaged", f"git ctx fsck: {'; '.join(wrong)} {checked.said}")


def _again(yard: Yard, world: World) -> Iterator[Problem]:
    """The same command, once more: as it is where git's lock files lie about, and then without them."""
    for path in cases.left(yard.place):
        if "/server/" in str(path) or (yard.case.git and path.suffix == ".lock"):
            path.unlink()  # as whoever keeps the server will, or as git tells its user to
        else:
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 20))  # the next run comes later
    ended = yard.again()
    for path in cases.left(yard.place):
        if path.suffix == ".lock" and "refs/ctx" not in str(path):
            yield Problem("stuck", f"{path.relative_to(yard.place)} is in the way: {ended.said}")
    if ended.status not in yard.case.again or "Traceback" in ended.said:
        yield Problem("stuck", f"the next run ended with {ended.status}: {ended.said}")
    yield from _compared(world.after, cases.sessions(yard.place), yard.case.twice)
    now = cases.users(yard.place)
    for name in {*now, *world.users_after}:
        if now.get(name) != world.users_after.get(name) and not _is_whole(name, now.get(name)):
            yield Problem("stuck", f"{name} is not as it is to be")


def _compared(wanted: dict[str, str], now: dict[str, str], twice: bool) -> Iterator[Problem]:
    for ref in sorted({*wanted, *now}):
        if wanted.get(ref) == now.get(ref):
            continue
        if ref not in now or ref not in wanted:
            yield Problem("stuck", f"{ref} is {'not there' if ref not in now else 'there still'}")
            continue
        ours, theirs = (Counter(of[ref].splitlines()) for of in (wanted, now))
        for subject in ours - theirs:
            if ref == "chosen" and _is_namesake(subject):
                continue
            yield Problem("lost", f"'{subject}' of {ref}, after the next run")
        if not twice:
            for subject in theirs - ours:
                yield Problem("doubled", f"'{subject}' in {ref}")


def _is_namesake(line: str) -> bool:
    """Whether a git branch is set to the session branch of its name, which it would use without that, too."""
    key, _, value = line.partition(" ")
    return key.removeprefix("branch.").removesuffix(".ctxsession") == value.partition("@")[2]


def _left(yard: Yard) -> Iterator[Problem]:
    """What lies about goes with `git ctx gc` and `git gc`, once it is old."""
    found = cases.left(yard.place)
    if not found:
        return
    for path in found:
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 7200), follow_symlinks=False)
    yard.ctx("gc")
    for name in ("ada", "server"):
        git(yard.place / name, "gc", "-q", "--prune=now", check=False)
    for path in cases.left(yard.place):
        yield Problem("left", str(path.relative_to(yard.place)))


if __name__ == "__main__":
    sys.exit(main())
