#!/usr/bin/env python3
"""Every command that writes, on a disk that is full or read-only: is what it says true, and is anything lost?

    scripts/bench/denied.py [--verbs 'prompt;push;…'] [--degrees 20] [--jobs 2] [--mounts | --stranger]

From one step on, and to the end, every call that needs room fails with "No space left on device", as it
does when somebody else fills the disk; that is tried from as many steps as there are degrees. `read-
only` fails from the first step. With --mounts (by root), a small tmpfs is filled to as many degrees,
then remounted read-only, and nothing is pretended. With --stranger (by root), it is another user's
repository, who lets us read it. Prints a line a verb; exit status 1 where anything
was wrong.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cases
import steps
from cases import CASES
from kills import Problem, Tally, World, Yard, lost, show, sound, torn
from steps import Ended

_SIZE = 2 << 20
_TRUE = (
    "no space left",
    "read-only file system",
    "disk full",
    "disk is full",
    "cannot write",
    "unpacker error",
    "permission denied",
    "insufficient permission",
    "dubious ownership",
)
_STRANGER = 12345


def main() -> int:
    parser = argparse.ArgumentParser(description="Every command that writes, where nothing can be written.")
    parser.add_argument("--verbs", default="", help="which, parted by semicolons")
    parser.add_argument("--degrees", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--mounts", action="store_true")
    parser.add_argument("--stranger", action="store_true")
    options = parser.parse_args()
    wanted = options.verbs.split(";") if options.verbs else list(CASES)
    total = Tally()
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    work = stranger if options.stranger else mounted if options.mounts else refused
    with tempfile.TemporaryDirectory(dir=memory) as scratch, ProcessPoolExecutor(options.jobs) as pool:
        asked = {verb: pool.submit(work, verb, scratch, options.degrees) for verb in wanted}
        for verb, result in asked.items():
            show(verb, result.result())
            total.add(result.result())
    show("all", Tally(0, total.tried, total.survived, total.wrong))
    return int(total.survived < total.tried)


def refused(verb: str, scratch: str, degrees: int) -> Tally:
    """The calls are made to fail, from one step on."""
    yard = Yard.of(scratch, CASES[verb])
    world = yard.world()
    tally = Tally(steps=yard.run("none", 0).steps)
    for step in sorted({1 + tally.steps * degree // degrees for degree in range(degrees)}):
        tally.note(f"full from {step}", list(judged(yard, world, yard.run("full", step))))
    tally.note("read-only", list(judged(yard, world, yard.run("read-only", 1))))
    return tally


def mounted(verb: str, scratch: str, degrees: int) -> Tally:
    """A small file system, filled with a file as large as leaves so much room."""
    yard = Yard.of(scratch, CASES[verb])
    world = yard.world()
    tally = Tally()
    for degree in range(degrees):
        with_room = degree * degree * 256  # most are near to full
        tally.note(f"{with_room} bytes left", list(on_small(yard, world, with_room)))
    tally.note("read-only", list(on_small(yard, world, None)))
    return tally


def stranger(verb: str, scratch: str, degrees: int) -> Tally:
    """Nothing there is ours, nor is our home; git was told to trust it all the same."""
    Path(scratch).chmod(0o755)
    yard = Yard.of(scratch, CASES[verb])
    world = yard.world()
    tally = Tally()
    yard.fresh()
    case, trusted = yard.case, {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory"}

    def work() -> int:
        os.setgid(_STRANGER)
        os.setuid(_STRANGER)
        os.environ.update(trusted, GIT_CONFIG_VALUE_0="*", HOME=f"/nowhere/{_STRANGER}")
        return case.work()()

    ended = steps.plain(work, yard.place / "ada", yard.place.with_name("talk"), stdin=case.stdin)
    found = list(judged(yard, world, ended))
    if ended.status == 0 and cases.sessions(yard.place) == world.before:
        found.append(Problem("untrue", f"it ended with 0, and did nothing: {ended.said[-200:]}"))
    tally.note("of another user", found)
    return tally


def on_small(yard: Yard, world: World, room: int | None) -> Iterator[Problem]:
    yard.fresh()
    aside = yard.place.with_name("aside")
    yard.place.rename(aside)
    yard.place.mkdir()
    size = _SIZE + int(
        subprocess.run(["du", "-sB1", aside], capture_output=True, check=True).stdout.split()[0]
    )
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(yard.place)]
    subprocess.run(mount, check=True)
    try:
        subprocess.run(["cp", "-a", f"{aside}/.", yard.place], check=True)
        filler = yard.place / "filler"
        if room is None:
            subprocess.run(["mount", "-o", "remount,ro", yard.place], check=True)
        else:
            fill(filler, room)
        ended = yard.again()

        def make_room() -> None:
            if room is None:
                subprocess.run(["mount", "-o", "remount,rw", yard.place], check=True)
            filler.unlink(missing_ok=True)

        yield from judged(yard, world, ended, make_room)
    finally:
        subprocess.run(["umount", yard.place], check=True)
        yard.place.rmdir()
        subprocess.run(["rm", "-r", aside], check=True)


def fill(filler: Path, room: int) -> None:
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            file.truncate(max(0, file.tell() - room))


def judged(yard: Yard, world: World, ended: Ended, make_room: object = None) -> Iterator[Problem]:
    """What is wrong after a command that could not write, and once there is room and it runs again."""
    if callable(make_room):
        make_room()
    if "Traceback" in ended.said or "unforeseen" in ended.said:
        yield Problem("rude", ended.said[-300:])
    now = cases.sessions(yard.place)
    said = (ended.said + ended.out.decode(errors="replace")).lower()
    told = any(words in said for words in _TRUE)
    if ended.status == 0 and not told and not yard.case.loses:
        for one in lost(world.after, now):
            yield Problem("lost", f"it ended with 0: {one.words}: {ended.said}")
    elif ended.status != 0 and not told and now != world.after:
        yield Problem("untrue", f"{ended.status}: {ended.said[-300:]}")
    if not yard.case.loses:
        yield from lost(world.before, now)
    if yard.case.words[0] != "restore":  # which says what brings back the files that were there
        yield from torn(world, cases.users(yard.place))
    yield from sound(yard)
    for path in cases.left(yard.place):
        if path.suffix == ".lock" and "/server/" not in str(path):
            yield Problem("left", str(path.relative_to(yard.place)))
    again = yard.again()
    if again.status not in (0, *yard.case.again) or "Traceback" in again.said:
        yield Problem("stuck", f"the next run ended with {again.status}: {again.said}")
    for one in lost(world.after, cases.sessions(yard.place)):
        yield Problem("lost", f"{one.words}, after the next run")


if __name__ == "__main__":
    sys.exit(main())
