"""Move a ref by compare-and-swap, under git's own lock and behind an advisory lock of ours."""

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from git_ctx.errors import BranchBusy, BrokenSession, GitFailed, LockInTheWay, WriteFailed
from git_ctx.model import NULL_OID, Oid
from git_ctx.store import claims, lock, message, refs, shared, writable
from git_ctx.store.repo import Repo

_DEAD_AFTER = 5.0
_FAILURES = 3
_OID = re.compile(rb"([0-9a-f]{40})\s*")
_ON_THE_DISK = ("-c", "core.fsync=reference")
_NO_HOOKS = ("-c", f"core.hooksPath={os.devnull}")
"""Moving a ref of ours is no transaction that the user's hooks are about."""


@contextmanager
def alone(repo: Repo, refname: str) -> Iterator[None]:
    """Be the only git ctx that writes to a ref, or raise `BranchBusy`."""
    try:
        with lock.held(repo.shared / "locks" / refname.removeprefix("refs/ctx/")):
            yield
    except lock.Taken:
        raise _busy(refname) from None


def target(repo: Repo, refname: str) -> Oid | None:
    """The object id that a ref holds now; None where there is no such ref."""
    if repo.tables:
        return refs.held(repo, refname)
    try:
        held = (repo.common_dir / refname).read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return _packed(repo, refname)
    except OSError as error:
        raise BrokenSession(refname, error.strerror or str(error)) from None
    found = _OID.fullmatch(held)
    if found:
        return found[1].decode()
    other = message.clean(os.fsdecode(held.removeprefix(b"ref:").strip()))
    raise BrokenSession(
        refname, f"it points to another ref, {other}" if held.startswith(b"ref:") else "it holds no object id"
    )


def _packed(repo: Repo, refname: str) -> Oid | None:
    """What `git pack-refs` noted of a ref: '<40 hex digits> <refname>' on a line of its own."""
    listed = b"\n" + _packed_refs(repo)
    at = listed.find(b" " + os.fsencode(refname) + b"\n")
    found = _OID.fullmatch(listed[at - 40 : at]) if at > 40 and listed[at - 41] == 10 else None
    return found[1].decode() if found else None


def parts_below(repo: Repo, prefix: str) -> set[str]:
    """What follows a prefix in the names of refs, up to the next slash. Where refs are files, no process."""
    if repo.tables:
        return {name.removeprefix(prefix).partition("/")[0] for name in refs.targets(repo, prefix)}
    folder = repo.common_dir / prefix
    here = list(folder.iterdir()) if folder.is_dir() else []
    loose = {path.name for path in here if path.suffix != ".lock" and _has_files(path)}
    pattern = rb"(?m)^[0-9a-f]{40} %b([^/\n]+)" % re.escape(os.fsencode(prefix))
    packed = re.findall(pattern, _packed_refs(repo))
    return loose | {os.fsdecode(part) for part in packed}


def _has_files(path: Path) -> bool:
    return path.is_file() or any(names for _, _, names in os.walk(path))


def _packed_refs(repo: Repo) -> bytes:
    try:
        return (repo.common_dir / "packed-refs").read_bytes()
    except FileNotFoundError:
        return b""


def _nothing() -> bool:
    return False


def swap(
    repo: Repo,
    refname: str,
    old: Oid | None,
    new: Oid,
    *,
    reason: str,
    who: str,
    secure: Callable[[], bool] = _nothing,
) -> bool:
    """Move a ref from `old` (None: it must not exist) to `new`; False where it is not at `old`.

    Call it inside `alone`. `who` is a committer line; `reason` goes to the reflog. A lock file that a
    dead process left is removed. `secure` sees to it that what was written for this is there: it is called
    once the ref has moved, and before each further try, since git moves none to what a gc took away.
    Raises `BranchBusy` or `WriteFailed`, and then the ref did not move.
    """
    failures = 0
    deadline = time.monotonic() + lock.PATIENCE
    while time.monotonic() < deadline:
        problem = _attempt(repo, refname, old, new, reason=message.brief(reason), who=who)
        # Whatever went wrong: where the ref stands now decides.
        now = target(repo, refname)
        if problem is None or now == new:
            secure()
            return True
        if now != old:
            return False
        if not _is_locked(repo, refname, problem):
            failures += 1
            if failures == _FAILURES:
                raise WriteFailed(refname, writable.why(repo.common_dir, problem))
        lock.pause(0.02)
        secure()
    raise _busy(refname)


def freed(repo: Repo, names: Iterable[str]) -> bool:
    """Take away lock files of refs that dead processes of git's left; whether there were any. To be called
    where our own locks on these refs are held, so that nobody but git could be at work on one.
    """
    there = [path for name in names if (path := repo.common_dir / f"{name}.lock").exists()]
    for path in there:
        _someone_holds(path)
    return any(not path.exists() for path in there)


def keep_reflog(repo: Repo, refname: str) -> None:
    """Have git log the moves of a ref, unless the user wants no reflogs at all."""
    if repo.tables or not _wants_reflogs(repo):  # in tables they begin with the ref
        return
    log = repo.common_dir / "logs" / refname
    try:
        shared.mkdir(log.parent)
        log.touch()
        shared.made(log)
    except OSError as error:
        raise WriteFailed(str(log), error.strerror or str(error)) from None


def _busy(refname: str) -> BranchBusy:
    return BranchBusy(str(refs.parse(refname) or refname.removeprefix("names/")))


def _attempt(
    repo: Repo, refname: str, old: Oid | None, new: Oid, *, reason: str, who: str
) -> Exception | None:
    """By git itself, which locks and compares however refs are kept. What went wrong, or None."""
    name, _, email = message.clean_ident(who.rsplit(" ", 2)[0]).rpartition(" <")
    logged = repo.tables and refname.startswith(refs.HEADS) and _wants_reflogs(repo)
    words = ("update-ref", "--no-deref", *(["--create-reflog"] if logged else []), "-m", reason)
    ident = {
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": email.removesuffix(">"),
        # Whatever date the commit bears: a reflog's entry of long ago would be taken for one to expire.
        "GIT_COMMITTER_DATE": f"@{int(time.time())} {time.strftime('%z')}",
    }
    args = (*_ON_THE_DISK, *_NO_HOOKS, *words, refname, new, old or NULL_OID)
    try:
        if repo.tables:  # a lock that the dead left would be in the way of everybody
            claims.git(repo, *args, takes=(claims.TABLES,), env=ident)
        else:
            repo.git(*args, env=ident)
    except (OSError, GitFailed, WriteFailed) as error:
        return error
    except BaseException:  # Ctrl-C, or told to stop
        if old is None:
            _unlog(repo, refname)
        raise
    return None


def _unlog(repo: Repo, refname: str) -> None:
    """Of a ref that was not made after all, its reflog goes, which git writes first."""
    log = repo.common_dir / "logs" / refname
    with suppress(OSError, BrokenSession):
        if target(repo, refname) is None and log.read_bytes().count(b"\n") < 2:
            log.unlink()


def _wants_reflogs(repo: Repo) -> bool:
    return repo.config_bool("core.logAllRefUpdates", True)


def _is_locked(repo: Repo, refname: str, problem: Exception) -> bool:
    """Whether a lock of git's was in the way. That of tables is for all refs and may be anybody's, so it is
    taken from nobody: where it stays, `LockInTheWay` says so.
    """
    if not repo.tables:
        return _someone_holds(repo.common_dir / f"{refname}.lock")
    with suppress(OSError):
        if lock.age(repo.common_dir / claims.TABLES_LOCK) > _DEAD_AFTER:
            raise LockInTheWay(refname, str(repo.common_dir / claims.TABLES_LOCK))
    return isinstance(problem, LockInTheWay)


def _someone_holds(path: Path) -> bool:
    """Whether a ref's lock file is in the way; one that is too old to be in use is taken away.

    Nobody but git could have made it, since we hold the advisory lock, and git holds one for milliseconds.
    """
    try:
        if lock.age(path) > _DEAD_AFTER:
            path.unlink()
    except OSError:
        return False
    return True
