"""What of the work tree goes into a snapshot, and what must not: each differing file read and searched."""

from collections.abc import Callable
from dataclasses import dataclass, field

from git_ctx.model import Oid
from git_ctx.store.files.reader import Reader, Seen
from git_ctx.store.files.worktree import Held, blob_id, max_file_size, mode
from git_ctx.store.repo import Repo
from git_ctx.store.status import GITLINK, Entry, Status, Version

_ROOM = 16 << 20

Withhold = Callable[[str, bytes], str | None]
"""Says of a path and its content why it must not be kept, or None."""


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


def sift(repo: Repo, found: Status, withhold: Withhold) -> Sifted:
    sifted = Sifted(room=_ROOM)
    limit = max_file_size(repo)
    with Reader(str(repo.work_tree)) as reader:
        for entry in sorted(found.entries, key=lambda entry: entry.path):
            if entry.mode == GITLINK:
                if entry.touched:
                    sifted.add[entry.path] = None
            elif entry.touched:
                _sift(repo, sifted, entry, reader.see(entry.path, limit), withhold)
            elif entry.index is not None and entry.index.mode != GITLINK:
                _sift_staged(sifted, entry, reader.see(entry.path, limit), withhold)
    return sifted


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
