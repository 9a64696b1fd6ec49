"""Which files the patterns of a .gitignore mean, those of .ctxignore files among them; git itself matches."""

import os
from collections.abc import Iterable, Sequence

from git_ctx.code import WorkTree
from git_ctx.store.asking import OFFLINE
from git_ctx.store.repo import Repo

IGNORE = ".ctxignore"
"""Names, with the syntax of a .gitignore, files that are in no context; one in a folder counts below it."""

# As for any index beside the user's: no hook runs, no program of theirs is asked, no other file is written.
_OPTIONS = tuple(
    word
    for option in (f"core.hooksPath={os.devnull}", "core.splitIndex=false", "core.fsmonitor=false")
    for word in ("-c", option)
)
_NO_FILE = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"


def left_out(repo: Repo, found: WorkTree, patterns: Sequence[str]) -> frozenset[str]:
    """The paths that a .ctxignore leaves out, or these patterns: they come after it and have the last word.

    Without either, git is not asked.
    """
    ignores = any(file.path.endswith(IGNORE) for file in found.files) or _has_own(repo)
    words = [f"--exclude-per-directory={IGNORE}"] if ignores else []
    return _listed(repo, [*words, *_each(patterns)], found.changed)


def matched(repo: Repo, patterns: Sequence[str], loose: Iterable[str]) -> frozenset[str]:
    """The paths of the index, and of those that are perhaps not in it, that the patterns match."""
    return _listed(repo, _each(patterns), loose)


def _has_own(repo: Repo) -> bool:
    """Whether the top has one that git itself ignores: a .ctxignore need not be shared."""
    return repo.work_tree is not None and (repo.work_tree / IGNORE).is_file()


def _each(patterns: Sequence[str]) -> list[str]:
    return [f"--exclude={pattern}" for pattern in patterns]


def _listed(repo: Repo, patterns: Sequence[str], loose: Iterable[str]) -> frozenset[str]:
    if not patterns:
        return frozenset()
    ask = ("ls-files", "-z", "--cached", "--ignored", *patterns)
    listed = repo.git(*ask, env=OFFLINE)
    names = [os.fsencode(path) for path in loose]
    if names:
        from tempfile import TemporaryDirectory

        # git matches these patterns against what is in an index, so what is in none gets one for the moment
        with TemporaryDirectory(prefix="git-ctx-") as place:
            env = {**OFFLINE, "GIT_INDEX_FILE": f"{place}/index"}
            rows = b"".join(b"100644 %s\t%s\0" % (_NO_FILE.encode(), name) for name in names)
            repo.git(*_OPTIONS, "update-index", "-z", "--add", "--index-info", input=rows, env=env)
            listed += repo.git(*_OPTIONS, *ask, env=env)
    return frozenset(filter(None, os.fsdecode(listed).split("\0")))
