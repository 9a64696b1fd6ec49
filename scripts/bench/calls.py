"""Commands of git ctx, each in a process forked from this one, which has done the imports already."""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from git_ctx.cli.door import run

SECONDS, BYTES = 30, 1 << 30
"""What a command may take of the processor and of memory."""

_MARK = "GIT_CTX_BENCH_CALL"


@dataclass(frozen=True)
class Ended:
    """`how`: `read` where it ended well, `refused` in words of ours, else `wrong: …`."""

    how: str
    out: bytes
    err: bytes


def environment(name: str = "Ada") -> None:
    """Seal git off from the machine, and have somebody write."""
    for role in ("AUTHOR", "COMMITTER"):
        os.environ |= {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": f"{name.lower()}@example.com"}
    os.environ |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}


def git(repo: Path, *args: str) -> str:
    return subprocess.run(["git", *args], cwd=repo, check=True, capture_output=True, text=True).stdout


def call(place: Path, command: Sequence[str], *, kill_after: float | None = None) -> Ended:
    """Run a command, with an end to its memory and its time; or kill it after some seconds."""
    mark = f"{os.getpid()}-{time.monotonic_ns()}"
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if not child:
            os._exit(_child(place, command, out.fileno(), err.fileno(), mark))
        patience = (
            kill_after if kill_after is not None else 10.0 * SECONDS
        )  # busy machine; the processor's time ends a loop
        late, status = _wait(child, patience)
        if late:
            _wait_for_helpers(mark)
        out.seek(0)
        err.seek(0)
        said, told = out.read(), err.read()
    if late and kill_after is not None:
        return Ended("killed", said, told)
    return Ended(_how(late, status, said, told), said, told)


def _how(late: bool, status: int, said: bytes, told: bytes) -> str:
    if late or os.WIFSIGNALED(status):
        return f"wrong: hang or crash ({status})"
    if b"Traceback" in told or b"unforeseen" in told:
        return "wrong: traceback"
    if b"out of memory" in told or b"nested too deeply" in told:
        return "wrong: not bounded"
    code = os.WEXITSTATUS(status)
    if code == 0:
        return "read"
    return "refused" if code in (1, 128, 129) and (told.strip() or said) else "wrong: silent"


def _child(place: Path, command: Sequence[str], out: int, err: int, mark: str) -> int:
    try:
        os.chdir(place)
        os.setsid()
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        os.environ |= {"GIT_CTX_DEBUG": "1", _MARK: mark}
        status = _tool(command[1:]) if command[0] == "tool" else run(command)
        sys.stdout.flush()
        sys.stderr.flush()
        return status
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        return 99


def _tool(words: Sequence[str]) -> int:
    """A tool of the server for assistants, as `tool log --session NAME`: what it answers, or its error."""
    from git_ctx import api
    from git_ctx.errors import CtxError
    from git_ctx.mcp.tool import Call
    from git_ctx.mcp.tools import tools

    name, *rest = words
    session = rest[rest.index("--session") + 1] if "--session" in rest else None
    given = {"text": rest[0]} if name == "search" else {}
    try:
        project = api.open(Path.cwd())
        answer = tools()[name].run(Call(project=project, given=given, session=session, conversation="bench"))
    except CtxError as error:
        print(error, file=sys.stderr)
        return 128
    print(json.dumps([answer.texts, answer.value]))
    return 0


def _wait(child: int, patience: float) -> tuple[bool, int]:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return False, status
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    return True, os.waitpid(child, 0)[1]


def _wait_for_helpers(mark: str) -> None:
    """Until the git processes that outlive a killed command are done."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and any(_has(path, mark) for path in Path("/proc").glob("[0-9]*")):
        time.sleep(0.01)


def _has(process: Path, mark: str) -> bool:
    with suppress(OSError):
        return f"{_MARK}={mark}".encode() in (process / "environ").read_bytes()
    return False
