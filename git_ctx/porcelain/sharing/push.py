"""Sharing sessions: a plan carried out, and what became of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from typing import Literal

from git_ctx.errors import SecretsFound
from git_ctx.model import Oid, SessionBranch
from git_ctx.porcelain.sharing import contents
from git_ctx.porcelain.sharing.contents import Plan
from git_ctx.store import config, events, refs
from git_ctx.store.forgetting import notes
from git_ctx.store.repo import Repo
from git_ctx.store.sharing import push as pushes
from git_ctx.store.sharing import remote
from git_ctx.store.sharing.push import Outcome, Update
from git_ctx.store.sharing.transport import Progress, quiet

Result = Literal["pushed", "deleted", "up to date", "diverged", "refused"]
_AGAINST = ("diverged", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of a session branch, and of its snapshots, where any were to be sent or deleted.

    `detail` is what the server or git said against one of them. `unknown`: the remote took no snapshots,
    since it has some that are not here. `forgotten`: it had, at the last fetch, what is forgotten here.
    """

    branch: SessionBranch
    result: Result
    snapshots: Result | None = None
    detail: str | None = None
    unknown: bool = False
    forgotten: bool = False

    @property
    def diverged(self) -> bool:
        return "diverged" in (self.result, self.snapshots)

    @property
    def without(self) -> bool:
        """Whether something was said against the snapshots alone."""
        return self.detail is not None and self.result not in _AGAINST


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    remote: str
    rows: tuple[Row, ...]


def push(repo: Repo, plan: Plan, *, allow_secret: bool, progress: Progress = quiet) -> Pushed:
    """Send what was planned; the remote counts as agreed to from now on.

    Raises `SecretsFound`, `RemoteFailed`. What the remote refuses is told in the rows.
    """
    if plan.secrets and not allow_secret:
        raise SecretsFound(plan.secrets)
    updates = [one for each in plan.updates.values() for one in each]
    outcomes = _sent(repo, plan.remote, updates, progress)
    _note_mirrors(repo, plan.remote, outcomes.values())
    if plan.first:
        config.put(repo, contents.consent(plan.remote), plan.url)
    rows = [_row(branch, [outcomes[one.ref] for one in each]) for branch, each in plan.updates.items()]
    told = tuple(
        changed(row, forgotten=_is_forgotten(repo, plan.remote, row.branch)) if row.diverged else row
        for row in rows
    )
    return Pushed(remote=plan.remote, rows=told)


def _sent(repo: Repo, to: str, updates: Sequence[Update], progress: Progress) -> dict[str, Outcome]:
    """Sessions first, then the snapshots of those that went: the remote may have another one of the name."""
    heads = {
        one: one.ref.replace(refs.SNAP, refs.HEADS, 1)
        for one in updates
        if one.new and one.ref.startswith(refs.SNAP)
    }
    first = pushes.push(repo, to, [one for one in updates if one not in heads], progress)
    outcomes = {one.update.ref: one for one in first}
    refused = {one: outcomes[head] for one, head in heads.items() if outcomes[head].refused is not None}
    then = pushes.push(repo, to, [one for one in heads if one not in refused], progress)
    outcomes |= {one.update.ref: one for one in then}
    return outcomes | {one.ref: changed(head, update=one) for one, head in refused.items()}


def _is_forgotten(repo: Repo, to: str, branch: SessionBranch) -> bool:
    """Whether the mirror of a branch is not what the remote has, but what that became by forgetting."""
    mirror = refs.targets(repo, remote.mirror(to, branch)).get(remote.mirror(to, branch))
    return mirror is not None and mirror in notes.became(repo, events.session_id(repo, mirror)).values()


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
    """One row for a session and its snapshots."""
    snaps = [one for one in outcomes if one.update.ref.startswith(refs.SNAP)]
    heads = [one for one in outcomes if one not in snaps]
    return Row(
        branch=branch,
        result=_result(heads or snaps),
        snapshots=_result(snaps) if snaps else None,
        detail=next((one.refused for one in outcomes if one.refused is not None), None),
        unknown=any(one.diverged for one in snaps),
    )


def _result(outcomes: Sequence[Outcome]) -> Result:
    """The worst of them."""
    for one in outcomes:
        if one.refused is not None:
            return "diverged" if one.diverged else "refused"
    if all(one.update.new is None for one in outcomes):
        return "deleted"
    return "pushed" if any(one.fresh for one in outcomes) else "up to date"
