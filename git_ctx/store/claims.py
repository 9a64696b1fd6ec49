"""Lock files of git's, for as long as a git that we start may hold them.

A git that is killed leaves its lock files behind, and every git after it refuses. A claim says
beforehand which ones it will take: a file in ctx/claims/ of the common git directory that names them,
locked by us and by that git. A claim that nobody holds is of the dead, and so is a lock file that it
names, if it was made while they lived.
"""

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from git_ctx.errors import GitFailed, LockInTheWay, WriteFailed
from git_ctx.pattern import lazily
from git_ctx.store import lock, shared, writable
from git_ctx.store.process import Done
from git_ctx.store.repo import Repo

CONFIG = "config.lock"
PACKED = ("packed-refs.lock", "packed-refs.new")
TABLES_LOCK = "reftable/tables.list.lock"
"""Whoever moves any ref that is kept in tables holds it meanwhile."""
TABLES = "reftable/*.lock"
"""That one, and those of the tables that git then makes one of."""
_LOCKED = "cannot lock references"
"""What git says where another one does."""

_IN_THE_WAY = lazily(
    r"Unable to create '(.+?\.lock)': File exists|could not lock config file (.+?): File exists"
)
_LONGEST = 60.0
"""Seconds from a claim to the last lock file that a git takes: it works for milliseconds."""
_LARGEST = 1 << 20
_PATIENCE = 0.5


def run(
    repo: Repo,
    *args: str,
    takes: Sequence[str],
    input: bytes | None = None,
    env: Mapping[str, str] | None = None,
) -> Done:
    """Run git where it takes lock files, relative to the common git directory; those of the dead go first.

    git itself hardly waits for the configuration's lock, and that of tables: others hold it for milliseconds.
    """
    deadline = time.monotonic() + (_PATIENCE if CONFIG in takes or repo.tables else 0)
    done = _run(repo, args, takes, input, env)
    while done.status and time.monotonic() < deadline and _lock_in_the_way(repo, done):
        lock.pause(0.05)
        done = _run(repo, args, takes, input, env)
    return done


def _run(
    repo: Repo, args: Sequence[str], takes: Sequence[str], input: bytes | None, env: Mapping[str, str] | None
) -> Done:
    free(repo)
    path, held = _made(repo, takes)
    try:
        done = repo.run(*args, input=input, env=env, keep=held)
    except BaseException:  # Ctrl-C: git is dead by now, and may have left what it held
        _release(held)
        free(repo)
        raise
    if done.status < 0:  # so it may where a signal ended it
        _release(held)
        free(repo)
    else:
        _withdraw(path, held)
    return done


@contextmanager
def held(repo: Repo, takes: Sequence[str]) -> Iterator[tuple[int, ...]]:
    """A claim for a git that the caller starts, and descriptors for it to hold; none where it takes none."""
    if not takes:
        yield ()
        return
    free(repo)
    path, descriptors = _made(repo, takes)
    try:
        yield descriptors
    except BaseException:
        _release(descriptors)
        free(repo)
        raise
    _withdraw(path, descriptors)


def git(
    repo: Repo,
    *args: str,
    takes: Sequence[str],
    input: bytes | None = None,
    env: Mapping[str, str] | None = None,
) -> bytes:
    """The same, where a failure is none to go on with: `GitFailed`, or `WriteFailed`.

    git does not always tell that nothing can be written.
    """
    done = run(repo, *args, takes=takes, input=input, env=env)
    if done.status:
        raise failure(repo, str(repo.common_dir), done) or GitFailed(args, done.status, done.words)
    return done.stdout


def write_tables_anew(repo: Repo) -> None:
    """Where refs are kept in tables: what was deleted or expired stands in them until git does this."""
    if repo.tables:
        # From a linked work tree git would take those of its HEAD alone.
        git(repo, f"--git-dir={repo.common_dir}", "pack-refs", "--all", takes=refs(()))


def failure(repo: Repo, what: str, done: Done) -> WriteFailed | None:
    """Why a git could not write, as far as it shows: a lock file that is in the way, a disk that is full."""
    if left := _lock_in_the_way(repo, done):
        return LockInTheWay(what, left)
    reason = writable.why(repo.common_dir, OSError())
    return WriteFailed(what, reason) if reason else None


def _lock_in_the_way(repo: Repo, done: Done) -> str | None:
    """The lock file that a git stopped at; of that of tables git does not always tell."""
    if found := _IN_THE_WAY.search(done.words):
        return found[1] or f"{found[2]}.lock"
    tables = repo.common_dir / TABLES_LOCK
    return str(tables) if repo.tables and (not done.words or _LOCKED in done.words) else None


def refs(names: Iterable[str]) -> tuple[str, ...]:
    """What git takes to move or delete some refs."""
    return (*PACKED, TABLES, *(f"{name}.lock" for name in names))


def free(repo: Repo) -> tuple[Path, ...]:
    """Take away the lock files that the dead left; returns which."""
    gone: list[Path] = []
    with suppress(OSError):
        for path in list(_folder(repo).iterdir()):
            gone += _buried(repo, path)
    return tuple(gone)


def _made(repo: Repo, names: Sequence[str]) -> tuple[Path, tuple[int, ...]]:
    """A claim, and its descriptor, for git to hold it, too. Where none can be written, git goes without: it
    says better than we could what is the matter.
    """
    path = _folder(repo) / os.urandom(8).hex()
    unborn = path.with_suffix(".tmp")
    held: list[int] = []
    with suppress(OSError):
        shared.mkdir(path.parent)
        held.append(os.open(unborn, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        # It gets its name when it is whole and locked, so that nobody takes it for one of the dead.
        if lock.try_lock(held[0]):
            os.write(held[0], os.fsencode("\n".join(names)))
            unborn.rename(path)
    return path, tuple(held)


def _withdraw(path: Path, held: Sequence[int]) -> None:
    for each in (path, path.with_suffix(".tmp")):
        with suppress(OSError):
            each.unlink()
    _release(held)


def _release(held: Sequence[int]) -> None:
    for descriptor in held:
        os.close(descriptor)


def _buried(repo: Repo, path: Path) -> Iterator[Path]:
    """Do away with a claim that nobody holds, and with what it is about."""
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        # Somebody may have been here before us, between our opening it and our locking it.
        if not lock.try_lock(descriptor) or not path.exists():
            return
        made = os.fstat(descriptor).st_mtime
        for name in os.fsdecode(os.read(descriptor, _LARGEST)).splitlines():
            for left in _called(repo, name):
                if _is_of(left, made):
                    left.unlink()
                    yield left
        path.unlink()
    finally:
        os.close(descriptor)


def _called(repo: Repo, name: str) -> Iterable[Path]:
    return repo.common_dir.glob(TABLES) if name == TABLES else [repo.common_dir / name]


def _is_of(left: Path, made: float) -> bool:
    """Whether a lock file was made while a claim was held. A later one is somebody else's."""
    if left.suffix not in (".lock", ".new") or ".." in left.parts:
        return False
    try:
        return -2 < left.stat(follow_symlinks=False).st_mtime - made < _LONGEST
    except OSError:
        return False


def _folder(repo: Repo) -> Path:
    return repo.shared / "claims"
