"""What a push of sessions, or taking them off a remote, would do there."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from git_ctx.errors import NotShared
from git_ctx.model import Oid, SessionBranch
from git_ctx.porcelain import here, noted
from git_ctx.porcelain.sharing import contents
from git_ctx.porcelain.sharing.contents import Plan
from git_ctx.porcelain.tending import settled
from git_ctx.store import events, refs
from git_ctx.store.forgetting import marks, notes
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current, examine
from git_ctx.store.sharing import outward, remote, transport
from git_ctx.store.sharing.push import Update


def plan(
    repo: Repo,
    name: str | None,
    wanted: str | None,
    now: datetime,
    *,
    everything: bool = False,
    replace: bool = False,
    files: bool = False,
) -> Plan:
    """What pushing a session, or all that differ from what the remote had, would send.

    With `files`, the snapshots of the files come along, on commits that the remote has; to `replace`, the
    remote is asked what it has. Raises `NoRemote`, `RemoteNotFound`, `RemoteFailed`, `BrokenSession` and
    what finding the session raises.
    """
    noted.record(repo, now)
    to = remote.choose(repo, name)
    if marks.any_learnt(repo):
        # A branch that did not forget yet what the session forgot must not bring it there.
        unsettled = _all(repo, to, {}, files) if everything else _one(repo, wanted)
        settled.catch_up(repo, unsettled.values(), now)
    mirrors = refs.targets(repo, remote.heads(to), remote.snaps(to)) if everything else {}
    wished = _all(repo, to, mirrors, files) if everything else _one(repo, wanted)
    updates: dict[SessionBranch, list[Update]] = {}
    for branch, tip in wished.items():
        if replace:
            updates[branch] = _replacing(repo, to, branch, tip, now, files)
            continue
        updates[branch] = [Update(ref=refs.refname(branch), new=tip)]
        if files:
            updates[branch] += _snapshots(repo, to, branch, None, now)
    sent = {branch: tuple(each) for branch, each in updates.items()}
    return contents.readable(repo, Plan(remote=to, url=remote.url(repo, to), updates=sent), everything)


def _replacing(
    repo: Repo, to: str, branch: SessionBranch, tip: Oid, now: datetime, files: bool
) -> list[Update]:
    """The session in the place of the remote's: of what was seen of it, not of what it became since."""
    head, snap = refs.refname(branch), refs.snapname(branch)
    there = _offered(repo, to, head, snap)
    _forget(repo, to, [branch], there)
    mirror = refs.targets(repo, remote.mirror(to, branch)).get(remote.mirror(to, branch))
    seen = _seen(repo, there.get(head), mirror)
    updates = [Update(ref=head, new=tip, lease=seen)]
    # What was shared with files is replaced with files: the old ones are what has to go.
    if there.get(head) == seen and (files or snap in there):
        updates += _snapshots(repo, to, branch, there.get(snap), now)
    return updates


def _seen(repo: Repo, head: Oid | None, mirror: Oid | None) -> Oid | None:
    """What was seen of a session: what its mirror has, or had before something of it was forgotten, or what
    a fetch brought and found unfit.
    """
    if head is None or head == mirror:
        return mirror
    if _became(repo, head, mirror):
        return head
    here = not repo.run("cat-file", "-e", head).status
    return head if here and examine.problem(repo, head) is not None else mirror


def _became(repo: Repo, head: Oid | None, mirror: Oid | None) -> bool:
    """Whether what a remote has is what the mirror was, before something of it was forgotten."""
    if head is None or mirror is None or head == mirror:
        return False
    return notes.became(repo, events.session_id(repo, mirror)).get(head) == mirror


def _forget(repo: Repo, to: str, branches: Iterable[SessionBranch], there: Mapping[str, Oid]) -> None:
    """Drop the mirrors of what the remote has no more."""
    spaces = {refs.HEADS: remote.heads(to), refs.SNAP: remote.snaps(to)}
    paths = [refs.path(branch) for branch in branches]
    gone = [ours + path for path in paths for theirs, ours in spaces.items() if theirs + path not in there]
    found = refs.targets(repo, *spaces.values()) if gone else {}
    remote.set_mirrors(repo, dict.fromkeys(name for name in gone if name in found))


def _snapshots(repo: Repo, to: str, branch: SessionBranch, lease: Oid | None, now: datetime) -> list[Update]:
    tip = outward.rebuild(repo, to, branch, anew=lease is not None)
    return [Update(ref=refs.snapname(branch), new=tip, lease=lease)] if tip or lease else []


def _offered(repo: Repo, to: str, *prefixes: str) -> dict[str, Oid]:
    """What is there where pushes go, which need not be where fetches come from."""
    found: dict[str, Oid] = {}
    for url in reversed(remote.elsewhere(repo, to) or (None,)):
        found |= transport.offered(repo, to, *prefixes, at=url)
    return found


def plan_delete(repo: Repo, name: str | None, session: str) -> Plan:
    """Take a session, or one branch of it, off a remote, with the snapshots that it has of it.

    The remote is asked. What went on since the last fetch is left alone when it comes to the push; what
    is gone already counts as deleted. Raises `NotShared`, `RemoteFailed`.
    """
    to = remote.choose(repo, name)
    exact = current.parse(session)
    chosen = exact.session if exact else refs.check_name(session)
    there = _offered(repo, to, f"{refs.HEADS}{chosen}/", f"{refs.SNAP}{chosen}/")
    heads, snaps = remote.heads(to), remote.snaps(to)
    mirrors = refs.targets(repo, f"{heads}{chosen}/", f"{snaps}{chosen}/")
    spaces = {refs.HEADS: there, refs.SNAP: there, heads: mirrors, snaps: mirrors}
    known = {refs.parse(ref, under) for under, found in spaces.items() for ref in found}
    branches = sorted(branch for branch in known if branch is not None and exact in (None, branch))
    if not branches:
        raise NotShared(session)
    _forget(repo, to, branches, there)
    updates = {}
    seen: dict[tuple[Oid | None, Oid | None], Oid | None] = {}  # many branches may be at one commit
    for branch in branches:
        both = there.get(refs.refname(branch)), mirrors.get(remote.mirror(to, branch))
        if both not in seen:
            seen[both] = _seen(repo, *both)
        updates[branch] = _deleting(branch, there, seen[both])
    return Plan(remote=to, url=remote.url(repo, to), updates=updates)


def _deleting(branch: SessionBranch, there: Mapping[str, Oid], seen: Oid | None) -> tuple[Update, ...]:
    head = there.get(refs.refname(branch))
    if head and seen and head != seen:
        # It will be refused, and its snapshots stay with it.
        return (Update(ref=refs.refname(branch), new=None, lease=seen),)
    names = (refs.refname(branch), refs.snapname(branch))
    return tuple(Update(ref=name, new=None, lease=there[name]) for name in names if name in there)


def _one(repo: Repo, wanted: str | None) -> dict[SessionBranch, Oid]:
    at = here.session(repo, wanted)
    return {at.branch: at.tip}


def _all(repo: Repo, to: str, mirrors: Mapping[str, Oid], files: bool) -> dict[SessionBranch, Oid]:
    """Those that are not on the remote as they are here; the broken ones stay at home."""
    return {
        one.branch: one.tip
        for one in refs.listing(repo)
        if one.problem is None and (files or mirrors.get(remote.mirror(to, one.branch)) != one.tip)
    }
