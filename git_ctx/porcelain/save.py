"""The files as they are, kept without a prompt."""

from dataclasses import dataclass, replace
from datetime import datetime

from git_ctx import codec
from git_ctx.model import EventName, FileStates, Save, SessionBranch
from git_ctx.porcelain import forks, here, noted
from git_ctx.porcelain.context import states
from git_ctx.porcelain.forks import Forked
from git_ctx.safety import secrets
from git_ctx.store import append, naming
from git_ctx.store.files import snapref, snapshot
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
    saved = keep(repo, at.branch, snapshot.take(repo, secrets.withhold), message, now)
    return replace(saved, forked=forked)


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
    snapref.keep(repo, branch, shot.tree, made.base, made.id, now)
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
