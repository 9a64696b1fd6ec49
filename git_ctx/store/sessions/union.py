"""The union of two session branches: every entry of both, whoever merges."""

from datetime import datetime
from typing import Literal

from git_ctx.errors import BranchBusy, BrokenSession, DifferentSessions, SessionNotFound
from git_ctx.model import Oid, SessionBranch, State
from git_ctx.store import commits, events, layout, objects, rawtree, refs, swap
from git_ctx.store.events import Tip
from git_ctx.store.forgetting import marks, settle
from git_ctx.store.rawtree import Raw
from git_ctx.store.repo import Repo
from git_ctx.store.writer import Writer
from git_ctx.value import dataclass

How = Literal["up to date", "fast-forward", "joined", "forgotten"]

_ATTEMPTS = 100
_DEEPEST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class United:
    """Where a session branch is at now, and how it came there. `prompts`: how many it did not have before.

    `forgotten`: how many of its entries the other line, or what is known here, had it forget. Then it did not
    go on from where it was: its commits are others, and those that had the entries are in its reflog alone.
    """

    how: How
    commit: Oid
    prompts: int = 0
    forgotten: int = 0


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
    _check_same(repo, branch, *(events.tip(repo, tip) for tip in (ours, theirs)))
    writer = Writer(repo)
    settled = settle.lines(repo, writer, events.session_id(repo, ours), (ours, theirs))
    mine, other = (events.tip(repo, tip) for tip in settled.tips)
    both = tree(repo, writer, mine.tree, other.tree)
    both = marks.put(repo, writer, both, marks.missing(repo, both, settled.marks))
    forgotten = settled.changed[0]
    # History is asked only where the trees allow it: a line that holds less cannot contain the other.
    stays = both == mine.tree and _contains(repo, writer, mine.oid, other.oid)
    if stays and mine.oid == ours:
        return United(how="up to date", commit=ours)
    gained = _gained(repo, mine.tree, both)
    who = commits.idents(repo, when, author)[1]
    how: How = "forgotten" if stays else "fast-forward"
    commit = mine.oid if stays else other.oid
    if not stays and (both != other.tree or not _contains(repo, writer, other.oid, mine.oid)):
        how = "joined"
        state = _state(repo, mine.oid, other.oid)
        trailers = commits.trailers("merge", None, mine.session, state, mine.prompts + gained)
        parents = tuple(dict.fromkeys(settled.tips))
        commit, who = commits.make(repo, writer, both, parents, subject, trailers, when, author)
    if settled.marks:  # first: cut off behind the swap, nothing would say that other branches are to forget
        marks.learn(repo, writer, mine.session, settled.marks, settled.replaced, when)
    if not swap.swap(repo, refs.refname(branch), ours, commit, reason=subject, who=who, secure=writer.secure):
        return None
    return United(how=how, commit=commit, prompts=gained, forgotten=forgotten)


def _contains(repo: Repo, writer: Writer, tip: Oid, commit: Oid) -> bool:
    """Whether one line has all of the other. git is asked, which has to find what was just written."""
    try:
        return objects.contains(repo, tip, commit)
    except BrokenSession:
        if not writer.secure():
            raise
        return objects.contains(repo, tip, commit)


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
                both[name] = self._entry(mine[name], other[name], rawtree.below(path, name), depth)
        if both in (mine, other):
            return ours if both == mine else theirs
        return self._writer.raw_tree(rawtree.dump(both))

    def _entry(
        self, mine: tuple[bytes, bytes], other: tuple[bytes, bytes], path: str, depth: int
    ) -> tuple[bytes, bytes]:
        if not mine[0] == other[0] == rawtree.TREE:
            raise BrokenSession(path, "it is not the same on both sides, and entries are never rewritten")
        return rawtree.TREE, bytes.fromhex(self.of(mine[1].hex(), other[1].hex(), path, depth + 1))

    def _read(self, oid: Oid, path: str) -> Raw:
        return rawtree.parse(objects.raw_tree(self._repo, oid, path or "the session's tree"), path)
