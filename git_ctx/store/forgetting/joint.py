"""Where people forgot different parts of an entry, apart from each other: these parts go, and the rest stays.

A mark says so in turn, and it is the same whoever makes it. So the next one who meets the versions, in
whatever order, need not have all of them.
"""

from collections.abc import Iterable
from contextlib import suppress

from git_ctx import overlap, redaction, registers
from git_ctx.errors import BrokenSession
from git_ctx.model import Meta, Oid, Version
from git_ctx.store import layout, naming, objects
from git_ctx.store.forgetting import marks
from git_ctx.store.forgetting.marks import Marks
from git_ctx.store.repo import Repo
from git_ctx.store.writer import Writer


def made(repo: Repo, writer: Writer, known: Marks, trees: Iterable[Oid]) -> Marks:
    """The marks, and more for the entries of these trees that have several latest versions at hand."""
    read: marks.Read = {}
    trees = tuple(trees)
    found = []
    for path in known.versions:
        latest = known.latest(path)
        if len(latest) > 1 and any(marks.at(repo, tree, path, read) for tree in trees):
            data = _overlap(repo, path, latest)
            if data is not None:
                oid = writer.blob(data)
                found.append(Version(path=path, oid=oid, over=tuple(sorted(latest - {oid}))))
    return said(repo, writer, known, found) if found else known


def said(repo: Repo, writer: Writer, known: Marks, versions: list[Version]) -> Marks:
    """The marks, and those that say this, in the name of the newest: the same whoever makes them."""
    newest, last = last_mark(repo, known)
    before = layout.parse_meta(marks.KEY, newest)
    clock = min((before.clock if before else 0) + 1, layout.LARGEST_CLOCK)
    files, all_said = dict(known.files), dict(known.versions)
    for some in marks.by_event(versions):
        value = registers.forgotten_value(some)
        data = registers.encode_meta(Meta(value=value, author=last.author, set_at=last.set_at))
        words = [word for one in some for word in (one.path, one.oid, *one.over)]
        files[layout.meta_file(clock, naming.derived_id(newest, *words))] = writer.blob(data)
        for one in some:
            all_said[one.path] = (*all_said.get(one.path, ()), one)
    return Marks(files=files, versions=all_said)


def last_mark(repo: Repo, known: Marks) -> tuple[str, Meta]:
    """The newest of the marks that can be read: one at least, where they say anything."""
    for file in sorted(known.files, reverse=True):
        where = f"meta/{marks.KEY}/{file}"
        with suppress(BrokenSession):
            return file, registers.decode_meta(objects.blob(repo, known.files[file], where), where)
    raise BrokenSession(f"meta/{marks.KEY}", "none of its entries can be read")


def _overlap(repo: Repo, path: str, latest: Iterable[Oid]) -> bytes | None:
    """What all of some versions say; None where one is not here, or where nothing is left to be said."""
    try:
        first, *others = (objects.blob(repo, oid, path) for oid in sorted(latest))
    except BrokenSession:
        return None
    for other in others:
        first = overlap.of(path, first, other)
    return None if redaction.is_wholly(path, first) else first
