"""The work tree as analysis takes it: its files, a reader, what was worked out before, the history."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from git_ctx.analysis.corpus import Corpus
from git_ctx.code import File, WorkTree
from git_ctx.safety import secrets
from git_ctx.store.cache import Cache
from git_ctx.store.code import history
from git_ctx.store.files import contents, worktree
from git_ctx.store.files.reader import Reader
from git_ctx.store.repo import Repo


@contextmanager
def corpus(repo: Repo, found: WorkTree, hidden: Collection[str] = ()) -> Iterator[Corpus]:
    """The files of a work tree, open for analysis; what is worked out goes to the cache at the end.

    Those whose names hold a secret are in no context: they would be named there.
    """
    secret = secrets.named([file.path for file in found.files])
    files: Sequence[File] = found.files
    aside: list[File] = []
    if hidden or secret:
        files = [file for file in found.files if file.path not in hidden and file.path not in secret]
        aside = [file for file in found.files if file.path in hidden and file.path not in secret]
    limit = worktree.max_file_size(repo)
    with Cache(repo.shared) as cache, Reader(found.root) as reader:
        yield Corpus(
            files,
            lambda file: contents.one(reader, file, limit),
            cache,
            history.touches(repo, found.base, cache),
            aside,
            lambda files: contents.each(repo, reader, files, limit),
        )
