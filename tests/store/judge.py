"""What tests of the work tree ask real git."""

import hashlib
import os
import subprocess
from pathlib import Path

from tests.support import git


def listing(repo: Path, tree: str) -> dict[str, tuple[str, str]]:
    """path -> (mode, oid) of a tree, as `git ls-tree -r` has it."""
    found = {}
    for record in filter(None, git(repo, "ls-tree", "-r", "-z", "--full-tree", tree).split("\0")):
        meta, _, path = record.partition("\t")
        mode, _, oid = meta.split(" ")
        found[path] = (mode, oid)
    return found


def added_by_git(repo: Path, scratch: Path) -> str:
    """The tree that `git add -A` and `git write-tree` make on a copy of the index."""
    index = git(repo, "rev-parse", "--path-format=absolute", "--git-path", "index")
    if Path(index).exists():
        # As old as it was: a younger copy would vouch for entries that git does not trust.
        subprocess.run(["cp", "-p", index, str(scratch)], check=True)
    env = {**os.environ, "GIT_INDEX_FILE": str(scratch)}
    options = ("-c", "core.safecrlf=false", "-c", "core.splitIndex=false")
    done = subprocess.run(["git", *options, "add", "-A", "--sparse"], cwd=repo, env=env, capture_output=True)
    assert done.returncode == 0, done.stderr
    done = subprocess.run(["git", *options, "write-tree"], cwd=repo, env=env, check=True, capture_output=True)
    scratch.unlink()
    return done.stdout.decode().strip()


def untouchables(repo: Path) -> dict[str, object]:
    """All of the user's that looking and snapshots must leave as it is, times included."""
    git_dir = Path(git(repo, "rev-parse", "--path-format=absolute", "--git-dir"))
    common = Path(git(repo, "rev-parse", "--path-format=absolute", "--git-common-dir"))
    kept: dict[str, object] = {
        "refs": git(repo, "for-each-ref"),
        "stash": git(repo, "stash", "list"),
        "HEAD": (git_dir / "HEAD").read_bytes(),
    }
    for path in sorted([*git_dir.iterdir(), *common.iterdir()]):
        if path.is_file():
            # git itself marks the shared part of a split index as used whenever it reads it.
            time = 0 if path.name.startswith("sharedindex.") else path.stat().st_mtime_ns
            kept[str(path)] = (path.read_bytes(), time)
    for folder, folders, names in os.walk(repo):
        if ".git" in folders:
            folders.remove(".git")
        for name in names:
            path = Path(folder, name)
            found = path.lstat()
            kept[str(path)] = (found.st_mode, found.st_size, found.st_mtime_ns, found.st_ino)
    return kept


def objects(repo: Path) -> set[str]:
    """Every object that lies loose or packed, reachable or not."""
    listed = git(repo, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)", "--unordered")
    return set(listed.split())


def leftovers(repo: Path) -> list[str]:
    """What a snapshot forgot to clear away."""
    common = Path(git(repo, "rev-parse", "--path-format=absolute", "--git-common-dir"))
    return [p.name for p in common.rglob("*") if "tmp_obj" in p.name or p.name.endswith(".lock")]


def blob_id(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
