"""The three streams a program is started with, where whoever started it left one out or nobody listens."""

import io
import os
import sys

STANDARD = 3


def stand_in() -> None:
    """The null device takes the place of what is closed, as git does it.

    Else the next file that is opened would have its number, and what is said, or what a child of ours is
    told to read, would meet that file. `sys.__stdout__` tells still that there was none.
    """
    if None in (sys.stdin, sys.stdout, sys.stderr):
        while (number := os.open(os.devnull, os.O_RDWR)) < STANDARD:
            os.set_inheritable(number, True)
        os.close(number)
        sys.stdin = sys.stdin or _stream(0, "r")
        sys.stdout = sys.stdout or _stream(1, "w")
        sys.stderr = sys.stderr or _stream(2, "w")
    heard = sys.__stderr__
    if heard is not None and sys.stderr is heard:
        talk = io.BufferedWriter(_Talk(2, "w", closefd=False))  # type: ignore[type-var]
        sys.stderr = io.TextIOWrapper(talk, heard.encoding, "backslashreplace", line_buffering=True)


def _stream(number: int, mode: str) -> io.TextIOWrapper:
    raw = io.FileIO(number, mode, closefd=False)
    return io.TextIOWrapper(io.BufferedReader(raw) if mode == "r" else io.BufferedWriter(raw), "utf-8")


class _Talk(io.FileIO):
    """Of talk that reaches nobody nothing is known; what was asked for is done, and printed, all the same."""

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes
