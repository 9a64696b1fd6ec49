"""Objects out of packs: one git process that is asked for one after the other, or for many at once."""

import os
import subprocess
import weakref
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from git_ctx.model import Oid
from git_ctx.store import loose
from git_ctx.store.asking import OFFLINE

# So many questions fit into a pipe, whether git reads them or waits for its answers to be read.
_AT_ONCE = 500
_ROOM = 8 << 20
_MOST_DEATHS = 100

_BOUNDS = ("core.packedGitWindowSize=32m", "core.packedGitLimit=128m", "core.deltaBaseCacheLimit=32m")
_IN_LITTLE_ROOM = tuple(word for bound in _BOUNDS for word in ("-c", bound))
"""git maps whole packs into its memory by itself, of any size."""


class Packed:
    """What git finds of objects, in packs and in alternates. It never fetches, and never replaces one."""

    def __init__(self, git_dir: Path) -> None:
        self._git_dir = git_dir
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths, self._one_by_one = 0, False
        self._at_hand: dict[Oid, tuple[str, bytes]] = {}
        self._held = 0

    def read(self, oid: Oid, largest: int) -> tuple[str, bytes] | None:
        """An object's type and content. None where git has none, has a larger one, or fails."""
        if self._deaths > _MOST_DEATHS:
            return None
        try:
            return self._read(oid, largest)
        except (OSError, ValueError):  # it died: of a damaged object, say; another one tells of the next
            self._deaths, self._process = self._deaths + 1, None
            return None

    def ahead(self, oids: Iterable[Oid]) -> None:
        """Have objects at hand before they are read, as far as there is room; nothing depends on it.

        Each question by itself costs git and us a change of process twice.
        """
        wanted = iter([oid for oid in dict.fromkeys(oids) if oid not in self._at_hand])
        try:
            while not self._one_by_one and (some := list(islice(wanted, _AT_ONCE))):
                self._hold(self._many(some))
        except (OSError, ValueError):
            # Of one that is damaged it died: asked one by one, the others are read still.
            self._one_by_one, self._process = True, None

    def there(self, oids: Sequence[Oid]) -> set[Oid]:
        """Those of some objects that git finds, wherever they are; none where it cannot be asked."""
        try:
            parts = [oids[start : start + _AT_ONCE] for start in range(0, len(oids), _AT_ONCE)]
            answers = [told for some in parts for told in self._answers("info", some)]
        except (OSError, ValueError):
            self._process = None
            return set()
        return {told[0] for told in answers if len(told) == 3}

    def contents(self, oids: Iterable[Oid]) -> Iterator[bytes | None]:
        """The content of each, a few hundred at a time, as git has it: whether it is what the id says is not
        looked at. None where there is none, or no room for it, or where git died of one near it.
        """
        wanted = iter(oids)
        while some := list(islice(wanted, _AT_ONCE)):
            found: dict[Oid, bytes] = {}
            if self._deaths <= _MOST_DEATHS:
                try:
                    found = {oid: data for oid, _, data in self._many(some, sure=False)}
                except (OSError, ValueError):
                    self._deaths, self._process = self._deaths + 1, None
            yield from map(found.get, some)

    def at_hand(self, oid: Oid, largest: int) -> tuple[str, bytes] | None:
        """An object that was read ahead."""
        found = self._at_hand.get(oid)
        return found if found is not None and len(found[1]) <= largest else None

    def _hold(self, found: Iterable[tuple[Oid, str, bytes]]) -> None:
        for oid, kind, data in found:
            self._at_hand[oid] = kind, data
            self._held += len(data)
            while self._held > _ROOM:
                oldest = next(iter(self._at_hand))
                self._held -= len(self._at_hand.pop(oldest)[1])

    def _many(self, oids: Sequence[Oid], *, sure: bool = True) -> Iterator[tuple[Oid, str, bytes]]:
        """Those that are there and sound, as far as there is room; their sizes are asked for first."""
        asked, left = [], _ROOM
        for oid, told in zip(oids, self._answers("info", oids), strict=True):
            if len(told) == 3 and int(told[2]) <= left:
                asked.append(oid)
                left -= int(told[2])
        for oid, told in zip(asked, self._answers("contents", asked), strict=True):
            if len(told) == 3 and (data := self._content(told, sure=sure)) is not None:
                yield oid, told[1], data

    def _read(self, oid: Oid, largest: int) -> tuple[str, bytes] | None:
        told = self._ask(f"info {oid}")
        if len(told) != 3:  # 'missing', without more
            return None
        if int(told[2]) > largest:
            return None
        if self._ask(f"contents {oid}") != told:
            return None  # no content follows that could be waited for
        data = self._content(told)
        return (told[1], data) if data is not None else None

    def _content(self, told: Sequence[str], *, sure: bool = True) -> bytes | None:
        """What follows git's word on an object; None where it is to be sure, and is not what the id says."""
        assert self._process and self._process.stdout
        oid, kind, size = told[0], told[1], int(told[2])
        data = self._process.stdout.read(size)
        if self._process.stdout.read(1) != b"\n":
            raise ValueError("git ended in the middle of an object")
        # git does not look whether a packed object is what its id says
        return data if not sure or loose.is_named(b"%s %d\0%s" % (kind.encode(), size, data), oid) else None

    def _ask(self, what: str) -> list[str]:
        self._send([what])
        return self._answer()

    def _answers(self, what: str, oids: Sequence[Oid]) -> Iterator[list[str]]:
        """git's words on each; where content follows one, it is to be read before the next."""
        if oids:
            self._send([f"{what} {oid}" for oid in oids])
        return (self._answer() for _ in oids)

    def _send(self, questions: Sequence[str]) -> None:
        process = self._process = self._process or self._begin()
        assert process.stdin
        process.stdin.write("".join(f"{one}\n" for one in (*questions, "flush")).encode())
        process.stdin.flush()

    def _answer(self) -> list[str]:
        assert self._process and self._process.stdout
        answer = self._process.stdout.readline()
        if not answer.endswith(b"\n"):
            raise ValueError("git gave no answer")
        return answer.decode().split()

    def _begin(self) -> "subprocess.Popen[bytes]":
        words = (
            "git",
            "--no-optional-locks",
            "--no-replace-objects",
            *_IN_LITTLE_ROOM,
            "cat-file",
            "--batch-command",
            "--buffer",
        )
        begun = subprocess.Popen(
            words,
            cwd=self._git_dir,
            env={**os.environ, **OFFLINE, "GIT_DIR": str(self._git_dir)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        weakref.finalize(self, _end, begun)
        return begun


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Nothing more is asked: git ends by itself."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                continue
    process.wait()
