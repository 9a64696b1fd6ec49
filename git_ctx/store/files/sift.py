"""What of the work tree goes into a snapshot, and what must not: each differing file read and searched."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from git_ctx.model import Oid
from git_ctx.store.files.reader import Reader, Seen, plain_mode
from git_ctx.store.files.worktree import Held, blob_id, max_file_size, mode
from git_ctx.store.repo import Repo
from git_ctx.store.status import GITLINK, Entry, Status, Version

if TYPE_CHECKING:
    from git_ctx.store.files.searched import Known, Searched

MANY = 500
"""Files that differ, from which on it pays to remember which were searched."""

_ROOM = 16 << 20

Withhold = Callable[[str, bytes], str | None]
"""Says of a path and its content why it must not be kept, or None."""

Rules = Callable[[], str | None]
"""Names what files are searched by; None where that cannot be told."""


@dataclass(slots=True)
class Sifted:
    """What is to be done: paths to take in, versions to put in their place, paths withheld.

    `add` has what git would store of a path; None where that has yet to be found out. `known`: the blob
    ids of what was searched, `sizes` how large it was, `contents` what it was, as far as there is `room`;
    `crlf`: paths with line ends that git may change. `staged`: index content that was not searched.
    """

    add: dict[str, Version | None] = field(default_factory=dict)
    put: dict[str, Version | None] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)
    known: dict[str, Oid] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    crlf: set[str] = field(default_factory=set)
    staged: set[str] = field(default_factory=set)
    room: int = 0

    def plain(self) -> dict[str, Version] | None:
        """`add`, if all of it is known and nothing is left to be searched."""
        known = {path: version for path, version in self.add.items() if version is not None}
        return None if self.staged or len(known) < len(self.add) else known


def sift(repo: Repo, found: Status, withhold: Withhold, rules: Rules = lambda: None) -> Sifted:
    """`rules` names what `withhold` goes by: with it, what was searched before is not read again."""
    sifted = Sifted(room=_ROOM)
    limit = max_file_size(repo)
    with Reader(str(repo.work_tree)) as reader, _searched(repo, found, reader, rules) as before:
        for entry in sorted(found.entries, key=lambda entry: entry.path):
            if entry.mode == GITLINK:
                if entry.touched:
                    sifted.add[entry.path] = None
            elif entry.touched and before is not None:
                if not _take_known(repo, sifted, entry, before.find(entry.path), limit):
                    _sift(repo, sifted, entry, reader.see(entry.path, limit), withhold)
                    if entry.path in sifted.known:
                        before.add(entry.path, sifted.known[entry.path], entry.path in sifted.crlf)
            elif entry.touched:
                _sift(repo, sifted, entry, reader.see(entry.path, limit), withhold)
            elif entry.index is not None and entry.index.mode != GITLINK:
                _sift_staged(sifted, entry, reader.see(entry.path, limit), withhold)
    return sifted


@contextmanager
def _searched(repo: Repo, found: Status, reader: Reader, rules: Rules) -> "Iterator[Searched | None]":
    """What was searched before, where there is so much that it pays."""
    named = rules() if sum(entry.touched for entry in found.entries) >= MANY else None
    if named is None:
        yield None
        return
    from git_ctx.store.files.searched import Searched

    before = Searched(repo, reader, named)
    yield before
    before.close()


def _take_known(repo: Repo, sifted: Sifted, entry: Entry, known: "Known | None", limit: int) -> bool:
    """Take in a file that was searched before; False where it has to be read."""
    if known is None or known.size > limit:
        return False
    sifted.sizes[entry.path] = known.size
    sifted.known[entry.path] = known.oid
    sifted.add[entry.path] = Version(mode(repo, entry, Seen(plain_mode(known.mode), known.size)), known.oid)
    if known.crlf:
        sifted.crlf.add(entry.path)
    return True


def _sift(repo: Repo, sifted: Sifted, entry: Entry, seen: Seen | None, withhold: Withhold) -> None:
    if seen is None:
        sifted.put[entry.path] = None
    elif _search(sifted, entry, seen, withhold):
        content = seen.content or b""
        sifted.add[entry.path] = Version(mode(repo, entry, seen), sifted.known[entry.path])
        if not seen.is_link and b"\r\n" in content:
            sifted.crlf.add(entry.path)
        if len(content) <= sifted.room:
            sifted.contents[entry.path] = content
            sifted.room -= len(content)


def _sift_staged(sifted: Sifted, entry: Entry, seen: Seen | None, withhold: Withhold) -> None:
    """What is staged, and on disk the same or, as in a sparse checkout, not there; it stays as it is."""
    kept = seen is None or _search(sifted, entry, seen, withhold)
    if kept and entry.index is not None and entry.index.oid != sifted.known.get(entry.path):
        sifted.staged.add(entry.path)


def _search(sifted: Sifted, entry: Entry, seen: Seen, withhold: Withhold) -> bool:
    """Whether the file may be kept."""
    sifted.sizes[entry.path] = seen.size
    reason = seen.problem if seen.content is None else withhold(entry.path, seen.content)
    if seen.content is not None and reason is None:
        sifted.known[entry.path] = blob_id(seen.content)
        return True
    sifted.held[entry.path] = Held(reason or "", seen.mode, seen.size)
    # An untracked path that HEAD does not know is in no index either.
    if entry.head is not None or not entry.untracked:
        sifted.put[entry.path] = entry.head
    return False
