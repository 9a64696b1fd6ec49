"""The file `packed-refs`: what of it git cannot read, and what is known of the refs that stood there."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from git_ctx.model import NULL_OID, Oid
from git_ctx.store import loose, shared
from git_ctx.store.repo import Repo

NAME = "packed-refs"
_LINE = re.compile(rb"[0-9a-f]{40} refs/[^\0-\x20\x7f]+|\^[0-9a-f]{40}|#.*")
_LOGGED = re.compile(rb"[0-9a-f]{40} ([0-9a-f]{40}) ")
_OURS = "refs/ctx/"


def unread(repo: Repo) -> int:
    """How many lines are none. git stops at the first one, whatever it is asked."""
    return sum(not _LINE.fullmatch(line) for line in _lines(repo))


def write_again(repo: Repo, aside: Path) -> bool:
    """Write the lines that are some; what was there is set aside. False where git is at work on it.

    Refs that are nowhere now, and that reflogs tell of, are written as these have them: with a ref, git
    deletes its reflog. Those of sessions are left to who knows more of them. Raises `OSError`.
    """
    path = repo.common_dir / NAME
    kept = [line for line in _lines(repo) if _LINE.fullmatch(line) and not line.startswith(b"#")]
    named = {line.partition(b" ")[2] for line in kept}
    found = [b"%s %s" % (oid.encode(), name) for name, oid in _logged(repo) if name not in named]
    shared.mkdir(aside)
    lock = path.with_name(f"{NAME}.lock")
    try:
        file = lock.open("xb")
    except FileExistsError:
        return False
    try:
        with file:
            file.write(b"".join(line + b"\n" for line in (*found, *kept)))
            file.flush()
            os.fsync(file.fileno())
        shared.made(lock)
        with suppress(FileNotFoundError):
            (aside / NAME).unlink()
        os.link(path, aside / NAME)
        lock.replace(path)
    except BaseException:
        lock.unlink(missing_ok=True)
        raise
    loose.sync_path(path.parent)
    return True


def _lines(repo: Repo) -> list[bytes]:
    try:
        data = (repo.common_dir / NAME).read_bytes()
    except OSError:
        return []
    # Of git's own there is always a first line: without one, a power cut left it.
    lines = data.split(b"\n") if data else [b"", b""]
    last = lines.pop()
    # One that does not end was cut, and the name in it may be another's.
    return [*lines, last + b"\0"] if last else lines


def _logged(repo: Repo) -> Iterator[tuple[bytes, Oid]]:
    logs = repo.common_dir / "logs"
    for folder, _, names in os.walk(logs / "refs"):
        for path in (Path(folder, name) for name in names):
            name = path.relative_to(logs).as_posix()
            if name.startswith(_OURS) or os.path.lexists(repo.common_dir / name):
                continue
            last = _LOGGED.match(path.read_bytes().rstrip(b"\n").rpartition(b"\n")[2])
            oid = last[1].decode() if last else NULL_OID
            if oid != NULL_OID and repo.has(oid):
                yield os.fsencode(name), oid
