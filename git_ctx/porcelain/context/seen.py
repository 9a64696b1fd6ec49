"""Which lines of files a conversation has been shown, as they stand in the files now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from git_ctx.errors import CtxError
from git_ctx.model import Item, Oid
from git_ctx.porcelain.context.conversation import Exchange
from git_ctx.store import trees
from git_ctx.store.repo import Repo

Spans = Sequence[tuple[int, int]]

MOST_COMPARED = 20
"""Snapshots that are compared with the files; what was shown before these counts as not shown."""

_ALL = ((1, trees.ENDLESS),)


def lines(
    repo: Repo, before: Sequence[Exchange], now: Oid, files: Mapping[str, Oid]
) -> dict[str, tuple[tuple[int, int], ...]]:
    """For each of these files, by path with its content now, the runs of its lines that were shown, in order.

    Of what has changed since, the lines that are as they were. Where nobody noted which parts of a file were
    shown, as earlier versions of git ctx did not, all of it counts.
    """
    found: dict[str, list[tuple[int, int]]] = {}
    renamed = {oid: path for path, oid in files.items()}
    older: dict[Oid, dict[str, list[tuple[int, int]]]] = {}
    for item, tree in _items(before):
        if item.oid in renamed:
            path = item.path if item.oid == files.get(item.path) else renamed[item.oid]
            found.setdefault(path, []).extend(_spans(item))
        elif item.path in files and tree is not None and (tree in older or len(older) < MOST_COMPARED):
            older.setdefault(tree, {}).setdefault(item.path, []).extend(_spans(item))
    for tree, shown in older.items():
        for path, spans in _moved(repo, tree, now, shown):
            found.setdefault(path, []).extend(spans)
    return {path: _joined(spans) for path, spans in found.items()}


def _items(before: Sequence[Exchange]) -> Iterator[tuple[Item, Oid | None]]:
    """What was shown, the last first, each with the tree that it is from."""
    for one in before:
        for request in reversed(one.requests):
            yield from ((item, request.snapshot) for item in request.items)
        yield from ((item, one.prompt.snapshot) for item in one.context.items)


def _spans(item: Item) -> Spans:
    if item.form == "whole" or (item.form == "definitions" and not item.lines):
        return _ALL
    return item.lines


def _moved(
    repo: Repo, tree: Oid, now: Oid, shown: Mapping[str, Spans]
) -> Iterator[tuple[str, Iterable[tuple[int, int]]]]:
    """Where the lines shown of a tree's files stand now."""
    try:
        patches = trees.patches(repo, tree, now, shown)
    except CtxError:  # the snapshot was dropped
        return
    for path, patch in patches.items():
        kept = [*trees.kept_lines(patch)]
        yield path, _through(kept, shown[path])


def _through(kept: Iterable[tuple[int, int, int]], spans: Spans) -> Iterator[tuple[int, int]]:
    for old, new, count in kept:
        for start, end in spans:
            first, last = max(start, old), min(end, old + count - 1)
            if first <= last:
                yield first + new - old, last + new - old


def _joined(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)
