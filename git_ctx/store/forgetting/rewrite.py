"""A line of a session with other entries at some paths, in every commit that has them.

What comes of a commit depends on the commit and on what replaces what, and on nothing else: whoever rewrites
a line alike gets the same commits, so what two people have in common stays in common. Signatures go, since
nobody can make them anew; the commit that the user then adds on top is signed as usual.
"""

import json
from collections.abc import Iterator, Mapping

from git_ctx import redaction
from git_ctx.model import Oid
from git_ctx.store import layout, message, objects, rawtree
from git_ctx.store.repo import Repo
from git_ctx.store.writer import Writer
from git_ctx.value import dataclass

_SIGNED = ("gpgsig", "gpgsig-sha256", "mergetag")
_SAYS = {"prompt": "text", "reply": "text", "save": "message"}
"""What of an entry the subject of its commit begins with."""
_OWN = (*_SAYS, "request", "branch")
"""The entries that an event is named after."""

_Nest = dict[bytes, "Oid | _Nest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """An event some entry of which is replaced: its own entry, before and after; None where that stays."""

    path: str
    new: Oid


def rewrite(repo: Repo, writer: Writer, tip: Oid, replaced: Mapping[str, Oid]) -> Oid:
    """The line up to `tip` with `replaced` blobs at their paths; `tip` itself where there is nothing to do.

    A path that a commit does not have it does not get. Raises `BrokenSession`, `WriteFailed`.
    """
    return Rewriter(repo, writer, replaced).line(tip)


class Rewriter:
    """Rewrites lines that share commits, each commit once."""

    def __init__(self, repo: Repo, writer: Writer, replaced: Mapping[str, Oid]) -> None:
        self._repo = repo
        self._writer = writer
        self._nest = _nested(replaced)
        self._titles = dict(_titles(replaced))
        self._trees: dict[tuple[Oid, int], Oid] = {}
        self.commits: dict[Oid, Oid] = {}
        """What has become of each commit, the unchanged ones included."""

    def line(self, tip: Oid) -> Oid:
        if tip not in self.commits:
            for oid in self._oldest_first(tip):
                self.commits[oid] = self._commit(oid)
        return self.commits[tip]

    def _oldest_first(self, tip: Oid) -> Iterator[Oid]:
        waiting = [tip]
        while waiting:
            oid = waiting[-1]
            parents = (
                objects.commit(self._repo, oid, f"commit {oid}").parents if oid not in self.commits else ()
            )
            before = [parent for parent in parents if parent not in self.commits]
            if before:
                waiting += before
                continue
            waiting.pop()
            if oid not in self.commits:
                yield oid

    def _commit(self, oid: Oid) -> Oid:
        commit = objects.commit(self._repo, oid, f"commit {oid}")
        tree = self._tree(commit.tree, self._nest)
        parents = tuple(dict.fromkeys(self.commits[parent] for parent in commit.parents))
        if (tree, parents) == (commit.tree, commit.parents):
            return oid
        data = objects.raw_commit(self._repo, oid, f"commit {oid}")
        header, _, text = data.partition(b"\n\n")
        lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
        kept = b"\n".join([*(line.encode() for line in lines), *_others(header)])
        return self._writer.commit(kept + b"\n\n" + self._message(commit, text))

    def _tree(self, oid: Oid, nest: _Nest) -> Oid:
        known = self._trees.get((oid, id(nest)))
        if known is None:
            known = self._trees[oid, id(nest)] = self._replaced(oid, nest)
        return known

    def _replaced(self, oid: Oid, nest: _Nest) -> Oid:
        before = rawtree.parse(objects.raw_tree(self._repo, oid, "the session's tree"), "")
        after = dict(before)
        for name, new in nest.items():
            mode, raw = before.get(name, (b"", b""))
            if mode == rawtree.TREE and isinstance(new, dict):
                after[name] = mode, bytes.fromhex(self._tree(raw.hex(), new))
            elif mode == rawtree.BLOB and isinstance(new, str):
                after[name] = mode, bytes.fromhex(new)
        return oid if after == before else self._writer.raw_tree(rawtree.dump(after))

    def _message(self, commit: objects.Commit, text: bytes) -> bytes:
        """The message; its subject made anew where what it was taken from has changed."""
        trailers = message.parse(commit.message)
        if trailers.get("Ctx-Event") == "session" and b"session.json" in self._nest:
            return message.build(f"session: {redaction.MARK}", trailers).encode()
        title = self._titles.get(trailers.get("Ctx-Id", ""))
        if title is None:
            return text
        event = trailers.get("Ctx-Event", "")
        words = self._words(event, commit, title)
        if words is None:
            return text
        return message.build(f"{event}: {words}", trailers).encode("utf-8", "replace")

    def _words(self, event: str, commit: objects.Commit, title: Title) -> str | None:
        new = objects.blob(self._repo, title.new, title.path)
        key = _SAYS.get(event)
        if key is not None and (said := _said(new, key)) is not None:
            return said.lstrip().partition("\n")[0] or "the files as they are"
        old = self._old(commit, title.path)
        if old is not None and redaction.texts(title.path, old) == redaction.texts(title.path, new):
            return None
        return redaction.MARK

    def _old(self, commit: objects.Commit, path: str) -> bytes | None:
        from git_ctx.store.forgetting import marks

        oid = marks.at(self._repo, commit.tree, path)
        return None if oid is None else objects.blob(self._repo, oid, path)


def _others(header: bytes) -> Iterator[bytes]:
    """The lines of a commit's header that stay: neither tree nor parents, nor what was signed."""
    keep = True
    for line in header.split(b"\n"):
        key = line.partition(b" ")[0].decode("latin-1")
        keep = keep if line.startswith(b" ") else key not in ("tree", "parent", *_SIGNED)
        if keep:
            yield line


def _nested(replaced: Mapping[str, Oid]) -> _Nest:
    nest: _Nest = {}
    for path, oid in replaced.items():
        *folders, name = path.split("/")
        here = nest
        for folder in folders:
            below = here.setdefault(folder.encode(), {})
            assert isinstance(below, dict)  # no path of a session leads through another
            here = below
        here[name.encode()] = oid
    return nest


def _titles(replaced: Mapping[str, Oid]) -> Iterator[tuple[str, Title]]:
    """By an event's id, the entry that its commit is named after, where that is replaced."""
    for path, oid in replaced.items():
        folder, _, name = path.rpartition("/")
        if folder.startswith("events/"):
            event = layout.parse_event_file(int(folder[7:]), name)
            if event and event[2].count(".") == 1 and event[2].removesuffix(".json") in _OWN:
                yield event[1], Title(path=path, new=oid)
        elif folder.startswith("meta/"):
            setting = layout.parse_meta(folder[5:], name)
            if setting:
                yield setting.id, Title(path=path, new=oid)


def _said(data: bytes, key: str) -> str | None:
    try:
        said = json.loads(data).get(key)
    except (ValueError, AttributeError, RecursionError):
        return None
    return said if isinstance(said, str) else None
