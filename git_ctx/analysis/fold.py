"""A tree of files as text, its folders opened or folded so that it takes no more than some tokens."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush

from git_ctx.analysis.tokens import count

_MOST_NAMES = 24
_FEW_NAMES = 8
"""Files that are named of many, where none of them is near, or not all of the folder is shown."""
_MOST_TRIES = 80


@dataclass(slots=True)
class _Folder:
    name: str
    folders: dict[str, "_Folder"] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    total: int = 0
    source: int = 0
    near: int = 0
    best: list[str] = field(default_factory=list)
    """The near ones among its own files."""
    opened: bool = False
    beside: list["_Folder"] = field(default_factory=list)
    """The folders in it that are only counted, since all of them would not fit."""


def fold(
    paths: Iterable[str], source: Collection[str], room: int, near: Collection[str] = ()
) -> tuple[str, ...]:
    """The tree as lines: a folder with its files' names, or with their number.

    Those that the most `near` files are in are opened first, then those with the most `source` files;
    those with none, and what does not fit, stay folded; where a folder that leads to `near` files does not
    fit, it is opened as far as it leads there. Where not even the top fits, its folders with the most source
    are told.
    """
    root = _grow(paths, source, near)
    left = room
    waiting = [(0, 0, "", 0, root)]
    for _ in range(_MOST_TRIES):
        if not waiting:
            break
        *_, path, depth, folder = heappop(waiting)
        cost = _cost(folder, depth) if left > 0 else 1
        if cost > left and folder is not root and folder.near:
            folder.beside = [each for each in folder.folders.values() if not each.near]
            cost = _cost(folder, depth) if folder.beside and left > 0 else cost
        if cost > left:
            folder.beside = []
            continue
        folder.opened = True
        left -= cost
        for child in _shown(folder):
            if child.source or child.near:
                heappush(waiting, (-child.near, -child.source, f"{path}{child.name}/", depth + 1, child))
    return tuple(_lines(root, 0)) if root.opened else _greatest(root, room)


def _shown(folder: _Folder) -> list[_Folder]:
    beside = set(map(id, folder.beside))
    return [each for _, each in sorted(folder.folders.items()) if id(each) not in beside]


def _cost(folder: _Folder, depth: int) -> int:
    return sum(count(line + "\n") for line in _opened(folder, depth))


def _greatest(root: _Folder, room: int) -> tuple[str, ...]:
    """The folders with the most source, as many as fit, and how much there is beside them."""
    shown: list[str] = []
    rest = root.total
    left = room - count(_beside(rest, shown=True))
    for folder in sorted(root.folders.values(), key=lambda one: (-one.source, one.name)):
        left -= count(_closed(folder) + "\n")
        if left < 0 or not folder.source:
            break
        shown.append(_closed(folder))
        rest -= folder.total
    return (*shown, *([_beside(rest, shown=bool(shown))] if rest or not shown else []))


def _beside(files: int, *, shown: bool) -> str:
    return f"{files}{' more' if shown else ''} file{'s' if files != 1 else ''}"


def _grow(paths: Iterable[str], source: Collection[str], near: Collection[str]) -> _Folder:
    inside: dict[str, list[str]] = {}
    for path in paths:
        inside.setdefault(path.rpartition("/")[0], []).append(path)
    root = _Folder("")
    for where, some in inside.items():
        folder = root
        folder.total += len(some)
        count = sum([path in source for path in some])
        close = sum([path in near for path in some]) if near else 0
        for each in where.split("/") if where else ():
            folder = folder.folders.get(each) or folder.folders.setdefault(each, _Folder(each))
            folder.total += len(some)
            folder.source += count
            folder.near += close
        folder.files += [path.rpartition("/")[2] for path in some]
        folder.best += [path.rpartition("/")[2] for path in some if path in near]
    for child in list(root.folders.values()):
        _shorten(child)
    return root


def _shorten(folder: _Folder) -> None:
    """A folder that holds one folder alone is shown with it in one line."""
    while len(folder.folders) == 1 and not folder.files:
        (only,) = folder.folders.values()
        folder.name = f"{folder.name}/{only.name}"
        folder.folders, folder.files, folder.best = only.folders, only.files, only.best
    for child in folder.folders.values():
        _shorten(child)


def _opened(folder: _Folder, depth: int) -> Iterator[str]:
    """What opening a folder adds: its files' names, and a line for each of its folders."""
    yield "  " * depth + _names(folder)
    yield from ("  " * (depth + 1) + _closed(child) for child in _shown(folder))
    yield from ("  " * (depth + 1) + line for line in _counted(folder.beside))


def _counted(folders: list[_Folder]) -> list[str]:
    total = sum(each.total for each in folders)
    many = f"{len(folders)} more folder{'s' if len(folders) != 1 else ''}"
    return [f"{many}, {total} file{'s' if total != 1 else ''}"] if folders else []


def _names(folder: _Folder) -> str:
    """The files of a folder; past a number, the near ones before others, and where hidden, as a count."""
    named = sorted(name for name in folder.files if not name.startswith("."))
    aside = folder.beside or (folder.near and not folder.best and folder.name)
    most = _FEW_NAMES if aside else _MOST_NAMES
    if len(named) > most:
        named = sorted(sorted(named, key=lambda name: name not in folder.best)[:most])
    more = len(folder.files) - len(named)
    rest = f"{more} more" if named else f"{more} hidden"
    return ", ".join(named) + (f" and {rest}" if named and more else rest if more else "")


def _closed(folder: _Folder) -> str:
    return f"{folder.name}/ {folder.total} file{'s' if folder.total != 1 else ''}"


def _lines(folder: _Folder, depth: int) -> Iterator[str]:
    inset = "  " * depth
    if not folder.opened:
        yield inset + _closed(folder).strip("/ ")
        return
    head = f"{folder.name}/ " if folder.name else ""
    if head or folder.files:
        yield f"{inset}{head}{_names(folder)}".rstrip()
    inner = depth + bool(folder.name)
    for child in _shown(folder):
        yield from _lines(child, inner)
    yield from ("  " * inner + line for line in _counted(folder.beside))
