"""docs/tutorial.md, typed as it is written: each command is run, and has to say what stands below it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent
PAGE = HOME / "docs/tutorial.md"
ANY = "…"
"""A line that stands for any number of lines."""

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
_MOVING = (
    (re.compile(r"\b[k-z]{16}\b"), "ID"),
    (re.compile(r"(?<=-)[k-z]{4}\b"), "kxzq"),
    (re.compile(r"\b[0-9a-f]{7,40}\b"), "OID"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d [+-]\d{4}"), "TIME"),
    (re.compile(r"[\d,]+ of ([\d,]+) tokens"), r"N of \1 tokens"),
    (re.compile(r"\s+$", re.M), ""),
)


def still(text: str) -> str:
    for pattern, name in _MOVING:
        text = pattern.sub(name, text)
    return text.strip("\n")


def commands(page: str) -> Iterator[tuple[str, str]]:
    """Each command with what it says. `$ ` begins one, `> ` continues it."""
    for block in _BLOCK.findall(page):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            lines = part.splitlines()
            more = next((n for n, line in enumerate(lines[1:], 1) if not line.startswith(">")), len(lines))
            typed = [lines[0], *(line[1:].removeprefix(" ") for line in lines[1:more])]
            yield "\n".join(typed), "\n".join(lines[more:])


def fits(said: str, page: str) -> bool:
    pattern = "\n".join("(?s:.*)" if line == ANY else re.escape(line) for line in still(page).split("\n"))
    return re.fullmatch(pattern, still(said)) is not None


class Shell:
    """One shell, as a reader would have it: what a command changes holds for the next."""

    def __init__(self, cwd: Path) -> None:
        self._shell = subprocess.Popen(
            ["sh"],
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def type(self, command: str) -> str:
        assert self._shell.stdin and self._shell.stdout
        self._shell.stdin.write(f"{{ {command}\n}} </dev/null\necho; echo ---done---\n")
        self._shell.stdin.flush()
        said: list[str] = []
        for line in self._shell.stdout:
            if line == "---done---\n":
                return "".join(said).rstrip("\n")
            said.append(line)
        raise AssertionError(f"the shell is gone after: {command}")

    def close(self) -> None:
        self._shell.communicate()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    program = tmp_path / "bin/git-ctx"
    program.parent.mkdir()
    run = "import sys; from git_ctx.cli import main; sys.exit(main())"
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c '{run}' \"$@\"\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(HOME))
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.delenv(name)
    (tmp_path / "work").mkdir()
    shell = Shell(tmp_path / "work")
    yield shell
    shell.close()


def test_every_command_says_what_the_page_says(shell: Shell) -> None:
    for command, expected in commands(PAGE.read_text()):
        said = shell.type(command)
        assert fits(said, expected), f"$ {command}\nsays\n{said}\ninstead of\n{expected}"


def test_a_page_that_is_wrong_is_found_out() -> None:
    assert fits("prompt #1 syszmlkqtsrtypur\n", "prompt #1 ruumquupmvuquqxn")
    assert fits("one\ntwo\nthree", f"one\n{ANY}\nthree")
    assert not fits("one\ntwo", "one\nthree")
    assert not fits("something", "")
