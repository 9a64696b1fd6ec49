"""Paths as a user gives them, seen from where the user stands, as git's pathspecs from the top."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from git_ctx.errors import UsageError
from git_ctx.model import Oid
from git_ctx.store.asking import OFFLINE
from git_ctx.store.repo import Repo
from git_ctx.store.trees import EMPTY_TREE

_GLOB = re.compile(r"[*?\[\\]")


def pathspecs(repo: Repo, given: Sequence[str], cwd: Path | None = None) -> tuple[str, ...]:
    """The same pathspecs for a git that runs at the top. `UsageError` for one that leads out."""
    top = repo.work_tree.resolve() if repo.work_tree else None
    return tuple(_pathspec(spec, top, (cwd or Path.cwd()).resolve()) for spec in given)


def check(repo: Repo, specs: Sequence[str], given: Sequence[str], *trees: Oid) -> None:
    """`UsageError` where one of the pathspecs matches no file in any of the trees."""
    for spec, words in zip(specs, given, strict=True):
        if not any(matched(repo, tree, (spec,)) for tree in trees):
            raise UsageError(
                f"pathspec '{words}' did not match any file",
                "paths are seen from the current directory; ':/PATH' is seen from the top",
            )


def matched(repo: Repo, tree: Oid, specs: Sequence[str]) -> bool:
    """Whether a tree has any file that these pathspecs mean."""
    ask = ("diff-tree", "-r", "--name-only", "-z", EMPTY_TREE, tree, "--", *specs)
    return bool(repo.git(*ask, env=OFFLINE))


def _pathspec(spec: str, top: Path | None, cwd: Path) -> str:
    if spec.startswith(":"):  # git's own magic counts from the top here
        return spec
    if not spec:
        raise UsageError("an empty string is not a valid pathspec")
    if top is None:
        return _from_top(os.path.normpath(spec), spec)
    path = os.path.relpath(os.path.normpath(cwd / spec), top)
    if path == ".." or path.startswith("../"):
        raise UsageError(f"'{spec}' is outside the repository at '{top}'")
    return _from_top(path, spec)


def _from_top(path: str, spec: str) -> str:
    if path == ".":
        return ":/"
    return f":(top){path}" if _GLOB.search(spec) else f":(top,literal){path}"
