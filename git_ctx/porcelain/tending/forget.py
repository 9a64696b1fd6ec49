"""Something forgotten: in every session, branch, snapshot and mirror that is here, and for good."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from git_ctx import redaction, registers
from git_ctx.errors import BrokenSession, CtxError, GitFailed, WriteFailed
from git_ctx.model import EventName, Meta, Oid, Version
from git_ctx.porcelain.life import refuse_busy
from git_ctx.porcelain.tending import recover, sought
from git_ctx.porcelain.tending.sought import Hits, Lines, Wish
from git_ctx.store import cache, claims, events, layout, naming, objects, reflogs, refs, swap
from git_ctx.store.files import snapref
from git_ctx.store.forgetting import marks, spread
from git_ctx.store.forgetting import sought as places
from git_ctx.store.forgetting.marks import Marks
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import litter, moves, pages, pending
from git_ctx.store.steady import steadily
from git_ctx.store.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Where in a session it was found: by event which entries, settings by key, files of how many snapshots.

    `branches` are those that have it; `name` is that of the session here, or of a mirror. `mirrored`: which
    branches of it which remote had at the last fetch.
    """

    id: str
    name: str
    branches: tuple[str, ...]
    events: tuple[tuple[EventName, tuple[str, ...]], ...]
    settings: tuple[str, ...]
    snapshots: int
    files: tuple[str, ...]
    mirrored: tuple[tuple[str, str], ...]

    @property
    def remotes(self) -> tuple[str, ...]:
        return tuple(sorted({remote for remote, _ in self.mirrored}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`names`: refs whose names have the text; these stay. `yours`: commits or the index have the path.
    `still`: files of the work tree that have it, so that the next prompt would keep it again.

    `finished`: how many entries were forgotten that an earlier run, which was cut off, had begun with.
    """

    wish: Wish
    sessions: tuple[Session, ...]
    names: tuple[str, ...] = ()
    yours: bool = False
    still: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    finished: int = 0


def look(repo: Repo, wish: Wish) -> Found:
    """Where it is; nothing changes. Sessions that cannot be read are named in `problems`."""
    writer = Writer(repo)
    found: list[Session] = []
    problems: list[str] = []
    for lines in _lines(repo):
        try:
            hits = sought.find(repo, wish, lines, writer)
        except BrokenSession as error:
            problems.append(str(error))
            continue
        if hits:
            found.append(_told(repo, hits))
    return _found(repo, wish, found, problems)


def forget(repo: Repo, wish: Wish, now: datetime) -> Found:
    """Have everything here forget it, and the reflogs, the cache and what runs left behind, too.

    What was found is looked for anew. A run that is cut off leaves each branch as it was or as it is to be;
    the next one finishes it. Raises `MoveNotAllowed` while a prompt is on its way, `BranchBusy`,
    `WriteFailed`, `GitFailed` (signing).
    """
    recover.finish(repo)
    found: list[Session] = []
    problems: list[str] = []
    finished = 0
    for lines in _lines(repo):
        try:
            told, before = _forget(repo, wish, lines, now)
            finished += before
        except BrokenSession as error:
            problems.append(str(error))
            continue
        if told is not None:
            found.append(told)
    problems += _remembered(repo, wish, now)
    _sweep(repo, wish)
    return _found(repo, wish, found, problems, finished)


def _found(
    repo: Repo, wish: Wish, sessions: Sequence[Session], problems: Sequence[str], finished: int = 0
) -> Found:
    return Found(
        wish=wish,
        sessions=tuple(sessions),
        names=_names(repo, wish),
        yours=wish.kind == "path" and places.in_users_history(repo, wish.words),
        still=places.still_there(repo, *_kept(wish, sessions)),
        problems=tuple(problems),
        finished=finished,
    )


def _kept(wish: Wish, sessions: Iterable[Session]) -> tuple[set[str], bytes]:
    """The files whose snapshots went, and what they had."""
    if wish.kind == "path":
        return {wish.words}, b""
    files = {path for one in sessions for path in one.files} if wish.kind == "text" else set()
    return files, wish.words.encode("utf-8", "surrogateescape")


def purge(repo: Repo, now: datetime) -> tuple[str, ...]:
    """Empty the reflogs of the sessions of which something is forgotten: as told by others, too.

    Returns the sessions. Branches that did not forget yet do so first. Raises as `forget` does.
    """
    purged = []
    for lines in _lines(repo):
        if not marks.learnt(repo, lines.id):
            continue
        with moves.held(repo, *_held(lines)):
            spread.session(repo, _held(lines), lines.id, now)
            _expire(repo, [*lines.heads, *lines.mirrors, *lines.snaps])
        purged += _held(lines) or [lines.id]
    cache.remove(repo.shared)
    pages.remove(repo)
    litter.remove(repo, litter.find(repo))
    return tuple(purged)


def _forget(repo: Repo, wish: Wish, lines: Lines, now: datetime) -> tuple[Session | None, int]:
    """What was found of a session and forgotten, and how many entries were still to be forgotten before."""
    held = _held(lines)
    with moves.held(repo, *held):
        refuse_busy(repo, [one for name in held for one in refs.listing(repo, f"{refs.HEADS}{name}/")])
        # What is known already comes first, so that all lines have the same versions to begin with.
        finished = spread.session(repo, held, lines.id, now)
        writer = Writer(repo)
        hits = steadily(
            lambda: _again(repo, lines.id), lambda current: _marked(repo, wish, current, writer, now)
        )
        if hits is None:
            return None, finished
        current = hits.lines
        spread.session(repo, held, lines.id, now)
        _chains(repo, hits, writer)
        # The reflogs of what was found, and of what an earlier run that was cut off had found.
        if hits or marks.learnt(repo, lines.id):
            _expire(repo, [*current.heads, *current.mirrors, *current.snaps])
    return (_told(repo, hits) if hits else None), finished


def _again(repo: Repo, session_id: str) -> Lines | None:
    """A session as it lies here now. Its branches are locked; its mirrors others may move."""
    return next((each for each in _lines(repo) if each.id == session_id), None)


def _marked(repo: Repo, wish: Wish, lines: Lines | None, writer: Writer, now: datetime) -> Hits | None:
    hits = sought.find(repo, wish, lines, writer) if lines is not None else None
    if hits is not None and hits.entries:
        _mark(repo, writer, hits, now)
    return hits


def _mark(repo: Repo, writer: Writer, hits: Hits, now: datetime) -> None:
    """Remember what is forgotten, before any branch changes: from here on the next run would finish it."""
    known = marks.learnt(repo, hits.lines.id)
    oids = {path: writer.blob(data) for path, data in hits.entries.items()}
    versions = [
        Version(path=path, oid=oid, over=tuple(sorted(known.latest(path) - {oid})))
        for path, oid in sorted(oids.items())
    ]
    clock = 1 + max(events.clock(repo, tip) for tip in hits.lines.tips)
    files = {}
    for some in marks.by_event(versions):
        value = registers.forgotten_value(some)
        data = registers.encode_meta(Meta(value=value, author=repo.identity(), set_at=now))
        files[layout.meta_file(clock, naming.new_id())] = writer.blob(data)
    made = Marks(files=files, versions={each.path: (each,) for each in versions})
    marks.learn(repo, writer, hits.lines.id, made, oids, now)


def _remembered(repo: Repo, wish: Wish, now: datetime) -> list[str]:
    """Versions that are remembered of what is not here, should it come back, may have it, too: they go, and
    all is forgotten of what comes. Returns what of it cannot be read.
    """
    problems: list[str] = []
    if wish.kind == "revision":
        return problems
    lines = {marks.tomb(one.id): one.tips for one in _lines(repo)}
    for name, tip in refs.targets(repo, marks.TOMBS).items():
        try:
            gone = _unused(repo, wish, name, tip, lines.get(name, ()))
            if gone:
                marks.drop(repo, name, gone, now)
        except (BrokenSession, GitFailed) as error:
            problems.append(f"{name}: {error}")
    return problems


def _unused(repo: Repo, wish: Wish, name: str, tip: Oid, lines: Sequence[Oid]) -> set[str]:
    """The paths of the versions that have it and stand in none of these lines."""
    here = [objects.commit(repo, each, name).tree for each in lines]
    tree = objects.commit(repo, tip, name).tree
    return {
        path
        for path in places.paths(repo, [tip], [wish.words])
        if marks.can_be_forgotten(path)
        and (oid := marks.at(repo, tree, path))
        and all(marks.at(repo, each, path) != oid for each in here)
        and (wish.kind == "path" or _says(repo, path, oid, wish.words))
    }


def _says(repo: Repo, path: str, oid: Oid, words: str) -> bool:
    data = objects.blob(repo, oid, path)
    return redaction.without(path, data, redaction.strike(words)) != data


def _chains(repo: Repo, hits: Hits, writer: Writer) -> None:
    """The snapshots that no entry tells of, and the commits of code that they alone keep."""
    if not hits.trees and not hits.bases:
        return
    found = refs.targets(repo, *hits.lines.snaps) if hits.lines.snaps else {}
    new = {ref: snapref.without(repo, writer, oid, hits.trees, hits.bases) for ref, oid in found.items()}
    spread.move(repo, writer, new, found)


def _expire(repo: Repo, names: Sequence[str]) -> None:
    """Empty the reflogs of refs that still are; those of others went with them."""
    logged = [name for name in names if reflogs.exists(repo, name)]
    for start in range(0, len(logged), 500):
        some = logged[start : start + 500]
        takes = claims.refs([*some, *(f"logs/{name}" for name in some)])
        claims.git(repo, "reflog", "expire", "--expire=all", *some, takes=takes)
    claims.write_tables_anew(repo)


def _sweep(repo: Repo, wish: Wish) -> None:
    """Beside the sessions: results of analysis, pages, drafts that nobody can finish, half-written files."""
    cache.remove(repo.shared)
    pages.remove(repo)
    if wish.kind == "text":
        for one in pending.abandoned(repo):
            with one:
                if wish.words in one.draft.text:
                    one.done()
        _strike(litter.written(repo), wish.words)
    litter.remove(repo, litter.find(repo))


def _strike(paths: Iterable[Path], words: str) -> None:
    for path in paths:
        try:
            text = path.read_text("utf-8", "surrogateescape")
            if (less := redaction.strike(words)(text)) != text:
                path.write_text(less, "utf-8", "surrogateescape")
        except OSError as error:
            raise WriteFailed(f"'{path}'", (error.strerror or str(error)).lower()) from None


def _lines(repo: Repo) -> Iterator[Lines]:
    """The sessions that are here or mirrored, by id; those that cannot be read are left alone."""
    found: dict[str, tuple[dict[str, Oid], dict[str, Oid], dict[str, Oid]]] = {}
    owners: dict[str, str] = {}
    for ref, oid in refs.targets(repo, refs.HEADS, refs.REMOTES).items():
        if not ref.startswith(refs.HEADS) and "/heads/" not in ref:
            continue
        try:
            id, oid = _owner(repo, ref, oid)
        except CtxError:
            continue
        heads, mirrors, _ = found.setdefault(id, ({}, {}, {}))
        (heads if ref.startswith(refs.HEADS) else mirrors)[ref] = oid
        owners[ref.replace("/heads/", "/snap/", 1)] = id
    for ref, oid in refs.targets(repo, refs.SNAP, refs.REMOTES).items():
        if ref in owners:
            found[owners[ref]][2][ref] = oid
    for id, (heads, mirrors, snaps) in found.items():
        yield Lines(id=id, heads=heads, mirrors=mirrors, snaps=snaps)


def _owner(repo: Repo, ref: str, oid: Oid) -> tuple[str, Oid]:
    """Whose session a ref is of, and where it is by now. Raises `BrokenSession`."""
    return steadily(lambda: swap.target(repo, ref) or oid, lambda tip: (events.session_id(repo, tip), tip))


def _held(lines: Lines) -> list[str]:
    branches = (refs.parse(ref) for ref in lines.heads)
    return sorted({branch.session for branch in branches if branch is not None})


def _told(repo: Repo, hits: Hits) -> Session:
    heads = [str(branch) for ref in hits.lines.heads if (branch := refs.parse(ref))]
    names = [name.partition("@")[0] for name in heads] or [ref.split("/")[5] for ref in hits.lines.mirrors]
    settings = sorted(path for path in hits.entries if path.startswith("meta/"))
    return Session(
        id=hits.lines.id,
        name=names[0],
        branches=tuple(heads),
        events=tuple(sought.of_events(repo, hits)),
        settings=tuple(path.split("/")[1] for path in settings),
        snapshots=len(hits.trees),
        files=tuple(sorted(hits.files)),
        mirrored=tuple(sorted(_mirrored(hits.lines.mirrors))),
    )


def _mirrored(mirrors: Iterable[str]) -> Iterator[tuple[str, str]]:
    for ref in mirrors:
        part, _, rest = ref.removeprefix(refs.REMOTES).partition("/")
        branch, name = refs.parse(rest, "heads/"), refs.decode(part)
        if branch is not None and name is not None:
            yield name, str(branch)


def _names(repo: Repo, wish: Wish) -> tuple[str, ...]:
    """Session branches whose names have the text."""
    if wish.kind != "text":
        return ()
    branches = (refs.parse(ref) for ref in refs.targets(repo, refs.HEADS))
    return tuple(str(branch) for branch in branches if branch is not None and wish.words in str(branch))
