"""What a push would send, looked through: for secrets, and for files that the remote has not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as changed

from git_ctx import codec
from git_ctx.errors import BrokenSession
from git_ctx.model import Oid, SessionBranch
from git_ctx.porcelain.sharing.leaks import secrets_in
from git_ctx.store import refs
from git_ctx.store.repo import Repo
from git_ctx.store.sharing import outgoing, remote, transport
from git_ctx.store.sharing.outgoing import Sent
from git_ctx.store.sharing.push import Update


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


@dataclass(slots=True)
class _Found:
    """What the entries hold that somebody has to know: places of secrets, and files by path and blob."""

    secrets: list[str] = field(default_factory=list)
    files: dict[str, set[Oid]] = field(default_factory=dict)


def readable(repo: Repo, plan: Plan, everything: bool) -> Plan:
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
    agreed = repo.config(consent(plan.remote))
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
    mirrors = refs.targets(repo, *spaces.values())
    for theirs, ours in spaces.items():
        for ref, new in wanted.items():
            if ref.startswith(theirs) and mirrors.get(ours + ref.removeprefix(theirs)) != new:
                return True
    urls = remote.elsewhere(repo, plan.remote) or (None,)
    told = [transport.offered(repo, plan.remote, *wanted, at=url) for url in urls] if wanted else []
    return any(there.get(ref) != new for there in told for ref, new in wanted.items())


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


def _note_files(sent: Sent, files: dict[str, set[Oid]]) -> None:
    try:
        context = codec.decode_context(sent.data, sent.path)
    except BrokenSession:
        return
    for item in context.items:
        if item.form != "line" and item.oid is not None:
            files.setdefault(item.path, set()).add(item.oid)


def consent(name: str) -> str:
    # In the remote's own section: renaming the remote carries it along, removing it takes it away.
    return f"remote.{name}.ctxPush"
