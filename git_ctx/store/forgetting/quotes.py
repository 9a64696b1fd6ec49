"""What a line quotes of its own entries that are forgotten: in contexts, replies and other prompts.

No mark names these where they were made by somebody who had not heard of it yet. But such a line brings the
original with it, and when that gives way to its version one sees what was struck: the same words go from the
line's other entries, under a mark of their own, made of the line and what is known and nothing else.
"""

from collections.abc import Iterable, Mapping
from functools import reduce

from git_ctx import redaction, unsaid
from git_ctx.errors import BrokenSession
from git_ctx.model import Oid, Version
from git_ctx.redaction import Strike
from git_ctx.store import objects
from git_ctx.store.forgetting import joint, marks, sought
from git_ctx.store.forgetting.marks import Marks
from git_ctx.store.repo import Repo
from git_ctx.store.writer import Writer

_MOST = 256
"""Texts of one line that are looked for: a stranger's marks take no more time than that."""


def made(
    repo: Repo, writer: Writer, known: Marks, trees: Iterable[Oid], replaced: Mapping[str, Oid]
) -> Marks:
    """The marks, and more for the entries that quote what these trees have of what is replaced."""
    found: dict[str, bytes] = {}
    read: marks.Read = {}
    for tree in dict.fromkeys(trees):
        texts = _texts(repo, known, tree, replaced, read)
        if not texts:
            continue
        struck = _strike(texts)
        for path in sorted(sought.paths(repo, (tree,), texts)):
            oid = replaced.get(path) or marks.at(repo, tree, path, read)
            if oid is not None and marks.can_be_forgotten(path):
                data = found.get(path) or objects.blob(repo, oid, path)
                less = redaction.without(path, data, struck)
                if less != data:
                    found[path] = less
    versions = []
    for path, data in sorted(found.items()):
        oid = writer.blob(data)
        if oid not in {one.oid for one in known.versions.get(path, ())}:
            versions.append(Version(path=path, oid=oid, over=tuple(sorted(known.latest(path)))))
    return joint.said(repo, writer, known, versions) if versions else known


def _texts(repo: Repo, known: Marks, tree: Oid, replaced: Mapping[str, Oid], read: marks.Read) -> list[str]:
    """What the entries of a tree say that their versions do not: words before titles, the longest first."""
    words: set[str] = set()
    titles: set[str] = set()
    for path, new in replaced.items():
        oid = marks.at(repo, tree, path, read)
        if oid is None or oid == new:
            continue
        data = objects.blob(repo, oid, path)
        for each in dict.fromkeys((new, *(one.oid for one in known.versions.get(path, ())))):
            less = _version(repo, each, path)
            if less is not None:
                words |= unsaid.words(path, data, less)
                titles.update(filter(None, [unsaid.title(path, data, less)]))
    return [*_longest_first(words), *_longest_first(titles)][:_MOST]


def _version(repo: Repo, oid: Oid, path: str) -> bytes | None:
    """A version that may never have come here: who made a later one need not have had it."""
    try:
        return objects.blob(repo, oid, path)
    except BrokenSession:
        return None


def _longest_first(texts: Iterable[str]) -> list[str]:
    return sorted(texts, key=lambda text: (-len(text), text))


def _strike(texts: Iterable[str]) -> Strike:
    strikes = [redaction.strike(text) for text in texts]
    return lambda text: reduce(lambda less, strike: strike(less), strikes, text)
