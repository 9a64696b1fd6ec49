"""Standard streams that are closed, full, or lead to nobody; with real processes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from git_ctx.cli import output
from tests.cli.conftest import Ctx

ROOT = Path(__file__).resolve().parents[2]
CODE = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from git_ctx.cli import main; main()"


def through(where: str, *args: str) -> tuple[int, bytes, bytes]:
    """How a run ends whose streams the shell leads elsewhere."""
    words = ["sh", "-c", f'exec "$@" {where}', "sh", sys.executable, "-c", CODE, *args]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("where", [">&-", "<&- >&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("args", [("--version",), ("prompt", "make main return 1")])
def test_what_nobody_wants_to_read_is_not_said(
    repo: Path, ctx: Ctx, where: str, args: tuple[str, ...]
) -> None:
    status, out, err = through(where, *args)
    assert (status, out, b"fatal" in err, b"Traceback" in err) == (0, b"", False, False)
    assert ctx("list").status == 0 and (args[0] != "prompt" or "make main return 1" in ctx("log").out)


def test_without_an_input_nothing_is_read(repo: Path) -> None:
    status, out, err = through("<&-", "prompt")
    assert (status, out) == (129, b"") and err.startswith(b"error: the prompt is empty\n")


@pytest.mark.parametrize("where", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_no_file_gets_the_number_of_a_closed_stream(tmp_path: Path, where: str) -> None:
    code = (
        f"import os, sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from git_ctx.cli.streams import stand_in; stand_in()\n"
        f"file = open({str(tmp_path / 'kept')!r}, 'w')\n"
        "os.system('echo a child; echo of ours >&2')\n"
        "print('talk'); print('talk', file=sys.stderr); sys.stdin.read()\n"
        "file.write(str(file.fileno() > 2))"
    )
    words = ["sh", "-c", f'exec "$@" {where}', "sh", sys.executable, "-c", code]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "kept").read_text() == "True"


@pytest.mark.parametrize("where", ["2>/dev/full", "2>&-"])
def test_talk_that_reaches_nobody_stops_nothing(repo: Path, where: str) -> None:
    status, out, err = through(where, "prompt", "make main return 1")
    assert (status, err) == (0, b"") and b"def main()" in out
    assert through(where, "nonsense") == (129, b"", b"")


@pytest.mark.parametrize("args", [("--version",), ("start", "fresh"), ("list", "-h")])
def test_a_reader_who_is_gone_ends_it_in_silence(repo: Path, args: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-c", CODE, *args], stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert done.returncode == 128 + signal.SIGPIPE
    assert b"fatal" not in done.stderr and b"Traceback" not in done.stderr


@pytest.mark.parametrize("ignored", [True, False])
def test_a_run_that_outlives_its_terminal_by_wish_goes_on(repo: Path, ignored: bool) -> None:
    code = (
        "import os, signal, sys\n"
        f"signal.signal(signal.SIGHUP, signal.SIG_{'IGN' if ignored else 'DFL'})\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from git_ctx.cli import group, main\n"
        "at = group.group.main\n"
        "def hang_up(**more): os.kill(os.getpid(), signal.SIGHUP); return at(**more)\n"
        "group.group.main = hang_up; main()"
    )
    done = subprocess.run([sys.executable, "-c", code, "start", "fresh"], capture_output=True)
    assert done.returncode == (0 if ignored else 129), done.stderr
    assert done.stderr.startswith(b"hint: " if ignored else b"interrupted")


@pytest.mark.parametrize("terminal", [True, False])
def test_a_context_is_printed_to_the_byte_but_for_a_terminal(
    terminal: bool, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    output.content("red: \x1b[31m\n")
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == (b"red: \\x1b[31m\n" if terminal else b"red: \x1b[31m\n")
