"""Git bundles of sessions: one file that holds everything, which git alone can verify and read."""

import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from git_ctx.errors import GitFailed, NotABundle, UnreadableBundle, WriteFailed
from git_ctx.store import bounds, refs
from git_ctx.store.repo import Repo
from git_ctx.store.unborn import unborn

_PLAIN = {"GIT_DEFAULT_REF_FORMAT": "files"}
_SIGNATURES = (b"# v2 git bundle\n", b"# v3 git bundle\n")


def create(repo: Repo, refnames: Sequence[str], target: Path) -> None:
    """Write a bundle of some refs, whole or not at all. Raises `WriteFailed`."""
    beside = unborn(target)
    try:
        repo.git("bundle", "create", "-q", str(beside.absolute()), *refnames)
        beside.replace(target)
    except GitFailed as error:
        lines = error.stderr.splitlines() or ["git failed"]
        said = next((line for line in lines if line.startswith("fatal: ")), lines[-1])
        raise WriteFailed(f"'{target}'", said.removeprefix("fatal: ")) from None
    except OSError as error:
        raise WriteFailed(f"'{target}'", (error.strerror or str(error)).lower()) from None
    finally:
        for left in (beside, beside.with_name(f"{beside.name}.lock")):
            with suppress(OSError):
                left.unlink(missing_ok=True)


@contextmanager
def opened(path: Path) -> Iterator[str]:
    """A repository, for as long as this lasts, with the sessions of a bundle. Raises `UnreadableBundle`.

    git does not check the objects of a bundle on its way in; those of a repository it does.
    """
    _check(path)
    with tempfile.TemporaryDirectory(prefix="git-ctx-import-") as folder:
        there = Repo(git_dir=Path(folder), common_dir=Path(folder), work_tree=None)
        there.git("init", "-q", "--template=", "--object-format=sha1", env=_PLAIN)
        refspecs = [f"+{space}*:{space}*" for space in (refs.HEADS, refs.SNAP)]
        options = ("--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "-q")
        done = there.run("fetch", *options, "--", str(path.absolute()), *refspecs, strange=True)
        if done.status:
            words = done.words.splitlines()
            said = words[0].removeprefix("fatal: ") if words else "git failed"
            raise UnreadableBundle(str(path), bounds.burst(done.words) or said)
        yield folder


def _check(path: Path) -> None:
    """That this is a bundle at all: git would take a directory for a repository."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise NotABundle(str(path))
        with path.open("rb") as file:
            head = file.read(len(_SIGNATURES[0]))
    except OSError as error:
        raise NotABundle(str(path), (error.strerror or str(error)).lower()) from None
    if head not in _SIGNATURES:
        raise NotABundle(str(path))
