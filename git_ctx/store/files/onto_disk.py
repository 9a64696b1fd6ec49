"""The blobs and trees of a snapshot, on the disk before anything names them: many of them as one pack."""

from collections.abc import Iterable, Iterator, Mapping

from git_ctx.errors import WriteFailed
from git_ctx.model import Oid
from git_ctx.store import loose, pack
from git_ctx.store.files.reader import Reader
from git_ctx.store.files.sift import Sifted
from git_ctx.store.files.worktree import blob_id, max_file_size
from git_ctx.store.repo import Repo
from git_ctx.store.status import SYMLINK, Version
from git_ctx.store.writable import why
from git_ctx.store.writer import Writer

_MANY = 25
"""So many new objects become a pack. Of packs, too, there should not be many: at fifty git unites them."""

_SAMPLE = 500
"""Where none of so many is there, no other is looked for either. One that is will be there twice: no harm."""


class _ChangedError(Exception):
    """A file is no longer what was searched."""


def write(repo: Repo, trees: Mapping[Oid, bytes], files: Mapping[str, Version], sifted: Sifted) -> bool:
    """Have trees and files as objects on the disk; False where a file is no longer what its id says.

    Raises `WriteFailed`.
    """
    by_oid = {version.oid: path for path, version in files.items()}
    wanted = (*trees, *sorted(by_oid, key=by_oid.__getitem__))
    objects = repo.objects
    alone = wanted if len(wanted) < _MANY else loose.among(objects, wanted)
    single = {oid for oid in alone if loose.keep_longer(objects, oid)}
    missing = [oid for oid in wanted if oid not in single]
    if len(missing) >= _MANY and repo.packed.there(missing[:: len(missing) // _SAMPLE + 1]):
        there = repo.packed.there(missing)  # in the pack of an earlier snapshot, say
        missing = [oid for oid in missing if oid not in there]
    found = _found(repo, missing, trees, {oid: (path, files[path]) for oid, path in by_oid.items()}, sifted)
    try:
        if len(missing) >= _MANY and pack.fits(sum(sifted.sizes.get(path, 0) for path in files)):
            pack.write(repo.objects, len(missing), found)
        else:
            for oid, kind, data in found:
                # Each by its own: a writer remembers what it wrote.
                Writer(repo, sync=False).write(kind, data)
                single.add(oid)
        _sync_together(repo, single)
    except _ChangedError:
        return False
    except OSError as error:
        raise WriteFailed(str(repo.objects), why(repo.objects, error)) from None
    return True


def _sync_together(repo: Repo, oids: Iterable[Oid]) -> None:
    """One after the other, each would wait for the file system's journal; now the first does for all.

    Those that were there are synced, too: git itself leaves that to chance.
    """
    files = [loose.path(repo.objects, oid) for oid in oids]
    for path in (*files, *{file.parent for file in files}, *([repo.objects] if files else [])):
        loose.sync_path(path)


def _found(
    repo: Repo,
    wanted: Iterable[Oid],
    trees: Mapping[Oid, bytes],
    files: Mapping[Oid, tuple[str, Version]],
    sifted: Sifted,
) -> Iterator[tuple[Oid, str, bytes]]:
    limit = max_file_size(repo)
    with Reader(str(repo.work_tree)) as reader:
        for oid in wanted:
            if oid in trees:
                yield oid, "tree", trees[oid]
            else:
                path, version = files[oid]
                data = sifted.contents.get(path)
                yield oid, "blob", _again(reader, path, version, limit) if data is None else data


def _again(reader: Reader, path: str, version: Version, limit: int) -> bytes:
    """A file that was too large to be held, as it was searched."""
    seen = reader.see(path, limit)
    if seen is None or seen.content is None or seen.is_link != (version.mode == SYMLINK):
        raise _ChangedError
    if blob_id(seen.content) != version.oid:
        raise _ChangedError
    return seen.content
