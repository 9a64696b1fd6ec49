"""All refs of a session made to forget: its branches, its snapshots, and what remotes had of it."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from git_ctx.errors import BrokenSession, WriteFailed
from git_ctx.model import EventName, Oid
from git_ctx.store import claims, events, message, objects, refs, swap
from git_ctx.store.files import snapref
from git_ctx.store.forgetting import marks, notes, settle
from git_ctx.store.forgetting.marks import Marks
from git_ctx.store.repo import Repo
from git_ctx.store.steady import steadily
from git_ctx.store.writer import Writer

_WITH_FILES = ("prompt", "save", "request")
"""The types of events that name a snapshot."""
_ATTEMPTS = 20


def session(repo: Repo, held: Sequence[str], session_id: str, when: datetime) -> int:
    """Make every branch of a session that is here forget, with its snapshots, and every mirror of it.

    `held`: the names that the session has here, all of whose locks the caller holds. Returns how many entries
    changed. Raises `BrokenSession`, `BranchBusy`, `WriteFailed`; then what is not done yet is left as it was.
    """
    if not marks.learnt(repo, session_id):
        return 0
    by = marks.remembered(repo, session_id)
    changed = 0
    for name in held:
        for refname in refs.targets(repo, f"{refs.HEADS}{name}/"):
            branch = refs.parse(refname)
            if branch is not None and _is_head(repo, refname, session_id):
                changed += settle.settle(repo, branch, refname, when)
    mirrors(repo, session_id)
    snapshots(repo, session_id, refs.SNAP, refs.REMOTES)
    if by is not None:
        notes.note_spread(repo, session_id, by)
    return changed


def is_due(repo: Repo, session_id: str) -> bool:
    """Whether refs of a session may have left what is remembered to be forgotten: a run was cut off."""
    by = marks.remembered(repo, session_id)
    return by is not None and not notes.is_spread(repo, session_id, by)


def mirrors(repo: Repo, session_id: str) -> dict[Oid, Oid]:
    """Have the mirrors of a session forget what is known here to be forgotten: which tips became which.

    Nobody holds locks on mirrors: where another run moves one meanwhile, it is done again.
    """
    return steadily(lambda: refs.targets(repo, refs.REMOTES), lambda held: _mirrors(repo, session_id, held))


def _mirrors(repo: Repo, session_id: str, held: Mapping[str, Oid]) -> dict[Oid, Oid]:
    found = {refname: oid for refname, oid in held.items() if _is_head(repo, refname, session_id)}
    writer = Writer(repo)
    # many branches may be at one commit
    new = {
        oid: settle.lines(repo, writer, session_id, (oid,)).tips[0] for oid in dict.fromkeys(found.values())
    }
    move(repo, writer, {refname: new[oid] for refname, oid in found.items()}, found)
    pairs = {old: tip for old, tip in new.items() if old != tip}
    notes.note_tips(repo, session_id, pairs)
    return pairs


def snapshots(repo: Repo, session_id: str, *roots: str) -> None:
    """Take out of the snapshots of a session, and of their mirrors, what its entries name no more.

    `roots`: refs.SNAP, by whoever holds the locks of these refs, and refs.REMOTES.
    """
    instead = dict(_instead(repo, marks.learnt(repo, session_id)))
    if instead:
        steadily(lambda: refs.targets(repo, *roots), lambda held: _snapshots(repo, session_id, instead, held))


def _snapshots(
    repo: Repo, session_id: str, instead: Mapping[str, Oid | None], found: Mapping[str, Oid]
) -> None:
    owners = {ref: ref.replace("/snap/", "/heads/", 1) for ref in found if "/snap/" in ref}
    lines = {ref: swap.target(repo, head) for ref, head in owners.items() if _is_head(repo, head, session_id)}
    _strip(repo, found, {ref: (line, instead) for ref, line in lines.items() if line})


def mirrored_snapshots(repo: Repo, heads: str, snaps: str) -> None:
    """Take out of a remote's mirrored snapshots what its own lines say to be forgotten, or this repository
    does: they come when they are asked for, and the lines with every fetch.
    """
    steadily(lambda: refs.targets(repo, heads, snaps), lambda held: _mirrored(repo, heads, snaps, held))


def _mirrored(repo: Repo, heads: str, snaps: str, found: Mapping[str, Oid]) -> None:
    chains = (ref for ref in found if ref.startswith(snaps))
    lines = {ref: line for ref in chains if (line := found.get(heads + ref.removeprefix(snaps)))}
    _strip(repo, found, {ref: (line, _unsaid(repo, line)) for ref, line in lines.items()})


def _unsaid(repo: Repo, line: Oid) -> dict[str, Oid | None]:
    """What is to be named in the place of snapshots, by the marks of a line and those known here."""
    try:
        at = events.tip(repo, line)
        return dict(_instead(repo, marks.known(repo, events.session_id(repo, line), at.tree)))
    except BrokenSession:
        return {}


def _strip(
    repo: Repo, found: Mapping[str, Oid], lines: Mapping[str, tuple[Oid, Mapping[str, Oid | None]]]
) -> None:
    """Take trees out of chains. `lines`: the line that each chain belongs to, and what stands in the place of
    the snapshots of its forgotten entries.
    """
    writer = Writer(repo)
    new = {}
    for ref, (line, instead) in lines.items():
        trees = _moved_trees(repo, found[ref], instead) if instead else {}
        if trees:
            # A snapshot that was taken once may be that of several prompts, of which one alone was forgotten.
            named = set(_named(repo, line))
            gone = {tree: other for tree, other in trees.items() if tree not in named}
            new[ref] = snapref.without(repo, writer, found[ref], gone, ())
    move(repo, writer, new, found)


def move(repo: Repo, writer: Writer, wanted: Mapping[str, Oid | None], before: Mapping[str, Oid]) -> None:
    """Move refs from where they were to what `writer` wrote, or delete those that are to hold None: all of
    them or none. Raises `WriteFailed`, where one moved meanwhile, too.
    """
    moved = {name: oid for name, oid in wanted.items() if oid != before[name]}
    if not moved:
        return
    lines = [
        f"update {name} {oid} {before[name]}\n" if oid else f"delete {name} {before[name]}\n"
        for name, oid in moved.items()
    ]
    script = os.fsencode("".join(lines))
    words, takes = ("update-ref", "-m", "forgotten", "--stdin"), claims.refs(moved)
    for _ in range(_ATTEMPTS):
        done = claims.run(repo, *words, takes=takes, input=script)
        taken = writer.secure()
        if not done.status:
            return
        # git moves no ref to what a gc took away, and none that a dead git holds.
        if not swap.freed(repo, moved) and not taken:
            break
    what = "what is forgotten"
    raise claims.failure(repo, what, done) or WriteFailed(what, done.words.removeprefix("fatal: "))


def _is_head(repo: Repo, refname: str, session_id: str) -> bool:
    """Whether a ref is a branch of a session, or a mirror of one; of what cannot be read, nobody knows."""
    if not refname.startswith(refs.HEADS) and "/heads/" not in refname:
        return False
    try:
        tip = swap.target(repo, refname)
        return tip is not None and events.session_id(repo, tip) == session_id
    except BrokenSession:
        return False


def _moved_trees(repo: Repo, tip: Oid, instead: Mapping[str, Oid | None]) -> dict[Oid, Oid | None]:
    """What a chain has to hold in the place of the snapshots of forgotten entries."""
    moved: dict[Oid, Oid | None] = {}
    for commit, _ in snapref.chain(repo, tip):
        id = message.parse(commit.message).get("Ctx-Id", "")
        if id in instead and commit.tree != instead[id]:
            new = instead[id]
            moved[commit.tree] = new if new is not None and repo.has(new) else None
    return moved


def _named(repo: Repo, line: Oid) -> Iterator[Oid]:
    """The snapshots that the entries of a line name."""
    for event in events.events(repo, line):
        tree = _tree(named(repo, line, event))
        if tree is not None:
            yield tree


def named(repo: Repo, tip: Oid, event: EventName) -> Mapping[str, object]:
    """An event's entry that names a snapshot, as it stands; empty for one that names none."""
    data = events.read(repo, tip, event, f"{event.type}.json") if event.type in _WITH_FILES else None
    return _object(data) if data is not None else {}


def _instead(repo: Repo, known: Marks) -> Iterator[tuple[str, Oid | None]]:
    """The snapshots that forgotten entries name now, by the id of their event."""
    for path in known.versions:
        name = path.rpartition("/")[2].partition("-")[2]
        id, _, suffix = name.partition(".")
        latest = known.latest(path)
        if suffix.removesuffix(".json") in _WITH_FILES and suffix.endswith(".json"):
            try:
                data = objects.blob(repo, next(iter(latest)), path) if len(latest) == 1 else b""
            except BrokenSession:
                data = b""
            yield id, _tree(_object(data))


def _object(data: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _tree(entry: Mapping[str, object]) -> Oid | None:
    tree = entry.get("snapshot")
    return tree if isinstance(tree, str) and len(tree) == 40 else None
