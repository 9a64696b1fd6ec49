"""What plain git finds of sessions in a repository: which entries, and which words anywhere in them.

For scripts that judge by a model of their own. Nothing of git ctx is used; what was read once is kept.
"""

import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from calls import git

WORD = re.compile(rb"z[qf]\d+qz")
"""What is looked for: each text, and each file, has one of its own that stands nowhere else at first."""

_EVENT = re.compile(r"events/\d{6}/\d\d-([k-z]{16})\.(prompt|save|reply|request)\.json")
_SETTING = re.compile(r"meta/(guidance|pins)/\d{8}-([k-z]{16})\.json")
_OF_EVENT = re.compile(r"events/\d{6}/\d\d-([k-z]{16})\..+")
_ID = re.compile(rb'"id": "([k-z]{16})"')
_SNAPSHOT = re.compile(rb'"snapshot": "([0-9a-f]{40})"')


class Doubled(Exception):
    """A session branch has one thing twice."""


@dataclass(frozen=True)
class Line:
    """A session branch. `entries`: what was asked, answered, saved or set, and the words that each has.

    `shown`: the words that each has in all that is kept of it, its context and its snapshot, too. `words`:
    those that stand anywhere in the line: in entries, messages of its commits, and all of its snapshots.
    """

    session: str
    tree: str
    entries: Mapping[str, frozenset[str]]
    shown: Mapping[str, frozenset[str]]
    words: frozenset[str]


@dataclass
class Reader:
    blobs: dict[str, frozenset[str]] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    chains: dict[str, frozenset[str]] = field(default_factory=dict)
    snapshots: dict[str, str] = field(default_factory=dict)
    trees: dict[str, frozenset[str]] = field(default_factory=dict)
    kept: dict[str, set[str]] = field(default_factory=dict)
    named: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def held(self, repo: Path, under: str = "refs/ctx/") -> dict[str, Line]:
        """The session branches below refs/ctx/ or refs/ctx/remotes/NAME/, as SESSION@BRANCH."""
        listed = git(
            repo, "for-each-ref", "--format=%(refname) %(objectname)", f"{under}heads", f"{under}snap"
        )
        refs = dict(line.split(" ") for line in listed.splitlines())
        found = {}
        for ref, tip in refs.items():
            if ref.startswith(f"{under}heads/"):
                path = ref.removeprefix(f"{under}heads/")
                session, _, branch = path.partition("/")
                line = self._line(repo, tip)
                chain = refs.get(f"{under}snap/{path}")
                words = line.words | (self._chain(repo, chain) if chain else frozenset())
                name = f"{session}@{branch.replace('%2F', '/')}"
                found[name] = replace(
                    line, shown=self._shown(repo, tip, line, chain) if chain else line.shown, words=words
                )
        return found

    def _shown(self, repo: Path, tip: str, line: Line, chain: str) -> Mapping[str, frozenset[str]]:
        """With the files of the snapshots that the chain keeps."""
        if chain not in self.kept:
            self.kept[chain] = set(git(repo, "log", "--format=%T", chain).split())
        named = {entry: tree for entry, tree in self.named[tip].items() if tree in self.kept[chain]}
        return {
            entry: words | (self._snapshot(repo, named[entry]) if entry in named else frozenset())
            for entry, words in line.shown.items()
        }

    def _snapshot(self, repo: Path, tree: str) -> frozenset[str]:
        if tree not in self.trees:
            oids = _tree(repo, tree).values()
            self._look(repo, oids)
            self.trees[tree] = frozenset().union(*(self.blobs[oid] for oid in oids))
        return self.trees[tree]

    def _line(self, repo: Path, tip: str) -> Line:
        if tip not in self.lines:
            self.lines[tip] = self._read(repo, tip)
        return self.lines[tip]

    def _read(self, repo: Path, tip: str) -> Line:
        paths = _tree(repo, tip)
        self._look(repo, paths.values())
        entries: dict[str, frozenset[str]] = {}
        named: dict[str, str] = {}
        for path, oid in paths.items():
            kind, id = _kind(path)
            if kind:
                if f"{kind}:{id}" in entries:
                    raise Doubled(f"{tip} of {repo.name} has {kind}:{id} twice")
                entries[f"{kind}:{id}"] = self.blobs[oid]
                if oid in self.snapshots:
                    named[f"{kind}:{id}"] = self.snapshots[oid]
        self.named[tip] = named
        messages = _words(git(repo, "log", "--format=%B", tip).encode())
        words = messages.union(*(self.blobs[oid] for oid in paths.values()))
        tree = git(repo, "rev-parse", f"{tip}^{{tree}}").strip()
        shown = _by_entry(entries, {path: self.blobs[oid] for path, oid in paths.items()})
        return Line(self.sessions[paths["session.json"]], tree, entries, shown, frozenset(words))

    def _chain(self, repo: Path, tip: str) -> frozenset[str]:
        """The words of the files that a chain of snapshots keeps; commits of code have none."""
        if tip not in self.chains:
            listed = git(repo, "rev-list", "--objects", "--filter=object:type=blob", tip).split("\n")
            oids = {line[:40] for line in listed if line}
            self._look(repo, oids)
            self.chains[tip] = frozenset().union(*(self.blobs.get(oid, frozenset()) for oid in oids))
        return self.chains[tip]

    def _look(self, repo: Path, oids: Iterable[str]) -> None:
        asked = [oid for oid in dict.fromkeys(oids) if oid not in self.blobs]
        if not asked:
            return
        done = subprocess.run(
            ["git", "cat-file", "--batch"],
            cwd=repo,
            input="".join(f"{oid}\n" for oid in asked).encode(),
            capture_output=True,
            check=True,
        )
        rest = done.stdout
        while rest:
            head, _, rest = rest.partition(b"\n")
            oid, kind, size = head.decode().split(" ")
            data, rest = rest[: int(size)], rest[int(size) + 1 :]
            if kind == "blob":
                self.blobs[oid] = _words(data)
                if id := _ID.search(data):
                    self.sessions[oid] = id[1].decode()
                if tree := _SNAPSHOT.search(data):
                    self.snapshots[oid] = tree[1].decode()


def everywhere(repo: Path) -> set[str]:
    """The words in any object, reachable or not, and in any file of the git directory."""
    command = ["git", "cat-file", "--batch-all-objects", "--batch", "--unordered"]
    found = _words(subprocess.run(command, cwd=repo, capture_output=True, check=True).stdout)
    place = repo / ".git" if (repo / ".git").is_dir() else repo
    files = (path for path in place.rglob("*") if path.is_file() and "objects" not in path.parts)
    return set(found).union(*(_words(path.read_bytes()) for path in files))


def _tree(repo: Path, tip: str) -> dict[str, str]:
    records = git(repo, "ls-tree", "-r", "-z", tip).split("\0")
    return {record[53:]: record[12:52] for record in records if record}


def _kind(path: str) -> tuple[str, str]:
    if event := _EVENT.fullmatch(path):
        return event[2], event[1]
    setting = _SETTING.fullmatch(path)
    return (setting[1], setting[2]) if setting else ("", "")


def _by_entry(entries: Iterable[str], files: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """The words in all that is kept of each entry."""
    names = {entry.partition(":")[2]: entry for entry in entries}
    found: dict[str, frozenset[str]] = dict.fromkeys(entries, frozenset())
    for path, words in files.items():
        event = _OF_EVENT.fullmatch(path)
        if event and event[1] in names:
            found[names[event[1]]] |= words
    return found


def is_of_file(word: str) -> bool:
    return word.startswith("zf")


def _words(data: bytes) -> frozenset[str]:
    return frozenset(word.decode() for word in WORD.findall(data))
