"""Which session a prompt goes to."""

from collections.abc import Iterable

from git_ctx.errors import AmbiguousSession, BrokenSession, InvalidName, NoSession, SessionNotFound
from git_ctx.model import SessionBranch
from git_ctx.store import config, refs
from git_ctx.store.code import origin
from git_ctx.store.refs import Listed
from git_ctx.store.repo import Repo

CLOSED = ("ended", "archived")
DETACHED = "HEAD"
"""The branch of a session that was begun on a detached HEAD; git lets no branch have this name."""


def current(repo: Repo, git_branch: str | None, wanted: str | None = None) -> SessionBranch:
    """The session named by `wanted` (NAME or NAME@BRANCH), else the one that `git_branch` is set to,
    else the only local one of that branch that is not ended.

    Raises `SessionNotFound`, `NoSession` or `AmbiguousSession`.
    """
    return listed(repo, git_branch, wanted).branch


def listed(repo: Repo, git_branch: str | None, wanted: str | None = None) -> Listed:
    """As `current`, with the commit that the session branch is at: the one git process tells it, too."""
    if wanted:
        return _named(repo, git_branch, wanted)
    if git_branch is None:
        return _of_detached(repo)
    return _of_branch(repo, git_branch)


def among(repo: Repo, git_branch: str | None, every: Iterable[Listed]) -> SessionBranch:
    """As `current`, where all session branches are listed already: they are not asked for again."""
    if git_branch is None:
        return _begun_detached(repo, [one for one in every if one.branch.branch == DETACHED]).branch
    chosen = _chosen(repo, git_branch)
    some = [one for one in every if one.branch.branch == git_branch or one.branch == chosen]
    return _choice(repo, git_branch, chosen, some).branch


def _of_detached(repo: Repo) -> Listed:
    return _begun_detached(repo, refs.listing(repo, f"{refs.HEADS}*/{DETACHED}"))


def _begun_detached(repo: Repo, some: Iterable[Listed]) -> Listed:
    """The only open session that was begun on a detached HEAD: there is no branch to remember a choice."""
    found = [one for one in some if one.state not in CLOSED]
    if not found:
        raise NoSession("a detached HEAD", repo.work_tree is not None)
    return _only(repo, found, "a detached HEAD")


def set_current(repo: Repo, git_branch: str, branch: SessionBranch) -> None:
    """Make a session branch the current one wherever `git_branch` is checked out."""
    config.put(repo, _key(git_branch), str(branch))


def unset_current(repo: Repo, branch: SessionBranch) -> None:
    """No git branch is set to a session branch any more."""
    for git_branch, value in repo.config_of_branches("ctxSession").items():
        if value == str(branch):
            config.take_out(repo, _key(git_branch), value)


def parse(words: str) -> SessionBranch | None:
    """SESSION@BRANCH as a value, None where it is not one."""
    session, at, branch = words.partition("@")
    try:
        return SessionBranch(session=refs.check_name(session), branch=branch) if at and branch else None
    except InvalidName:
        return None


def _key(git_branch: str) -> str:
    # Flat: `git branch -m` and `-D` carry it along, a sub-section they would leave behind.
    return f"branch.{git_branch}.ctxSession"


def _of_branch(repo: Repo, git_branch: str) -> Listed:
    chosen = _chosen(repo, git_branch)
    patterns = [f"{refs.HEADS}*/{refs.encode(git_branch)}"]
    if chosen:
        patterns.append(refs.refname(chosen))
    return _choice(repo, git_branch, chosen, refs.listing(repo, *patterns))


def _chosen(repo: Repo, git_branch: str) -> SessionBranch | None:
    return parse(repo.config(_key(git_branch)) or "")


def _choice(repo: Repo, git_branch: str, chosen: SessionBranch | None, some: Iterable[Listed]) -> Listed:
    """The one of these that was chosen, else the only one of this name."""
    found = {one.branch: one for one in some if one.state not in CLOSED}
    if chosen in found and not _is_copied(repo, git_branch, chosen):
        return _sound(found[chosen])
    named = (one for one in found.values() if one.branch.branch == git_branch)
    local = [one for one in named if not _went_with_another(repo, git_branch, one.branch)]
    if not local and chosen is not None and chosen not in found and refs.is_lost(repo, chosen):
        raise BrokenSession(str(chosen), "its ref is gone, and nobody deleted it")
    if not local:
        raise NoSession(f"branch '{git_branch}'", repo.work_tree is not None)
    return _only(repo, local, f"branch '{git_branch}'")


def _is_copied(repo: Repo, git_branch: str, chosen: SessionBranch) -> bool:
    """Whether the choice came along with `git branch -c`: the original goes on with it, the copy does not."""
    if chosen.branch == git_branch:
        return False
    original = origin.copied_from(repo, git_branch)
    return original is not None and repo.config(_key(original)) == str(chosen)


def _went_with_another(repo: Repo, git_branch: str, branch: SessionBranch) -> bool:
    """Whether a session branch of this name belongs to a git branch that had the name once."""
    users = repo.config_of_branches("ctxSession").items()
    others = [other for other, value in users if value == str(branch) and other != git_branch]
    return any(origin.was_renamed(repo, git_branch, other) for other in others)


def _named(repo: Repo, git_branch: str | None, wanted: str) -> Listed:
    name, at, branch = wanted.partition("@")
    exact = SessionBranch(session=refs.check_name(name), branch=branch if at else git_branch or "")
    found = {one.branch: one for one in refs.listing(repo, f"{refs.HEADS}{name}/")}
    if exact in found:
        return _sound(found[exact])
    if at or not found:
        raise SessionNotFound(wanted)
    open_ones = [one for one in found.values() if one.state not in CLOSED]
    return _only(repo, open_ones or list(found.values()), f"'{wanted}'")


def _only(repo: Repo, found: list[Listed], what: str) -> Listed:
    """The only one of some, not counting the broken where there is a sound one."""
    sound = [one for one in found if one.problem is None] or found
    if len(sound) > 1:  # anyone can push a commit that is no session
        sound = [one for one in sound if refs.has(repo, one.tip, "session.json")] or sound
    if len(sound) > 1:
        raise AmbiguousSession(what, sorted(str(one.branch) for one in sound))
    return _sound(sound[0])


def _sound(one: Listed) -> Listed:
    if one.problem is not None:
        raise BrokenSession(str(one.branch), one.problem)
    return one
