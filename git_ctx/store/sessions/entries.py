"""All entries of some session branches at once, by event: one git process for each branch."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from git_ctx.model import EventName, Oid
from git_ctx.store import layout
from git_ctx.store.asking import OFFLINE
from git_ctx.store.repo import Repo

_PATH = re.compile(r"events/(\d{6})/([^/]+)", re.ASCII)
_LOG = ("--topo-order", "--reverse", "--no-color", "--no-decorate", "--no-notes", "--no-show-signature")
_FORMAT = "%H%x01%P%x01%(trailers:key=Ctx-Id,valueonly,separator=%x2C)%x01%s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit of a session, and the id of the event that its trailer names."""

    oid: Oid
    parents: tuple[Oid, ...]
    event: str
    subject: str


def events(repo: Repo, tip: Oid) -> dict[EventName, Mapping[str, Oid]]:
    """The events of a session branch in order, each with the blobs of its entries by their suffixes."""
    listed = os.fsdecode(repo.git("ls-tree", "-r", "-z", "--full-tree", tip, "--", "events/", env=OFFLINE))
    found: dict[tuple[int, str], dict[str, Oid]] = {}
    names: dict[int, list[str]] = {}
    for record in listed.split("\0"):
        meta, _, path = record.partition("\t")
        parts = _PATH.fullmatch(path)
        parsed = layout.parse_event_file(int(parts[1]), parts[2]) if parts else None
        if parts and parsed and " blob " in meta:
            found.setdefault(parsed[:2], {})[parsed[2]] = meta.rpartition(" ")[2]
            names.setdefault(int(parts[1]), []).append(parts[2])
    return {
        event: found[event.clock, event.id]
        for number in sorted(names)
        for event in layout.events(number, names[number])
    }


def commits(repo: Repo, tips: Iterable[Oid]) -> Iterator[Commit]:
    """The commits behind some tips, parents before children."""
    wanted = list(tips)
    if not wanted:
        return
    printed = repo.git("log", *_LOG, "--no-patch", f"--format={_FORMAT}", *wanted, "--", env=OFFLINE)
    # Only LF ends a line here: a subject may hold what Python counts as ends of lines.
    for line in printed.decode("utf-8", "replace").split("\n"):
        fields = line.split("\x01", 3)
        if len(fields) == 4:
            oid, parents, event, subject = fields
            yield Commit(oid=oid, parents=tuple(parents.split()), event=event, subject=subject)
