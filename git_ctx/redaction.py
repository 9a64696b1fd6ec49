"""What an entry becomes when something of it is forgotten; pure, from bytes to bytes.

What holds a session together stays: ids, times, object ids, the names of branches. What people and files
said can only become less: text gives way to `MARK`, files go from lists. So a stranger's word that something
is forgotten can take away, and never put words into anybody's mouth.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping

from git_ctx import canonical
from git_ctx.errors import BrokenSession

MARK = "[forgotten]"
WITHHELD = "forgotten"
"""Why a file's content is not kept, as files.json has it."""

_IDS = ("id", "prompt", "after", "at", "reply", "restored", "conversation", "branch", "source", "path", "oid")
_WORDS = ("format", "base", "mode", "kind", "form", "rendered_as", "priority", "redacted", "guidance")
_TIMES = ("created", "asked_at", "replied_at", "saved_at", "made_at", "set_at", "recorded_at")
_COMMITS = ("commit", "parent", "patch", "since", "combined", "prompts", "rewritten")
_NAMES = frozenset((*_IDS, *_WORDS, *_TIMES, *_COMMITS, "withdrawn", "agent"))
"""Keys whose values hold a session together; no text that people wrote is under them."""
TREES = ("snapshot", "tree")
_STEERING = ("exclude", "include", "languages")
_LISTS = ("items", "files", "asks", "redacted", "paths", "commits", *_STEERING)
_OPTIONAL = ("changed",)

Strike = Callable[[str], str]


def strike(text: str) -> Strike:
    """Takes a text out of others, as it stands there: plain, or as JSON or XML write it, over several lines
    with what diffs and quotations put before each.
    """
    forms = {text, json.dumps(text, ensure_ascii=False)[1:-1], _xml(text), _xml(text).replace('"', "&quot;")}
    longest_first = sorted(filter(None, forms), key=len, reverse=True)
    found = re.compile("|".join(_lines(form) for form in longest_first))
    return lambda other: found.sub(MARK, other)


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _lines(text: str) -> str:
    return r"\r?\n[ \t>+|-]{0,8}".join(re.escape(line) for line in text.split("\n"))


def without(path: str, data: bytes, taken: Strike) -> bytes:
    """An entry less a text; the same bytes where it does not have it. `path`: its place in the tree."""
    entry = entry_of(path, data)
    if entry is None:
        text = data.decode("utf-8", "surrogateescape")
        struck = taken(text)
        return data if struck == text else struck.encode("utf-8", "surrogateescape")
    less = _each(entry, "", taken)
    return data if less == entry else _dump(less)


def without_file(path: str, data: bytes, is_it: Callable[[str], bool]) -> bytes:
    """An entry's lists less some files; their states stay, as withheld: restoring leaves them alone."""
    entry = entry_of(path, data)
    if entry is None:
        return data
    less = dict(entry)
    items, states = entry.get("items"), entry.get("files")
    if isinstance(items, list):
        less["items"] = [item for item in items if not _names(item, is_it)]
    if isinstance(states, list):
        less["files"] = [_withheld(state) if _names(state, is_it) else state for state in states]
    return data if less == entry else _dump(less)


def with_withheld(path: str, data: bytes, names: list[str]) -> bytes:
    """A files.json in which some files, of which it did not tell, are withheld, too."""
    entry = entry_of(path, data)
    states = entry.get("files") if entry else None
    if entry is None or not isinstance(states, list) or not names:
        return data
    known = {state.get("path") for state in states if isinstance(state, dict)}
    more = [_withheld({"path": name}) for name in map(canonical.path, names) if name not in known]
    both = sorted(
        [*states, *more], key=lambda state: str(state.get("path") if isinstance(state, dict) else "")
    )
    return _dump({**entry, "files": both})


def with_trees(path: str, data: bytes, trees: Mapping[str, str | None]) -> bytes:
    """An entry that names other snapshots in the place of some."""
    entry = entry_of(path, data)
    changed = {
        key: trees[str(value)]
        for key in TREES
        if entry and (value := entry.get(key)) is not None and str(value) in trees
    }
    return _dump({**entry, **changed}) if entry and changed else data


def shows(path: str, data: bytes, is_it: Callable[[str], bool]) -> bool:
    """Whether a context or an answer holds text of such a file, and does not just name it."""
    entry = entry_of(path, data)
    items = entry.get("items") if entry else None
    return isinstance(items, list) and any(
        _names(item, is_it) and isinstance(item, dict) and item.get("form") != "line" for item in items
    )


def wholly(path: str, data: bytes) -> bytes:
    """An entry of which all is forgotten that can be. The same, however much of it was forgotten before."""
    entry = entry_of(path, data)
    if entry is not None:
        return _dump(_emptied(entry))
    return (json.dumps(MARK) if path.endswith(".json") else MARK).encode() + b"\n"


def is_wholly(path: str, data: bytes) -> bool:
    return wholly(path, data) == data


def is_less(path: str, less: bytes, data: bytes) -> bool:
    """Whether an entry is another one of which something is forgotten, and says nothing else."""
    entry, other = entry_of(path, data), entry_of(path, less)
    if (entry is None) != (other is None):
        return False
    if entry is not None:
        return _less(other, entry, "")
    if is_wholly(path, less):
        return True
    return _fits(less.decode("utf-8", "surrogateescape"), data.decode("utf-8", "surrogateescape"))


def texts(path: str, data: bytes) -> list[str]:
    """What an entry says, in the order of its keys: by this it is told whether its title still fits."""
    entry = entry_of(path, data)
    if entry is None:
        return [data.decode("utf-8", "surrogateescape")]
    return list(_said({key: value for key, value in entry.items() if key not in ("items", "files")}, ""))


def entry_of(path: str, data: bytes) -> dict[str, object] | None:
    """The object that an entry is; None for content, and for what is not of our form: that is text."""
    if not path.endswith(".json") or path.endswith(".content.json"):
        return None
    try:
        return canonical.load(data, path).plain()
    except BrokenSession:
        return None


def _dump(entry: object) -> bytes:
    assert isinstance(entry, dict)
    return canonical.dump(entry, "an entry")


def _each(value: object, key: str, taken: Strike) -> object:
    """A value with something done to every text in it that is no name."""
    if isinstance(value, dict):
        return {name: _each(child, name, taken) for name, child in value.items()}
    if key in _NAMES or key in TREES:
        return value
    if isinstance(value, list):
        less = [_each(child, key, taken) for child in value]
        # What is left of a pattern or a revision would name something else.
        return [child for child in less if child in value] if key in _STEERING else less
    if isinstance(value, str):
        struck = taken(value)
        return None if key in _OPTIONAL and struck != value else struck
    return value


def _emptied(value: object, key: str = "") -> object:
    if isinstance(value, dict):
        return {name: _emptied(child, name) for name, child in value.items()}
    if key in _LISTS and isinstance(value, list):
        return []
    if key in TREES or key in _OPTIONAL:
        return None
    if key in _NAMES:
        return value
    if isinstance(value, list):
        return [_emptied(child, key) for child in value]
    return MARK if isinstance(value, str) else value


def _said(value: object, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name in sorted(value):
            yield from _said(value[name], name)
    elif key not in _NAMES and key not in TREES:
        if isinstance(value, list):
            for child in value:
                yield from _said(child, key)
        elif isinstance(value, str):
            yield value


def _names(value: object, is_it: Callable[[str], bool]) -> bool:
    path = value.get("path") if isinstance(value, dict) else None
    if not isinstance(path, str):
        return False
    from git_ctx.safety import paths

    try:
        return is_it(paths.unquote(path) if path.startswith('"') else path)
    except ValueError:
        return False


def _withheld(state: object) -> dict[str, object]:
    path = state.get("path") if isinstance(state, dict) else None
    return {"mode": None, "oid": None, "path": path, "withheld": WITHHELD}


def _less(less: object, value: object, key: str) -> bool:
    if key in TREES:
        return less is None or isinstance(less, str)
    if key in _OPTIONAL and less is None:
        return True
    if isinstance(less, dict) and isinstance(value, dict):
        return less.keys() == value.keys() and all(_less(less[name], value[name], name) for name in less)
    if key in _NAMES and key not in _LISTS:
        return less == value
    if isinstance(less, list) and isinstance(value, list):
        return _are_some(less, value, key)
    if isinstance(less, str) and isinstance(value, str):
        return _fits(less, value)
    return less == value


def _are_some(less: list[object], values: list[object], key: str) -> bool:
    """Whether each is one of the others, in order, or less than it; what is withheld may be told of anew."""
    at = 0
    for one in less:
        if key == "files" and isinstance(one, dict) and one == _withheld(one):
            continue
        while at < len(values) and not _less(one, values[at], ""):
            at += 1
        if at == len(values):
            return False
        at += 1
    return True


def _fits(less: str, text: str) -> bool:
    """Whether a text is another one in which marks stand for parts of it."""
    first, *rest = less.split(MARK)
    if not rest:
        return less == text
    *middle, last = rest
    at = len(first)
    if not text.startswith(first):
        return False
    for part in middle:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - len(last) >= at and text.endswith(last)
