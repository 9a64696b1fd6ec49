"""Run git where it talks to a server: with the user's own transports, and never waiting for ever."""

import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress

from git_ctx.errors import GitUnusable, RemoteFailed, RemoteSilent
from git_ctx.model import Oid
from git_ctx.safety.text import one_line, truncate
from git_ctx.store import bounds, claims
from git_ctx.store.process import Done
from git_ctx.store.repo import Repo

Progress = Callable[[str], None]

PATIENCE = 120.0
"""Seconds without a sign of life after which a server counts as dead; `ctx.timeout` sets others."""

_LARGEST_ANSWER = 64 << 20
_TALK_KEPT = 64 << 10
_WIDEST = 72
_OID = re.compile("[0-9a-f]{40}")
# Not what went wrong: progress, and what git says in general.
_NOISE = re.compile(
    r"(remote: ?)?(Enumerating |Counting |Compressing |Writing |Receiving |Resolving |Unpacking |Total \d|$)"
    "|Delta compression"
    "|error: failed to push some refs|hint:|warning: redirecting|Please make sure|and the repo|POST git-|"
    "To |Everything up-to-date|From |fatal: fetch-pack: invalid index-pack output|"
    "(error|fatal): git upload-pack: |fatal: protocol error: bad pack header"
)

_CUT_OFF = re.compile(
    "unexpected disconnect|early EOF|hung up unexpectedly|Connection (reset|timed out|refused)|RPC failed"
    "|Could not read from remote|expected flush|[Rr]emote end closed|Broken pipe"
)

_REASON = re.compile("remote: (aborting|error|fatal)")


def quiet(doing: str) -> None:
    """No progress."""


def talk(
    repo: Repo,
    remote: str,
    *args: str,
    settings: Mapping[str, str] | None = None,
    progress: Progress = quiet,
    strange: bool = False,
    takes: Sequence[str] = (),
) -> Done:
    """Run git, which will talk to `remote`, and tell how it ended. `RemoteSilent` where nothing comes back.

    `strange`: it unpacks what the remote sends, and its memory has an end. `takes`: lock files, as `claims`
    has them, that nobody else would free if it is killed.

    Nobody is asked for a password unless a person sits at the terminal: then git's own question is shown.
    """
    patience = _patience(repo)
    attended = sys.stdin.isatty() and sys.stderr.isatty()
    with claims.held(repo, takes) as held:
        try:
            process = subprocess.Popen(
                ["git", "--no-optional-locks", *args],
                cwd=repo.work_tree or repo.git_dir,
                env=_environment(repo, settings or {}, attended),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                # Its own session has no terminal to ask on, and can be ended with all its children.
                start_new_session=not attended,
                preexec_fn=bounds.bound if strange else None,
                pass_fds=held,
            )
        except OSError as error:
            raise GitUnusable(f"cannot run git: {error.strerror}") from None
        with process:
            try:
                return _listen(process, remote, patience, progress)
            finally:
                _end(process, attended)


def offered(
    repo: Repo, remote: str, *prefixes: str, at: str | None = None, progress: Progress = quiet
) -> dict[str, Oid]:
    """The refs that a remote shows under some prefixes, now; `at` another URL of its.

    Raises `RemoteFailed`.
    """
    patterns = [f"{prefix}*" for prefix in prefixes]
    done = talk(repo, remote, "ls-remote", "--refs", "--", at or remote, *patterns, progress=progress)
    if done.status:
        raise RemoteFailed(remote, said(done))
    pairs = (line.partition("\t") for line in os.fsdecode(done.stdout).splitlines())
    return {name: oid for oid, _, name in pairs if _OID.fullmatch(oid) and name.startswith(prefixes)}


def said(done: Done) -> str:
    """Why it failed, in the words of the server and of git; less its progress."""
    plain = (re.sub("^(remote: )?(fatal|error): ", "", line) for line in dict.fromkeys(_told(done)[-20:]))
    return "; ".join(plain)[:2000] or _ended(done.status)


def is_cut_off(done: Done) -> bool:
    """Whether the connection broke, and the server said nothing of what was fetched."""
    told = _told(done)  # where it broke, there may be half a line of the server's progress
    return any(map(_CUT_OFF.search, told)) and not any(map(_REASON.match, told))


def _told(done: Done) -> list[str]:
    lines = (line.strip(" \t\0") for line in re.split(r"[\r\n]+", done.words))
    return [line for line in lines if line and not _NOISE.match(line)]


def _ended(status: int) -> str:
    if status == -signal.SIGPIPE:
        return "the connection was closed"
    return f"git was ended by signal {-status}" if status < 0 else f"git ended with status {status}"


def _patience(repo: Repo) -> float:
    try:
        return max(float(repo.config("ctx.timeout") or PATIENCE), 0.1)
    except ValueError:
        return PATIENCE


def _environment(repo: Repo, settings: Mapping[str, str], attended: bool) -> dict[str, str]:
    environment = {
        **os.environ,
        "LANGUAGE": "C",
        "GIT_DIR": str(repo.git_dir),
        # What runs a command of the URL's choosing (ext::), or waits for ever (fd::), is not spoken here.
        "GIT_PROTOCOL_FROM_USER": "0",
    }
    environment.pop("GIT_WORK_TREE", None)
    if repo.work_tree is not None:
        environment["GIT_WORK_TREE"] = str(repo.work_tree)
    if not attended:
        environment["GIT_TERMINAL_PROMPT"] = "0"
    plain_paths = {} if _refuses_paths(repo) else {"protocol.file.allow": "always"}
    environment.update(_configured({**plain_paths, **settings}))
    return environment


def _refuses_paths(repo: Repo) -> bool:
    """Whether the user has git not take a path as a remote's URL."""
    return (repo.config("protocol.file.allow") or repo.config("protocol.allow")) == "never"


def _configured(settings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Settings for one run: `-c` could not hold a remote's name with a '=' in it."""
    given = os.environ.get("GIT_CONFIG_COUNT", "")
    start = int(given) if given.isdecimal() else 0
    for number, (key, value) in enumerate(settings.items(), start):
        yield f"GIT_CONFIG_KEY_{number}", key
        yield f"GIT_CONFIG_VALUE_{number}", value
    yield "GIT_CONFIG_COUNT", str(start + len(settings))


def _listen(process: "subprocess.Popen[bytes]", remote: str, patience: float, progress: Progress) -> Done:
    assert process.stdout is not None and process.stderr is not None
    heard: dict[object, bytearray] = {process.stdout: bytearray(), process.stderr: bytearray()}
    with selectors.DefaultSelector() as selector:
        for stream in (process.stdout, process.stderr):
            selector.register(stream, selectors.EVENT_READ)
        deadline = time.monotonic() + patience
        while selector.get_map():
            ready = selector.select(max(deadline - time.monotonic(), 0))
            if not ready:
                raise RemoteSilent(remote, patience)
            deadline = time.monotonic() + patience
            for key, _ in ready:
                data = os.read(key.fd, 65536)
                if not data:
                    selector.unregister(key.fileobj)
                heard[key.fileobj] += data
            _bound(heard[process.stdout], heard[process.stderr], remote)
            _tell(heard[process.stderr], progress)
    try:
        status = process.wait(patience)
    except subprocess.TimeoutExpired:
        raise RemoteSilent(remote, patience) from None
    return Done(status=status, stdout=bytes(heard[process.stdout]), stderr=bytes(heard[process.stderr]))


def _bound(answer: bytearray, talk: bytearray, remote: str) -> None:
    if len(answer) > _LARGEST_ANSWER:
        raise RemoteFailed(remote, "its answer is too long")
    del talk[:-_TALK_KEPT]


def _tell(talk: bytearray, progress: Progress) -> None:
    lines = re.split(rb"[\r\n]+", bytes(talk[-400:]).strip())
    # It may be the server's, and goes to a terminal.
    words = truncate(one_line(lines[-1].decode("utf-8", "replace")), _WIDEST)
    if words:
        progress(words)


def _end(process: "subprocess.Popen[bytes]", attended: bool) -> None:
    """See to it that nothing of it runs on, whatever made us stop listening."""
    if process.poll() is not None:
        return
    # git does not take its helpers along; in a session of their own they can be told all at once.
    helpers = _descendants(process.pid) if attended else []
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for pid in (process.pid, *helpers):
            with suppress(ProcessLookupError):
                os.kill(pid, sign) if attended else os.killpg(process.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(2)
            break
    if not attended:
        with suppress(ProcessLookupError):  # one that outlived git
            os.killpg(process.pid, signal.SIGKILL)


def _descendants(pid: int) -> list[int]:
    """The processes that a process started, and theirs."""
    try:
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, check=False).stdout
    except OSError:
        return []
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found = [pid]
    for parent in found:
        found += [child for child, its in pairs if its == parent]
    return found[1:]
