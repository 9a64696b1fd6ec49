"""A session whole, in one JSON document: every entry, and the commits that brought them.

Complete: out of it come the same commits, to the byte. `docs/format.md` describes the fields.
"""

import base64
from collections.abc import Iterator, Mapping

import orjson

from git_ctx import canonical
from git_ctx.canonical import Fields
from git_ctx.errors import BrokenSession, WriteFailed
from git_ctx.model import FORMAT, Oid
from git_ctx.value import dataclass

KIND = "git-ctx-session"
LARGEST = 512 << 20
"""Of a document, in bytes; what is larger goes into a bundle."""
MOST_VALUES = 20_000_000
_DEEPER = 5
"""How much deeper than in its entry a value stands in the document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A commit by its bytes, and the paths that it has beyond its first parent."""

    oid: Oid
    data: bytes
    adds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chronicle:
    """`branches`: where each one is; `steps`: parents before children; `entries`: what is at a path."""

    session: str
    branches: Mapping[str, Oid]
    steps: tuple[Step, ...]
    entries: Mapping[str, bytes]


def encode(chronicle: Chronicle) -> bytes:
    """Raises `WriteFailed` where it would be too large to be read again."""
    size = sum(map(len, chronicle.entries.values())) + sum(len(step.data) for step in chronicle.steps)
    data = b"" if size > LARGEST else canonical.form(_document(chronicle), canonical.MAX_DEPTH + _DEEPER)
    if not 0 < len(data) <= LARGEST:
        raise WriteFailed("it as JSON", f"it is larger than {LARGEST >> 20} MiB; a bundle can hold it")
    return data


def decode(data: bytes, where: str) -> Chronicle:
    """Raises `BrokenSession`. What its commits say of themselves is not believed: see `store.chronicles`."""
    document = canonical.parse(data, where, LARGEST, MOST_VALUES)
    if document.get("kind") != KIND:
        raise BrokenSession(where, "it is no exported session")
    fields = Fields(document, where)
    fields.check_format()
    branches = fields.inner("branches")
    entries = fields.inner("entries")
    return Chronicle(
        session=fields.text("session"),
        branches={_path(name, where): branches.oid(name) for name in branches},
        steps=tuple(_read_step(each) for each in fields.objects("commits")),
        entries={_path(name, where): _read_entry(entries.inner(name), where) for name in entries},
    )


def _document(chronicle: Chronicle) -> dict[str, object]:
    return {
        "branches": {canonical.path(name): oid for name, oid in chronicle.branches.items()},
        "commits": [_step(step) for step in chronicle.steps],
        "entries": {canonical.path(path): _entry(path, data) for path, data in chronicle.entries.items()},
        "format": FORMAT,
        "kind": KIND,
        "session": chronicle.session,
    }


def _step(step: Step) -> dict[str, object]:
    adds = [canonical.path(path) for path in step.adds]
    told = _told(step.data)
    # What was signed, or written by another program, may have more to it than these fields.
    content = told if told is not None else {"raw": base64.b64encode(step.data).decode()}
    return {"adds": adds, "id": step.oid, **content}


def _told(data: bytes) -> dict[str, object] | None:
    """A commit in fields that give it again to the byte; None where they would not."""
    try:
        head, _, message = data.decode().partition("\n\n")
    except UnicodeDecodeError:
        return None
    lines = [line.partition(" ")[::2] for line in head.split("\n")]
    parents = [value for key, value in lines if key == "parent"]
    values = dict(lines)
    told = {name: values.get(name, "") for name in ("author", "committer", "tree")}
    fields: dict[str, object] = {**told, "message": message, "parents": parents}
    return fields if _commit(fields) == data else None


def _commit(fields: Mapping[str, object]) -> bytes:
    parents = fields["parents"]
    assert isinstance(parents, list)
    lines = [f"tree {fields['tree']}", *(f"parent {each}" for each in parents)]
    lines += [f"author {fields['author']}", f"committer {fields['committer']}", "", str(fields["message"])]
    return "\n".join(lines).encode()


def _read_step(fields: Fields) -> Step:
    if "raw" in fields:
        data = fields.base64("raw")
    else:
        texts = {name: fields.text(name) for name in ("author", "committer", "message", "tree")}
        data = _commit({**texts, "parents": list(fields.texts("parents"))})
    return Step(oid=fields.oid("id"), data=data, adds=fields.paths("adds"))


def _entry(path: str, data: bytes) -> dict[str, object]:
    """As JSON or as text, where that gives the same bytes again."""
    if path.endswith(".json"):
        try:
            value = orjson.loads(data)
            if canonical.form(value) == data:
                return {"json": value}
        except ValueError:  # no JSON, or none that can stand inside of other JSON
            pass
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def _read_entry(fields: Fields, where: str) -> bytes:
    if "json" in fields:
        try:
            return canonical.form(fields.any("json"))
        except ValueError as error:
            raise BrokenSession(where, str(error)) from None
    return fields.text("text").encode() if "text" in fields else fields.base64("base64")


def _path(name: str, where: str) -> str:
    return Fields({"path": name}, where).path("path")


def is_one(head: bytes) -> bool:
    """Whether a file that begins so may be such a document."""
    return head.lstrip()[:1] == b"{"


def ancestors_first(steps: tuple[Step, ...]) -> Iterator[tuple[Step, tuple[Oid, ...]]]:
    """Each step with its parents. `BrokenSession` where one stands before its parent."""
    seen: set[Oid] = set()
    for step in steps:
        head = step.data.partition(b"\n\n")[0].decode("utf-8", "replace")
        parents = tuple(line[7:] for line in head.split("\n") if line.startswith("parent "))
        missing = [each for each in parents if each not in seen]
        if missing:
            raise BrokenSession(f"commit {step.oid}", f"its parent {missing[0]} is not there before it")
        seen.add(step.oid)
        yield step, parents
