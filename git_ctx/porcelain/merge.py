"""Session branches brought together: merged, or one of several chosen. Code is git's to merge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from git_ctx.errors import NotAFork, SessionNotFound
from git_ctx.model import Fork, SessionBranch
from git_ctx.porcelain import forks, life
from git_ctx.porcelain.branch import here_or_named
from git_ctx.porcelain.here import Here, open_session
from git_ctx.store import refs, swap
from git_ctx.store.code import origin
from git_ctx.store.files import snapref
from git_ctx.store.refs import Listed
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current, union
from git_ctx.store.sessions.union import United
from git_ctx.store.steady import steadily


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What was merged into what, and how it went."""

    into: SessionBranch
    branch: SessionBranch
    united: United


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A fork that is to be closed: the branch chosen, the one it goes into, and the others of that fork."""

    chosen: Here
    into: Here
    siblings: tuple[Listed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """`archived`: the branches that were not chosen. `code`: whether git could merge its git branch, too."""

    merged: Merged
    code: bool
    archived: tuple[SessionBranch, ...]


def merge(repo: Repo, words: str, wanted: str | None, now: datetime) -> Merged:
    """Bring all of a session branch into the current one.

    Raises `SessionClosed` for either, `DifferentSessions`, and what `union.unite` raises.
    """
    into = open_session(repo, wanted)
    return _merge(repo, into, here_or_named(repo, words, wanted), now)


def choice(repo: Repo, words: str | None, wanted: str | None) -> Choice:
    """What choosing a branch would do: siblings are the open ones that were made from the same place.

    Raises `NotAFork`, `SessionNotFound`, `SessionClosed`, `MoveNotAllowed` where a sibling is busy.
    """
    chosen = here_or_named(repo, words, wanted)
    fork = forks.own(repo, chosen.tip, chosen.branch)
    if fork is None:
        raise NotAFork(str(chosen.branch))
    into = _source(repo, SessionBranch(session=chosen.branch.session, branch=fork.source))
    for each in (chosen, into):
        forks.check_open(repo, each.branch, each.tip)
    siblings = tuple(_siblings(repo, chosen.branch, into.branch, fork))
    life.refuse_busy(repo, siblings)
    return Choice(chosen=chosen, into=into, siblings=siblings)


def select(repo: Repo, made: Choice, now: datetime) -> Selected:
    """Merge the chosen branch and archive its siblings."""
    merged = _merge(repo, made.into, made.chosen, now)
    names = [str(one.branch) for one in made.siblings]
    moved = life.close(repo, names, "archived", now).moved if names else ()
    code = _differs(repo, made.into.branch.branch, made.chosen.branch.branch)
    return Selected(merged=merged, code=code, archived=tuple(one.branch for one in moved))


def _differs(repo: Repo, into: str, chosen: str) -> bool:
    """Whether both git branches are here and one has commits that the other lacks."""
    branches = (f"refs/heads/{chosen}", f"refs/heads/{into}")
    return repo.run("merge-base", "--is-ancestor", *branches).status == 1


def _source(repo: Repo, named: SessionBranch) -> Here:
    """The session branch that a fork names, under the name that it was given since."""
    tip = refs.tip(repo, named)
    if tip is not None:
        return Here(branch=named, tip=tip)
    for one in refs.listing(repo, f"{refs.HEADS}{named.session}/"):
        if origin.was_renamed(repo, named.branch, one.branch.branch):
            return Here(branch=one.branch, tip=one.tip)
    raise SessionNotFound(str(named))


def _merge(repo: Repo, into: Here, other: Here, now: datetime) -> Merged:
    for each in (into, other):
        forks.check_open(repo, each.branch, each.tip)
    snapshots = swap.target(repo, refs.snapname(other.branch))
    if into.branch.session == other.branch.session and snapshots is not None:
        snapref.join(repo, into.branch, snapshots, now)
    united = steadily(
        lambda: refs.tip(repo, other.branch) or other.tip,
        lambda tip: union.unite(repo, into.branch, tip, subject=str(other.branch), when=now),
    )
    return Merged(into=into.branch, branch=other.branch, united=united)


def _siblings(repo: Repo, chosen: SessionBranch, into: SessionBranch, made: Fork) -> Sequence[Listed]:
    found = refs.listing(repo, f"{refs.HEADS}{chosen.session}/")
    open_ones = (one for one in found if one.problem is None and one.state not in current.CLOSED)
    others = (one for one in open_ones if one.branch not in (chosen, into))
    return [
        one
        for one in sorted(others, key=lambda one: one.branch)
        if (fork := forks.own(repo, one.tip, one.branch)) and (fork.source, fork.at) == (made.source, made.at)
    ]
