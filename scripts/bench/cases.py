"""The commands that write, each with a small world to try it in; and what that looks like, for comparing."""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import steps

import git_ctx

WHO = {"NAME": "Ada", "EMAIL": "ada@example.com"}
ENVIRONMENT = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in WHO.items()}
SECRET = "bluefalcon"
DATA = Path(__file__).resolve().parents[2] / "tests/data"
_RANDOM = re.compile(r"-[k-z]{4}\b|[k-z]{16}|[0-9a-f]{40}")


@dataclass(frozen=True, kw_only=True)
class Case:
    """A command. `again`: how it may end when it runs once more, after it had been stopped anywhere.

    `before`: what happened before. `git`: it is git that runs, with our hooks. `twice`: of what it adds, run
    again after it was done, there may be two: nobody could know that it is not meant. `loses`: it takes away.
    """

    words: Sequence[str]
    again: tuple[int, ...] = (0,)
    before: Sequence[Sequence[str]] = ()
    stdin: bytes = b""
    git: bool = False
    twice: bool = False
    loses: bool = False

    def work(self) -> Callable[[], int]:
        if self.git:
            return lambda: os.spawnvp(os.P_WAIT, "git", ["git", *self.words])
        if self.words == ["mcp"]:
            return lambda: _talked()
        return lambda: ctx(*self.words)


def load() -> None:
    """All of git ctx, once: each command is a fork of this process then, and starts at its first line."""
    # A script beside this one has the name of a module that others look for.
    sys.path[:] = [path for path in sys.path if path != str(Path(__file__).resolve().parent)]
    atexit._clear()  # what is to be done at our own end is not to be done at a command's
    os.environ |= ENVIRONMENT | {"GIT_CONFIG_NOSYSTEM": "1", "TZ": "UTC"}
    for module in pkgutil.walk_packages(git_ctx.__path__, "git_ctx."):
        importlib.import_module(module.name)
    vars(sys.modules["git_ctx.cli"])["gc"] = gc  # which the verb of that name has taken the place of
    # And what another user might not be let read.
    for name in (
        "pygit2",
        "orjson",
        "ahocorasick_rs",
        "rs_bpe",
        "click",
        "mcp",
        "sqlite3",
        "difflib",
        "encodings.ascii",
    ):
        importlib.import_module(name)


def ctx(*words: str) -> int:
    """What the `git-ctx` program does, in this process; how it ends."""
    from git_ctx.cli import main

    sys.argv = ["git-ctx", *words]
    # Buffered as they are when they lead to files.
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
    status: object = 0
    try:
        main()
    except SystemExit as end:
        status = end.code
    atexit._run_exitfuncs()
    with suppress(OSError):  # the disk that it leads to is full, which was said
        sys.stdout.flush()
    return status if isinstance(status, int) else int(status is not None)


def _talked() -> int:
    """`git ctx mcp`, and somebody who hangs up once the second question is answered."""
    with open(0, "rb", closefd=False) as stdin:
        asked = stdin.read()
    reading, writing = os.pipe()
    os.write(writing, asked)
    os.dup2(reading, 0)
    said = Path("/proc/self/fd/1").readlink()

    def hang_up() -> None:
        for _ in range(1000):  # unless it cannot answer
            if b'"id":2' in said.read_bytes():
                break
            time.sleep(0.005)
        os.close(writing)

    threading.Thread(target=hang_up, daemon=True).start()
    return ctx("mcp")


def _mcp(tool: str, arguments: Mapping[str, object]) -> bytes:
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "a", "version": "1"}}
    lines: list[dict[str, object]] = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": tool, "arguments": arguments}},
    ]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def _event(**more: str) -> bytes:
    return json.dumps({"session_id": "chat-1", "cwd": ".", "transcript_path": "", **more}).encode()


CASES = {
    "prompt": Case(words=["prompt", "killed prompt"]),
    "prompt, the first": Case(
        words=["prompt", "killed first prompt"], before=[["git", "switch", "-qc", "new", "bare"]]
    ),
    "prompt, on a new branch": Case(words=["prompt", "killed"], before=[["git", "switch", "-qc", "fresh"]]),
    "start": Case(words=["start", "fresh"], again=(0, 128)),
    "reply": Case(words=["reply", "killed reply; please: git ctx request file app.py"]),
    "request": Case(words=["request", "file", "app.py"], twice=True),
    "request --pending": Case(
        words=["request", "--pending"], before=[["reply", "git ctx request file plan.py"]], again=(0, 1)
    ),
    "pin": Case(words=["pin", "plan.py"]),
    "unpin": Case(words=["unpin", "app.py"], before=[["pin", "app.py"]], again=(0, 128)),
    "guide": Case(words=["guide", "no threads"]),
    "guide --remove": Case(
        words=["guide", "--remove", "1"], before=[["guide", "no threads"]], again=(0, 128, 129)
    ),
    "save": Case(words=["save", "-m", "killed save"]),
    "restore": Case(words=["restore", "#2"], twice=True),
    "end": Case(words=["end", "demo@main"], again=(0, 128)),
    "archive": Case(words=["archive", "demo"], again=(0, 128)),
    "reopen": Case(words=["reopen", "old"], again=(0, 128)),
    "rename": Case(words=["rename", "demo", "other"], again=(0, 128), loses=True),
    "delete": Case(words=["delete", "demo", "--yes"], again=(0, 128), loses=True),
    "branch": Case(words=["branch", "fresh"], again=(0, 128)),
    "branch NAME REV": Case(words=["branch", "fresh", "@~2"], again=(0, 128)),
    "branch -m": Case(words=["branch", "-m", "alt", "alto"], again=(0, 128), loses=True),
    "branch -D": Case(words=["branch", "-D", "alt"], again=(0, 128), loses=True),
    "use": Case(words=["use", "demo@alt"]),
    "use, of a remote": Case(words=["use", "team"], before=[["fetch"]]),
    "select": Case(words=["select", "alt", "--yes"], again=(0, 128)),
    "merge": Case(words=["merge", "alt"]),
    "push": Case(words=["push", "--yes", "--files", "--session", "demo@alt"]),
    "push --all": Case(words=["push", "--yes", "--all"]),
    "push --delete": Case(
        words=["push", "--yes", "--delete", "old"],
        before=[["push", "--yes", "--all"]],
        again=(0, 1, 128),
        loses=True,
    ),
    "fetch": Case(words=["fetch", "--files"]),
    "pull": Case(words=["pull", "--files"]),
    "remote": Case(words=["remote", "origin"]),
    "remote --prune": Case(
        words=["remote", "--prune"],
        before=[["git", "config", "--rename-section", "remote.origin", "remote.hub"]],
    ),
    "export bundle": Case(words=["export", "--files", "-o", "../out/it.bundle", "--allow-secret"]),
    "export json": Case(words=["export", "-o", "../out/it.json"]),
    "export html": Case(words=["export", "-o", "../out/it.html"]),
    "import bundle": Case(words=["import", "../bob.bundle"]),
    "import json": Case(words=["import", "../bob.json"]),
    "import claude-code": Case(
        words=["import", "claude-code", str(DATA / "transcripts/claude-code.jsonl")], again=(0, 1)
    ),
    "import codex": Case(words=["import", "codex", str(DATA / "transcripts/codex.jsonl")], again=(0, 1)),
    "forget TEXT": Case(words=["forget", SECRET, "--yes"], again=(0, 1), loses=True),
    "forget PATH": Case(words=["forget", "--path", "plan.py", "--yes"], again=(0, 1), loses=True),
    "forget REV": Case(words=["forget", "--rev", "#2", "--yes"], again=(0, 1), loses=True),
    "fsck --repair": Case(words=["fsck", "--repair"], before=[["git", "damage"]]),
    "gc": Case(words=["gc"], before=[["git", "config", "ctx.retention", "0"]], loses=True),
    "view": Case(words=["view", "--no-open"]),
    "hook install git": Case(words=["hook", "install", "git", "--yes"]),
    "hook remove git": Case(
        words=["hook", "remove", "git", "--yes"], before=[["hook", "install", "git", "--yes"]]
    ),
    "hook install": Case(words=["hook", "install", "claude-code", "--yes"]),
    "hook remove": Case(
        words=["hook", "remove", "claude-code", "--yes"], before=[["hook", "install", "claude-code", "--yes"]]
    ),
    "hook run, start": Case(
        words=["hook", "run", "claude-code"], stdin=_event(hook_event_name="SessionStart", source="startup")
    ),
    "hook run, prompt": Case(
        words=["hook", "run", "claude-code"],
        stdin=_event(hook_event_name="UserPromptSubmit", prompt="killed hook"),
    ),
    "hook run, stop": Case(
        words=["hook", "run", "claude-code"],
        stdin=_event(hook_event_name="Stop", last_assistant_message="killed answer"),
        before=[["prompt", "asked", "--conversation", "chat-1", "-q"]],
    ),
    "mcp save": Case(words=["mcp"], stdin=_mcp("save", {"message": "killed over mcp"})),
    # Each is a chat of its own: the same words in another one are another prompt.
    "mcp prompt": Case(words=["mcp"], stdin=_mcp("prompt", {"text": "killed over mcp"}), twice=True),
    "git commit, linked": Case(
        words=["commit", "-qam", "linked"],
        git=True,
        again=(0, 1),
        before=[["hook", "install", "git", "--yes"]],
    ),
    "prompt, records commits": Case(
        words=["prompt", "recorded"],
        before=[["hook", "install", "git", "--yes"], ["git", "commit", "-qam", "linked"]],
    ),
}


def build(place: Path, talk: Path) -> None:
    """Ada's repository, a server, and what Bob has added there."""
    place.mkdir()
    (place / "out").mkdir()
    git(place, "init", "-q", "--bare", "server")
    git(place, "init", "-q", "-b", "main", "ada")
    ada, bob = place / "ada", place / "bob"
    for repo in (ada, place / "server"):
        git(repo, "config", "gc.auto", "0")
        git(repo, "config", "maintenance.auto", "false")
    (ada / "app.py").write_text("def main():\n    return 0\n")
    git(ada, "add", "-A")
    git(ada, "commit", "-q", "-m", "one")
    git(ada, "branch", "bare")
    git(ada, "remote", "add", "origin", "../server")
    git(ada, "push", "-q", "origin", "main")
    done(ada, talk, "start", "old")
    done(ada, talk, "prompt", "long ago")
    done(ada, talk, "end", "old")
    done(ada, talk, "start", "demo")
    for number, text in enumerate(("first", "second", "third")):
        (ada / "app.py").write_text(f"def main():\n    return {number}\n")
        done(ada, talk, "prompt", text)
    (ada / "plan.py").write_text(f"NAME = '{SECRET}'\n")
    done(ada, talk, "prompt", f"the name is {SECRET}")
    git(ada, "gc", "-q")
    done(ada, talk, "push", "--yes", "--files")
    git(place, "clone", "-q", "-b", "main", "server", "bob")
    done(bob, talk, "fetch")
    done(bob, talk, "use", "demo@main")
    done(bob, talk, "prompt", "from bob")
    done(bob, talk, "push", "--yes")
    done(bob, talk, "export", "-o", "../bob.bundle")
    done(bob, talk, "export", "-o", "../bob.json")
    git(bob, "switch", "-qc", "team")
    done(bob, talk, "start", "team")
    done(bob, talk, "prompt", "of the team")
    done(bob, talk, "push", "--yes")
    for name in ("alt", "beta"):
        done(ada, talk, "branch", name)
        git(ada, "switch", "-q", name)
        done(ada, talk, "prompt", f"on {name}")
        git(ada, "switch", "-q", "main")


def prepare(place: Path, case: Case, talk: Path) -> None:
    """What happened before a case."""
    ada = place / "ada"
    for first, *rest in case.before:
        if first != "git":
            done(ada, talk, first, *rest)
        elif rest == ["damage"]:
            damage(ada)
        else:
            git(ada, *rest)


def damage(repo: Path) -> None:
    """A tip that cannot be read, a mirror of no remote, and a prompt of a run that died."""
    ref = repo / ".git/refs/ctx/heads/demo/alt"
    ref.write_text("nonsense\n")
    git(repo, "update-ref", "refs/ctx/remotes/gone/heads/demo/main", "refs/ctx/heads/demo/main")


def done(repo: Path, talk: Path, *words: str) -> None:
    ended = steps.plain(lambda: ctx(*words), repo, talk)
    if ended.status:
        raise SystemExit(f"git ctx {' '.join(words)}: {ended.said}")


def git(repo: Path, *words: str, check: bool = True) -> bytes:
    ended = subprocess.run(["git", *words], cwd=repo, capture_output=True, check=False)
    if check and ended.returncode:
        raise SystemExit(f"git {' '.join(words)} in {repo}: {os.fsdecode(ended.stderr)}")
    return ended.stdout


_TOLD: dict[tuple[str, bool], str] = {}


def sessions(place: Path) -> dict[str, str]:
    """What all sessions hold: by ref the subjects of all commits. The random part of names is blotted out."""
    found = {}
    for name in ("ada", "server"):
        form = "--format=%(refname) %(objectname)"
        for line in os.fsdecode(git(place / name, "for-each-ref", form, "refs/ctx/")).splitlines():
            ref, _, oid = line.partition(" ")
            found[_RANDOM.sub("-rand", f"{name} {ref}")] = _told(place / name, oid, "/snap/" in ref)
    chosen = os.fsdecode(git(place / "ada", "config", "--get-regexp", "ctx", check=False)).splitlines()
    found["chosen"] = _RANDOM.sub("-rand", "\n".join(sorted(chosen)))
    return found


def _told(repo: Path, oid: str, snap: bool) -> str:
    if (oid, snap) not in _TOLD:
        told = os.fsdecode(git(repo, "log", "--format=%s", oid, "--", check=False)).splitlines()
        _TOLD[oid, snap] = "snapshots" if snap else _RANDOM.sub("rand", "\n".join(sorted(told)))
    return _TOLD[oid, snap]


def users(place: Path) -> dict[str, bytes]:
    """All of the user's: branches and tags, HEAD, index, the work tree, and what was written out."""
    ada = place / "ada"
    found = {}
    form = "--format=%(refname) %(tree) %(subject)"
    for line in git(
        ada, "for-each-ref", form, "refs/heads", "refs/tags", "refs/remotes", "refs/stash"
    ).splitlines():
        ref, _, told = line.partition(b" ")
        found[os.fsdecode(ref)] = told
    found["HEAD"] = (ada / ".git/HEAD").read_bytes()
    found["index"] = git(ada, "ls-files", "-s")
    for root in (ada, place / "out"):
        for folder, folders, names in os.walk(root):
            if ".git" in folders:
                folders.remove(".git")
            for name in names:
                path = Path(folder, name)
                found[str(path.relative_to(place))] = path.read_bytes()
    hooks = ada / ".git/hooks"
    found |= {path.name: path.read_bytes() for path in hooks.glob("*") if path.suffix != ".sample"}
    return found


def left(place: Path) -> list[Path]:
    """What runs leave behind that died: lock files, half-written ones, prompts on their way."""
    found = []
    for root in (place / "ada/.git", place / "server"):
        for folder, _, names in os.walk(root):
            for name in names:
                half = name.endswith((".lock", ".tmp", ".new")) or name.startswith(
                    ("tmp_", "tmp-", "incoming")
                )
                if half or folder.endswith(("ctx/scratch", "ctx/pending", "ctx/claims")):
                    found.append(Path(folder, name))
    return found
