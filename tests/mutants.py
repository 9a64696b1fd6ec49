"""Sessions as strangers may have made them: a sound one, changed in one place or some, drawn from a seed."""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from tests.support import git

FILE, FOLDER = b"100644", b"40000"
_MODES = (b"100755", b"120000", b"160000", b"40000", b"100644", b"040000", b"0", b"104755", b"777777", b"x")
_NAMES = (
    *(
        b"..",
        b".",
        b".git",
        b".GIT",
        b"git~1",
        b".git ",
        b".g\xe2\x80\x8cit",
        b"a/b",
        b"/etc",
        b"\\..",
        b"-x",
    ),
    *(b"\x1b]0;x\x07", b"a\nb", b"\xff\xfe", b"n" * 5000, "\u202egpj".encode(), b"session.json", b"events"),
    *(b"Session.JSON", b"meta", b"000000", b"000001", b"009999", b"010001", b"999999", b"00000x", b"100000"),
    *(b"00-kkkkkkkkkkkkkkkk.prompt.json", b"99-kkkkkkkkkkkkkkkk.prompt.json", b"state", b"pins", b"guidance"),
    *(b"00000001-kkkkkkkkkkkkkkkk.json", b"99999999-kkkkkkkkkkkkkkkk.json", b"50-kkkk.what.ever", b"x" * 255),
    *(
        b"01-kkkkkkkkkkkkkkkk.save.json",
        b"02-llllllllllllllll.reply.json",
        b"03-mmmmmmmmmmmmmmmm.branch.json",
    ),
    *(
        b"04-nnnnnnnnnnnnnnnn.request.json",
        b"05-pppppppppppppppp.context.md",
        b"06-pppppppppppppppp.files.json",
    ),
    *(b"07-qqqqqqqqqqqqqqqq.commit.json", "\u0660\u0661-kkkk.prompt.json".encode(), b"01-"),
)
_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2, 2**31, 2**53, 10**18, -(10**18), 2**64, 1.5, 1e308, "", " ", "\0", "x"),
    *(
        [],
        {},
        [None],
        [[]],
        [{}],
        {"": ""},
        "\x1b[2J",
        "\u202e",
        "\U000e0041",
        "../../etc/passwd",
        "/etc/passwd",
    ),
    *(
        ".git/hooks/post-checkout",
        "--upload-pack=touch pwned",
        "-x",
        "k" * 16,
        "0" * 40,
        "f" * 40,
        "HEAD",
        "main",
    ),
    *(
        "2026-01-02T03:04:05+00:00",
        "9998-12-31T23:59:59-23:59",
        "1970-01-01T00:00:00+23:59",
        "ended",
        "active",
    ),
    *(
        '"',
        '"\\"',
        '"\\400"',
        '"caf\\303\\251"',
        "full",
        "update",
        "markdown",
        "xml",
        "json",
        "file",
        "search",
    ),
    *(
        "x" * 100_000,
        ["y"] * 50_000,
        "\n" * 10_000,
        "é" * 1000,
        ["**"],
        ["["],
        "(" * 5000,
        "[" * 5000,
        "*" * 300,
    ),
)
_JUNK = (
    *(
        b"",
        b"{",
        b"null",
        b"[]",
        b"1e999999",
        b"NaN",
        b'{"format":1}',
        b"\xef\xbb\xbf{}",
        b"\xff" * 99,
        b"\0" * 9,
    ),
    *(b'{"a":' * 3000, b"[" * 200_000, b'{"a":' * 90 + b"1" + b"}" * 90, b'{"format":' + b"9" * 5000 + b"}"),
    *(b'{"format":1,"format":9}', b'{"\\ud800":1}', b'"' * 100_000, b"[" + b"[]," * 700_000 + b"[]]"),
    *(b'{"' + b"k" * 2_000_000 + b'":1}', b'{"format":1,"id":"' + b"k" * 17_000_000 + b'"}'),
)
_MESSAGES = (
    *(
        b"",
        b"\n",
        b"\xff\xfe",
        b"x" * 2_000_000,
        b"a\x1b]0;x\x07b",
        "\u202e".encode(),
        b"s\n\nCtx-State: \x1b[2J\n",
    ),
    *(
        b"s\n\nCtx-Prompts: 99999999999999999999\n",
        b"s\n\nCtx-Prompts: -1\n",
        "s\n\nCtx-Prompts: \u0665\n".encode(),
    ),
    *(
        b"s\n\nCtx-State: archived\nCtx-Session: " + b"z" * 16 + b"\n",
        b"s\n\nCtx-State: ended\n",
        b"s\n\nCtx-Id:\n",
    ),
    *(b"s\n\nCtx-Session: ../../x\nCtx-State: active\nCtx-Prompts: 3\n", b"s\r\n\r\nCtx-State: active\r\n"),
    *(b"s\n\n" + b"Ctx-State: active\n" * 20_000, b"s\n\nCtx-Prompts: 7\n nine\n"),
)
_HEADERS = (
    *(b"author \n", b"author A <a> 99999999999999999999 +0000\n", b"author A <a> -1 +9999\n", b"author\n"),
    *(
        b"author \x1b[2J <a@b> 1 +0000\n",
        b"",
        b"author A <a> 10000000000000000 -1260\n",
        b"author " + b"A" * 9999,
    ),
)


@dataclass(eq=False)
class Node:
    """An entry of a tree. `body`: a file's bytes, a folder's entries, or the id of whatever is there."""

    name: bytes
    mode: bytes
    body: "bytes | list[Node] | str"


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A session's commit; `done` says what was changed in it."""

    root: Node
    message: bytes
    headers: tuple[bytes, ...] = (
        b"author A <a@b> 1767323045 +0000\n",
        b"committer A <a@b> 1767323045 +0000\n",
    )
    parents: tuple[str, ...] = ()
    tree_line: bytes | None = None
    lose: tuple[Node, ...] = ()
    done: tuple[str, ...] = field(default=())


class Store:
    """Writes any object, however broken, as one who wants to do harm would; libgit2 does not look at it."""

    def __init__(self, repo: Path) -> None:
        import pygit2

        self._objects = Path(git(repo, "rev-parse", "--path-format=absolute", "--git-path", "objects"))
        self._odb = pygit2.Odb(str(self._objects))

    def write(self, kind: str, data: bytes) -> str:
        import pygit2

        kinds = {
            "blob": pygit2.enums.ObjectType.BLOB,
            "tree": pygit2.enums.ObjectType.TREE,
            "commit": pygit2.enums.ObjectType.COMMIT,
            "tag": pygit2.enums.ObjectType.TAG,
        }
        return str(self._odb.write(kinds[kind], data))

    def lose(self, oid: str) -> None:
        path = self._objects / oid[:2] / oid[2:]
        if path.exists():
            path.chmod(0o644)
            path.unlink()

    def node(self, node: Node) -> str:
        if isinstance(node.body, str):
            return node.body
        if isinstance(node.body, bytes):
            return self.write("blob", node.body)
        pieces = [
            child.mode + b" " + child.name + b"\0" + bytes.fromhex(self.node(child)) for child in node.body
        ]
        return self.write("tree", b"".join(pieces))

    def mutant(self, mutant: Mutant) -> str:
        tree = self.node(mutant.root)
        line = mutant.tree_line if mutant.tree_line is not None else b"tree " + tree.encode() + b"\n"
        parents = b"".join(b"parent " + parent.encode() + b"\n" for parent in mutant.parents)
        oid = self.write("commit", line + parents + b"".join(mutant.headers) + b"\n" + mutant.message)
        for node in mutant.lose:
            self.lose(self.node(node))
        return oid


def read(repo: Path, tip: str) -> Mutant:
    """A sound session, ready to be changed."""

    def node(name: bytes, mode: bytes, oid: str) -> Node:
        if mode != FOLDER:
            return Node(name, mode, _printed(repo, "cat-file", "blob", oid))
        listed = _printed(repo, "ls-tree", "-z", oid).split(b"\0")[:-1]
        entries = (entry.partition(b"\t")[::2] for entry in listed)
        inner = [(path, *told.split()) for told, path in entries]
        return Node(
            name, FOLDER, [node(path, mode.lstrip(b"0"), oid.decode()) for path, mode, _, oid in inner]
        )

    parents = tuple(git(repo, "rev-parse", f"{tip}^@").split())
    message = _printed(repo, "cat-file", "commit", tip).partition(b"\n\n")[2]
    root = node(b"", FOLDER, git(repo, "rev-parse", f"{tip}^{{tree}}"))
    return Mutant(root=root, message=message, parents=parents)


def _printed(repo: Path, *args: str) -> bytes:
    return subprocess.run(["git", *args], cwd=repo, capture_output=True, check=True).stdout


def mutate(sound: Mutant, seed: int) -> Mutant:
    """A session with one to three changes; the same seed makes the same."""
    random = Random(seed)
    mutant = replace(sound, root=_copy(sound.root))
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        how = random.choices(_WAYS, _WEIGHTS)[0]
        told = how(random, mutant)
        if isinstance(told, str):
            mutant = replace(mutant, done=(*mutant.done, f"{how.__name__.strip('_')}: {told}"))
        else:
            mutant = replace(told, done=(*mutant.done, how.__name__.strip("_")))
    return mutant


def bend(data: bytes, random: Random) -> bytes:
    """An entry's bytes with something wrong: a value of another kind, or damage to the bytes themselves."""
    if random.random() < 0.6:
        try:
            value = json.loads(data)
        except ValueError:
            return random.choice(_JUNK)
        _bend_value(value, random)
        try:
            return json.dumps(value, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")
        except UnicodeError:
            return random.choice(_JUNK)
    if random.random() < 0.5 and data:
        at, length = random.randrange(len(data)), random.choice((1, 1, 4, 40))
        middle = random.choice((b"", random.randbytes(length), data[at : at + length] * 2, b'"', b"[", b"}"))
        return data[:at] + middle + data[at + length :]
    return random.choice(_JUNK)


def _bend_value(value: Any, random: Random) -> None:
    holders = [one for one in _walk(value) if isinstance(one, (dict, list)) and one]
    if not holders:
        return
    holder = random.choice(holders)
    key = random.choice(list(holder)) if isinstance(holder, dict) else random.randrange(len(holder))
    what = random.random()
    if what < 0.2:
        del holder[key]
    elif what < 0.3 and isinstance(holder, dict):
        holder[random.choice(("\ud800", "", "format", "x" * 1_000_000, "\x1b", "__proto__"))] = holder[key]
    else:
        holder[key] = random.choice(_VALUES)


def _walk(value: Any) -> Iterator[Any]:
    yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from _walk(child)


def _copy(node: Node) -> Node:
    body = [_copy(child) for child in node.body] if isinstance(node.body, list) else node.body
    return Node(node.name, node.mode, body)


def _nodes(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    yield path or "/", node
    if isinstance(node.body, list):
        for child in node.body:
            yield from _nodes(child, f"{path}/{child.name.decode(errors='replace')}")


def _some(random: Random, mutant: Mutant, kind: type) -> tuple[str, Node]:
    found = [(path, node) for path, node in _nodes(mutant.root) if isinstance(node.body, kind)]
    return random.choice(found) if found else ("/", mutant.root)


def _entries(random: Random, mutant: Mutant) -> tuple[str, list[Node]]:
    path, node = _some(random, mutant, list)
    return path, node.body if isinstance(node.body, list) else []


def _content(random: Random, mutant: Mutant) -> str:
    path, node = _some(random, mutant, bytes)
    if isinstance(node.body, bytes):
        node.body = bend(node.body, random)
    return path


def _rename(random: Random, mutant: Mutant) -> str:
    path, node = random.choice([*_nodes(mutant.root)])
    node.name = random.choice(_NAMES)
    return f"{path} is {node.name[:40]!r}"


def _mode(random: Random, mutant: Mutant) -> str:
    path, node = random.choice([*_nodes(mutant.root)])
    node.mode = random.choice(_MODES)
    return f"{path} is {node.mode!r}"


def _remove(random: Random, mutant: Mutant) -> str:
    path, entries = _entries(random, mutant)
    if entries:
        gone = entries.pop(random.randrange(len(entries)))
        path += f"/{gone.name!r}"
    return path


def _add(random: Random, mutant: Mutant) -> str:
    path, entries = _entries(random, mutant)
    _, model = random.choice([*_nodes(mutant.root)])
    new = Node(random.choice((model.name, *_NAMES)), model.mode, _copy(model).body)
    entries.insert(random.randrange(len(entries) + 1), new)
    return f"{path} has {new.name[:40]!r}"


def _twice(random: Random, mutant: Mutant) -> str:
    path, entries = _entries(random, mutant)
    if entries:
        entries.append(_copy(random.choice(entries)))
        if random.random() < 0.5:
            entries[-1].body = random.choice(_JUNK[:10])
    return path


def _other_kind(random: Random, mutant: Mutant) -> str:
    path, node = random.choice([*_nodes(mutant.root)][1:] or [("/", mutant.root)])
    node.body = b"a file" if isinstance(node.body, list) else [Node(b"inside", FILE, b"x")]
    if random.random() < 0.5:
        node.mode = FOLDER if node.mode == FILE else FILE
    return path


def _missing(random: Random, mutant: Mutant) -> str:
    path, node = random.choice([*_nodes(mutant.root)])
    node.body = random.choice(("0" * 40, "1" * 40, "f" * 40))
    return path


def _lost(random: Random, mutant: Mutant) -> Mutant:
    return replace(mutant, lose=(*mutant.lose, random.choice([*_nodes(mutant.root)])[1]))


def _shuffle(random: Random, mutant: Mutant) -> str:
    path, entries = _entries(random, mutant)
    random.shuffle(entries)
    return path


def _crowd(random: Random, mutant: Mutant) -> str:
    path, entries = _entries(random, mutant)
    form = random.choice((b"%06d", b"%08d-kkkkkkkkkkkkkkkk.json", b"%06d-x", b"z%d"))
    body: bytes | list[Node] = random.choice(
        (b"{}", [], [Node(b"00-kkkkkkkkkkkkkkkk.prompt.json", FILE, b"{}")])
    )
    mode = FILE if isinstance(body, bytes) else FOLDER
    entries += [Node(form % number, mode, body) for number in range(random.choice((2_000, 20_000)))]
    return f"{path} {form!r}"


def _deep(random: Random, mutant: Mutant) -> str:
    path, entries = _entries(random, mutant)
    node = Node(b"deep", FILE, b"x")
    for _ in range(random.choice((50, 400))):
        node = Node(random.choice((b"deep", b"events", b"meta", b"000000")), FOLDER, [node])
    entries.append(node)
    return path


def _damaged(random: Random, mutant: Mutant) -> str:
    path, entries = _entries(random, mutant)
    entries.append(Node(random.choice((b"", b"a\0b", b"\0" * 30)), random.choice(_MODES), b"x"))
    return path


def _message(random: Random, mutant: Mutant) -> Mutant:
    return replace(mutant, message=random.choice(_MESSAGES))


def _header(random: Random, mutant: Mutant) -> Mutant:
    lines = list(mutant.headers)
    lines[random.randrange(len(lines))] = random.choice(_HEADERS)
    return replace(mutant, headers=tuple(lines))


def _parents(random: Random, mutant: Mutant) -> Mutant:
    strange = random.choice((("1" * 40,), ("0" * 40,), mutant.parents * 2000, ("x",), ("",)))
    return replace(mutant, parents=strange)


def _tree_line(random: Random, mutant: Mutant) -> Mutant:
    lines = (b"", b"tree\n", b"tree " + b"1" * 40 + b"\n", b"tree x\n", b"tree " + b"0" * 40 + b"\n", b"\n\n")
    return replace(mutant, tree_line=random.choice(lines))


_Way = Callable[[Random, Mutant], "str | Mutant"]
_WAYS: tuple[_Way, ...] = (
    *(_content, _rename, _mode, _remove, _add, _twice, _other_kind, _missing, _lost, _shuffle, _crowd, _deep),
    *(_damaged, _message, _header, _parents, _tree_line),
)
_WEIGHTS = (30, 12, 8, 6, 6, 3, 4, 4, 4, 2, 2, 2, 2, 6, 3, 2, 1)
