"""What a push would send: the entries that a remote has not seen, and the files that it does not know."""

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from git_ctx.errors import BrokenSession
from git_ctx.model import Oid
from git_ctx.store import message, objects
from git_ctx.store.asking import OFFLINE
from git_ctx.store.repo import Repo
from git_ctx.store.sharing import remote

_BLOBS = ("--filter=object:type=blob", "--filter-provided-objects")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file of a session's or snapshot's tree, or a commit's message (`path` is '')."""

    path: str
    oid: Oid
    data: bytes


def entries(repo: Repo, tips: Iterable[Oid], name: str, *, code: bool = False) -> Iterator[Sent]:
    """What is reachable from some tips and from no mirror of the remote; with `code`, from none of the
    remote's branches either. Costs what is new. Raises `BrokenSession`.
    """
    known = [f"--glob={remote.heads(name)}*", f"--glob={remote.snaps(name)}*"]
    if code:
        known.append(f"--remotes={name}")
    yield from reachable(repo, tips, known)


def reachable(repo: Repo, tips: Iterable[Oid], known: Sequence[str] = ()) -> Iterator[Sent]:
    """What is reachable from some tips and from none of the refs that options of rev-list name."""
    wanted = "".join(f"{tip}\n" for tip in tips).encode()
    commits = _listed(repo, wanted, known)
    for oid in objects.ahead(repo, commits):
        text = objects.commit(repo, oid, f"commit {oid}").message
        yield Sent(path="", oid=oid, data=text.encode("utf-8", "replace"))
    # Of trees, the names are paths that are searched as such.
    blobs = _listed(repo, wanted, known, "--objects", *_BLOBS, *_promised(repo)) if commits else {}
    for oid in objects.ahead(repo, blobs):
        yield Sent(path=blobs[oid], oid=oid, data=objects.blob(repo, oid, blobs[oid]))


def _promised(repo: Repo) -> tuple[str, ...]:
    """Of a partial clone, what a remote promised is not fetched to be sent to it.

    Elsewhere nothing may be missing; and of a tree that is, git would not tell, since only blobs are listed.
    """
    return ("--missing=allow-promisor",) if repo.is_partial else ()


def _listed(repo: Repo, tips: bytes, known: Sequence[str], *options: str) -> dict[Oid, str]:
    """What rev-list tells of some tips: ids, each with its path."""
    done = repo.run("rev-list", *options, "--stdin", "--not", *known, input=tips, env=OFFLINE)
    if done.status:
        problem = message.clean(done.words.splitlines()[-1].removeprefix("fatal: ")) if done.words else ""
        raise BrokenSession("what would be sent", problem or "git cannot list it")
    lines = (line.partition(" ") for line in os.fsdecode(done.stdout).splitlines())
    return {oid: path for oid, _, path in lines}


def problem(repo: Repo, tip: Oid, name: str) -> str | None:
    """What keeps a tip from being sent, since it cannot be read; None where nothing does."""
    try:
        for _ in entries(repo, [tip], name):
            pass
    except BrokenSession as error:
        return error.problem
    return None


def unknown(repo: Repo, name: str, blobs: Iterable[Oid]) -> set[Oid]:
    """Those of some blobs that no branch of a remote holds, as far as the last `git fetch` of it tells."""
    left = set(blobs)
    if not left:
        return left
    command = [
        "git",
        "--no-optional-locks",
        "--git-dir",
        str(repo.git_dir),
        "rev-list",
        "--objects",
        "--no-object-names",
        "--missing=print",
    ]
    # Streamed, and left as soon as all are found: the history may be long.
    with subprocess.Popen(
        [*command, f"--remotes={name}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **OFFLINE},
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            left.discard(line.decode("ascii", "replace").strip().removeprefix("?"))
            if not left:
                process.kill()
                break
    return left
