"""What has to happen to bring files back: what goes, what is written, and what is in nobody's power to touch.

The rule is one: nothing is overwritten or removed that the snapshot taken just before does not hold.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from git_ctx.model import Oid
from git_ctx.store.asking import OFFLINE
from git_ctx.store.repo import Repo
from git_ctx.store.status import GITLINK, Version
from git_ctx.store.trees import EMPTY_TREE

ATTRIBUTES = ".gitattributes"
_CONVERTING = ("text", "eol", "crlf", "filter", "ident", "working-tree-encoding")
_RAW = ("diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--ignore-submodules=none")


@dataclass(slots=True)
class Plan:
    """`saved`: what of `write` the snapshot of before has, so may be overwritten. `left` says why."""

    remove: set[str] = field(default_factory=set)
    write: dict[str, Version] = field(default_factory=dict)
    saved: set[str] = field(default_factory=set)
    left: dict[str, str] = field(default_factory=dict)

    def leave(self, path: str, reason: str) -> None:
        self.remove.discard(path)
        self.write.pop(path, None)
        self.left[path] = reason


def plan(
    repo: Repo, now: Oid, then: Oid, specs: Sequence[str], held: Mapping[str, str], nested: Iterable[str]
) -> Plan:
    """How the files of the tree `now`, which the work tree has, become those of `then`.

    `held`: paths withheld on either side, with the reason. `nested`: repositories inside.
    """
    made = Plan()
    for path, old, new in _differences(repo, now, then, specs):
        if GITLINK in (old.mode if old else 0, new.mode if new else 0):
            made.left[path] = "a submodule"
            continue
        if old is not None:
            made.saved.add(path)
        if new is not None:
            made.write[path] = new
        else:
            made.remove.add(path)
    for path, reason in held.items():
        if path in made.write or path in made.remove or _concerns(repo, path, specs):
            made.leave(path, reason)
    _leave_unseen(repo, made)
    _leave_nested(made, tuple(nested))
    return made


def whole(repo: Repo, then: Oid, specs: Sequence[str], held: Mapping[str, str]) -> Plan:
    """How an empty folder gets the files of a tree."""
    made = Plan()
    for path, _, new in _differences(repo, EMPTY_TREE, then, specs):
        if new is not None and new.mode == GITLINK:
            made.left[path] = "a submodule"
        elif new is not None:
            made.write[path] = new
    for path, reason in held.items():
        if path in made.write or not specs:
            made.leave(path, reason)
    return made


def attributes(repo: Repo, paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """How git converts these files, by what the attribute files on disk say now."""
    names = os.fsencode("".join(f"{path}\0" for path in paths))
    if not names:
        return {}
    told = os.fsdecode(repo.git("check-attr", "-z", "--stdin", *_CONVERTING, input=names)).split("\0")[:-1]
    step = 3 * len(_CONVERTING)
    return {told[at]: tuple(told[at + 2 : at + step : 3]) for at in range(0, len(told), step)}


def unchanged(repo: Repo, made: Plan, then: Oid, specs: Sequence[str]) -> dict[str, Version]:
    """Files that are the same in both trees, where attributes that change may convert them otherwise."""
    changed = {path for path in (*made.write, *made.remove) if path.rpartition("/")[2] == ATTRIBUTES}
    if not changed:
        return {}
    folders = tuple(path[: -len(ATTRIBUTES)] for path in changed)
    return {
        path: new
        for path, _, new in _differences(repo, EMPTY_TREE, then, specs)
        if new is not None
        and new.mode != GITLINK
        and path.startswith(folders)
        and path not in made.write
        and path not in made.left
    }


def _differences(
    repo: Repo, old: Oid, new: Oid, specs: Sequence[str]
) -> Iterator[tuple[str, Version | None, Version | None]]:
    fields = iter(os.fsdecode(repo.git(*_RAW, old, new, "--", *specs, env=OFFLINE)).split("\0"))
    for meta in fields:
        if meta:
            old_mode, new_mode, old_oid, new_oid, _ = meta.removeprefix(":").split(" ")
            yield next(fields), _version(old_mode, old_oid), _version(new_mode, new_oid)


def _version(mode: str, oid: str) -> Version | None:
    return Version(int(mode, 8), oid) if int(mode, 8) else None


def _concerns(repo: Repo, path: str, specs: Sequence[str]) -> bool:
    """Whether a path that is in neither tree was asked for."""
    if not specs:
        return True
    plain = [spec.removeprefix(":(top,literal)") for spec in specs]
    return any(spec == ":/" or path == spec or path.startswith(f"{spec}/") for spec in plain)


def _leave_unseen(repo: Repo, made: Plan) -> None:
    """Files at which git was told not to look: what they hold is in no snapshot."""
    if not made.write and not made.remove:
        return
    listed = os.fsdecode(repo.git("ls-files", "-v", "-z", env=OFFLINE)).split("\0")
    for record in listed:
        flag, path = record[:1], record[2:]
        if flag != "H" and (path in made.write or path in made.remove):
            if flag.islower():
                made.leave(path, "assumed unchanged")
            elif flag == "S":
                made.leave(path, "not checked out (skip-worktree)")


def _leave_nested(made: Plan, nested: tuple[str, ...]) -> None:
    for root in nested:
        for path in [path for path in (*made.write, *made.remove) if path.startswith(f"{root}/")]:
            made.leave(path, "inside another repository")
        if root in made.write:
            made.leave(root, "another repository is there")
