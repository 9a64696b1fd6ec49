"""The work tree as analysis takes it: its files, a reader, what was worked out before, the history."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from git_ctx.analysis.corpus import Corpus
from git_ctx.model import File, WorkTree
from git_ctx.store import history, worktree
from git_ctx.store.cache import Cache
from git_ctx.store.reader import Reader
from git_ctx.store.repo import Repo


@contextmanager
def corpus(repo: Repo, found: WorkTree, hidden: Collection[str] = ()) -> Iterator[Corpus]:
    """The files of a work tree, open for analysis; what is worked out goes to the cache at the end."""
    files: Sequence[File] = found.files
    aside: list[File] = []
    if hidden:
        files = [file for file in found.files if file.path not in hidden]
        aside = [file for file in found.files if file.path in hidden]
    limit = worktree.max_file_size(repo)
    with Cache(repo.shared) as cache, Reader(found.root) as reader:
        yield Corpus(
            files,
            lambda file: worktree.content(reader, file, limit),
            cache,
            history.touches(repo, found.base, cache),
            aside,
        )
