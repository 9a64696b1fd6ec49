"""A git process: started, fed, and ended in good order."""

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from git_ctx.errors import GitFailed, GitUnusable, NotARepository
from git_ctx.value import dataclass

_LAST_WORDS = 1.0
"""Seconds for a git that is told to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a git process ended."""

    status: int
    stdout: bytes
    stderr: bytes

    @property
    def words(self) -> str:
        return self.stderr.decode("utf-8", "replace").strip()


def run(
    *args: str,
    cwd: Path | None = None,
    input: bytes | None = None,
    env: Mapping[str, str] | None = None,
    keep: Sequence[int] = (),
    strange: bool = False,
) -> Done:
    """Run git and tell how it ended. `env`: what is added to the environment, whose work tree counts no more
    then; `keep`: descriptors that git holds, too; `strange`: it reads what anyone may have made, and its
    memory has an end. Raises `GitUnusable` where it cannot be run, and `NotARepository` where there is no
    `cwd`.
    """
    # LANGUAGE=C and not LC_ALL: messages are ours to read, but filters keep the user's character set.
    environment = {**os.environ, "LANGUAGE": "C", **(env or {})}
    if env and "GIT_WORK_TREE" not in env:
        environment.pop("GIT_WORK_TREE", None)
    try:
        process = subprocess.Popen(
            ["git", "--no-optional-locks", *args],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL if input is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=keep,
            preexec_fn=_bound() if strange else None,
        )
    except OSError as error:
        if cwd is not None and str(error.filename) == str(cwd):
            raise NotARepository(f"cannot change to '{cwd}': {error.strerror}") from None
        raise GitUnusable(f"cannot run git: {error.strerror}") from None
    with process:
        try:
            stdout, stderr = process.communicate(input)
        except BaseException:
            _end(process)
            raise
    return Done(status=process.returncode, stdout=stdout, stderr=stderr)


def _bound() -> Callable[[], None]:
    from git_ctx.store import bounds

    return bounds.bound


def pipe(
    first: Sequence[str], second: Sequence[str], cwd: Path, input: bytes, env: Mapping[str, str]
) -> bytes:
    """What one git prints of what another one printed of `input`. Raises `GitFailed`."""
    import tempfile

    words = ["git", "--no-optional-locks"]
    environment = {**os.environ, "LANGUAGE": "C", **env}
    with tempfile.TemporaryFile() as asked:
        asked.write(input)
        asked.seek(0)
        with subprocess.Popen(
            [*words, *first],
            cwd=cwd,
            env=environment,
            stdin=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as source:
            done = subprocess.run(
                [*words, *second],
                cwd=cwd,
                env=environment,
                stdin=source.stdout,
                capture_output=True,
                check=False,
            )
    if source.returncode or done.returncode:
        raise GitFailed(first, source.returncode or done.returncode, os.fsdecode(done.stderr).strip())
    return done.stdout


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Have a git end, with the time to take its lock files away."""
    process.terminate()
    try:
        process.wait(_LAST_WORDS)
    except subprocess.TimeoutExpired:
        process.kill()
