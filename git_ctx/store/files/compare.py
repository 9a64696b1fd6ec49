"""What differs between snapshots, or between one and the work tree: shown by git, as git shows diffs.

Configuration and attributes have their say (`diff.*`, drivers, external tools), as in any `git diff`.
"""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from git_ctx.errors import GitFailed
from git_ctx.model import Oid
from git_ctx.store.files.quarantine import Quarantine
from git_ctx.store.files.sift import Withhold, sift
from git_ctx.store.files.worktree import max_file_size
from git_ctx.store.repo import Repo
from git_ctx.store.status import status

Side = Mapping[str, str]
"""The environment in which git sees the work tree whole."""


@contextmanager
def work_tree(repo: Repo, withhold: Withhold) -> Iterator[tuple[Side, dict[str, str]]]:
    """The work tree as a side of a comparison, new files included; and what of it is withheld, and why.

    Nothing is written but into a private index, which is gone afterwards.
    """
    found = status(repo)
    held = {path: known.reason for path, known in sift(repo, found, withhold).held.items()}
    new = [entry.path for entry in found.entries if entry.untracked and entry.path not in held]
    with Quarantine(repo, largest=max_file_size(repo)) as quarantine:
        quarantine.intend(new)
        yield quarantine.env, held


def diff(
    repo: Repo,
    old: Oid,
    new: Oid | Side,
    options: Sequence[str],
    specs: Sequence[str] = (),
    without: Collection[str] = (),
) -> bytes:
    """`git diff` of a tree and another one, or the work tree; `without` names paths that are left out."""
    trees, env = ((old, new), None) if isinstance(new, str) else ((old,), new)
    spared = [f":(top,exclude,literal){path}" for path in sorted(without)]
    # Beside what is left out git wants to hear what is not.
    wanted = [*(specs or ([":/"] if spared else [])), *spared]
    command = ("-c", "core.fsmonitor=false", "diff", *options, *trees, "--", *wanted)
    done = repo.run(*command, env=env)
    if done.status:
        raise GitFailed(("diff",), done.status, done.words)
    return done.stdout


def changes(printed: bytes) -> Iterator[tuple[str, str | None, str]]:
    """Letter, old path of a renamed or copied file, and path, from `--name-status -z`."""
    fields = iter(os.fsdecode(printed).split("\0"))
    for letter in fields:
        if letter:
            first = next(fields)
            renamed = letter[0] in "RC"
            yield letter[0], first if renamed else None, next(fields) if renamed else first
