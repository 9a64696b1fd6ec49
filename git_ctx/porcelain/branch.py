"""Branches of a session, each beside its git branch: listed, made, renamed, deleted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from git_ctx.errors import (
    BranchInUse,
    CtxError,
    GitFailed,
    InvalidBranchName,
    NotMerged,
    SessionExists,
    SessionNotFound,
)
from git_ctx.model import Fork, Oid, SessionBranch
from git_ctx.porcelain import forks, life
from git_ctx.porcelain.files_at import Start, start_at
from git_ctx.porcelain.forks import Forked
from git_ctx.porcelain.here import Here, session
from git_ctx.safety import secrets
from git_ctx.store import claims, events, objects, refs, swap
from git_ctx.store.code import renaming
from git_ctx.store.refs import Listed
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current, examine


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A session branch: what it was made from, and the git branch that it belongs to, if that is there."""

    listed: Listed
    current: bool
    fork: Fork | None
    git_branch: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A git branch and a session branch, made together. `commit`: one that was made for a prompt's files."""

    forked: Forked
    git_branch: str
    start: Oid
    commit: Oid | None
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """What was deleted: the refs of the session branch, and the git branch, with where they stood."""

    branch: SessionBranch
    refs: dict[str, Oid]
    git_branch: str | None
    commit: Oid | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """`git_branch`: the git branch that was renamed along with it, under its new name."""

    old: SessionBranch
    branch: SessionBranch
    git_branch: str | None


def listing(repo: Repo, wanted: str | None) -> list[Row]:
    """The branches of the session named, else of the current one, by name."""
    here = forks.reading(repo, wanted)
    found = examine.whole(repo, refs.listing(repo, f"{refs.HEADS}{here.branch.session}/"))
    # the branch of a repository without commits is no ref yet, and a detached HEAD never is one
    known = _git_branches(repo) | {repo.branch() or "HEAD"}
    return [
        Row(
            listed=one,
            current=one.branch == here.branch,
            fork=forks.own(repo, one.tip, one.branch) if one.problem is None else None,
            git_branch=_user(repo, one.branch, known),
        )
        for one in sorted(found, key=lambda one: one.branch)
    ]


def _check(repo: Repo, name: str) -> None:
    if repo.run("check-ref-format", "--branch", name).status:
        raise InvalidBranchName(name)
    secrets.check_name("the name of a branch", name)


def make(repo: Repo, name: str, revision: str | None, wanted: str | None, now: datetime) -> Made:
    """Make a git branch and a session branch of one name, and switch to neither.

    For a revision, both start there: the git branch at the prompt's base, with a commit of its files
    where they differed. Raises `SessionExists`, `FilesMissing`, what finding the session or the revision
    raises, and `GitFailed` where git will have no such branch; then neither was made. A git branch alone, as
    a run leaves it that was cut off, is taken for the one to be made.
    """
    here = forks.reading(repo, wanted)
    branch = SessionBranch(session=here.branch.session, branch=name)
    if refs.tip(repo, branch) is not None:
        raise SessionExists(str(branch))
    # before anything is written: git's own judgement of the name, and of one that begins with a dash
    _check(repo, name)
    start = start_at(repo, here, revision) if revision is not None else None
    left = _left_alone(repo, name, branch)
    try:
        # What the git branch will use comes first: that tells one that a run left which was cut off from the
        # user's own. The session branch comes last: with that, all of it is done.
        made = left or _make_git_branch(repo, branch, start)
        forked = forks.fork(
            repo, start.source if start else here.branch, start.at if start else here.tip, branch, now
        )
    except BaseException:
        if left is None:
            _unmake(repo, branch)
        raise
    return Made(
        forked=forked,
        git_branch=name,
        start=made,
        commit=made if start and start.fresh else None,
        withheld=start.withheld if start else (),
    )


def _make_git_branch(repo: Repo, branch: SessionBranch, start: Start | None) -> Oid:
    """A git branch that uses a session branch, which is to be made next; where it stands."""
    name = branch.branch
    if _stands(repo, name) is None:
        current.set_current(repo, name, branch)
    words = ("branch", "--no-track", "--", name, *([start.commit] if start else []))
    claims.git(repo, *words, takes=claims.refs((f"refs/heads/{name}",)))
    return repo.git("rev-parse", "--verify", f"refs/heads/{name}").decode().strip()


def _unmake(repo: Repo, branch: SessionBranch) -> None:
    """Take back what was made of a git branch, if it was to use the session branch."""
    there = _left_alone(repo, branch.branch, branch)
    if there is not None:
        name = f"refs/heads/{branch.branch}"
        claims.run(repo, "update-ref", "-d", name, there, takes=claims.refs((name,)))
    current.unset_current(repo, branch)


def _left_alone(repo: Repo, name: str, branch: SessionBranch) -> Oid | None:
    """Where a git branch is that uses a session branch which is not there; None where it does not."""
    uses = repo.config_of_branches("ctxSession").get(name)
    return _stands(repo, name) if uses == str(branch) else None


def _stands(repo: Repo, name: str) -> Oid | None:
    done = repo.run("rev-parse", "--verify", "--quiet", f"refs/heads/{name}")
    return done.stdout.decode().strip() or None


def delete(repo: Repo, name: str, force: bool, wanted: str | None) -> Deleted:
    """Delete a session branch and its git branch. Without `force`, only what others have as well.

    Raises `BranchInUse`, `NotMerged`, `SessionNotFound`, or `GitFailed`; then nothing was deleted.
    """
    here = session(repo, wanted)
    branch = SessionBranch(session=here.branch.session, branch=name)
    found = {one.branch: one for one in refs.listing(repo, f"{refs.HEADS}{branch.session}/")}
    if branch == here.branch:
        raise BranchInUse(str(branch))
    if branch in found:
        life.refuse_busy(repo, [found[branch]])
        if not force:
            _check_merged(repo, branch, found.values())
    elif (
        swap.target(repo, refs.snapname(branch)) is None
    ):  # one whose deletion was cut off has snapshots alone
        raise SessionNotFound(str(branch))
    git_branch = _user(repo, branch, _git_branches(repo))
    commit = None
    if git_branch is not None:
        commit = repo.git("rev-parse", "--verify", f"refs/heads/{git_branch}").decode().strip()
        _delete_git_branch(repo, git_branch, branch.branch, force)
    return Deleted(branch=branch, refs=_drop(repo, branch), git_branch=git_branch, commit=commit)


def rename(repo: Repo, old: str | None, new: str, wanted: str | None, now: datetime) -> Renamed:
    """Rename a session branch, by default the current one, and its git branch with it.

    Raises as `make` and `delete` do.
    """
    here = session(repo, wanted)
    was = here.branch if old is None else SessionBranch(session=here.branch.session, branch=old)
    tip = refs.tip(repo, was)
    branch = SessionBranch(session=was.session, branch=new)
    if tip is None:
        raise SessionNotFound(str(was))
    there = refs.tip(repo, branch)
    if there is not None and not _is_renamed(repo, was, tip, branch, there):
        raise SessionExists(str(branch))
    forks.check_open(repo, was, tip)
    life.refuse_busy(repo, refs.listing(repo, refs.refname(was)))
    _check(repo, new)
    half = was.branch if renaming.is_half_done(repo, was.branch, new) else None
    git_branch = half or _user(repo, was, _git_branches(repo))
    if git_branch is not None and git_branch != new:
        renaming.rename(repo, git_branch, new)
    # a line's conversation goes on under the new name, which a bare move of the ref would cut
    if there is None:
        forks.fork(repo, was, tip, branch, now)
    if git_branch is not None:
        current.set_current(repo, new, branch)
    _drop(repo, was)
    return Renamed(old=was, branch=branch, git_branch=new if git_branch is not None else None)


def _is_renamed(repo: Repo, was: SessionBranch, tip: Oid, branch: SessionBranch, there: Oid) -> bool:
    """Whether a run that was cut off made this session branch of the other one, and nothing else happened."""
    last = next(events.events(repo, there), None)
    fork = forks.read(repo, there, last) if last and last.type == "branch" else None
    parents = objects.commit(repo, there, str(branch)).parents
    return (
        fork is not None and (fork.branch, fork.source) == (branch.branch, was.branch) and parents == (tip,)
    )


def _check_merged(repo: Repo, branch: SessionBranch, found: Iterable[Listed]) -> None:
    """`NotMerged` where it has events that no other branch has; having been made is none to keep."""
    tips = {one.branch: one.tip for one in found if one.problem is None}
    others = [tip for other, tip in tips.items() if other != branch]
    if branch not in tips:
        raise CtxError(f"session branch '{branch}' is broken; 'git ctx branch -D' deletes it anyway")
    if any(objects.contains(repo, tip, tips[branch]) for tip in others):
        return
    elsewhere = {event.id for tip in others for event in events.events(repo, tip)}
    own = [event for event in events.events(repo, tips[branch]) if event.type != "branch"]
    lost = [event for event in own if event.id not in elsewhere]
    if lost:
        raise NotMerged(str(branch), branch.branch, sum(event.type == "prompt" for event in lost))


def _delete_git_branch(repo: Repo, git_branch: str, name: str, force: bool) -> None:
    words = ("branch", "-q", "-D" if force else "-d", "--", git_branch)
    takes = claims.refs((f"refs/heads/{git_branch}",))
    done = claims.run(repo, *words, takes=(*takes, claims.CONFIG))
    if done.status:
        # git's advice, further down, would delete its own branch alone
        failed = GitFailed(words, done.status, done.words.partition("\n")[0].rstrip("."))
        failed.hint = None if force else f"'git ctx branch -D {name}' deletes both, whatever they have"
        raise failed


def _drop(repo: Repo, branch: SessionBranch) -> dict[str, Oid]:
    """Delete the refs of a session branch, both or none, and say where they stood."""
    names = (refs.refname(branch), refs.snapname(branch))
    stood = {name: oid for name, oid in refs.targets(repo, *names).items() if name in names}
    script = "".join(f"delete {name} {oid}\n" for name, oid in stood.items())
    data = script.encode("utf-8", "surrogateescape")
    claims.git(repo, "update-ref", "--stdin", takes=claims.refs(stood), input=data)
    current.unset_current(repo, branch)
    return stood


def _git_branches(repo: Repo) -> set[str]:
    listed = repo.git("for-each-ref", "--format=%(refname:lstrip=2)", "--", "refs/heads/")
    return set(listed.decode("utf-8", "surrogateescape").splitlines())


def _user(repo: Repo, branch: SessionBranch, known: set[str]) -> str | None:
    """The git branch that a session branch belongs to: the one that is set to it, else its namesake."""
    chosen = repo.config_of_branches("ctxSession")
    users = sorted(name for name, value in chosen.items() if value == str(branch) and name in known)
    if branch.branch in users or (not users and branch.branch in known - chosen.keys()):
        return branch.branch
    return users[0] if users else None


def here_or_named(repo: Repo, words: str | None, wanted: str | None) -> Here:
    """A branch of the current session by its name, or SESSION@BRANCH; None: the current one."""
    if words is None:
        return session(repo, wanted)
    at = session(repo, wanted)
    branch = SessionBranch(session=at.branch.session, branch=words)
    tip = refs.tip(repo, branch)
    if tip is None:
        branch = current.parse(words) or branch
        tip = refs.tip(repo, branch)
    if tip is None:
        raise SessionNotFound(str(branch))
    return Here(branch=branch, tip=tip)
