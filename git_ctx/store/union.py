"""The union of two session branches: every entry of both, whoever merges."""

import re
from datetime import datetime
from typing import Literal

from git_ctx.errors import BranchBusy, BrokenSession, DifferentSessions, SessionNotFound
from git_ctx.model import Oid, SessionBranch, State
from git_ctx.safety import paths
from git_ctx.store import commits, events, layout, objects, refs, swap
from git_ctx.store.events import Tip
from git_ctx.store.repo import Repo
from git_ctx.store.writer import Writer
from git_ctx.value import dataclass

How = Literal["up to date", "fast-forward", "joined"]

_ATTEMPTS = 100
_DEEPEST = 16
_BLOB, _TREE = b"100644", b"40000"
_PLAIN_NAME = re.compile(rb"[0-9a-z][0-9a-z.-]*")

Raw = dict[bytes, tuple[bytes, bytes]]
"""A tree as it is: name -> mode and object id, in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class United:
    """Where a session branch is at now, and how it came there. `prompts`: how many it did not have before."""

    how: How
    commit: Oid
    prompts: int = 0


def unite(
    repo: Repo,
    branch: SessionBranch,
    theirs: Oid,
    *,
    subject: str,
    when: datetime,
    author: str | None = None,
) -> United:
    """Bring everything of another line of the same session into a session branch.

    The branch moves forward where the other line has all that it has, stays where it has all of the
    other, else a commit with both as parents and the subject 'merge: <subject>' joins them. Raises
    `DifferentSessions`, `BrokenSession` (which names an entry that both have in different versions),
    `SessionNotFound`, `BranchBusy`, `WriteFailed` or `GitFailed` (signing); then nothing has changed.
    """
    name = refs.refname(branch)
    with swap.alone(repo, name):
        for _ in range(_ATTEMPTS):
            ours = swap.target(repo, name)
            if ours is None:
                raise SessionNotFound(str(branch))
            united = _attempt(repo, branch, ours, theirs, f"merge: {subject}", when, author)
            if united is not None:
                return united
    raise BranchBusy(str(branch))


def tree(repo: Repo, writer: Writer, ours: Oid, theirs: Oid) -> Oid:
    """The tree with every entry of two trees, written. The same whichever comes first.

    Raises `BrokenSession` for a path that is not the same in both: nothing is ever rewritten, so one of
    the two was tampered with.
    """
    return _Union(repo, writer).of(ours, theirs, "", 0)


def _attempt(
    repo: Repo,
    branch: SessionBranch,
    ours: Oid,
    theirs: Oid,
    subject: str,
    when: datetime,
    author: str | None,
) -> United | None:
    """None where the branch moved meanwhile."""
    if ours == theirs:
        return United(how="up to date", commit=ours)
    mine, other = events.tip(repo, ours), events.tip(repo, theirs)
    _check_same(repo, branch, mine, other)
    writer = Writer(repo)
    both = tree(repo, writer, mine.tree, other.tree)
    # History is asked only where the trees allow it: a line that holds less cannot contain the other.
    if both == mine.tree and contains(repo, ours, theirs):
        return United(how="up to date", commit=ours)
    gained = _gained(repo, mine.tree, both)
    who = commits.idents(repo, when, author)[1]
    how: How = "fast-forward"
    commit = theirs
    if both != other.tree or not contains(repo, theirs, ours):
        how = "joined"
        trailers = commits.trailers(
            "merge", None, mine.session, _state(repo, ours, theirs), mine.prompts + gained
        )
        commit, who = commits.make(repo, writer, both, (ours, theirs), subject, trailers, when, author)
    if not swap.swap(repo, refs.refname(branch), ours, commit, reason=subject, who=who, secure=writer.secure):
        return None
    return United(how=how, commit=commit, prompts=gained)


def contains(repo: Repo, tip: Oid, commit: Oid) -> bool:
    """Whether a commit is the tip or in its history."""
    import pygit2

    if tip == commit:
        return True
    try:
        return repo.pygit.descendant_of(tip, commit)
    except (KeyError, pygit2.GitError) as error:
        raise BrokenSession(f"commit {tip}", f"its history cannot be read ({error})") from None


def _check_same(repo: Repo, branch: SessionBranch, mine: Tip, other: Tip) -> None:
    """That both are of one session, and that the other one is sound enough to be taken in."""
    ids = [events.session_id(repo, tip.oid) for tip in (mine, other)]
    if ids[0] != ids[1]:
        raise DifferentSessions(f"{branch} ({ids[0]})", f"{other.oid[:12]} ({ids[1]})")
    events.clock(repo, other.oid)


def _gained(repo: Repo, before: Oid, after: Oid) -> int:
    """How many prompts one tree has more than the other; only the hundreds that differ are counted."""
    old, new = _hundreds(repo, before), _hundreds(repo, after)
    changed = [number for number in new if new[number] != old.get(number)]
    return sum(
        _prompts(repo, number, new[number]) - _prompts(repo, number, old.get(number)) for number in changed
    )


def _hundreds(repo: Repo, root: Oid) -> dict[int, Oid]:
    top = events.subtree(repo, objects.tree(repo, root, "the session's tree"), "events")
    if top is None:
        return {}
    return {number: top.entries[f"{number:06}"].oid for number in events.hundreds(top)}


def _prompts(repo: Repo, number: int, oid: Oid | None) -> int:
    if oid is None:
        return 0
    names = list(objects.tree(repo, oid, f"events/{number:06}").entries)
    return sum(event.type == "prompt" for event in layout.events(number, names))


def _state(repo: Repo, ours: Oid, theirs: Oid) -> State:
    """What the last entry of both says; else created, or active once either has an event."""
    last = max((ours, theirs), key=lambda tip: events.meta_names(repo, tip, "state")[-1:])
    states = [events.derived_state(repo, tip) for tip in (last, ours, theirs)]
    return "active" if states[0] == "created" and "active" in states else states[0]


class _Union:
    """Unites trees; a pair that comes again is united once, however often a forged tree repeats it."""

    def __init__(self, repo: Repo, writer: Writer) -> None:
        self._repo = repo
        self._writer = writer
        self._known: dict[tuple[Oid, Oid], Oid] = {}

    def of(self, ours: Oid, theirs: Oid, path: str, depth: int) -> Oid:
        if ours == theirs:
            return ours
        if depth > _DEEPEST:
            raise BrokenSession(path, "it is nested too deeply")
        if (ours, theirs) not in self._known:
            self._known[ours, theirs] = self._unite(ours, theirs, path, depth)
        return self._known[ours, theirs]

    def _unite(self, ours: Oid, theirs: Oid, path: str, depth: int) -> Oid:
        mine, other = self._read(ours, path), self._read(theirs, path)
        both = {**other, **mine}
        for name in mine.keys() & other.keys():
            if mine[name] != other[name]:
                both[name] = self._entry(mine[name], other[name], _below(path, name), depth)
        if both in (mine, other):
            return ours if both == mine else theirs
        return self._writer.raw_tree(_dump(both))

    def _entry(
        self, mine: tuple[bytes, bytes], other: tuple[bytes, bytes], path: str, depth: int
    ) -> tuple[bytes, bytes]:
        if not mine[0] == other[0] == _TREE:
            raise BrokenSession(path, "it is not the same on both sides, and entries are never rewritten")
        return _TREE, bytes.fromhex(self.of(mine[1].hex(), other[1].hex(), path, depth + 1))

    def _read(self, oid: Oid, path: str) -> Raw:
        return _parse(objects.raw_tree(self._repo, oid, path or "the session's tree"), path)


def _parse(data: bytes, path: str) -> Raw:
    """The entries of a tree; `BrokenSession` for one that git would call broken, or no session has."""
    found: Raw = {}
    at = 0
    while at < len(data):
        space = data.find(b" ", at)
        end = data.find(b"\0", space)
        mode, name, oid = data[at:space], data[space + 1 : end], data[end + 1 : end + 21]
        if space < 0 or end < 0 or len(oid) < 20:
            raise BrokenSession(path or "the session's tree", "its tree is damaged")
        _check_entry(mode, name, _below(path, name), name in found)
        found[name] = mode, oid
        at = end + 21
    return found


def _check_entry(mode: bytes, name: bytes, path: str, known: bool) -> None:
    if mode not in (_BLOB, _TREE):
        raise BrokenSession(path, "it is neither an ordinary file nor a directory")
    if known:
        raise BrokenSession(path, "its tree names it twice")
    if not _PLAIN_NAME.fullmatch(name) and (b"/" in name or paths.problem(_text(name))):
        raise BrokenSession(path, "it has a name that no file may have")


def _dump(entries: Raw) -> bytes:
    """A tree's bytes, in the order that git wants: directories as if their names ended in '/'."""
    ordered = sorted(entries.items(), key=lambda one: one[0] + b"/" if one[1][0] == _TREE else one[0])
    return b"".join(b"%s %s\0%s" % (mode, name, oid) for name, (mode, oid) in ordered)


def _below(path: str, name: bytes) -> str:
    return f"{path}/{_text(name)}" if path else _text(name)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
