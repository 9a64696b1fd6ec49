"""What git's log knows of paths: the recent commits, when they were made, what they touched and say."""

import os
import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple
from zlib import compress, decompress

from git_ctx.code import Touch
from git_ctx.model import Oid
from git_ctx.pattern import lazily
from git_ctx.store.asking import OFFLINE
from git_ctx.store.cache import Cache
from git_ctx.store.repo import Repo

LIMIT = 1000
LARGEST = 50
"""Paths that a commit may touch and still tell something: larger ones are sweeps over everything."""

_SUBJECT = 200
"""Characters of a commit's subject that are kept."""

_KIND = "commits"
_HEADER = lazily(r"\x01([<>])([0-9a-f]{40}) (-?\d+) (.*)", re.S)
_LOG = (
    "-c",
    "log.showRoot=true",
    "-c",
    "core.quotePath=false",
    "-c",
    "i18n.logOutputEncoding=UTF-8",
    "log",
    "-z",
    "--name-only",
    # Neither renames nor patches: trees alone are read, no blob, which a partial clone may lack.
    "--no-renames",
    "--no-merges",
    "--no-notes",
    "--no-show-signature",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--ignore-submodules=none",
    "--no-relative",
    "--format=%x01%m%H %ct %s",
)


class _Commit(NamedTuple):
    """`paths` is empty where they tell nothing; `mark` says which side of `A...B` it is on."""

    time: int
    oid: Oid
    paths: tuple[str, ...]
    subject: str = ""
    mark: str = ">"


def touches(
    repo: Repo, head: Oid | None = None, cache: Cache | None = None, limit: int = LIMIT
) -> tuple[Touch, ...]:
    """The newest commits of `head`, newest first, without merges and sweeps; of `LIMIT` at most.

    With a cache, only commits since the last call are asked for, and the answer is the same. What a
    shallow clone's oldest commits touched is not known, so they are left out. `head` None: HEAD.
    """
    tip = head or _head(repo)
    if tip is None:
        return ()
    shallow = _shallow(repo)
    known = _recall(repo, cache, shallow)
    if known is not None and known[0] == tip:
        commits = known[1]
    else:
        extended = _extend(repo, tip, *known, shallow) if known is not None else None
        commits = extended if extended is not None else _log(repo, shallow, tip)[0]
        _remember(repo, cache, shallow, tip, commits)
    told = (
        Touch(time=commit.time, paths=commit.paths, subject=commit.subject)
        for commit in commits
        if commit.paths
    )
    return tuple(islice(told, limit))


def _head(repo: Repo) -> Oid | None:
    return repo.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}").stdout.decode().strip() or None


def _shallow(repo: Repo) -> str:
    """The commits whose parents a shallow clone does not have: git shows all they hold as their work."""
    try:
        return (repo.common_dir / "shallow").read_text()
    except OSError:
        return ""


def _log(repo: Repo, shallow: str, *revisions: str) -> tuple[list[_Commit], bool]:
    """The commits that git can tell of, and whether it went through: a clone may lack trees."""
    done = repo.run(*_LOG, f"--max-count={LIMIT}", *revisions, "--", env=OFFLINE)
    borders = frozenset(shallow.split())
    found = (_without_noise(commit, borders) for commit in _parse(os.fsdecode(done.stdout)))
    return sorted(found, key=_newest_first), not done.status


def _extend(repo: Repo, tip: Oid, old: Oid, commits: list[_Commit], shallow: str) -> list[_Commit] | None:
    """Known commits of `old` turned into those of `tip`, at the cost of what differs between the two.

    None where too much differs, or `old` is gone.
    """
    news, told = _log(repo, shallow, "--left-right", f"{old}...{tip}")
    if not told or len(news) >= LIMIT:
        return None
    lost = {commit.oid for commit in news if commit.mark == "<"}
    kept = [commit for commit in commits if commit.oid not in lost]
    kept += (commit for commit in news if commit.mark == ">")
    # What was cut off before is missing now.
    if len(commits) >= LIMIT > len(kept):
        return None
    kept.sort(key=_newest_first)
    # Which of several commits of one second git would have told last, only git knows.
    if len(kept) > LIMIT and kept[LIMIT - 1].time == kept[LIMIT].time:
        return None
    return kept[:LIMIT]


def _newest_first(commit: _Commit) -> tuple[int, Oid]:
    return -commit.time, commit.oid


def _parse(printed: str) -> Iterator[_Commit]:
    """'\\1<mark><oid> <time> <subject>', then the paths, the first after a newline; NUL between them."""
    header: tuple[str, ...] | None = None
    paths: list[str] = []
    for field in printed.split("\0"):
        start = _HEADER.fullmatch(field) if field.startswith("\1") else None
        if start is None:
            paths.append(field.removeprefix("\n"))
            continue
        if header is not None:
            yield _commit(header, paths)
        header, paths = start.groups(), []
    if header is not None:
        yield _commit(header, paths)


def _commit(header: tuple[str, ...], paths: list[str]) -> _Commit:
    mark, oid, time, subject = header
    return _Commit(int(time), oid, tuple(filter(None, paths)), subject[:_SUBJECT], mark)


def _without_noise(commit: _Commit, borders: frozenset[Oid]) -> _Commit:
    noise = len(commit.paths) > LARGEST or commit.oid in borders
    return commit._replace(paths=()) if noise else commit


def _recall(repo: Repo, cache: Cache | None, shallow: str) -> tuple[Oid, list[_Commit]] | None:
    """The commits of the tip that this work tree had last."""
    key = _key(repo, shallow)
    data = cache.get(_KIND, [key]).get(key) if cache is not None else None
    if data is None:
        return None
    tip, *records = os.fsdecode(decompress(data)).split("\0\0")
    commits = []
    for record in records:
        meta, *paths = record.split("\0")
        oid, time, subject = meta.split(" ", 2)
        commits.append(_Commit(int(time), oid, tuple(paths), subject))
    return tip, commits


def _remember(repo: Repo, cache: Cache | None, shallow: str, tip: Oid, commits: list[_Commit]) -> None:
    if cache is not None:
        records = (
            "\0".join((f"{commit.oid} {commit.time} {commit.subject}", *commit.paths)) for commit in commits
        )
        data = os.fsencode("\0\0".join((tip, *records)))
        cache.put(_KIND, {_key(repo, shallow): compress(data, 1)})


def _key(repo: Repo, shallow: str) -> Oid:
    """One row for each work tree; another one when a shallow clone is deepened."""
    from hashlib import sha1

    return sha1(os.fsencode(f"{repo.git_dir}\0{shallow}"), usedforsecurity=False).hexdigest()
