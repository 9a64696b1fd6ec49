"""The refs of whole sessions: renamed or deleted together, all or none, where nobody moved one meanwhile."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from git_ctx.errors import BranchBusy, GitFailed, SessionExists, WriteFailed
from git_ctx.model import Oid, SessionBranch
from git_ctx.store import claims, message, refs, shared, swap
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current
from git_ctx.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The refs of a session as they stand while nobody else writes to them: name -> object id."""

    name: str
    refs: Mapping[str, Oid]


@contextmanager
def held(repo: Repo, *names: str) -> Iterator[list[Held]]:
    """Every head and snapshot ref of some sessions, and no other git ctx adds to one until the end.

    Raises `BranchBusy` where one is being written to for long.
    """
    with ExitStack() as locks:
        for name in sorted(set(names)):
            locks.enter_context(swap.alone(repo, f"names/{name}"))
        # In one order for all, so that two who want the same locks do not wait for each other.
        for refname in sorted({ref for name in names for ref in _refs(repo, name)}):
            locks.enter_context(swap.alone(repo, refname))
        yield [Held(name=name, refs=_refs(repo, name)) for name in names]


def rename(repo: Repo, session: Held, new: Held, reason: str) -> None:
    """Give a session's refs another name, with their reflogs. Raises `SessionExists`, `BranchBusy`.

    git makes the new refs before it deletes the old: a run that dies in between leaves both names for one
    session, or some refs of the old, and the next one finishes it.
    """
    moved = {ref: _under(ref, session.name, new.name) for ref in session.refs}
    wanted = {moved[ref]: oid for ref, oid in session.refs.items()}
    # One name has all of the other: no run but a rename that died leaves two names for the same commits.
    begun = new.refs.items() <= wanted.items() or wanted.items() <= new.refs.items()
    if session.name == new.name or not begun:
        raise SessionExists(new.name)
    copied = {moved[old]: _copy_reflog(repo, old, moved[old]) for old in moved}
    lines = [f"create {ref} {oid}" for ref, oid in wanted.items() if ref not in new.refs]
    try:
        _update(repo, session.name, [*lines, *_deletions(session)], reason)
    except BaseException:
        for ref, path in copied.items():
            if path and swap.target(repo, ref) is None:
                path.unlink(missing_ok=True)
        raise


def delete(repo: Repo, session: Held, reason: str) -> None:
    """Delete all refs of a session. Raises `BranchBusy` where one moved meanwhile."""
    _update(repo, session.name, _deletions(session), reason)
    with suppress(WriteFailed, GitFailed):  # they are deleted, and git tidies up by itself one day
        claims.write_tables_anew(repo)
    for root in (refs.HEADS, refs.SNAP):
        for ref in refs.unreadable(repo, f"{root}{session.name}/"):
            with suppress(OSError):
                (repo.common_dir / ref).unlink()


@contextmanager
def repointed(repo: Repo, old: str, new: str | None) -> Iterator[tuple[str, ...]]:
    """Have git branches that use a session use it under its new name, or none, while its refs are moved.

    A run that dies in between is run again, and nothing is left to do once they are. Undone where that fails,
    but for refs that have moved nevertheless: Ctrl-C may come just after.
    """
    before = repo.config_of_branches("ctxSession")
    changed = repoint(repo, old, new)
    try:
        yield changed
    except BaseException:
        for git_branch in changed:
            chosen = current.parse(before.get(git_branch, ""))
            if chosen is not None and swap.target(repo, refs.refname(chosen)) is not None:
                current.set_current(repo, git_branch, chosen)
        raise


def repoint(repo: Repo, old: str, new: str | None) -> tuple[str, ...]:
    """Have the git branches that used a session use it under its new name, or none; returns the branches."""
    done = repo.run("config", "--local", "-z", "--get-regexp", r"^branch\..*\.ctxsession$")
    changed = []
    for entry in filter(None, done.stdout.decode("utf-8", "surrogateescape").split("\0")):
        key, _, value = entry.partition("\n")
        chosen = current.parse(value)
        if chosen is None or chosen.session != old:
            continue
        git_branch = key.removeprefix("branch.").removesuffix(".ctxsession")
        if new is None:
            claims.git(repo, "config", "--local", "--unset-all", key, takes=(claims.CONFIG,))
        else:
            current.set_current(repo, git_branch, SessionBranch(session=new, branch=chosen.branch))
        changed.append(git_branch)
    return tuple(changed)


def remotes(repo: Repo, name: str) -> tuple[str, ...]:
    """The remotes that had a session of this name at the last fetch."""
    pattern = f"refs/ctx/remotes/*/heads/{refs.check_name(name)}/*"
    listed = repo.git("for-each-ref", "--format=%(refname)", "--", pattern)
    parts = {line.split("/")[3] for line in listed.decode("utf-8", "surrogateescape").splitlines()}
    return tuple(sorted(known for part in parts if (known := refs.decode(part))))


def _refs(repo: Repo, name: str) -> dict[str, Oid]:
    under = [f"{root}{refs.check_name(name)}/" for root in (refs.HEADS, refs.SNAP)]
    return refs.targets(repo, *under)


def _under(ref: str, old: str, new: str) -> str:
    root = next(root for root in (refs.HEADS, refs.SNAP) if ref.startswith(root))
    return f"{root}{new}/{ref.removeprefix(f'{root}{old}/')}"


def _deletions(session: Held) -> list[str]:
    return [f"delete {ref} {oid}" for ref, oid in session.refs.items()]


def _update(repo: Repo, name: str, lines: Sequence[str], reason: str) -> None:
    """One transaction of git's: it locks every ref, compares, and only then changes any."""
    script = "".join(f"{line}\n" for line in ["start", *lines, "prepare", "commit"])
    logged = ("--create-reflog",) if repo.config_bool("core.logAllRefUpdates", True) else ()
    words = ("update-ref", *logged, "-m", message.brief(reason), "--stdin")
    split = [line.split(" ") for line in lines]
    named = [ref for _, ref, _ in split]
    data, takes = script.encode("utf-8", "surrogateescape"), claims.refs(named)
    done = claims.run(repo, *words, takes=takes, input=data)
    if done.status and swap.freed(repo, named):
        done = claims.run(repo, *words, takes=takes, input=data)
    if not done.status:
        return
    if all(swap.target(repo, ref) == (oid if verb == "create" else None) for verb, ref, oid in split):
        return  # and then it died
    now = _refs(repo, name)
    expected = {ref: oid for verb, ref, oid in split if verb == "delete"}
    if now != expected:
        raise BranchBusy(name)
    what = f"refs of session '{name}'"
    raise claims.failure(repo, what, done) or WriteFailed(what, done.words.removeprefix("fatal: "))


def _copy_reflog(repo: Repo, old: str, new: str) -> Path | None:
    """What git would do on `git branch -m`; the path of the copy, None where there is nothing to copy."""
    source, target = (repo.common_dir / "logs" / ref for ref in (old, new))
    if target.exists() or not source.exists():
        return None
    with suppress(OSError):
        shared.mkdir(target.parent)
        return Path(shutil.copyfile(source, target))
    return None
