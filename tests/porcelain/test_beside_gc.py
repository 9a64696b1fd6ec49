"""A `git gc --prune=now` at every moment when a ref moves: before git looks, or just after it did."""

from datetime import timedelta
from pathlib import Path

import pytest

from git_ctx.porcelain import branch, merge
from git_ctx.porcelain.save import save
from git_ctx.porcelain.tending import forget
from git_ctx.porcelain.tending.sought import Wish
from git_ctx.store import refs
from git_ctx.store.discover import find
from git_ctx.store.process import Done
from git_ctx.store.repo import Repo
from tests import support
from tests.porcelain.conftest import NOW, Ask

MAIN, SIDE = "refs/ctx/heads/demo/main", "refs/ctx/heads/demo/side"
LATER = NOW + timedelta(seconds=1)


@pytest.fixture
def pruned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was taken. The first try at a ref finds it gone; of the second, it goes once the ref has moved."""
    real = Repo.run
    taken: list[str] = []
    tried: set[tuple[str, ...]] = set()

    def run(self: Repo, *args: str, **words: object) -> Done:
        if "update-ref" not in args:
            return real(self, *args, **words)  # type: ignore[arg-type]
        unreachable = real(self, "prune", "-n", "--expire=now").stdout.decode().split()[::2]
        first = args not in tried
        tried.add(args)
        if first:
            _take(self, unreachable, taken)
        done = real(self, *args, **words)  # type: ignore[arg-type]
        _take(self, unreachable, taken)
        return done

    monkeypatch.setattr(Repo, "run", run)
    return taken


def _take(repo: Repo, oids: list[str], taken: list[str]) -> None:
    for oid in oids:
        path = repo.objects / oid[:2] / oid[2:]
        if path.exists():
            path.unlink()
            taken.append(oid)


def subjects(repo: Path, ref: str) -> list[str]:
    return support.git(repo, "log", "--reverse", "--format=%s", ref).splitlines()


def test_prompts_and_saves_keep_their_files(repo: Path, ask: Ask, pruned: list[str]) -> None:
    support.git(repo, "switch", "-qc", "work")
    for number in range(2):
        support.write(repo, {"app.py": f"NUMBER = {number}\n", f"new_{number}.py": "NEW = 1\n"})
        ask(f"prompt {number}")
    support.write(repo, {"app.py": "NUMBER = 9\n"})
    saved = save(find(repo), None, "kept", NOW)
    assert pruned
    support.fsck(repo)
    assert support.git(repo, "show", f"{saved.save.snapshot}:app.py") == "NUMBER = 9"


def test_what_is_forgotten_is_that_alone_and_lines_unite(repo: Path, ask: Ask, pruned: list[str]) -> None:
    ask("the first one")
    here = find(repo)
    name = refs.listing(here)[0].branch.session
    main, side = (f"refs/ctx/heads/{name}/{each}" for each in ("main", "side"))
    branch.make(here, "side", None, None, NOW)
    ask("fork with zebra in it", session=f"{name}@side")
    ask("on main")
    # what a remote had of it, twice
    for remote in ("one", "two"):
        support.git(repo, "update-ref", f"refs/ctx/remotes/{remote}/heads/{name}/side", side)
    forget.forget(find(repo), Wish(kind="text", words="zebra"), LATER)
    assert subjects(repo, side)[-2:] == ["prompt: fork with [forgotten] in it", "forgotten: entries"]
    mirrored = support.git(repo, "log", "--format=%s", f"refs/ctx/remotes/two/heads/{name}/side")
    assert mirrored.splitlines()[0] == "prompt: fork with [forgotten] in it"
    merge.merge(find(repo), "side", None, LATER)
    assert "prompt: fork with [forgotten] in it" in subjects(repo, main)
    assert pruned
    support.fsck(repo)
