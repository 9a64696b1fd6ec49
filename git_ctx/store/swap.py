"""Move a ref by compare-and-swap, under git's own lock and behind an advisory lock of ours."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from git_ctx.errors import BranchBusy, BrokenSession, WriteFailed
from git_ctx.model import Oid
from git_ctx.store import lock, message, refs
from git_ctx.store.repo import Repo

_DEAD_AFTER = 5.0
_FAILURES = 3


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
    import pygit2

    try:
        found = repo.pygit.lookup_reference(refname).target
    except KeyError:
        return None
    except pygit2.GitError as error:
        raise BrokenSession(refname, str(error)) from None
    if isinstance(found, str):
        raise BrokenSession(refname, f"it points to another ref, {found}")
    return str(found)


def swap(repo: Repo, refname: str, old: Oid | None, new: Oid, *, reason: str, who: str) -> bool:
    """Move a ref from `old` (None: it must not exist) to `new`; False where it is not at `old`.

    Call it inside `alone`. `who` is a committer line; `reason` goes to the reflog. A lock file that a
    dead process left is removed. Raises `BranchBusy` or `WriteFailed`, and then the ref did not move.
    """
    failures = 0
    deadline = time.monotonic() + lock.PATIENCE
    while time.monotonic() < deadline:
        problem = _attempt(repo, refname, old, new, reason=message.clean(reason), who=who)
        # libgit2's messages may be those of an earlier error: where the ref stands now decides.
        now = target(repo, refname)
        if problem is None or now == new:
            return True
        if now != old:
            return False
        if not _someone_holds(repo.common_dir / f"{refname}.lock"):
            failures += 1
            if failures == _FAILURES:
                raise WriteFailed(refname, why(repo.common_dir, problem))
        lock.pause(0.02)
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
    """Have git and libgit2 log the moves of a ref, unless the user wants no reflogs at all."""
    if not repo.config_bool("core.logAllRefUpdates", True):
        return
    log = repo.common_dir / "logs" / refname
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.touch()
    except OSError as error:
        raise WriteFailed(str(log), error.strerror or str(error)) from None


def why(directory: Path, otherwise: Exception) -> str:
    """Why nothing can be written in a directory, found by writing; else what the failure itself says."""
    try:
        with TemporaryFile(dir=directory) as probe:
            probe.write(bytes(65536))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return error.strerror or str(error)
    return str(otherwise)


def _busy(refname: str) -> BranchBusy:
    return BranchBusy(str(refs.parse(refname) or refname))


def _attempt(
    repo: Repo, refname: str, old: Oid | None, new: Oid, *, reason: str, who: str
) -> Exception | None:
    import pygit2

    # The reflog's identity goes by way of the repository: pygit2's own argument for it cannot be used.
    repo.pygit.set_ident(*_name_and_email(who))
    try:
        with repo.pygit.transaction() as transaction:
            transaction.lock_ref(refname)
            if target(repo, refname) != old:
                return ValueError("it moved")
            transaction.set_target(refname, new, message=reason)
    except (OSError, ValueError, pygit2.GitError) as error:
        return error
    return None


def _name_and_email(who: str) -> tuple[str, str]:
    name, _, email = message.clean_ident(who.rsplit(" ", 2)[0]).rpartition(" <")
    return name, email.removesuffix(">") or "unknown"


def _someone_holds(path: Path) -> bool:
    """Whether a ref's lock file is in the way; one that is too old to be in use is taken away.

    Nobody but git could have made it, since we hold the advisory lock, and git holds one for milliseconds.
    """
    try:
        if time.time() - path.stat().st_mtime > _DEAD_AFTER:
            path.unlink()
    except OSError:
        return False
    return True
