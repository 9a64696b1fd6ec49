"""Files written back into a work tree, or into an empty folder: by git, from an index of our own.

HEAD, the index and every path outside the plan stay as they are. git writes what it would write on a
checkout: through filters, with modes and links. A run that is killed, or meets a full disk, leaves what
a checkout would leave: some files written, some not, the one at hand missing or short.
"""

import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from git_ctx.errors import BrokenSession, GitFailed, RestoreCutShort, TargetNotEmpty, UsageError, WriteFailed
from git_ctx.model import Oid
from git_ctx.store import shared
from git_ctx.store.files import plan as plans
from git_ctx.store.files.plan import ATTRIBUTES, Plan
from git_ctx.store.files.reader import Reader
from git_ctx.store.repo import Repo
from git_ctx.store.status import Version

# No hook of the user's runs, no other program is asked, and names that mean '.git' elsewhere are refused.
_OPTIONS = (
    f"core.hooksPath={os.devnull}",
    "core.splitIndex=false",
    "core.fsmonitor=false",
    "core.protectHFS=true",
    "core.protectNTFS=true",
    "core.sparseCheckout=false",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was done; `left` was not touched, with the reason."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    left: Mapping[str, str]


def moment(repo: Repo) -> int:
    """Now, by the clock of the file system, to be asked before the snapshot that a restore relies on."""
    from tempfile import TemporaryFile

    try:
        with TemporaryFile(dir=repo.git_dir) as probe:
            return os.fstat(probe.fileno()).st_ctime_ns
    except OSError as error:
        raise WriteFailed(str(repo.git_dir), (error.strerror or str(error)).lower()) from None


def apply(repo: Repo, made: Plan, then: Oid, specs: tuple[str, ...], since: int) -> Written:
    """Carry a plan out in the work tree. What has changed `since` the snapshot of before began is left.

    Raises `BrokenSession` or `WriteFailed` before anything is touched, `RestoreCutShort` after.
    """
    again = plans.unchanged(repo, made, then, specs)
    before = plans.attributes(repo, again)
    with _index(repo, {**made.write, **again}) as index:
        _need(repo, made, since)
        removed = _remove(repo, made, since)
        first = [path for path in made.write if path.rpartition("/")[2] == ATTRIBUTES]
        rest = [path for path in made.write if path.rpartition("/")[2] != ATTRIBUTES]
        written = _write(repo, index, made, first, since) + _write(repo, index, made, rest, since)
        after = plans.attributes(repo, again)
        converted = [path for path in again if before[path] != after[path]]
        made.saved.update(converted)
        written += _write(repo, index, made, converted, since)
    return Written(written=tuple(sorted(written)), removed=removed, left=made.left)


def fill(repo: Repo, made: Plan, directory: Path) -> Written:
    """Write a plan's files into a directory that is empty or not there. Raises `TargetNotEmpty`."""
    target = _empty(repo, directory)
    there = replace(repo, work_tree=target)
    with _index(there, made.write) as index:
        _need(there, made, 0)
        written = _write(there, index, made, list(made.write), 0)
    return Written(written=tuple(sorted(written)), removed=(), left=made.left)


def _empty(repo: Repo, directory: Path) -> Path:
    try:
        target = Path(os.path.realpath(directory))
        for inside in (repo.git_dir, repo.common_dir):
            if target == inside.resolve() or inside.resolve() in target.parents:
                raise UsageError(f"'{directory}' is inside a git directory")
        target.mkdir(parents=True, exist_ok=True)
        if next(target.iterdir(), None) is not None:
            raise TargetNotEmpty(str(directory))
    except FileExistsError:
        raise TargetNotEmpty(str(directory)) from None
    except OSError as error:
        raise WriteFailed(f"'{directory}'", (error.strerror or str(error)).lower()) from None
    return target


@contextmanager
def _index(repo: Repo, versions: Mapping[str, Version]) -> Iterator[Mapping[str, str]]:
    """An environment in which git's index holds these files and no others."""
    index = repo.shared / "scratch" / f"{os.getpid()}-{os.urandom(4).hex()}.index"
    env = {"GIT_INDEX_FILE": str(index)}
    try:
        shared.mkdir(index.parent)
    except OSError as error:
        raise WriteFailed(str(index.parent), (error.strerror or str(error)).lower()) from None
    try:
        lines = (f"{version.mode:o} {version.oid}\t{path}\0" for path, version in versions.items())
        done = repo.run(*_options(), "update-index", "-z", "--index-info", input=_z(lines), env=env)
        if done.status:
            raise GitFailed(("update-index",), done.status, done.words)
        yield env
    finally:
        for left in (index, index.with_name(index.name + ".lock")):
            with suppress(OSError):
                left.unlink(missing_ok=True)


def _need(repo: Repo, made: Plan, since: int) -> None:
    """`BrokenSession` where content is missing, `WriteFailed` where the disk cannot hold it: then nothing is
    written at all. Some kilobytes of a stranger's may be more files, and larger ones, than any disk takes.
    """
    oids = [version.oid for version in made.write.values()]
    wanted = "".join(f"{oid}\n" for oid in dict.fromkeys(oids)).encode()
    sizes: dict[Oid, int] = {}
    for line in repo.git("cat-file", "--batch-check", input=wanted).decode().splitlines():
        oid, _, found = line.partition(" ")
        if not found.startswith("blob "):
            raise BrokenSession("the snapshot", f"blob {oid} is {found.split(' ')[0]}")
        sizes[oid] = int(found.removeprefix("blob "))
    needed, free = sum(sizes[oid] for oid in oids), shutil.disk_usage(str(repo.work_tree)).free
    if needed > free and needed > free + _freed(repo, made, since):
        problem = f"the files take {needed:,} bytes, and {free:,} are free"
        raise WriteFailed(f"'{repo.work_tree}'", problem)


def _freed(repo: Repo, made: Plan, since: int) -> int:
    """The bytes of the files that go or are written over."""
    with Reader(str(repo.work_tree)) as hands:
        found = [_stat(hands, path) for path in sorted(made.saved)]
    return sum(one.st_size for one in found if one is not None and one.st_ctime_ns <= since)


def _remove(repo: Repo, made: Plan, since: int) -> tuple[str, ...]:
    """Remove files, and the folders that this leaves empty."""
    removed: list[str] = []
    folders: set[str] = set()
    with Reader(str(repo.work_tree)) as hands:
        for path in sorted(made.remove):
            try:
                within, name = hands.place(path)
                if reason := _unsaved(os.stat(name, dir_fd=within, follow_symlinks=False), since):
                    made.left[path] = reason
                    continue
                os.unlink(name, dir_fd=within)
            except FileNotFoundError:
                continue
            except OSError as error:
                made.left[path] = (error.strerror or str(error)).lower()
                continue
            removed.append(path)
            folders.update(_above(path))
        for folder in sorted(folders, key=len, reverse=True):
            _drop_folder(hands, folder)
    return tuple(removed)


def _drop_folder(hands: Reader, folder: str) -> bool:
    """Remove a folder if it is empty; never the one that the user stands in, as git has it."""
    try:
        within, name = hands.place(folder)
        found = os.stat(name, dir_fd=within, follow_symlinks=False)
        if os.path.samestat(found, os.stat(".")):  # noqa: PTH116
            return False
        os.rmdir(name, dir_fd=within)
    except OSError:
        return False
    return True


def _write(repo: Repo, env: Mapping[str, str], made: Plan, paths: list[str], since: int) -> list[str]:
    """Have git write those of the paths that nothing is in the way of."""
    # A reader of its own each time: what the last one holds open may be gone by now.
    with Reader(str(repo.work_tree)) as hands:
        free = [path for path in sorted(paths) if not _blocked(hands, made, path, since)]
    if not free:
        return []
    lines = (f"{path}\0" for path in free)
    done = repo.run(*_options(), "checkout-index", "-f", "-z", "--stdin", input=_z(lines), env=env)
    if done.status:
        said = [line.removeprefix("error: ").removeprefix("fatal: ") for line in done.words.splitlines()]
        raise RestoreCutShort(said[0] if said else f"git ended with status {done.status}")
    return free


def _unsaved(found: os.stat_result, since: int) -> str | None:
    """Why the snapshot of before does not hold what stands there; None where it does."""
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISLNK(found.st_mode):
        return "not a regular file"
    return "it was changed meanwhile" if found.st_ctime_ns > since else None


def _blocked(hands: Reader, made: Plan, path: str, since: int) -> bool:
    """Whether something is there that no snapshot holds: an ignored file, or a folder with one."""
    for above in _above(path):
        found = _stat(hands, above)
        if found is None:
            break
        if not stat.S_ISDIR(found.st_mode):
            made.left[path] = f"'{above}' is in the way, which is ignored or withheld"
            return True
    found = _stat(hands, path)
    if found is None:
        return False
    if stat.S_ISDIR(found.st_mode):
        if _drop_folder(hands, path):
            return False
        made.left[path] = "a folder with other files is in the way"
        return True
    if path not in made.saved:
        made.left[path] = "an ignored file is there"
        return True
    if reason := _unsaved(found, since):
        made.left[path] = reason
        return True
    return False


def _stat(hands: Reader, path: str) -> os.stat_result | None:
    try:
        within, name = hands.place(path)
        return os.stat(name, dir_fd=within, follow_symlinks=False)
    except OSError:
        return None


def _above(path: str) -> Iterator[str]:
    """The folders on the way to a path, from the top."""
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)


def _options() -> list[str]:
    return [word for option in _OPTIONS for word in ("-c", option)]


def _z(lines: Iterable[str]) -> bytes:
    return os.fsencode("".join(lines))
