#!/usr/bin/env python3
"""Repositories that are not the usual kind: does each command do in them what it does elsewhere?

    scripts/bench/odd.py [--only WORDS] [--show]

In each: start, prompt twice, save, restore, push, pull, log, fsck and more; then git's fsck. Prints, by kind
of repository, how many commands were tried, went well, refused in one clear line, or broke down (the user's
refs or index changed, too), and how often git fetched missing objects of a partial clone.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import cases
import steps

_BROKE = re.compile(r"Traceback|unforeseen failure|^Exception|object has no attribute", re.MULTILINE)
_WORDS = (
    "start odd", "prompt where is two made", "prompt and three now", "save -m kept",
    "restore #1", "restore @~1",
    "push --yes --files",
    "pull --files", "status", "log", "show #2", "diff #1", "list",
    "request file lib/two.py", "why app.py", "pin app.py", "branch forked", "fsck", "gc", "end",
)  # fmt: skip


@dataclass
class Odd:
    """A repository to work in. `env`: what its user has in the environment; `below`: where one stands."""

    at: Path
    env: Mapping[str, str] = field(default_factory=dict)
    below: str = "."


def main() -> int:
    parser = argparse.ArgumentParser(description="Repositories that are not the usual kind.")
    parser.add_argument("--only", default="")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    cases.load()
    place = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    os.environ["GIT_CONFIG_GLOBAL"] = str(place / "gitconfig")
    (place / "gitconfig").write_text('[protocol "file"]\n\tallow = always\n')
    wrong = 0
    print(f"{'repository':<40}{'tried':>6}{'well':>6}{'told':>6}{'broke':>6}  fetches  else")
    try:
        (place / "talk").mkdir()
        for name, make in _KINDS.items():
            if options.only in name:
                shutil.rmtree(place / "it", ignore_errors=True)
                (place / "it").mkdir()
                wrong += _try(name, make(_usual(place / "it")), place / "talk", options.show)
    finally:  # not by a context manager: each command is a fork of this process, and clears up at its end
        shutil.rmtree(place)
    return int(wrong > 0)


def _usual(place: Path) -> Path:
    """A server, with a few commits."""
    work = place / "first"
    cases.git(place, "init", "-q", "--bare", "-b", "main", "server")
    cases.git(place / "server", "config", "uploadpack.allowFilter", "true")
    cases.git(place / "server", "config", "uploadpack.allowAnySHA1InWant", "true")
    cases.git(place, "init", "-q", "-b", "main", "first")
    for number, word in enumerate(("one", "two", "three")):
        (work / "lib").mkdir(exist_ok=True)
        (work / "deep/er").mkdir(exist_ok=True, parents=True)
        (work / "app.py").write_text(f"from lib import {word}\n\ndef main():\n    return {word}.make()\n")
        (work / f"lib/{word}.py").write_text(f"def make():\n    return {number}\n")
        (work / f"deep/er/{word}.txt").write_text(f"{word}\n" * 50)
        cases.git(work, "add", "-A")
        cases.git(work, "commit", "-q", "-m", word)
    cases.git(work, "push", "-q", "../server", "main")
    return place


def _clone(place: Path, *options: str, name: str = "it") -> Odd:
    cases.git(place, "clone", "-q", *options, (place / "server").as_uri(), name)
    return Odd(place / name)


def _gone(odd: Odd) -> Odd:
    """The server is not to be had any more."""
    cases.git(odd.at, "remote", "set-url", "origin", "file:///nowhere/at/all")
    return odd


def _sparse(place: Path, *options: str) -> Odd:
    odd = _clone(place)
    cases.git(odd.at, "sparse-checkout", "set", *options, "lib")
    return odd


def _linked(place: Path) -> Odd:
    odd = _clone(place)
    cases.git(odd.at, "worktree", "add", "-q", "../other", "-b", "other")
    return Odd(place / "other")


def _super(place: Path) -> Odd:
    odd = _clone(place)
    cases.git(odd.at, "submodule", "--quiet", "add", (place / "server").as_uri(), "sub")
    cases.git(odd.at, "commit", "-q", "-m", "sub")
    return odd


def _submodule(place: Path) -> Odd:
    return Odd(_super(place).at / "sub")


def _alternates(place: Path) -> Odd:
    return _clone(place, "--shared", "--reference", str(place / "first"))


def _lost_alternate(place: Path) -> Odd:
    odd = _alternates(place)
    (odd.at / ".git/objects/info/alternates").write_text("/nowhere/objects\n")
    return odd


def _replaced(place: Path) -> Odd:
    odd = _clone(place)
    cases.git(odd.at, "replace", "HEAD:app.py", "HEAD:lib/one.py")
    cases.git(odd.at, "replace", "HEAD~1", "HEAD~2")
    return odd


def _grafted(place: Path) -> Odd:
    odd = _clone(place)
    head = cases.git(odd.at, "rev-parse", "HEAD").decode().strip()
    (odd.at / ".git/info").mkdir(exist_ok=True)
    (odd.at / ".git/info/grafts").write_text(f"{head}\n")
    return odd


def _work_tree_elsewhere(place: Path) -> Odd:
    odd = _clone(place)
    (odd.at / ".git").rename(place / "repo.git")
    cases.git(place / "repo.git", "config", "core.worktree", str(odd.at))
    return Odd(place / "repo.git")


def _by_environment(place: Path) -> Odd:
    odd = _clone(place)
    (odd.at / ".git").rename(place / "repo.git")
    return Odd(odd.at, {"GIT_DIR": str(place / "repo.git"), "GIT_WORK_TREE": str(odd.at)})


def _git_dir_alone(place: Path) -> Odd:
    odd = _clone(place)
    (odd.at / ".git").rename(place / "repo.git")
    return Odd(odd.at, {"GIT_DIR": "../repo.git"})


def _separate(place: Path) -> Odd:
    return _clone(place, f"--separate-git-dir={place / 'apart.git'}")


def _of_another(place: Path) -> Odd:
    odd = _clone(place)
    for path in (odd.at, *odd.at.rglob("*")):
        os.lchown(path, 12345, 12345)
    return odd


def _sha256(place: Path) -> Odd:
    cases.git(place, "init", "-q", "--object-format=sha256", "it")
    return Odd(place / "it")


def _reftable(place: Path) -> Odd:
    odd = _clone(place)
    cases.git(odd.at, "config", "core.repositoryFormatVersion", "1")
    cases.git(odd.at, "config", "extensions.refStorage", "reftable")
    return odd


def _bare(place: Path) -> Odd:
    return _clone(place, "--bare")


def _unborn(place: Path) -> Odd:
    cases.git(place, "init", "-q", "it")
    (place / "it/app.py").write_text("def main():\n    return 0\n")
    return Odd(place / "it")


def _detached(place: Path) -> Odd:
    odd = _clone(place)
    cases.git(odd.at, "checkout", "-q", "--detach", "HEAD~1")
    return odd


def _merging(place: Path) -> Odd:
    odd = _clone(place)
    cases.git(odd.at, "switch", "-qc", "side", "HEAD~1")
    (odd.at / "app.py").write_text("side\n")
    cases.git(odd.at, "commit", "-qam", "side")
    cases.git(odd.at, "merge", "main", check=False)
    return odd


def _split(place: Path) -> Odd:
    odd = _clone(place)
    cases.git(odd.at, "update-index", "--split-index")
    return odd


def _untracked_cache(place: Path) -> Odd:
    odd = _clone(place)
    cases.git(odd.at, "config", "core.untrackedCache", "true")
    cases.git(odd.at, "config", "feature.manyFiles", "true")
    cases.git(odd.at, "status")
    return odd


def _lied_to(place: Path) -> Odd:
    odd = _clone(place)
    cases.git(odd.at, "update-index", "--assume-unchanged", "app.py")
    cases.git(odd.at, "update-index", "--skip-worktree", "lib/one.py")
    (odd.at / "app.py").write_text("assumed\n")
    return odd


_KINDS: dict[str, Callable[[Path], Odd]] = {
    "usual": _clone,
    "partial, blob:none": lambda place: _clone(place, "--filter=blob:none"),
    "partial, blob:none, server gone": lambda place: _gone(_clone(place, "--filter=blob:none")),
    "partial, tree:0": lambda place: _clone(place, "--filter=tree:0"),
    "partial, tree:0, server gone": lambda place: _gone(_clone(place, "--filter=tree:0")),
    "partial and sparse": lambda place: _clone(place, "--filter=blob:none", "--sparse"),
    "partial and sparse, server gone": lambda place: _gone(_clone(place, "--filter=blob:none", "--sparse")),
    "shallow": lambda place: _clone(place, "--depth=1"),
    "shallow and partial": lambda place: _clone(place, "--depth=1", "--filter=blob:none"),
    "sparse": _sparse,
    "sparse, with sparse index": lambda place: _sparse(place, "--cone", "--sparse-index"),
    "linked work tree": _linked,
    "with a submodule": _super,
    "a submodule": _submodule,
    "alternates": _alternates,
    "alternates that are gone": _lost_alternate,
    "replace refs": _replaced,
    "grafts": _grafted,
    "core.worktree": _work_tree_elsewhere,
    "GIT_DIR and GIT_WORK_TREE": _by_environment,
    "GIT_DIR alone, relative": _git_dir_alone,
    "separate git directory": _separate,
    "of another user (safe.directory)": _of_another,
    "sha256": _sha256,
    "reftable": _reftable,
    "bare": _bare,
    "unborn branch": _unborn,
    "detached HEAD": _detached,
    "in the middle of a merge": _merging,
    "split index": _split,
    "untracked cache, many files": _untracked_cache,
    "assume-unchanged, skip-worktree": _lied_to,
}


def _try(name: str, odd: Odd, talk: Path, show: bool) -> int:
    before = _users(odd)
    packs = _packs(odd)
    counts = {"well": 0, "told": 0, "broke": 0}
    for command in _WORDS:
        if command.startswith("restore @~1"):
            after = _users(odd)
            if after != before:
                print(f"    {name}: the user's things changed: {_changes(before, after)}")
                counts["broke"] += 1
        if "three now" in command and not _is_bare(odd):
            top = cases.git(odd.at, "rev-parse", "--show-toplevel", check=False).decode().strip() or str(
                odd.at
            )
            with suppress(OSError):
                (Path(top) / "lib").mkdir(exist_ok=True)
                (Path(top) / "lib/two.py").write_text("def make():\n    return 'changed'\n")
        had = _packs(odd)
        ended = _ran(odd, talk, command)
        if show and _packs(odd) > had:
            print(f"    {command}: {_packs(odd) - had} fetches")
        verdict = _verdict(ended)
        counts[verdict] += 1
        if verdict == "broke" or (show and verdict != "well"):
            print(f"    {verdict} {command} ({ended.status}): {_said(ended)}")
        if command == "prompt where is two made":
            before = _users(odd)
    told = subprocess.run(
        ["git", "fsck", "--strict", "--no-dangling"],
        cwd=odd.at,
        env={**os.environ, **odd.env},
        capture_output=True,
    )
    fsck = "" if not told.returncode else told.stderr.decode().strip().replace("\n", " / ")[:160]
    row = "".join(f"{number:>6}" for number in (sum(counts.values()), *counts.values()))
    print(f"{name:<40}{row}{_packs(odd) - packs:>9}  {fsck}", flush=True)
    return counts["broke"]


def _ran(odd: Odd, talk: Path, command: str) -> steps.Ended:
    def work() -> int:
        os.environ.update(odd.env)
        signal.alarm(30)
        first, *rest = command.split()
        texts = [" ".join(rest)] if first == "prompt" else rest
        return cases.ctx(first, *texts)

    return steps.plain(work, odd.at / odd.below, talk)


def _verdict(ended: steps.Ended) -> str:
    if ended.status < 0 or ended.status == 70 or _BROKE.search(ended.said):
        return "broke"
    if ended.status == 0:
        return "well"
    fatal = [line for line in ended.said.splitlines() if line.startswith(("fatal:", "error:"))]
    return "told" if len(fatal) == 1 or ended.status == 1 else "broke"


def _said(ended: steps.Ended) -> str:
    lines = (ended.out.decode(errors="replace") + "\n" + ended.said).splitlines()
    return " / ".join(line for line in lines if re.match(r"[a-z]+: |\w+Error|Traceback|  File", line))[-500:]


def _is_bare(odd: Odd) -> bool:
    return cases.git(odd.at, "rev-parse", "--is-bare-repository", check=False).strip() == b"true"


def _git(odd: Odd, *words: str) -> bytes:
    env = {**os.environ, **odd.env}
    return subprocess.run(["git", *words], cwd=odd.at, env=env, capture_output=True, check=False).stdout


def _users(odd: Odd) -> dict[str, bytes]:
    return {
        "refs": _git(odd, "for-each-ref", "refs/heads", "refs/tags", "refs/stash", "refs/replace"),
        "HEAD": _git(odd, "symbolic-ref", "-q", "HEAD") + _git(odd, "rev-parse", "HEAD"),
        "index": _git(odd, "ls-files", "-s"),
    }


def _changes(before: dict[str, bytes], after: dict[str, bytes]) -> str:
    return ", ".join(what for what in before if before[what] != after[what])


def _packs(odd: Odd) -> int:
    """How often git fetched from a promisor: each time leaves a pack of its own."""
    folder = _git(odd, "rev-parse", "--path-format=absolute", "--git-path", "objects/pack").decode().strip()
    return len(list(Path(folder).glob("*.promisor"))) if folder else 0


if __name__ == "__main__":
    sys.exit(main())
