"""Push: session branches to a remote, by refspecs of our own, one outcome for each."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from git_ctx.errors import RemoteFailed
from git_ctx.model import Oid
from git_ctx.store.process import Done
from git_ctx.store.repo import Repo
from git_ctx.store.sharing import transport
from git_ctx.store.sharing.transport import Progress, quiet

_AT_ONCE = 500
_DIVERGED = ("(fetch first)", "(non-fast-forward)", "(stale info)", "(needs force)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What a ref of the remote is to hold; None: nothing, it goes. Forced only from where `lease` says."""

    ref: str
    new: Oid | None
    lease: Oid | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an update: `refused` in git's or the server's words, None where it was done."""

    update: Update
    fresh: bool = False
    refused: str | None = None
    diverged: bool = False


def push(
    repo: Repo, remote: str, updates: Sequence[Update], progress: Progress = quiet
) -> tuple[Outcome, ...]:
    """Send updates. One that is refused does not stop the others. Raises `RemoteFailed`."""
    found: list[Outcome] = []
    for start in range(0, len(updates), _AT_ONCE):
        found += _push(repo, remote, updates[start : start + _AT_ONCE], progress)
    return tuple(found)


def _push(repo: Repo, remote: str, updates: Sequence[Update], progress: Progress) -> list[Outcome]:
    leases = [f"--force-with-lease={one.ref}:{one.lease}" for one in updates if one.lease]
    refspecs = [f"{one.new or ''}:{one.ref}" for one in updates]
    done = transport.talk(
        repo,
        remote,
        "push",
        "--porcelain",
        "--progress",
        "--no-follow-tags",
        "--recurse-submodules=no",
        *leases,
        "--",
        remote,
        *refspecs,
        # Of a mirror git would push everything; options are for the user's own pushes.
        settings={f"remote.{remote}.mirror": "false", "push.pushOption": ""},
        progress=progress,
    )
    told = _parse(done)
    if done.status and not told:
        raise RemoteFailed(remote, transport.said(done))
    return [_outcome(one, told, done) for one in updates]


def _parse(done: Done) -> dict[str, tuple[str, str]]:
    """The lines of --porcelain: ref of the remote -> flag and summary. A remote with several URLs has several
    for each: a refusal counts most, and that nothing was to be done least.
    """
    told: dict[str, tuple[str, str]] = {}
    for line in (line.split("\t") for line in os.fsdecode(done.stdout).splitlines()):
        if len(line) == 3 and len(line[0]) == 1:
            ref = line[1].partition(":")[2]
            if told.get(ref, ("=", ""))[0] == "=" or line[0] == "!":
                told[ref] = line[0], line[2]
    return told


def _outcome(update: Update, told: Mapping[str, tuple[str, str]], done: Done) -> Outcome:
    flag, summary = told.get(update.ref, ("!", "no answer"))
    if flag != "!":
        return Outcome(update=update, fresh=flag != "=")
    diverged = summary.endswith(_DIVERGED)
    words = summary.replace("[remote rejected] ", "").replace("[rejected] ", "").strip("()")
    hook = [] if diverged else _hook_words(done)
    return Outcome(update=update, refused="; ".join([words, *hook]), diverged=diverged)


def _hook_words(done: Done) -> list[str]:
    """What hooks of the server said; its progress ends in CR, or in 'done.'."""
    lines = [line for line in done.words.split("\n") if line.startswith("remote: ") and "\r" not in line]
    plain = (line.removeprefix("remote: ").strip() for line in lines)
    return [line for line in plain if line and not line.endswith("done.") and "hook declined" not in line][
        :20
    ]
