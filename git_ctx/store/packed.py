"""Objects out of packs: one git process that is asked for one after the other, begun at the first."""

import os
import subprocess
import weakref
from pathlib import Path

from git_ctx.model import Oid
from git_ctx.store import loose
from git_ctx.store.status import OFFLINE


class Packed:
    """What git finds of objects, in packs and in alternates. It never fetches, and never replaces one."""

    def __init__(self, git_dir: Path) -> None:
        self._git_dir = git_dir
        self._process: subprocess.Popen[bytes] | None = None
        self._gave_up = False

    def read(self, oid: Oid, largest: int) -> tuple[str, bytes] | None:
        """An object's type and content. None where git has none, has a larger one, or fails."""
        if self._gave_up:
            return None
        try:
            return self._read(oid, largest)
        except (OSError, ValueError):  # it died: of a damaged object, say
            self._gave_up = True
            return None

    def _read(self, oid: Oid, largest: int) -> tuple[str, bytes] | None:
        told = self._ask(f"info {oid}")
        if len(told) != 3:  # 'missing', without more
            return None
        kind, size = told[1], int(told[2])
        if size > largest:
            return None
        if self._ask(f"contents {oid}") != told:
            return None  # no content follows that could be waited for
        assert self._process and self._process.stdout
        data = self._process.stdout.read(size)
        self._process.stdout.read(1)
        # git does not look whether a packed object is what its id says
        whole = loose.is_named(b"%s %d\0%s" % (kind.encode(), size, data), oid)
        return (kind, data) if whole else None

    def _ask(self, what: str) -> list[str]:
        process = self._process = self._process or self._begin()
        assert process.stdin and process.stdout
        process.stdin.write(f"{what}\n".encode())
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer.endswith(b"\n"):
            raise ValueError("git gave no answer")
        return answer.decode().split()

    def _begin(self) -> "subprocess.Popen[bytes]":
        words = ("git", "--no-optional-locks", "--no-replace-objects", "cat-file", "--batch-command")
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
