"""What brings a damaged session back: its own reflog, and remotes that have the same objects."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from git_ctx.errors import BrokenSession, CtxError
from git_ctx.model import Oid, SessionBranch
from git_ctx.store import claims, commits, events, packedrefs, reflogs, refs, shared, swap
from git_ctx.store.files import snapref
from git_ctx.store.forgetting import spread, tombstones
from git_ctx.store.repo import Repo
from git_ctx.store.sessions.walk import Walk
from git_ctx.store.sharing import fetch as fetches
from git_ctx.store.sharing import remote

_NULL = "0" * 40
_OID = re.compile("[0-9a-f]{40}")
_UNDER_WAY = ".repairing"


def is_lost(repo: Repo, tip: Oid) -> bool:
    """Whether nothing of a session can be read at a commit."""
    try:
        events.session_id(repo, tip)
        events.clock(repo, tip)
    except BrokenSession:
        return True
    return False


def back(repo: Repo, branch: SessionBranch, now: datetime) -> Oid | None:
    """Have a branch whose tip cannot be read stand where it last was whole; None where nobody knows."""
    name = refs.refname(branch)
    with swap.alone(repo, name):
        tip = refs.targets(repo, name).get(name)
        if tip is not None and not is_lost(repo, tip):
            return None
        looked = Walk(repo=repo)
        for oid in _once(repo, branch):
            if repo.has(oid) and not is_lost(repo, oid) and not any(looked.line(oid)):
                return oid if _move(repo, name, tip, oid, now) else None
    return None


def gone(repo: Repo) -> list[SessionBranch]:
    """Branches whose refs are not there though nobody deleted them: with a ref, git deletes its reflog."""
    logs, there = repo.common_dir / "logs", refs.targets(repo, refs.HEADS)
    found = []
    for path in sorted((logs / refs.HEADS).glob("*/*")):
        name = path.relative_to(logs).as_posix()
        branch = refs.parse(name)
        if branch is None or name in there or os.path.lexists(repo.common_dir / name):
            continue
        # A remote may have it, too, and no reflog tell that it ever was here.
        last = next(
            (
                oid
                for oid in reflogs.stood(repo, refs.refname(branch))
                if repo.has(oid) and not is_lost(repo, oid)
            ),
            None,
        )
        # Of a rename that was cut off, the reflog alone has the new name.
        if (
            last
            and last not in there.values()
            and not tombstones.is_buried(repo, events.session_id(repo, last))
        ):
            found.append(branch)
    return found


def was_begun(repo: Repo, branch: SessionBranch) -> bool:
    """Whether all that is known of a branch is that it was to be: git writes the reflog before the ref."""
    return len({*reflogs.stood(repo, refs.refname(branch))}) == 1


def unreadable_refs(repo: Repo, now: datetime) -> None:
    """Refs whose files hold no object id, set aside; those of sessions then go back to where they were.

    One that a run set aside which died before it was back is begun with again.
    """
    damaged = repo.shared / "damaged"
    for root in (refs.HEADS, refs.SNAP, refs.REMOTES):
        for name in refs.unreadable(repo, root):
            with suppress(OSError):
                shared.mkdir(damaged)
                (repo.common_dir / name).replace(damaged / f"{refs.encode(name)}{_UNDER_WAY}")
    for aside in sorted(damaged.glob(f"*{_UNDER_WAY}")):
        name = refs.decode(aside.name.removesuffix(_UNDER_WAY)) or ""
        path, branch = repo.common_dir / name, refs.parse(name)
        lost = branch is not None and back(repo, branch, now) is None and not path.exists()
        with suppress(OSError):  # where nothing better is known, it is what there is
            aside.replace(path if lost else aside.with_suffix(""))


def packed_refs(repo: Repo) -> bool:
    """Have git read `packed-refs` again, where it cannot; whether refs may have been lost with it."""
    if not packedrefs.unread(repo):
        return False
    with suppress(OSError):
        return packedrefs.write_again(repo, repo.shared / "damaged")
    return False


def unkept(repo: Repo) -> set[SessionBranch]:
    """The branches whose snapshots a ref kept that cannot be read."""
    names = refs.unreadable(repo, refs.SNAP)
    found = {branch for name in names if (branch := refs.parse(name, refs.SNAP)) is not None}
    listed = refs.listing(repo, under=refs.SNAP)
    return found | {one.branch for one in listed if one.tip and not _is_chain(repo, one)}


def never_kept(repo: Repo) -> set[SessionBranch]:
    """The branches whose snapshots no ref keeps."""
    heads = {branch for name in refs.targets(repo, refs.HEADS) if (branch := refs.parse(name)) is not None}
    return heads - {one.branch for one in refs.listing(repo, under=refs.SNAP)}


def _is_chain(repo: Repo, one: refs.Listed) -> bool:
    try:
        return one.problem is None and all(True for _ in snapref.chain(repo, one.tip))
    except BrokenSession:
        return False


def snapshots(repo: Repo, branch: SessionBranch, now: datetime) -> None:
    """Keep again what a branch's own entries name of snapshots, as far as it is here. What kept them before
    goes, where it is in the way: nothing refers to its commits.
    """
    named = list(_named(repo, branch))
    if not named:
        return
    with suppress(CtxError):
        name = refs.snapname(branch)
        old = refs.targets(repo, name).get(name)
        if old is not None:
            snapref.drop(repo, branch, old)
        for id, tree, base in named:
            snapref.keep(repo, branch, tree, base, id, now)


def _named(repo: Repo, branch: SessionBranch) -> Iterator[tuple[str, Oid, Oid | None]]:
    """By event, the oldest first, the tree that it names and the commit of code that this stands on."""
    tip = refs.targets(repo, refs.refname(branch)).get(refs.refname(branch))
    try:
        for event in events.events(repo, tip, newest_first=False) if tip else ():
            data = spread.named(repo, tip, event) if tip else {}
            tree, base = (_here(repo, data.get(key)) for key in ("snapshot", "base"))
            if tree is not None:
                yield event.id, tree, base
    except BrokenSession:
        return


def _here(repo: Repo, oid: object) -> Oid | None:
    return oid if isinstance(oid, str) and _OID.fullmatch(oid) and repo.has(oid) else None


def fetch_again(repo: Repo, progress: Callable[[str], None]) -> None:
    """Ask the remotes that had sessions for all of their objects once more; damaged files make room first."""
    for name in sorted(set(remote.mirrored(repo)) & set(remote.names(repo))):
        progress(f"fetching what '{name}' has")
        moved = list(_set_aside(repo))
        with suppress(CtxError):
            fetches.fetch(repo, name, files=True, progress=progress, again=True)
        for path, aside in moved:
            if not repo.has(path.parent.name + path.name) and not path.exists():
                aside.replace(path)


def _set_aside(repo: Repo) -> Iterator[tuple[Path, Path]]:
    """Loose objects of sessions that do not hold what they are named for: git would not replace them."""
    looked = Walk(repo=repo)
    tips = set(refs.targets(repo, refs.HEADS, refs.REMOTES).values())
    damaged = {one.oid for tip in tips for one in looked.line(tip)}
    for oid in sorted(damaged):
        path = repo.common_dir / "objects" / oid[:2] / oid[2:]
        aside = repo.shared / "damaged" / oid
        if path.exists():
            try:
                shared.mkdir(aside.parent)
                path.replace(aside)
            except OSError:
                continue
            yield path, aside


def _once(repo: Repo, branch: SessionBranch) -> Iterator[Oid]:
    """Where a branch was, as its reflog has it, the newest first; then where remotes had it."""
    yield from reflogs.stood(repo, refs.refname(branch))
    for name in sorted(remote.mirrored(repo)):
        mirror = remote.mirror(name, branch)
        yield from refs.targets(repo, mirror).values()


def _move(repo: Repo, name: str, old: Oid | None, new: Oid, now: datetime) -> bool:
    expected = old or _NULL
    words = ("update-ref", "-m", "fsck: back to what is whole", name, new, expected)
    who = {"GIT_COMMITTER_DATE": commits.raw_date(now)}
    if claims.run(repo, *words, takes=claims.refs([name]), env=who).status:
        return False
    # What was lost stands in the reflog, and git's own fsck would go on about it.
    expire = ("reflog", "expire", "--stale-fix", "--expire=never", "--expire-unreachable=never", name)
    claims.run(repo, *expire, takes=claims.refs([name, f"logs/{name}"]))
    return True
