"""Where in sessions and their snapshots something is: by git's own search, which reads faster than we do."""

import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from git_ctx.errors import GitFailed
from git_ctx.model import Oid
from git_ctx.store import objects
from git_ctx.store.asking import LONGEST_PATTERN, OFFLINE
from git_ctx.store.repo import Repo

_AT_ONCE = 500
_LARGEST = 64 << 20
# What neither JSON nor XML writes otherwise.
_PLAIN = re.compile(r"[^\x00-\x1f\x7f\"\\<>&']+")
_OURS = "refs/ctx/*"


def paths(repo: Repo, tips: Iterable[Oid], texts: Sequence[str], *below: str) -> dict[str, Oid]:
    """The files in some commits that may have one of the texts, each with a commit that has it."""
    words = ("grep", "-l", "-a", "-F", "-z", "--full-name")
    pieces = {max(_PLAIN.findall(text), key=len, default="")[:LONGEST_PATTERN] for text in texts}
    patterns = [word for piece in sorted(pieces) for word in ("-e", piece)]
    found: dict[str, Oid] = {}
    wanted = list(dict.fromkeys(tips))
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        done = repo.run(*words, *patterns, *some, "--", *below, env=OFFLINE)
        if done.status > 1:  # 1: nothing matched
            raise GitFailed(("grep",), done.status, done.words)
        for record in filter(None, os.fsdecode(done.stdout).split("\0")):
            tip, _, path = record.partition(":")
            found.setdefault(path, tip)
    return found


def listed(repo: Repo, tip: Oid) -> dict[str, Oid]:
    """Every file of a commit's tree, and its blob."""
    records = os.fsdecode(repo.git("ls-tree", "-r", "-z", "--full-tree", tip, env=OFFLINE)).split("\0")
    return {record[53:]: record[12:52] for record in records if record[7:11] == "blob"}


def own_blobs(repo: Repo, tips: Collection[Oid], having: bytes) -> set[Oid]:
    """The blobs that have some bytes and that snapshots alone keep: in no commit of the user's."""
    if not tips:
        return set()
    oids = [line.split(" ")[0] for line in _reachable(repo, "--objects", tips)]
    found = set[Oid]()
    for start in range(0, len(oids), _AT_ONCE):
        found.update(_having(repo, oids[start : start + _AT_ONCE], having))
    return found


def own_commits(repo: Repo, commits: Collection[Oid]) -> set[Oid]:
    """Those of some commits of code that no ref of the user's reaches any more."""
    return set(_reachable(repo, "--no-walk", commits)) & set(commits) if commits else set()


def own_files(repo: Repo, commit: Oid) -> Iterator[tuple[str, Oid]]:
    """Path and id of what a commit and its history have that no ref of the user's reaches."""
    for line in _reachable(repo, "--objects", (commit,)):
        oid, _, path = line.partition(" ")
        if path:
            yield path, oid


def in_users_history(repo: Repo, path: str) -> bool:
    """Whether a commit that the user's refs reach has changed a path, or the index has it."""
    if repo.run("ls-files", "--error-unmatch", "--", f":(top,literal){path}").status == 0:
        return True
    words = ("rev-list", "-1", f"--exclude={_OURS}", "--all", "--", f":(top,literal){path}")
    return bool(repo.run(*words).stdout.strip())


def still_there(repo: Repo, paths: Iterable[str], having: bytes) -> tuple[str, ...]:
    """Those of some paths at which the work tree has something with these bytes that git does not ignore."""
    if repo.work_tree is None:
        return ()
    found = [path for path in sorted(paths) if _holds(repo.work_tree / path, having)]
    asked = "".join(f"{path}\0" for path in found).encode("utf-8", "surrogateescape")
    told = repo.run("check-ignore", "-z", "--stdin", input=asked).stdout if found else b""
    ignored = set(os.fsdecode(told).split("\0"))
    return tuple(path for path in found if path not in ignored)


def _holds(file: Path, having: bytes) -> bool:
    try:
        kind = file.lstat().st_mode
        if not having or not stat.S_ISREG(kind):
            return not having
        with file.open("rb") as opened:
            return having in opened.read(_LARGEST)
    except (OSError, ValueError):
        return False


def _reachable(repo: Repo, how: str, tips: Collection[Oid]) -> list[str]:
    not_these = ("--not", f"--exclude={_OURS}", "--all")
    wanted = "".join(f"{tip}\n" for tip in tips).encode()
    return os.fsdecode(
        repo.git("rev-list", how, "--stdin", *not_these, input=wanted, env=OFFLINE)
    ).splitlines()


def _having(repo: Repo, oids: Sequence[Oid], having: bytes) -> Iterator[Oid]:
    asked = "".join(f"{oid}\n" for oid in oids).encode()
    checked = repo.git("cat-file", "--batch-check", input=asked, env=OFFLINE).decode().splitlines()
    blobs = [line.split(" ") for line in checked]
    small = [(words[0], int(words[2])) for words in blobs if words[1] == "blob" and int(words[2]) <= _LARGEST]
    for oid in objects.ahead(repo, [oid for oid, _ in small]):
        if having in objects.blob(repo, oid, "the snapshots"):
            yield oid
