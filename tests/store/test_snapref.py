import multiprocessing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from git_ctx.model import Oid, SessionBranch
from git_ctx.store import discover
from git_ctx.store.files import snapshot
from git_ctx.store.files.snapref import chain, join, keep, without
from git_ctx.store.writer import Writer
from tests.store import judge
from tests.support import commit, fsck, git, init, write

BRANCH = SessionBranch(session="login-kxzq", branch="fix/100%")
REF = "refs/ctx/snap/login-kxzq/fix%2F100%25"
WHEN = datetime(2026, 1, 2, tzinfo=UTC)


def kept(path: Path, tree: Oid, base: Oid | None, prompt: str = "klmnopqrstuvwxyz") -> Oid:
    return keep(discover.find(path), BRANCH, tree, base, prompt, WHEN)


def tree_of(path: Path, files: dict[str, str | bytes]) -> Oid:
    write(path, files)
    return snapshot.take(discover.find(path), lambda path, content: None).tree


def test_the_ref_holds_the_tree_and_its_base(repo: Path) -> None:
    base = git(repo, "rev-parse", "HEAD")
    tree = tree_of(repo, {"new.py": "new\n"})
    tip = kept(repo, tree, base)
    assert git(repo, "rev-parse", REF) == tip
    assert git(repo, "log", "-1", "--format=%T|%P|%s|%(trailers:key=Ctx-Id,valueonly,separator=)", REF) == (
        f"{tree}|{base}|snapshot|klmnopqrstuvwxyz"
    )
    fsck(repo)


def test_trees_outlive_everything_else(repo: Path) -> None:
    base = commit(repo, {"app.py": "soon forgotten\n"})
    first = tree_of(repo, {"new.py": "first\n"})
    kept(repo, first, base)
    second = tree_of(repo, {"new.py": "second\n"})
    kept(repo, second, base)
    git(repo, "reset", "-q", "--hard", "HEAD~1")
    git(repo, "clean", "-fdq")
    git(repo, "reflog", "expire", "--expire=all", "--all")
    before = {tree: judge.listing(repo, tree) for tree in (first, second, base)}
    git(repo, "gc", "-q", "--prune=now")
    assert {tree: judge.listing(repo, tree) for tree in (first, second, base)} == before
    fsck(repo)
    git(repo, "update-ref", "-d", REF)
    git(repo, "gc", "-q", "--prune=now")
    assert not judge.objects(repo) & {first, second, base}


def test_what_the_tip_holds_already_is_not_added_again(repo: Path) -> None:
    base = git(repo, "rev-parse", "HEAD")
    tree = git(repo, "rev-parse", "HEAD^{tree}")
    tip = kept(repo, tree, base)
    assert kept(repo, tree, base, "other") == tip
    later = commit(repo, {})
    assert git(repo, "rev-parse", "HEAD^{tree}") == tree
    assert kept(repo, tree, later) != tip
    assert git(repo, "rev-parse", f"{REF}^1", f"{REF}^2") == f"{tip}\n{later}"


def test_without_a_base_there_is_only_the_tree(tmp_path: Path) -> None:
    unborn = init(tmp_path / "unborn")
    tip = kept(unborn, tree_of(unborn, {"first": "first\n"}), None)
    assert git(unborn, "log", "--format=%P", tip) == ""


def test_a_commit_is_not_signed(repo: Path) -> None:
    git(repo, "config", "commit.gpgSign", "true")
    git(repo, "config", "gpg.program", "false")
    kept(repo, git(repo, "rev-parse", "HEAD^{tree}"), None)


def _keep_many(path: Path, trees: list[Oid]) -> None:
    for tree in trees:
        kept(path, tree, None)


@pytest.mark.parametrize("writers", [4])
def test_writers_at_once_all_keep_their_trees(repo: Path, writers: int) -> None:
    trees = [tree_of(repo, {"new.py": f"{number}\n"}) for number in range(writers * 6)]
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=_keep_many, args=(repo, trees[number::writers])) for number in range(writers)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * writers
    assert sorted(git(repo, "log", "--format=%T", REF).split()) == sorted(trees)
    fsck(repo)


def chained(path: Path, tip: Oid) -> list[Oid]:
    return [commit.tree for commit, _ in chain(discover.find(path), tip)]


def joined(repo: Path) -> tuple[list[Oid], Oid]:
    """Snapshots on two branches, brought together, and one after that; and the base of all."""
    found, base = discover.find(repo), git(repo, "rev-parse", "HEAD")
    trees = [tree_of(repo, {"new.py": f"{number}\n"}) for number in range(3)]
    kept(repo, trees[0], base)
    other = SessionBranch(session="login-kxzq", branch="alt")
    tip = keep(found, other, trees[1], base, "k" * 16, WHEN)
    join(found, BRANCH, tip, WHEN)
    kept(repo, trees[2], base)
    return trees, base


def test_a_chain_goes_on_behind_a_join_and_never_into_code(repo: Path) -> None:
    trees, _ = joined(repo)
    assert set(chained(repo, git(repo, "rev-parse", REF))) == set(trees)


@pytest.mark.parametrize("gone", range(3))
def test_a_snapshot_can_be_taken_out_of_a_chain(repo: Path, gone: int) -> None:
    trees, base = joined(repo)
    found = discover.find(repo)
    writer = Writer(found)
    new = without(found, writer, git(repo, "rev-parse", REF), {trees[gone]: None}, ())
    assert new is not None
    left = set(trees) - {trees[gone]}
    assert set(chained(repo, new)) == left
    git(repo, "update-ref", REF, new)
    git(repo, "update-ref", "-d", "refs/ctx/snap/login-kxzq/alt")
    git(repo, "reflog", "expire", "--expire=all", "--all")
    git(repo, "gc", "-q", "--prune=now")
    assert judge.objects(repo) & set(trees) == left
    assert base in git(repo, "rev-list", REF).split()
    fsck(repo)


def test_of_a_chain_nothing_may_be_left(repo: Path) -> None:
    trees, _ = joined(repo)
    found = discover.find(repo)
    assert without(found, Writer(found), git(repo, "rev-parse", REF), dict.fromkeys(trees), ()) is None


def test_a_base_can_be_let_go(repo: Path) -> None:
    trees, base = joined(repo)
    found = discover.find(repo)
    new = without(found, Writer(found), git(repo, "rev-parse", REF), {}, {base})
    assert new is not None
    assert set(chained(repo, new)) == set(trees)
    assert base not in git(repo, "rev-list", new).split()
