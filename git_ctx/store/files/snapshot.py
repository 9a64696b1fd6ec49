"""The work tree as a git tree, less what must not be kept; index, branches and files stay as they are."""

from typing import TYPE_CHECKING

from git_ctx.code import WorkTree
from git_ctx.model import FileState, FileStates, Oid
from git_ctx.store import objects
from git_ctx.store.files import graft, onto_disk
from git_ctx.store.files.sift import Rules, Sifted, Withhold, sift
from git_ctx.store.files.worktree import Held, Index, assemble, index, max_file_size
from git_ctx.store.repo import Repo
from git_ctx.store.status import GITLINK, Entry, Status, Version, status
from git_ctx.value import dataclass

if TYPE_CHECKING:
    from git_ctx.store.files.quarantine import Quarantine

NESTED = "nested repository"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """`worktree` has the ids that git gave; `tree` holds all of it but the withheld."""

    worktree: WorkTree
    states: FileStates
    tree: Oid


def take(repo: Repo, withhold: Withhold, rules: Rules = lambda: None) -> Snapshot:
    """Write the work tree as it is: what is tracked, and what is neither tracked nor ignored.

    Only what differs from HEAD is read and searched. Every blob of it that the tree holds has passed
    `withhold`. A withheld file keeps its base version in the tree, or has none; so do files larger
    than `ctx.maxFileSize`, unreadable ones, and those whose required filter fails. Raises
    `WriteFailed` and has written nothing. `rules`: as in `sift`.
    """
    found = status(repo)
    sifted = sift(repo, found, withhold, rules)
    if found.base is not None and _is_clean(found, sifted):
        listed = index(repo)
        tree = objects.commit(repo, found.base, "the base commit").tree
    else:
        listed, tree = _grafted(repo, found, sifted) or _write(repo, found, sifted, withhold)
    worktree = assemble(repo, found, listed, sifted.sizes, sifted.held)
    states = FileStates(base=found.base, tree=tree, states=_states(found, listed, sifted.held))
    return Snapshot(worktree=worktree, states=states, tree=tree)


def _is_clean(found: Status, sifted: Sifted) -> bool:
    """Whether the tree is that of HEAD: nothing differs but new files, and they are withheld."""
    return all(e.untracked and e.head is None and e.path in sifted.held for e in found.entries)


def _grafted(repo: Repo, found: Status, sifted: Sifted) -> tuple[Index, Oid] | None:
    """The short way, where everything in the tree is byte for byte what was searched; else None."""
    added = sifted.plain()
    if added is None or not graft.may_write(repo):
        return None
    if not graft.are_plain(repo, [entry.path for entry in found.entries], sifted.crlf):
        return None
    final = {entry.path: entry.index for entry in found.entries} | sifted.put | added
    heads = {entry.path: entry.head for entry in found.entries}
    differing = {path: version for path, version in final.items() if version != heads[path]}
    tree, trees = graft.graft(repo, found.base, differing)
    if tree is None or not onto_disk.write(repo, trees, added, sifted):
        return None
    listed = index(repo)
    for path, version in final.items():
        if version is None:
            listed.pop(path, None)
        else:
            listed[path] = version
    return listed, tree


def _write(repo: Repo, found: Status, sifted: Sifted, withhold: Withhold) -> tuple[Index, Oid]:
    from git_ctx.store.files.quarantine import Quarantine

    limit = max_file_size(repo)
    entries = {entry.path: entry for entry in found.entries}
    with Quarantine(repo, largest=limit) as quarantine:
        quarantine.put(sifted.put)
        refused = quarantine.add(tuple(sifted.add))
        listed = index(repo, quarantine.env)
        refused |= _refused(quarantine, _unsearched(entries, listed, sifted), limit, withhold)
        for path, reason in refused.items():
            mode = listed[path].mode if path in listed else entries[path].mode
            sifted.held[path] = Held(reason, mode or 0o100644, sifted.sizes.get(path))
        _put_back(quarantine, listed, {path: entries[path].head for path in refused})
        quarantine.drop_all_but({listed[path].oid for path in entries if path in listed})
        tree = quarantine.write_tree()
        quarantine.accept()
    return listed, tree


def _unsearched(entries: dict[str, Entry], listed: Index, sifted: Sifted) -> dict[str, Oid]:
    """The blobs that are not byte for byte what was searched: a filter made them, or the file changed."""
    return {
        path: version.oid
        for path, entry in entries.items()
        if (version := listed.get(path)) is not None
        and version.mode != GITLINK
        and version != entry.head
        and version.oid != sifted.known.get(path)
    }


def _refused(
    quarantine: "Quarantine", unsearched: dict[str, Oid], limit: int, withhold: Withhold
) -> dict[str, str]:
    """Why some of these blobs must not be kept."""
    paths: dict[Oid, list[str]] = {}
    for path, oid in unsearched.items():
        paths.setdefault(oid, []).append(path)
    found: dict[str, str] = {}
    for oid, content in quarantine.blobs(paths, limit):
        for path in paths[oid]:
            reason = content if isinstance(content, str) else withhold(path, content)
            if reason is not None:
                found[path] = reason
    return found


def _put_back(quarantine: "Quarantine", listed: Index, versions: dict[str, Version | None]) -> None:
    quarantine.put(versions)
    for path, version in versions.items():
        if version is None:
            listed.pop(path, None)
        else:
            listed[path] = version


def _states(found: Status, listed: Index, held: dict[str, Held]) -> tuple[FileState, ...]:
    states = {path: FileState(path=path, mode=GITLINK, oid=None, withheld=NESTED) for path in found.nested}
    for entry in found.entries:
        now = listed.get(entry.path)
        if entry.path in held:
            known = held[entry.path]
            state = FileState(path=entry.path, mode=known.mode, oid=None, withheld=known.reason)
        elif now == entry.head:
            continue
        elif now is None:
            state = FileState(path=entry.path, mode=None, oid=None)
        else:
            state = FileState(path=entry.path, mode=now.mode, oid=now.oid)
        states.setdefault(entry.path, state)
    return tuple(states[path] for path in sorted(states))
