#!/usr/bin/env python3
"""How much of what a real fix changes is in the context: ours, whole files by rank, and an outline map.

    scripts/bench/packing.py CASES.jsonl STORE [--budget N]... [--every N] [--packing NAME]...

A line of CASES is an issue: its text (`query`), `repo`, `base_commit`, and the `gold_files` that the real
fix changed. STORE has a clone of each repository, as OWNER+NAME/repo. The lines are those that the fix
takes away or adds next to, as they stand in the base commit; the fix is the commit after the base that
changes all gold files, the one that names the issue's number before others. Cases without one are left out.

Every packing has the same ranking, overview, set-up and guidance, and the same room for files:
`blocks` is what `git ctx prompt` prints; `whole` takes each file that still fits, the best first;
`map` outlines of files, the best first. A line counts where its text is in the context.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mean

from git_ctx.analysis import forms
from git_ctx.analysis.corpus import Corpus
from git_ctx.analysis.kinds import language
from git_ctx.analysis.outline import outline
from git_ctx.analysis.rank import ranking
from git_ctx.code import File, WorkTree
from git_ctx.document import Part
from git_ctx.model import FileStates, Ranked
from git_ctx.porcelain.context import compose
from git_ctx.porcelain.context.press import Press
from git_ctx.porcelain.context.steering import Steering
from git_ctx.store.code import history
from git_ctx.store.files.snapshot import Snapshot
from git_ctx.store.repo import Repo

GAP = re.compile(r"… lines? (\d+)(?:-(\d+))? left out")
HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.M)
PACKINGS = ("blocks", "whole", "map")
LISTED = 80
"""Files of a ranking that the other packings go through."""

Lines = dict[str, set[int]]
Found = Mapping[str, "set[int] | None"]
"""The lines of each file that are in a context; None: all of them."""


@dataclass
class Store:
    """One bare clone, its blobs read through one process, digests kept over its cases."""

    git_dir: Path
    rows: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._blobs = subprocess.Popen(
            ["git", "--git-dir", str(self.git_dir), "cat-file", "--batch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def git(self, *args: str) -> str:
        done = subprocess.run(
            ["git", "--git-dir", str(self.git_dir), *args], capture_output=True, check=False
        )
        return done.stdout.decode("utf-8", "surrogateescape")

    def read(self, file: File) -> bytes | None:
        assert self._blobs.stdin and self._blobs.stdout
        self._blobs.stdin.write(file.oid.encode() + b"\n")
        self._blobs.stdin.flush()
        head = self._blobs.stdout.readline().split()
        if len(head) < 3:
            return None
        data = self._blobs.stdout.read(int(head[2]))
        self._blobs.stdout.read(1)
        return data

    def get(self, kind: str, oids: Sequence[str]) -> Mapping[str, bytes]:
        return {oid: self.rows[kind, oid] for oid in oids if (kind, oid) in self.rows}

    def put(self, kind: str, rows: Mapping[str, bytes]) -> None:
        self.rows.update({(kind, oid): row for oid, row in rows.items()})

    def files(self, commit: str) -> tuple[File, ...]:
        found = []
        for record in filter(None, self.git("ls-tree", "-r", "-l", "-z", commit).split("\0")):
            meta, path = record.split("\t", 1)
            mode, kind, oid, size = meta.split()
            if kind == "blob":
                known = int(size) if size.isdigit() else None  # a snapshot may lack its largest blobs
                found.append(File(path=path, oid=oid, mode=int(mode, 8), size=known))
        return tuple(found)

    def close(self) -> None:
        self._blobs.kill()
        self._blobs.wait()


def fix(store: Store, base: str, gold: Sequence[str], number: str) -> str | None:
    """The commit that fixed an issue: one that names its number, else the first to change all gold files."""
    named = store.git("log", "--all", "--format=%H", "-E", f"--grep=#{number}\\b", f"^{base}").split()
    for commit in named:
        if set(gold) <= set(store.git("diff", "--name-only", f"{commit}^1", commit).split("\n")):
            return commit
    later = ("log", "--all", "--ancestry-path", "--first-parent", "-m", "--format=@%H", "--name-only")
    first = None
    for chunk in store.git(*later, f"^{base}", "--", *gold).split("@")[1:]:
        commit, *paths = chunk.split("\n")
        first = commit if set(gold) <= set(paths) else first
    return first


def touched(store: Store, base: str, commit: str, path: str) -> set[int]:
    """The lines of the file in `base` that a commit takes away, or adds after."""
    here: set[int] = set()
    for start, count, _, _ in _hunks(store.git("diff", "-U0", f"{commit}^1", commit, "--", path)):
        here.update(range(start, start + count) if count else [max(1, start)])
    moved = _hunks(store.git("diff", "-U0", base, f"{commit}^1", "--", path))
    return {line for each in here if (line := _before(each, moved))}


def _hunks(patch: str) -> list[tuple[int, int, int, int]]:
    return [(int(a), int(b or 1), int(c), int(d or 1)) for a, b, c, d in HUNK.findall(patch)]


def _before(line: int, moved: Sequence[tuple[int, int, int, int]]) -> int | None:
    """Where a line stood before these hunks; None for one that they brought."""
    shift = 0
    for _, old, start, new in moved:
        if new and start <= line < start + new:
            return None
        if line >= start + new and (new or line > start):
            shift += old - new
    return line + shift


def shown(parts: Sequence[Part]) -> Found:
    return {part.path: _lines(part) for part in parts if part.form != "line"}


def _lines(part: Part) -> set[int] | None:
    if part.form == "whole":
        return None
    if part.form == "outline":
        return {int(each) for each in re.findall(r"^ *(\d+) ", part.text, re.M)}
    found, at = set(), 1
    for line in part.text.split("\n"):
        if gap := GAP.match(line):
            at = int(gap[2] or gap[1]) + 1
        else:
            found.add(at)
            at += 1
    return found


def by_rank(
    ranked: Sequence[Ranked], make: Callable[[str], Part | None], room: int, press: Press
) -> list[Part]:
    """What fits of these, the best first."""
    parts = []
    for each in ranked[:LISTED]:
        part = make(each.path)
        if part and len(part.text) <= room * 12 and (cost := press.cost(part)) <= room:
            parts.append(part)
            room -= cost
    return parts


@dataclass(frozen=True)
class Score:
    """Of a case: the share of the lines, and of the files, that a packing has."""

    lines: float
    files: float
    used: float


def score(gold: Lines, parts: Sequence[Part], used: float) -> Score:
    found = shown(parts)
    hits = sum(
        len(lines) if (seen := found[path]) is None else len(lines & seen)
        for path, lines in gold.items()
        if path in found
    )
    files = sum(path in found for path in gold) / len(gold)
    return Score(hits / sum(map(len, gold.values())), files, used)


def scores(
    store: Store, case: Mapping[str, object], gold: Lines, budgets: Sequence[int], names: Sequence[str]
) -> dict[tuple[str, int], Score]:
    base, query = str(case["base_commit"]), str(case["query"])
    repo = Repo(git_dir=store.git_dir, common_dir=store.git_dir, work_tree=None)
    tree = WorkTree(root="", branch=None, base=base, files=store.files(base))
    shot = Snapshot(worktree=tree, states=FileStates(base=base, tree=base), tree=base)
    corpus = Corpus(tree.files, store.read, store, history.touches(repo, base))
    made_once = ranking(corpus, query)
    ranked = made_once.files
    compose.ranking = lambda *args, **options: made_once  # type: ignore[assignment]  # once for all budgets
    text = compose.reader(corpus)

    def whole(path: str) -> Part | None:
        found = text(path)
        return forms.whole(path, language(path) or "", found, ()) if found else None

    def outlined(path: str) -> Part | None:
        found = text(path)
        spoken = language(path)
        return forms.outlined(path, spoken or "", found, outline(spoken, found), ()) if found else None

    others = {"whole": whole, "map": outlined}
    made: dict[tuple[str, int], Score] = {}
    for budget in budgets:
        press = Press("markdown")
        ours = compose.full(repo, corpus, shot, query, Steering(), budget, press)
        room = budget - press.size(replace(ours.document, parts=(), cut=()))
        made["blocks", budget] = score(gold, ours.document.parts, ours.tokens / budget)
        for name in set(names) & set(others):
            parts = by_rank(ranked, others[name], room, press)
            made[name, budget] = score(gold, parts, (budget - room + sum(map(press.cost, parts))) / budget)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", type=Path)
    parser.add_argument("store", type=Path)
    parser.add_argument("--budget", type=int, action="append")
    parser.add_argument("--every", type=int, default=1, help="only each N-th case")
    parser.add_argument("--first", type=int, default=0, help="the place of the first of them")
    parser.add_argument("--packing", action="append", choices=PACKINGS, help="only this one (default: all)")
    parser.add_argument("--language")
    parser.add_argument("--worst", type=int, default=0, help="name the N cases that have least at 20,000")
    options = parser.parse_args()
    budgets = options.budget or [8_000, 20_000, 50_000]
    cases = [json.loads(line) for line in options.cases.read_text().splitlines() if line.strip()]
    cases = [one for one in cases if options.language in (None, one["language"])][
        options.first :: options.every
    ]
    cases.sort(key=lambda one: (one["repo"], one["id"]))
    found: dict[str, dict[tuple[str, int], Score]] = {}
    store: Store | None = None
    for number, case in enumerate(cases, 1):
        git_dir = options.store / case["repo"].replace("/", "+") / "repo"
        if store is None or store.git_dir != git_dir:
            if store:
                store.close()
            store = Store(git_dir)
        commit = fix(store, case["base_commit"], case["gold_files"], case["id"].rsplit("-", 1)[1])
        gold = (
            {path: touched(store, case["base_commit"], commit, path) for path in case["gold_files"]}
            if commit
            else {}
        )
        gold = {path: lines for path, lines in gold.items() if lines}
        if gold:
            found[case["id"]] = scores(store, case, gold, budgets, options.packing or PACKINGS)
        print(f"\r{number} of {len(cases)} …", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    report(found, budgets, options.packing or PACKINGS, options.worst)


def report(
    found: Mapping[str, Mapping[tuple[str, int], Score]],
    budgets: Sequence[int],
    names: Sequence[str],
    worst: int,
) -> None:
    print(f"{len(found)} cases: share of the lines that the fix changed / of its files with content, in %")
    print(f"{'':8}" + "".join(f"{budget:>20,}" for budget in budgets))
    for name in names:
        cells = []
        for budget in budgets:
            some = [made[name, budget] for made in found.values()]
            cells.append(
                f"{100 * mean(s.lines for s in some):13.1f} /{100 * mean(s.files for s in some):5.1f}"
            )
        print(f"{name:8}" + "".join(cells))
    at = min(budgets, key=lambda budget: abs(budget - 20_000))
    for id in sorted(found, key=lambda id: found[id]["blocks", at].lines)[:worst]:
        one = found[id]["blocks", at]
        print(f"{id}: lines {one.lines:.0%}, files {one.files:.0%}")


if __name__ == "__main__":
    main()
