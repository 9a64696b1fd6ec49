"""What differs between many pairs of trees: one git process, and no more of each diff than is wanted."""

import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Literal

from git_ctx.model import Oid
from git_ctx.safety import paths
from git_ctx.store.asking import OFFLINE
from git_ctx.store.repo import Repo
from git_ctx.story import Patch

Pair = tuple[Oid, Oid]
Status = Literal["added", "modified", "deleted", "renamed"]

LARGEST = 24_000
"""Bytes of one file's diff that are kept."""
LARGEST_PAIR = 96_000
LARGEST_IN_ALL = 3_000_000

_COMMAND = (
    "-c",
    "core.bigFileThreshold=1m",
    "-c",
    "core.quotePath=true",
    "-c",
    "diff.suppressBlankEmpty=false",
    "diff-tree",
    "--stdin",
    "-r",
    "-p",
    "-M",
    "-l400",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--submodule=short",
    "--unified=3",
    "--src-prefix=a/",
    "--dst-prefix=b/",
)
# Lines of a diff begin with a mark of git's, so that nothing in a file can look like the end.
_END = b"=\n"
_HEAD = b"diff --git "
_NAMES = {b"rename from ": "old", b"rename to ": "new", b"--- ": "old", b"+++ ": "new"}


@dataclass(slots=True)
class _Draft:
    """A file's diff as far as it was read."""

    named: str
    status: Status = "modified"
    old: str | None = None
    new: str | None = None
    added: int = 0
    removed: int = 0
    size: int = 0
    cut: bool = False
    hunks: bool = False
    lines: list[bytes] = field(default_factory=list)


def between(repo: Repo, pairs: Iterable[Pair]) -> dict[Pair, tuple[Patch, ...]]:
    """How the second tree of each pair differs from the first; none for a pair that is not all here.

    Where all of it would be too much to look at, the texts of the last pairs are left out.
    """
    wanted = list(dict.fromkeys(pairs))
    here = _present(repo, sorted({oid for pair in wanted for oid in pair}))
    known = [pair for pair in wanted if here.issuperset(pair)]
    if not known:
        return {}
    with subprocess.Popen(
        ["git", "--no-optional-locks", "--git-dir", str(repo.git_dir), *_COMMAND],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **OFFLINE},
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            return dict(_asked(process.stdin, process.stdout, known))
        except BaseException:
            process.kill()
            raise


def _present(repo: Repo, oids: list[Oid]) -> set[Oid]:
    asked = "".join(f"{oid}\n" for oid in oids).encode()
    printed = repo.git("cat-file", "--batch-check=%(objectname) %(objecttype)", input=asked, env=OFFLINE)
    lines = (line.split() for line in printed.decode("ascii", "replace").splitlines())
    return {oid for oid, kind in lines if kind in ("tree", "commit")}


def _asked(
    asks: IO[bytes], answers: IO[bytes], pairs: list[Pair]
) -> Iterator[tuple[Pair, tuple[Patch, ...]]]:
    """One pair at a time, so that neither side ever waits with a full pipe."""
    room = LARGEST_IN_ALL
    for pair in pairs:
        try:
            # What is no pair is printed as it is, and flushed.
            asks.write(f"{pair[0]} {pair[1]}\n".encode() + _END)
            asks.flush()
        except BrokenPipeError:
            return
        drafts = _read(answers, min(room, LARGEST_PAIR))
        if drafts is None:  # git has ended: a file of it is not here
            return
        patches = tuple(_patch(draft) for draft in drafts)
        room -= sum(len(one.text or "") for one in patches)
        yield pair, patches


def _read(answers: IO[bytes], room: int) -> list[_Draft] | None:
    drafts: list[_Draft] = []
    for line in answers:
        if line == _END:
            return drafts
        if line.startswith(_HEAD):
            drafts.append(_Draft(named=_named(line.removeprefix(_HEAD))))
        elif drafts:
            room -= _take(drafts[-1], line, room)
    return None


def _take(draft: _Draft, line: bytes, room: int) -> int:
    """One line more of a file's diff; returns how much of it was kept."""
    if not draft.hunks:
        draft.hunks = line.startswith(b"@@ ")
        if not draft.hunks:
            _head(draft, line)
            return 0
    draft.added += line.startswith(b"+")
    draft.removed += line.startswith(b"-")
    draft.size += len(line)
    if draft.cut or draft.size > min(LARGEST, room):
        draft.cut = True
        return 0
    draft.lines.append(line)
    return len(line)


def _head(draft: _Draft, line: bytes) -> None:
    if line.startswith(b"new file"):
        draft.status = "added"
    elif line.startswith(b"deleted file"):
        draft.status = "deleted"
    elif line.startswith(b"rename from "):
        draft.status = "renamed"
    for mark, which in _NAMES.items():
        name = _name(line[len(mark) :], mark) if line.startswith(mark) else None
        if name is not None:
            setattr(draft, which, name)


def _name(rest: bytes, mark: bytes) -> str | None:
    """A path as git writes it in the head of a diff, quoted where it must be."""
    text = os.fsdecode(rest.removesuffix(b"\n")).removesuffix("\t")
    if text == "/dev/null":
        return None
    if text.startswith('"'):
        try:
            text = paths.unquote(text)
        except ValueError:
            return text
    return text if mark.startswith(b"rename") else text[2:]


def _named(rest: bytes) -> str:
    """The path in the first line of a diff, of a file that has no other line: it stands there twice."""
    text = os.fsdecode(rest.removesuffix(b"\n"))
    half = text[: len(text) // 2]
    return _name(os.fsencode(half), b"--- ") or text


def _patch(draft: _Draft) -> Patch:
    return Patch(
        path=draft.new or draft.old or draft.named,
        status=draft.status,
        added=draft.added,
        removed=draft.removed,
        text=b"".join(draft.lines).decode("utf-8", "replace") if draft.lines else None,
        old_path=draft.old if draft.status == "renamed" else None,
        cut=draft.cut,
    )
