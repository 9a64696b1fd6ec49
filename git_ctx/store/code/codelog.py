"""Commits of code: what stands in them, and which lines of a file are whose."""

import os
from collections.abc import Iterable

from git_ctx.code import Change
from git_ctx.errors import GitFailed
from git_ctx.model import Oid
from git_ctx.store.asking import OFFLINE
from git_ctx.store.repo import Repo
from git_ctx.store.trees import EMPTY_TREE, changes
from git_ctx.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCommit:
    """A commit of code; `time` is when its author made it, `people` its author and committer."""

    oid: Oid
    tree: Oid
    parents: tuple[Oid, ...]
    time: int
    people: tuple[str, str]
    message: str

    @property
    def parent(self) -> Oid | None:
        return self.parents[0] if self.parents else None

    @property
    def subject(self) -> str:
        return self.message.strip().partition("\n")[0]


def commits(repo: Repo, oids: Iterable[Oid]) -> list[CodeCommit]:
    """Those of these commits that are here, parents before children."""
    listed = "".join(f"{oid}\n" for oid in oids).encode()
    checked = repo.git("cat-file", "--batch-check", input=listed, env=OFFLINE).decode().splitlines()
    there = [line.split()[0] for line in checked if line.split()[1:2] == ["commit"]]
    if not there:
        return []
    words = ("log", "--no-walk=unsorted", "--stdin", "--no-show-signature", "--no-notes", "--encoding=UTF-8")
    form = "--format=%H%x00%T%x00%P%x00%at%x00%an <%ae>%x00%cn <%ce>%x00%B%x00%x00"
    printed = repo.git(*words, form, input="\n".join(there).encode(), env=OFFLINE)
    records = printed.decode("utf-8", "replace").split("\0\0\n")
    found = {record.partition("\0")[0]: record.split("\0") for record in records if record}
    made = {
        oid: CodeCommit(
            oid=oid,
            tree=tree,
            parents=tuple(parents.split()),
            time=int(time),
            people=(author, committer),
            message=text,
        )
        for oid, tree, parents, time, author, committer, text, *_ in found.values()
    }
    return _sorted(made)


def _sorted(found: dict[Oid, CodeCommit]) -> list[CodeCommit]:
    order: dict[Oid, CodeCommit] = {}
    for start in found:
        todo = [start]
        while todo:
            oid = todo[-1]
            waiting = [each for each in found[oid].parents if each in found and each not in order]
            if waiting:
                todo += waiting
            else:
                order.setdefault(todo.pop(), found[oid])
    return list(order.values())


def commit(repo: Repo, words: str) -> CodeCommit | None:
    """The commit of code that a revision names; None where it names none."""
    if words.startswith("-"):
        return None
    found = repo.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{words}^{{commit}}")
    oid = found.stdout.decode().strip()
    return next(iter(commits(repo, [oid])), None) if not found.status else None


def changed(repo: Repo, one: CodeCommit) -> dict[str, Oid]:
    """The files that a commit added or changed, and their blobs."""
    if len(one.parents) > 1:
        return {}
    return {change.path: change.new_oid for change in _changes(repo, one) if change.new_oid}


def changed_paths(repo: Repo, one: CodeCommit) -> frozenset[str]:
    return paths_between(repo, one.parent or EMPTY_TREE, one.oid)


def paths_between(repo: Repo, old: Oid, new: Oid) -> frozenset[str]:
    """The paths that differ between two commits or trees; none where one of them is gone."""
    words = ("diff-tree", "-r", "-z", "--name-only", "--no-renames", "--no-commit-id")
    done = repo.run(*words, old, new, env=OFFLINE)
    return frozenset(filter(None, os.fsdecode(done.stdout).split("\0")))


def ancestors(repo: Repo, one: CodeCommit) -> frozenset[Oid]:
    """A thousand of the commits before one."""
    words = ("rev-list", "--max-count=1000", *one.parents, "--")
    return frozenset(repo.run(*words, env=OFFLINE).stdout.decode().split() if one.parents else ())


def between(repo: Repo, old: Oid, new: Oid) -> list[CodeCommit]:
    """The commits that one has and another one has not, some of them; none where one of the two is gone."""
    words = ("rev-list", "--max-count=50", "--no-merges", new, f"^{old}", "--")
    return commits(repo, repo.run(*words, env=OFFLINE).stdout.decode().split())


def trees_before(repo: Repo, one: CodeCommit) -> frozenset[Oid]:
    """The files of a thousand commits before one."""
    words = ("rev-list", "--max-count=1000", "--format=%T", "--no-commit-header")
    done = repo.run(*words, *one.parents, "--", env=OFFLINE) if one.parents else None
    return frozenset(done.stdout.decode().split() if done else ())


def merged(repo: Repo, one: CodeCommit, most: int) -> list[CodeCommit]:
    """The commits that a merge brought in, of its other parents."""
    words = ("rev-list", f"--max-count={most}", *one.parents[1:], f"^{one.parent}", "--")
    return commits(repo, repo.run(*words, env=OFFLINE).stdout.decode().split())


def _changes(repo: Repo, one: CodeCommit) -> tuple[Change, ...]:
    try:
        return changes(repo, f"{one.parent}^{{tree}}" if one.parent else None, one.tree)
    except GitFailed:  # a shallow or partial clone
        return ()
