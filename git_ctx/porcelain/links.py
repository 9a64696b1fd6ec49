"""Recording the commits that were made in sessions: what git's hooks noted becomes part of the session."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from git_ctx import codec
from git_ctx.errors import CtxError, SessionClosed, SessionNotFound
from git_ctx.model import Link, Links, Oid, SessionBranch
from git_ctx.store import append, events, naming, refs
from git_ctx.store.code import linked
from git_ctx.store.code.linked import Made, Notes
from git_ctx.store.layout import Entry
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known of a commit: where it belongs, what is behind it, and what it stands for."""

    branch: SessionBranch
    prompts: tuple[str, ...]
    rewritten: tuple[Oid, ...] = ()

    def joined(self, other: "_Known | None") -> "_Known":
        if other is None:
            return self
        return _Known(
            branch=self.branch,
            prompts=tuple(dict.fromkeys((*self.prompts, *other.prompts))),
            rewritten=tuple(dict.fromkeys((*self.rewritten, *other.rewritten))),
        )


def record(repo: Repo, now: datetime) -> int:
    """Record the commits that hooks noted since the last time; how many there were.

    What fails is left to the next one: no verb is to fail for it. What belongs to a session that is closed
    or gone is dropped.
    """
    count = 0
    with suppress(CtxError), linked.taking(repo) as notes:
        for branch, links in _by_branch(repo, notes).items():
            with suppress(SessionNotFound, SessionClosed):
                _append(repo, branch, links, now)
                count += len(links)
    return count


def prompt_branch(repo: Repo, tips: Mapping[Oid, SessionBranch], id: str) -> SessionBranch | None:
    """The session branch that has a prompt."""
    return next((branch for tip, branch in tips.items() if events.find(repo, tip, id)), None)


def _append(repo: Repo, branch: SessionBranch, links: Sequence[Link], now: datetime) -> None:
    made = Links(id=naming.new_id(), recorded_at=now, author=repo.identity(), commits=tuple(links))
    named = ", ".join(link.commit[:12] for link in links[:3])
    append.append(
        repo,
        branch,
        "commit",
        made.id,
        [Entry(suffix="commit.json", data=codec.encode_links(made))],
        subject=named + (f" and {len(links) - 3} more" if len(links) > 3 else ""),
        when=now,
        author=made.author,
    )


def _by_branch(repo: Repo, notes: Notes) -> dict[SessionBranch, list[Link]]:
    known = _resolve(repo, notes)
    found: dict[SessionBranch, list[Link]] = {}
    for oid, link in _links(repo, known).items():
        found.setdefault(known[oid].branch, []).append(link)
    return found


def _resolve(repo: Repo, notes: Notes) -> dict[Oid, _Known]:
    """The commits that stand now, each with all that is behind it."""
    tips = {one.tip: one.branch for one in refs.listing(repo) if one.problem is None}
    known: dict[Oid, _Known] = {}
    for made in notes.made:
        if one := _of(repo, tips, made):
            known[made.commit] = one.joined(known.get(made.commit))
    old = {before for before, _ in notes.rewritten} - known.keys()
    known |= _recorded(repo, tips, old)
    for before, after in notes.rewritten:
        if before in known and before != after:
            was = known[before]
            heir = _Known(branch=was.branch, prompts=was.prompts, rewritten=(*was.rewritten, before))
            mine = known.get(after)
            known[after] = heir.joined(mine) if mine is None or mine.branch == was.branch else mine
    gone = {before for before, _ in notes.rewritten}
    return {oid: one for oid, one in known.items() if oid not in gone}


def _of(repo: Repo, tips: Mapping[Oid, SessionBranch], made: Made) -> _Known | None:
    branch = made.branch or prompt_branch(repo, tips, made.prompts[0])
    return _Known(branch=branch, prompts=made.prompts) if branch else None


def _recorded(repo: Repo, tips: Mapping[Oid, SessionBranch], wanted: set[Oid]) -> dict[Oid, _Known]:
    """Of these commits, those that a session has recorded before."""
    found = {}
    for one in linked.recorded(repo, tips, wanted):
        if one.link.commit in wanted:
            found[one.link.commit] = _Known(
                branch=one.branch, prompts=one.link.prompts, rewritten=one.link.rewritten
            )
    return found


def _links(repo: Repo, known: Mapping[Oid, _Known]) -> dict[Oid, Link]:
    """The entries of those commits that are there, oldest first."""
    from git_ctx.store.code import patchids
    from git_ctx.store.code.codelog import commits

    there = commits(repo, known)
    patch = patchids.patch_ids(repo, ((one.oid, one.parent) for one in there))
    since = _lines(repo, {one.oid: one.parent for one in there}, known)
    combined = patchids.patch_ids(repo, ((oid, begun) for oid, begun in since.items() if begun))
    return {
        one.oid: Link(
            commit=one.oid,
            tree=one.tree,
            parent=one.parent,
            patch=patch.get(one.oid),
            since=since.get(one.oid),
            combined=combined.get(one.oid),
            prompts=known[one.oid].prompts,
            rewritten=known[one.oid].rewritten,
        )
        for one in there
    }


def _lines(
    repo: Repo, parents: Mapping[Oid, Oid | None], known: Mapping[Oid, _Known]
) -> dict[Oid, Oid | None]:
    """Where the line of linked commits began that each one ends, for those that do not begin one."""
    outside = {parent for parent in parents.values() if parent is not None} - parents.keys()
    tips = {one.tip: one.branch for one in refs.listing(repo) if one.problem is None}
    before = {
        one.link.commit: one.link.since or one.link.parent
        for one in linked.recorded(repo, tips, outside)
        if one.link.commit in outside
    }
    found: dict[Oid, Oid | None] = {}
    for oid, parent in parents.items():
        if parent is None:
            continue
        if parent in before:
            found[oid] = before[parent]
        elif parent in parents:
            found[oid] = found.get(parent) or parents[parent]
    return found
