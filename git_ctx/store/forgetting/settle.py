"""Lines of a session made to forget what is known to be forgotten, wherever they come from.

Every way by which commits become a session branch leads through here: a pull, a merge, a fork from an old
commit, an import. A line that has nothing of what was forgotten is left as it is, at the price of a look.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from git_ctx.errors import BranchBusy
from git_ctx.model import Oid, SessionBranch
from git_ctx.store import commits, events, swap
from git_ctx.store.forgetting import joint, marks, notes, quotes, rewrite
from git_ctx.store.forgetting.marks import Marks
from git_ctx.store.repo import Repo
from git_ctx.store.writer import Writer
from git_ctx.value import dataclass

_ROUNDS = 4
"""How often entries are looked for that quote what was just struck: one that is may be quoted in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Some lines less what is forgotten: their tips in the order given, and how many entries changed in each.

    `replaced`: what stands at each marked path now.
    """

    tips: tuple[Oid, ...]
    changed: tuple[int, ...]
    marks: Marks
    replaced: Mapping[str, Oid]


def lines(repo: Repo, writer: Writer, session_id: str, tips: Sequence[Oid]) -> Settled:
    """What some lines of one session become by all marks that they and this repository know."""
    trees = [events.tip(repo, tip).tree for tip in tips]
    known = marks.known(repo, session_id, *trees)
    if not known:
        return Settled(tips=tuple(tips), changed=(0,) * len(tips), marks=known, replaced={})
    known = joint.made(repo, writer, known, trees)
    replaced = marks.wanted(repo, writer, known, trees)
    for _ in range(_ROUNDS):
        more = quotes.made(repo, writer, known, trees, replaced)
        if more is known:
            break
        known = joint.made(repo, writer, more, trees)
        replaced = marks.wanted(repo, writer, known, trees)
        # At once: when the line is rewritten, nothing tells any more what was struck from it.
        marks.learn(repo, writer, session_id, known, replaced, joint.last_mark(repo, known)[1].set_at)
    return by(repo, writer, tips, known, replaced)


def by(repo: Repo, writer: Writer, tips: Sequence[Oid], known: Marks, replaced: Mapping[str, Oid]) -> Settled:
    """The same, where what has to stand at each path is settled already."""
    trees = [events.tip(repo, tip).tree for tip in tips]
    read: marks.Read = {}
    changed = tuple(
        sum(marks.at(repo, tree, path, read) not in (None, oid) for path, oid in replaced.items())
        for tree in trees
    )
    rewriter = rewrite.Rewriter(repo, writer, replaced)
    new = tuple(rewriter.line(tip) if count else tip for tip, count in zip(tips, changed, strict=True))
    return Settled(tips=new, changed=changed, marks=known, replaced=replaced)


def completed(repo: Repo, writer: Writer, tip: Oid, known: Marks, when: datetime) -> tuple[Oid, str]:
    """A commit on top of a line with the marks that its entries need; the line's own tip where it has them.

    The committer line comes along for the reflog.
    """
    at = events.tip(repo, tip)
    missing = marks.missing(repo, at.tree, known)
    who = commits.idents(repo, when)[1]
    if not missing:
        return tip, who
    tree = marks.put(repo, writer, at.tree, missing)
    trailers = commits.trailers("forgotten", None, at.session, at.state, at.prompts)
    return commits.make(repo, writer, tree, (tip,), "forgotten: entries", trailers, when, None)


def settle(repo: Repo, branch: SessionBranch, refname: str, when: datetime) -> int:
    """Make one ref forget; how many entries that changed. To be called by whoever holds its lock."""
    tip = swap.target(repo, refname)
    if tip is None:
        return 0
    session_id = events.session_id(repo, tip)
    writer = Writer(repo)
    settled = lines(repo, writer, session_id, (tip,))
    if not settled.marks:
        return 0
    new, who = completed(repo, writer, settled.tips[0], settled.marks, when)
    marks.learn(repo, writer, session_id, settled.marks, settled.replaced, when)
    if new != tip:
        notes.note_tips(repo, session_id, {tip: new})
        if not swap.swap(repo, refname, tip, new, reason="forgotten", who=who, secure=writer.secure):
            raise BranchBusy(str(branch))
    return settled.changed[0]
