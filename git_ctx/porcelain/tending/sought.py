"""What somebody wants forgotten, and where in a session it is."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from git_ctx import codec, redaction
from git_ctx.errors import BrokenSession, CtxError, NoPrompt
from git_ctx.model import EventName, Oid
from git_ctx.porcelain import beside
from git_ctx.safety.text import quoted
from git_ctx.store import events, layout, objects, refs
from git_ctx.store.files import snapref
from git_ctx.store.files.strip import Stripper
from git_ctx.store.forgetting import marks, sought
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current, revisions
from git_ctx.store.writer import Writer

Kind = Literal["text", "path", "revision"]

_REVISION = re.compile(r"#\d{1,8}|@([~^]\d{0,9})*|[k-z]{16}|[0-9a-f]{7,40}", re.ASCII)
_NAMED = re.compile(r'"(?:snapshot|tree)": "([0-9a-f]{40})"')
_TYPES = ("prompt", "save", "request", "reply")
_LISTS = (":(top,glob)events/*/*.context.json", ":(top,glob)events/*/*.request.json")
_EVENTS = ":(top,glob)events/*/*"
_STATES = ":(top,glob)events/*/*.files.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be forgotten. Of a revision, `ids` are its event and what came of it."""

    kind: Kind
    words: str
    session: str | None = None
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A session as it lies here: the commits that its branches, mirrors and chains of snapshots are at."""

    id: str
    heads: Mapping[str, Oid]
    mirrors: Mapping[str, Oid]
    snaps: Mapping[str, Oid]

    @property
    def tips(self) -> tuple[Oid, ...]:
        return tuple(dict.fromkeys((*self.heads.values(), *self.mirrors.values())))


@dataclass(slots=True, kw_only=True)
class Hits:
    """What of a session would change: `entries` by path, with what they become; `trees` of snapshots, with
    what they become; `files` that these lose; `bases` that only they keep and that have it, too.
    """

    lines: Lines
    entries: dict[str, bytes] = field(default_factory=dict)
    trees: dict[Oid, Oid] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    bases: set[Oid] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.entries or self.trees or self.bases)


def wish(repo: Repo, words: str, wanted: str | None, kind: Kind | None) -> Wish:
    """What is meant: a revision where the words have the form of one and name one, a path that sessions
    know, else a text. Raises what finding a revision raises, where `kind` says it is one.
    """
    if kind in (None, "revision") and (kind or _REVISION.fullmatch(words)):
        try:
            return _revision(repo, words, wanted)
        except CtxError:
            if kind:
                raise
    if kind == "path" or (kind is None and _is_known(repo, words)):
        return Wish(kind="path", words=words.rstrip("/"))
    return Wish(kind="text", words=words)


def find(repo: Repo, wish: Wish, lines: Lines, writer: Writer) -> Hits:
    """Where in a session it is. New trees are written, to be kept by whoever forgets; nothing else is.

    Raises `BrokenSession`.
    """
    hits = Hits(lines=lines)
    if wish.kind == "revision":
        if wish.session == lines.id:
            _whole(repo, wish.ids, hits)
            _quotes(repo, hits, lambda text: False)
        return hits
    if wish.kind == "text":
        _text(repo, wish.words, hits)
        _quotes(repo, hits, lambda text: wish.words in text)
    else:
        _file(repo, _is_file(wish.words), hits)
    _snapshots(repo, wish, hits, writer)
    return hits


def _revision(repo: Repo, words: str, wanted: str | None) -> Wish:
    git_branch = repo.branch()
    try:
        branch = current.current(repo, git_branch, wanted)
    except CtxError:
        branch = None
    found = revisions.resolve(repo, words, branch, git_branch)
    event = found.event
    if event is None or event.type not in _TYPES:
        raise NoPrompt(words)
    ids = {event.id}
    tip = refs.tip(repo, found.branch) if found.branch else found.commit
    if event.type == "prompt" and tip:
        ids |= {other.id for other, _ in beside.beside(repo, tip, event)}
    return Wish(
        kind="revision",
        words=words,
        session=events.session_id(repo, found.commit),
        ids=frozenset(ids),
    )


def _is_known(repo: Repo, words: str) -> bool:
    """Whether sessions know a file, or a folder, of this name."""
    is_it = _is_file(words.rstrip("/"))
    tips = [one.tip for one in refs.listing(repo) if one.problem is None]
    for path, tip in sought.paths(repo, tips, [words.rstrip("/")], *_LISTS, _STATES).items() if tips else ():
        if _has(path, _blob(repo, tip, path), is_it):
            return True
    chains = (oid for _, oid, _ in snapref.listing(repo))
    name = words.rstrip("/")
    return any(not repo.run("rev-parse", "-q", "--verify", f"{oid}:{name}").status for oid in chains)


def _has(path: str, data: bytes, is_it: Callable[[str], bool]) -> bool:
    return redaction.without_file(path, data, is_it) != data


def _is_file(name: str) -> Callable[[str], bool]:
    return lambda path: path == name or path.startswith(f"{name}/")


def _text(repo: Repo, text: str, hits: Hits) -> None:
    struck = redaction.strike(text)
    for path, tip in sought.paths(repo, hits.lines.tips, [text]).items():
        if marks.can_be_forgotten(path):
            _change(
                hits, path, _blob(repo, tip, path), lambda path, data: redaction.without(path, data, struck)
            )


def _quotes(repo: Repo, hits: Hits, is_gone: Callable[[str], bool]) -> None:
    """What later contexts quote of a prompt that changes, but for those of which it `is_gone` already: a
    title may be cut off within the text.
    """
    titles = set()
    for path in hits.entries:
        if path.endswith(".prompt.json"):
            tip = next(tip for tip in hits.lines.tips if _oid(repo, tip, path))
            title = quoted(_said(path, _blob(repo, tip, path)))
            if title != quoted(_said(path, hits.entries[path])) and not is_gone(title):
                titles.add(f'with "{title}"')
    found = sorted(titles)
    for start in range(0, len(found), 100):
        some = found[start : start + 100]
        strikes = [redaction.strike(title) for title in some]
        for path, tip in sought.paths(repo, hits.lines.tips, some, _EVENTS).items():
            if marks.can_be_forgotten(path):
                for struck in strikes:
                    _change(hits, path, _blob(repo, tip, path), partial(redaction.without, taken=struck))


def _said(path: str, data: bytes) -> str:
    try:
        return codec.decode_prompt(data, path).text
    except BrokenSession:
        return ""


def _file(repo: Repo, is_it: Callable[[str], bool], hits: Hits) -> None:
    for tip in hits.lines.tips:
        for path, oid in sought.listed(repo, tip).items():
            if path in hits.entries or not path.endswith((".context.json", ".request.json", ".files.json")):
                continue
            data = objects.blob(repo, oid, path)
            if redaction.shows(path, data, is_it):
                _contents(repo, tip, path, hits)
            _change(hits, path, data, lambda path, data: redaction.without_file(path, data, is_it))


def _contents(repo: Repo, tip: Oid, path: str, hits: Hits) -> None:
    """The exact content beside a context or a request: it may quote the file in any form."""
    for suffix in (".md", ".xml", ".content.json"):
        content = path.removesuffix(".json") + suffix
        oid = _oid(repo, tip, content)
        if oid is not None:
            _change(hits, content, objects.blob(repo, oid, content), redaction.wholly)


def _whole(repo: Repo, ids: Collection[str], hits: Hits) -> None:
    for tip in hits.lines.tips:
        for event in events.events(repo, tip):
            if event.id in ids:
                for suffix in events.suffixes(repo, tip, event):
                    path = entry_path(event, suffix)
                    data = events.read(repo, tip, event, suffix)
                    if data is not None and marks.can_be_forgotten(path):
                        _change(hits, path, data, redaction.wholly)


def _snapshots(repo: Repo, wish: Wish, hits: Hits, writer: Writer) -> None:
    chains = hits.lines.snaps.values()
    if wish.kind == "path":
        is_it = _is_file(wish.words)
        stripper = Stripper(repo, writer, lambda path, oid: is_it(path))
    else:
        blobs = sought.own_blobs(repo, chains, wish.words.encode("utf-8", "surrogateescape"))
        if not blobs:
            return
        is_it = None
        stripper = Stripper(repo, writer, lambda path, oid: oid in blobs)
    gone: dict[Oid, tuple[str, ...]] = {}
    bases: set[Oid] = set()
    for chain in chains:
        for commit, ours in snapref.chain(repo, chain):
            bases.update(parent for parent in commit.parents if parent not in ours)
            if commit.tree not in gone:
                new, gone[commit.tree] = stripper.tree(commit.tree)
                if gone[commit.tree]:
                    hits.trees[commit.tree] = new
                    hits.files.update(gone[commit.tree])
    for base in sought.own_commits(repo, bases):
        if any((is_it(path) if is_it else oid in blobs) for path, oid in sought.own_files(repo, base)):
            hits.bases.add(base)
    trees: dict[str, str | None] = dict(hits.trees)
    if wish.kind == "path":
        trees |= dict.fromkeys(_elsewhere(hits, gone))
    if trees:
        _renamed(repo, hits, trees, gone)


def _elsewhere(hits: Hits, here: Collection[Oid]) -> Iterator[Oid]:
    """The snapshots that had the file, by the states beside them, and are kept by others alone: what they are
    without it nobody here can tell, so they are named no more.
    """
    for path, data in hits.entries.items():
        if path.endswith(".files.json"):
            yield from (tree for tree in _NAMED.findall(data.decode("latin-1")) if tree not in here)


def _renamed(
    repo: Repo, hits: Hits, trees: Mapping[str, str | None], gone: Mapping[Oid, tuple[str, ...]]
) -> None:
    """The entries that name a snapshot name the new one, or none; what it lost counts as withheld."""
    for tip in hits.lines.tips:
        for event in events.events(repo, tip):
            for suffix in (f"{event.type}.json", "files.json"):
                data = events.read(repo, tip, event, suffix)
                if data is None:
                    continue
                path = entry_path(event, suffix)
                data = hits.entries.get(path, data)
                tree = next((each for each in _NAMED.findall(data.decode("latin-1")) if each in trees), None)
                if tree is None:
                    continue
                lost = gone.get(tree, ())
                new = redaction.without_file(path, redaction.with_trees(path, data, trees), lost.__contains__)
                hits.entries[path] = redaction.with_withheld(path, new, list(lost))


def _change(hits: Hits, path: str, data: bytes, become: Callable[[str, bytes], bytes]) -> None:
    before = hits.entries.get(path, data)
    after = become(path, before)
    if after != before:
        hits.entries[path] = after


def _oid(repo: Repo, tip: Oid, path: str) -> Oid | None:
    return marks.at(repo, objects.commit(repo, tip, f"commit {tip}").tree, path)


def _blob(repo: Repo, tip: Oid, path: str) -> bytes:
    oid = _oid(repo, tip, path)
    if oid is None:
        raise BrokenSession(path, "it is not there any more")
    return objects.blob(repo, oid, path)


def entry_path(event: EventName, suffix: str) -> str:
    return f"events/{layout.hundred(event.clock)}/{layout.event_file(event.clock, event.id, suffix)}"


def of_events(repo: Repo, hits: Hits) -> Iterator[tuple[EventName, tuple[str, ...]]]:
    """The events of which something would be forgotten, in order, and which of their entries."""
    found: dict[tuple[int, str], list[str]] = {}
    for path in hits.entries:
        folder, _, name = path.rpartition("/")
        parsed = layout.parse_event_file(int(folder[7:]), name) if folder.startswith("events/") else None
        if parsed:
            found.setdefault(parsed[:2], []).append(parsed[2])
    types = {event.id: event.type for tip in hits.lines.tips for event in events.events(repo, tip)}
    for (clock, id), suffixes in sorted(found.items()):
        yield EventName(clock=clock, id=id, type=types.get(id, "event")), tuple(sorted(suffixes))
