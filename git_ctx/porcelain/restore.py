"""The files of a prompt or a save, written back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from git_ctx.errors import NoSession, RestoreCutShort
from git_ctx.model import SessionBranch
from git_ctx.porcelain import forks, here, moment
from git_ctx.porcelain.forks import Forked
from git_ctx.porcelain.moment import Moment
from git_ctx.porcelain.save import Saved, keep
from git_ctx.safety import runs, secrets
from git_ctx.safety.text import one_line
from git_ctx.store.files import pathspec, plan, restore, snapshot, vet
from git_ctx.store.files.restore import Written
from git_ctx.store.repo import Repo


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back: `before` has what was there, None where files went to a folder of their own.

    `runs`: written files that some program runs or obeys unasked, and which. `forked`: the session was
    carried on from another branch on the way.
    """

    moment: Moment
    done: Written
    before: Saved | None
    runs: dict[str, str]
    forked: Forked | None = None


def into_work_tree(
    repo: Repo, wanted: str | None, revision: str, paths: Sequence[str], now: datetime
) -> Restored:
    """Write a revision's files, or those of some paths, into the work tree; HEAD and the index stay.

    What is there is saved first, and what has come of it after: one more restore, of `@~1`, undoes it.
    Raises `UnsafePath`, `FilesGone`, `BrokenSession`, `UsageError` before anything is written, and
    `RestoreCutShort`, which names the save that undoes it.
    """
    here.need_work_tree(repo)
    then, branch, forked = _both_ends(repo, wanted, revision, now)
    vet.check(repo, then.tree)
    since = restore.moment(repo)
    shot = snapshot.take(repo, secrets.withhold)
    specs = pathspec.pathspecs(repo, paths)
    pathspec.check(repo, specs, paths, then.tree, shot.tree)
    before = keep(repo, branch, shot, f"before restoring {_name(then)}", now)
    held = then.withheld | {state.path: state.withheld for state in shot.states.states if state.withheld}
    made = plan.plan(repo, shot.tree, then.tree, specs, held, shot.worktree.nested)
    try:
        done = restore.apply(repo, made, then.tree, specs, since)
    except RestoreCutShort as error:
        raise RestoreCutShort(error.problem, f"#{before.event.clock}") from None
    what = f"{', '.join(map(one_line, paths))} of {_name(then)}" if paths else _name(then)
    after = snapshot.take(repo, secrets.withhold)
    keep(repo, branch, after, f"restored {what}", now, restored=then.event.id)
    return Restored(moment=then, done=done, before=before, runs=_runs(done), forked=forked)


def into_folder(
    repo: Repo, wanted: str | None, revision: str, paths: Sequence[str], folder: Path
) -> Restored:
    """Write a revision's files into a folder that is empty or not there yet; nothing else changes."""
    then = moment.moment(repo, wanted, revision)
    vet.check(repo, then.tree)
    specs = pathspec.pathspecs(repo, paths)
    pathspec.check(repo, specs, paths, then.tree)
    done = restore.fill(repo, plan.whole(repo, then.tree, specs, then.withheld), folder)
    return Restored(moment=then, done=done, before=None, runs=_runs(done))


def _both_ends(
    repo: Repo, wanted: str | None, revision: str, now: datetime
) -> tuple[Moment, SessionBranch, Forked | None]:
    """What to restore, and where the save of before goes: the current session, else that of the files."""
    then = moment.moment(repo, wanted, revision)
    try:
        at, forked = forks.open_or_inherit(repo, wanted, now)
    except NoSession:
        if then.branch is None:
            raise
        at, forked = here.open_session(repo, str(then.branch)), None
    return then, at.branch, forked


def _name(then: Moment) -> str:
    return f"#{then.event.clock}" if then.branch is None else f"#{then.event.clock} of {then.branch}"


def _runs(done: Written) -> dict[str, str]:
    return {path: what for path in done.written if (what := runs.by_itself(path))}
