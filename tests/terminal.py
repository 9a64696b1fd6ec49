"""Shells on terminals of their own, that tests type into."""

import os
import pty
import select
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def install(folder: Path) -> dict[str, str]:
    """The environment in which `git-ctx` is this one, put into a folder."""
    folder.mkdir()
    program = folder / "git-ctx"
    run = f"exec '{sys.executable}' -c 'from git_ctx.cli import main; main()' \"$@\""
    program.write_text(f"#!/bin/sh\nPYTHONPATH='{ROOT}' {run}\n")
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "TERM": "dumb", "PS1": "$ "}


class Shell:
    """A shell on a terminal of its own; `tab` types, presses TAB, and gives the line that came of it."""

    def __init__(self, argv: list[str], env: dict[str, str], start: str) -> None:
        self._pid, self._fd = pty.fork()
        if not self._pid:
            os.execvpe(argv[0], argv, env)
        self._seen = ""
        self.send(f"{start}; echo rea''dy\n")
        self.wait("ready\r")

    def send(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def wait(self, *wanted: str, seconds: float = 60) -> str:
        end = time.monotonic() + seconds
        while not all(each in self._seen for each in wanted):
            ready, _, _ = select.select([self._fd], [], [], max(0, end - time.monotonic()))
            assert ready, f"{wanted} never came: {self._seen[-2000:]!r}"
            data = os.read(self._fd, 65536).decode(errors="replace")
            if "\x1b[c" in data or "\x1b[0c" in data:  # fish asks what terminal this is
                self.send("\x1b[?62;c")
            self._seen += data
        return self._seen

    def tab(self, typed: str, becomes: str) -> None:
        """The line is not run but shown: Ctrl-A, echo, Ctrl-E."""
        self._seen = ""
        self.send(f"{typed}\t")
        self.send("\x01echo '<\x05>'\n")
        shown = self.wait(">\r\n").partition(">\r\n")[0].rpartition("<")[2]
        assert shown.rstrip(" ") == becomes  # zsh takes back the space behind it

    def close(self) -> None:
        os.close(self._fd)
        os.waitpid(self._pid, 0)
