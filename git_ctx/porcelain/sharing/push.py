"""Sharing sessions: what a push would send, looked through for secrets, and the push itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import datetime
from typing import Literal

from git_ctx import codec
from git_ctx.errors import BrokenSession, SecretsFound, SessionNotFound
from git_ctx.model import Oid, SessionBranch
from git_ctx.porcelain import here, noted
from git_ctx.porcelain.sharing.leaks import secrets_in
from git_ctx.porcelain.tending import settled
from git_ctx.store import events, refs
from git_ctx.store.forgetting import tips
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current, examine
from git_ctx.store.sharing import outgoing, outward, remote, transport
from git_ctx.store.sharing import push as pushes
from git_ctx.store.sharing.outgoing import Sent
from git_ctx.store.sharing.push import Outcome, Update
from git_ctx.store.sharing.transport import Progress, quiet

Result = Literal["pushed", "deleted", "up to date", "diverged", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be sent. `first`: no consent was given yet for this remote at this URL; then `carried`
    are the files whose text the contexts hold, and `unknown` those that no branch of the remote has.
    `snapshots`: the files that the snapshots bring along, where these were asked for. `problems`: sessions
    that stay at home since they cannot be read, and why.
    """

    remote: str
    url: str
    updates: Mapping[SessionBranch, tuple[Update, ...]]
    first: bool = False
    carried: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    snapshots: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    problems: Mapping[SessionBranch, str] = field(default_factory=dict)

    @property
    def asks(self) -> bool:
        """Whether this is more than was agreed to before."""
        return self.first or bool(self.snapshots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of a session branch; `detail` is what the server or git said against it.

    `snapshots`: those that the remote had of it were deleted. `forgotten`: the remote had, at the last fetch,
    what is forgotten here.
    """

    branch: SessionBranch
    result: Result
    detail: str | None = None
    snapshots: bool = False
    forgotten: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    remote: str
    rows: tuple[Row, ...]


@dataclass(slots=True)
class _Found:
    """What the entries hold that somebody has to know: places of secrets, and files by path and blob."""

    secrets: list[str] = field(default_factory=list)
    files: dict[str, set[Oid]] = field(default_factory=dict)


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
    # A branch that did not forget yet what the session forgot must not bring it there.
    tips = _all(repo, to, {}, files) if everything else _one(repo, wanted)
    settled.catch_up(repo, tips.values(), now)
    mirrors = remote.targets(repo, remote.heads(to), remote.snaps(to))
    tips = _all(repo, to, mirrors, files) if everything else _one(repo, wanted)
    updates: dict[SessionBranch, list[Update]] = {}
    for branch, tip in tips.items():
        if replace:
            updates[branch] = _replacing(repo, to, branch, tip, now, files)
            continue
        updates[branch] = [Update(ref=refs.refname(branch), new=tip)]
        if files:
            updates[branch] += _snapshots(repo, to, branch, None, now)
    sent = {branch: tuple(each) for branch, each in updates.items()}
    return _readable(repo, Plan(remote=to, url=remote.url(repo, to), updates=sent), everything)


def _replacing(
    repo: Repo, to: str, branch: SessionBranch, tip: Oid, now: datetime, files: bool
) -> list[Update]:
    """The session in the place of the remote's: of what was seen of it, not of what it became since."""
    head, snap = refs.refname(branch), refs.snapname(branch)
    there = _offered(repo, to, head, snap)
    _forget(repo, to, branch, there)
    mirror = remote.targets(repo, remote.mirror(to, branch)).get(remote.mirror(to, branch))
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
    return tips.became(repo, events.session_id(repo, mirror)).get(head) == mirror


def _forget(repo: Repo, to: str, branch: SessionBranch, there: Mapping[str, Oid]) -> None:
    """Drop the mirrors of what the remote has no more."""
    spaces = {refs.HEADS: remote.heads(to), refs.SNAP: remote.snaps(to)}
    gone = [
        ours + refs.path(branch) for theirs, ours in spaces.items() if theirs + refs.path(branch) not in there
    ]
    found = remote.targets(repo, *gone) if gone else {}
    remote.set_mirrors(repo, dict.fromkeys(name for name in gone if name in found))


def _snapshots(repo: Repo, to: str, branch: SessionBranch, lease: Oid | None, now: datetime) -> list[Update]:
    tip = outward.rebuild(repo, to, branch, anew=lease is not None)
    return [Update(ref=refs.snapname(branch), new=tip, lease=lease)] if tip or lease else []


def _readable(repo: Repo, plan: Plan, everything: bool) -> Plan:
    """The plan, looked through; of several sessions those that cannot be read stay at home."""
    try:
        return _look_through(repo, plan)
    except BrokenSession:
        tips = {branch: [one.new for one in each if one.new] for branch, each in plan.updates.items()}
        found = {
            branch: next((why for tip in each if (why := outgoing.problem(repo, tip, plan.remote))), None)
            for branch, each in tips.items()
        }
        problems = {branch: why for branch, why in found.items() if why}
        if not everything:
            for branch, why in problems.items():
                raise BrokenSession(str(branch), why) from None
        if not problems:
            raise
    sound = {branch: each for branch, each in plan.updates.items() if branch not in problems}
    return changed(_look_through(repo, changed(plan, updates=sound)), problems=problems)


def _look_through(repo: Repo, plan: Plan) -> Plan:
    """The plan with what its new entries and snapshots hold."""
    agreed = repo.config(_consent(plan.remote))
    first = agreed != plan.url and _sends_anything(repo, plan)
    found = _Found()
    tips = [one.new for updates in plan.updates.values() for one in updates if one.new]
    snapshots = [one.new for each in plan.updates.values() for one in each[1:] if one.new]
    sessions = [tip for tip in tips if tip not in snapshots]
    # Of a remote whose URL is another one now, the mirrors tell what is elsewhere.
    moved = agreed is not None and agreed != plan.url
    unseen = outgoing.reachable(repo, sessions) if moved else outgoing.entries(repo, sessions, plan.remote)
    for sent in unseen:
        found.secrets += secrets_in(sent)
        if first and sent.path.endswith(".context.json"):
            _note_files(sent, found.files)
    blobs = {oid for oids in found.files.values() for oid in oids}
    strange = outgoing.unknown(repo, plan.remote, blobs)
    return changed(
        plan,
        first=first,
        carried=tuple(sorted(found.files)),
        unknown=tuple(sorted(path for path, oids in found.files.items() if oids & strange)),
        snapshots=_look_through_files(repo, plan.remote, snapshots, found),
        secrets=tuple(found.secrets),
    )


def _sends_anything(repo: Repo, plan: Plan) -> bool:
    """Whether the remote lacks any of it. It is asked only where it had all of it at the last fetch."""
    wanted = {one.ref: one.new for each in plan.updates.values() for one in each}
    spaces = {refs.HEADS: remote.heads(plan.remote), refs.SNAP: remote.snaps(plan.remote)}
    mirrors = remote.targets(repo, *spaces.values())
    for theirs, ours in spaces.items():
        for ref, new in wanted.items():
            if ref.startswith(theirs) and mirrors.get(ours + ref.removeprefix(theirs)) != new:
                return True
    urls = remote.elsewhere(repo, plan.remote) or (None,)
    told = [transport.offered(repo, plan.remote, *wanted, at=url) for url in urls] if wanted else []
    return any(there.get(ref) != new for there in told for ref, new in wanted.items())


def _offered(repo: Repo, to: str, *prefixes: str) -> dict[str, Oid]:
    """What is there where pushes go, which need not be where fetches come from."""
    found: dict[str, Oid] = {}
    for url in reversed(remote.elsewhere(repo, to) or (None,)):
        found |= transport.offered(repo, to, *prefixes, at=url)
    return found


def _look_through_files(repo: Repo, name: str, tips: Sequence[Oid], found: _Found) -> tuple[str, ...]:
    """The paths of the files that the remote has in no branch, in this version."""
    from git_ctx.safety import secrets

    paths = set()
    for sent in outgoing.entries(repo, tips, name, code=True) if tips else ():
        if sent.path:
            paths.add(sent.path)
            rule = secrets.withhold(sent.path, sent.data)
            found.secrets += [f"the snapshots: {sent.path}: {rule}"] if rule else []
    return tuple(sorted(paths))


def push(repo: Repo, plan: Plan, *, allow_secret: bool, progress: Progress = quiet) -> Pushed:
    """Send what was planned; the remote counts as agreed to from now on.

    Raises `SecretsFound`, `RemoteFailed`. What the remote refuses is told in the rows.
    """
    if plan.secrets and not allow_secret:
        raise SecretsFound(plan.secrets)
    updates = [one for each in plan.updates.values() for one in each]
    outcomes = {one.update.ref: one for one in pushes.push(repo, plan.remote, updates, progress)}
    _note_mirrors(repo, plan.remote, outcomes.values())
    if plan.first:
        repo.set_config(_consent(plan.remote), plan.url)
    rows = [_row(branch, [outcomes[one.ref] for one in each]) for branch, each in plan.updates.items()]
    told = tuple(
        changed(row, forgotten=_is_forgotten(repo, plan.remote, row.branch))
        if row.result == "diverged"
        else row
        for row in rows
    )
    return Pushed(remote=plan.remote, rows=told)


def _is_forgotten(repo: Repo, to: str, branch: SessionBranch) -> bool:
    """Whether the mirror of a branch is not what the remote has, but what that became by forgetting."""
    mirror = remote.targets(repo, remote.mirror(to, branch)).get(remote.mirror(to, branch))
    return mirror is not None and mirror in tips.became(repo, events.session_id(repo, mirror)).values()


def plan_delete(repo: Repo, name: str | None, session: str) -> Plan:
    """Take a session, or one branch of it, off a remote, with the snapshots that it has of it.

    The remote is asked. What went on since the last fetch is left alone when it comes to the push; what
    is gone already counts as deleted. Raises `SessionNotFound`, `RemoteFailed`.
    """
    to = remote.choose(repo, name)
    exact = current.parse(session)
    chosen = exact.session if exact else refs.check_name(session)
    there = _offered(repo, to, f"{refs.HEADS}{chosen}/", f"{refs.SNAP}{chosen}/")
    heads, snaps = remote.heads(to), remote.snaps(to)
    mirrors = remote.targets(repo, f"{heads}{chosen}/", f"{snaps}{chosen}/")
    spaces = {refs.HEADS: there, refs.SNAP: there, heads: mirrors, snaps: mirrors}
    known = {refs.parse(ref, under) for under, found in spaces.items() for ref in found}
    branches = sorted(branch for branch in known if branch is not None and exact in (None, branch))
    if not branches:
        raise SessionNotFound(session)
    updates = {}
    for branch in branches:
        _forget(repo, to, branch, there)
        seen = _seen(repo, there.get(refs.refname(branch)), mirrors.get(remote.mirror(to, branch)))
        updates[branch] = _deleting(branch, there, seen)
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


def _consent(name: str) -> str:
    # In the remote's own section: renaming the remote carries it along, removing it takes it away.
    return f"remote.{name}.ctxPush"


def _note_files(sent: Sent, files: dict[str, set[Oid]]) -> None:
    try:
        context = codec.decode_context(sent.data, sent.path)
    except BrokenSession:
        return
    for item in context.items:
        if item.form != "line" and item.oid is not None:
            files.setdefault(item.path, set()).add(item.oid)


def _note_mirrors(repo: Repo, name: str, outcomes: Iterable[Outcome]) -> None:
    """What the remote took is what it has."""
    spaces = {refs.HEADS: remote.heads(name), refs.SNAP: remote.snaps(name)}
    moves: dict[str, Oid | None] = {}
    for one in outcomes:
        under = next(space for space in spaces if one.update.ref.startswith(space))
        if one.refused is None:
            moves[spaces[under] + one.update.ref.removeprefix(under)] = one.update.new
    remote.set_mirrors(repo, moves)


def _row(branch: SessionBranch, outcomes: Sequence[Outcome]) -> Row:
    """One row for a session and its snapshots: the worst of them."""
    for one in outcomes:
        if one.refused is not None:
            return Row(branch=branch, result="diverged" if one.diverged else "refused", detail=one.refused)
    snapshots = any(one.update.new is None and one.update.ref.startswith(refs.SNAP) for one in outcomes)
    if all(one.update.new is None for one in outcomes):
        return Row(branch=branch, result="deleted", snapshots=snapshots)
    fresh = any(one.fresh for one in outcomes)
    return Row(branch=branch, result="pushed" if fresh else "up to date", snapshots=snapshots)
