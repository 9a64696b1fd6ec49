"""What has changed for one chat: each file compared with what it was last told of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from git_ctx.analysis.kinds import by_path
from git_ctx.code import Change
from git_ctx.errors import CtxError
from git_ctx.model import BACK, Item, Oid
from git_ctx.porcelain.context.conversation import Exchange
from git_ctx.store import trees
from git_ctx.store.repo import Repo
from git_ctx.value import dataclass

MOST_TREES = 8
"""Snapshots, beside the last one, that files are compared with."""


@dataclass(frozen=True, slots=True)
class Since:
    """The changes as a chat sees them, and the trees that they are changes from.

    `overdue`: files that are as they were for the last prompt, which had no room to say how they had changed.
    """

    trees: Mapping[Change, Oid]
    overdue: frozenset[str]


def changes(
    repo: Repo,
    before: Sequence[Exchange],
    old: Oid,
    now: Oid,
    wanted: Mapping[str, Oid],
) -> Since:
    """What has changed since the snapshot `old` of the last prompt, as this chat sees it.

    A file is compared with that, unless the chat has seen it since or was not told how it had changed:
    such a one is told of once it changes again or is `wanted`, which has such files as they are now.
    """
    seen = (one for one in trees.changes(repo, old, now) if by_path(one.path) != "agent")
    compared = dict.fromkeys(seen, old)
    lately = {path for one in compared for path in (one.path, one.old_path)}
    given = {one.snapshot for one in before[0].requests}
    known: dict[Oid, set[str | None]] = {}
    for path, tree in _elsewhere(before, compared, wanted):
        known.setdefault(tree, set()).add(path)
    for tree, some in list(known.items())[-MOST_TREES:]:
        try:
            mine = [one for one in trees.changes(repo, tree, now) if {one.path, one.old_path} & some]
        except CtxError:  # that snapshot was dropped
            continue
        told = some | {one.path for one in mine}
        others = {one: base for one, base in compared.items() if one.path not in told}
        if tree not in given:  # as it was before a change that the chat has but heard of
            mine += [one for one in compared if one.path in some.difference(one.path for one in mine)]
        gone = map(_gone, (one for one in compared if one.path in told and one.old_path not in (None, *told)))
        compared = {**others, **dict.fromkeys(gone, old), **dict.fromkeys(mine, tree)}
    return Since(compared, frozenset(one.path for one in compared if one.path not in lately))


def patches(repo: Repo, since: Since, some: Sequence[Change], now: Oid) -> dict[str, str]:
    """The diffs of these changes by path; that of a renamed file is one of what it was."""
    by_tree: dict[Oid, list[Change]] = {}
    for one in some:
        by_tree.setdefault(since.trees[one], []).append(one)
    found: dict[str, str] = {}
    for tree, mine in by_tree.items():
        moved = {one.path: one.old_path for one in mine if one.old_path}
        found.update(trees.patches(repo, tree, now, [one.path for one in mine if not one.old_path]))
        found.update(trees.renamed(repo, tree, now, moved))
    return found


def _elsewhere(
    before: Sequence[Exchange], since: Collection[Change], wanted: Mapping[str, Oid]
) -> Iterator[tuple[str, Oid]]:
    """The files of which the chat knows another version than the last prompt's, each with a tree of it."""
    changed = {path: one for one in since for path in (one.old_path, one.path) if path}
    given = {one.snapshot for one in before[0].requests}
    for path, (oid, tree) in _known(before).items():
        one = changed.get(path)
        if one is None:
            if wanted.get(path, oid) != oid:
                yield path, tree
        elif tree in given or (one.status != "added" and one.old_oid != oid):
            yield path, tree


def returned(before: Sequence[Exchange], some: Iterable[Change]) -> dict[Change, Exchange]:
    """Of these changes those by which a file is again as the chat knew it, and when it last did."""
    known: dict[tuple[str, Oid | None], Exchange] = {}
    for path, oid, _, one in _told(before):
        known[path, oid] = one
    return {one: known[one.path, one.new_oid] for one in some if (one.path, one.new_oid) in known}


def _known(before: Sequence[Exchange]) -> dict[str, tuple[Oid, Oid]]:
    """For each file that was shown, which version of it the chat knows, and a tree that has it.

    The last told is last.
    """
    known: dict[str, tuple[Oid, Oid]] = {}
    for path, oid, tree, _ in _told(before):
        known.pop(path, None)
        known[path] = oid, tree
    return known


def _told(before: Sequence[Exchange]) -> Iterator[tuple[str, Oid, Oid, Exchange]]:
    """Which versions of files the chat came to know, in order: a path, its version, a tree that has it.

    Lines of a file that has changed, shown anew, do not tell what became of the rest.
    """
    seen: set[str] = set()
    for item, tree, one in _shown(before):
        told = item.form in ("whole", "diff") or _is_back(item)
        if (told or (item.form != "line" and item.path not in seen)) and item.oid and tree:
            seen.add(item.path)
            yield item.path, item.oid, tree, one


def _is_back(item: Item) -> bool:
    return item.form == "line" and any(reason.startswith(f"{BACK}:") for reason in item.reasons)


def _shown(before: Sequence[Exchange]) -> Iterator[tuple[Item, Oid | None, Exchange]]:
    """What was shown, in order, each with the tree that it is from."""
    for one in reversed(before):
        yield from ((item, one.prompt.snapshot, one) for item in one.context.items)
        for request in one.requests:
            yield from ((item, request.snapshot, one) for item in request.items)


def _gone(renamed: Change) -> Change:
    """Of a renamed file, that its old name is gone."""
    return Change(status="deleted", path=renamed.old_path or renamed.path, old_oid=renamed.old_oid)
