"""The files as they are, kept without a prompt."""

from dataclasses import dataclass, replace
from datetime import datetime

from git_ctx import codec
from git_ctx.model import EventName, FileStates, Save, SessionBranch
from git_ctx.porcelain import forks, here, moment, noted
from git_ctx.porcelain.context import states
from git_ctx.porcelain.forks import Forked
from git_ctx.safety import secrets
from git_ctx.store import append, events, naming, refs
from git_ctx.store.files import lasting, snapshot
from git_ctx.store.files.snapshot import Snapshot
from git_ctx.store.layout import Entry
from git_ctx.store.repo import Repo


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A save that stands. `forked`: its session was carried on from another branch for it."""

    branch: SessionBranch
    event: EventName
    save: Save
    files: FileStates
    forked: Forked | None = None


def save(repo: Repo, wanted: str | None, message: str, now: datetime) -> Saved:
    """Keep the files as they are in the session named, else the current one.

    Raises `NoWorkTree`, `NoSession`, `SessionClosed`, `WriteFailed`; then nothing was added.
    """
    here.need_work_tree(repo)
    at, forked = forks.open_or_inherit(repo, wanted, now)
    noted.record(repo, now)
    shot = snapshot.take(repo, secrets.withhold, secrets.rules)
    saved = _last(repo, at, shot, message) or keep(repo, at.branch, shot, message, now)
    return replace(saved, forked=forked)


def _last(repo: Repo, at: here.Here, shot: Snapshot, message: str) -> Saved | None:
    """The same save, where it was the last thing to happen: its run died before it could say so."""
    tip = refs.tip(repo, at.branch) or at.tip
    event = next(events.events(repo, tip), None)
    found = moment.read(repo, tip, event) if event and event.type == "save" else None
    if event is None or not isinstance(found, Save) or found.restored is not None:
        return None
    same = (secrets.redact(message)[0], shot.tree, shot.worktree.base, shot.worktree.branch, repo.identity())
    if (found.message, found.snapshot, found.base, found.branch, found.author) != same:
        return None
    return Saved(branch=at.branch, event=event, save=found, files=shot.states)


def keep(
    repo: Repo,
    branch: SessionBranch,
    shot: Snapshot,
    message: str,
    now: datetime,
    restored: str | None = None,
) -> Saved:
    """Make a snapshot an event of a session branch."""
    made = Save(
        id=naming.new_id(),
        message=secrets.redact(message)[0],
        saved_at=now,
        author=repo.identity(),
        branch=shot.worktree.branch,
        base=shot.worktree.base,
        snapshot=shot.tree,
        restored=restored,
    )
    # the trees first: a session must never name one that git may already have dropped
    lasting.keep(repo, branch, shot, secrets.withhold, made.id, now)
    appended = append.append(
        repo,
        branch,
        "save",
        made.id,
        [
            Entry(suffix="save.json", data=codec.encode_save(made)),
            states.entry(shot.states),
        ],
        subject=made.message.lstrip().partition("\n")[0] or "the files as they are",
        when=now,
        author=made.author,
    )
    return Saved(branch=branch, event=appended.event, save=made, files=shot.states)
