"""Snapshots that are shared: all the files, no commit that was not pushed, no secret."""

from pathlib import Path

import pytest

from git_ctx.errors import SecretsFound
from git_ctx.porcelain.prompt import Wish, prompt
from git_ctx.porcelain.sharing import plan as plans
from git_ctx.porcelain.sharing import push, sync
from git_ctx.porcelain.tending import forget, sought
from git_ctx.store import discover
from git_ctx.store.sharing import outgoing
from tests import servers
from tests.porcelain.conftest import NOW, Ask
from tests.store.judge import listing, objects
from tests.support import clone, commit, fsck, git, write

REF = "refs/ctx/heads/demo/main"
SNAP = "refs/ctx/snap/demo/main"


@pytest.fixture
def server(tmp_path: Path) -> Path:
    return servers.bare(tmp_path / "served/repo.git")


@pytest.fixture
def ada(repo: Path, server: Path, ask: Ask) -> Path:
    """Has the session demo, with prompts on an unpushed commit and on files that no commit holds."""
    git(repo, "remote", "add", "origin", str(server))
    git(repo, "push", "-q", "-u", "origin", "main")
    begin(repo)
    ask("fix main")
    commit(repo, {"unpushed.py": "committed = 1\n"}, "not pushed yet")
    ask("and now")
    write(repo, {"app.py": "def main():\n    return 7\n", "new.py": "new = 1\n"})
    ask("and again")
    return repo


def begin(path: Path) -> None:
    from git_ctx.porcelain.session import start

    start(discover.find(path), "demo", NOW)


def share(path: Path, **options: bool) -> push.Pushed:
    here = discover.find(path)
    plan = plans.plan(here, None, "demo@main", NOW, files=True, **options)
    return push.push(here, plan, allow_secret=False)


def snapshots(path: Path) -> list[str]:
    """The trees that the prompts name."""
    import json

    names = git(path, "ls-tree", "-r", "--name-only", REF).splitlines()
    prompts = [json.loads(git(path, "show", f"{REF}:{name}")) for name in names if "prompt.json" in name]
    return [prompt["snapshot"] for prompt in prompts]


def test_every_file_arrives_and_no_unpushed_commit(ada: Path, server: Path, tmp_path: Path) -> None:
    (row,) = share(ada).rows
    assert (row.result, row.detail) == ("pushed", None)
    bob = clone(server, tmp_path / "bob")
    sync.fetch(discover.find(bob), None, files=True)
    assert len(snapshots(ada)) == 3
    for tree in snapshots(ada):
        assert listing(bob, tree) == listing(ada, tree)
        git(bob, "archive", tree)  # each blob is there
    assert git(ada, "rev-parse", "HEAD") not in objects(server) | objects(bob)
    assert git(server, "log", "--format=%s", SNAP, "--not", "main").split() == ["snapshot"] * 3
    fsck(server)
    fsck(bob)


def test_without_files_no_snapshot_travels(ada: Path, server: Path) -> None:
    here = discover.find(ada)
    push.push(here, plans.plan(here, None, "demo@main", NOW), allow_secret=False)
    assert git(server, "for-each-ref", "--format=%(refname)", "refs/ctx") == REF
    assert not set(snapshots(ada)[1:]) & objects(server)


def test_again_only_what_is_new_travels_and_the_chain_goes_on(ada: Path, server: Path, ask: Ask) -> None:
    share(ada)
    first = git(server, "rev-parse", SNAP)
    assert [row.result for row in share(ada).rows] == ["up to date"]
    assert git(server, "rev-parse", SNAP) == first
    write(ada, {"later.py": "later = 1\n"})
    ask("once more")
    share(ada)
    assert git(server, "rev-list", f"{first}..{SNAP}", "--not", "main").count("\n") == 0
    assert git(server, "show", f"{SNAP}:later.py") == "later = 1"


def test_both_share_their_files_and_have_those_of_the_other(
    ada: Path, server: Path, tmp_path: Path, ask: Ask
) -> None:
    share(ada)
    bob = clone(server, tmp_path / "bob")
    there = discover.find(bob)
    sync.fetch(there, None, files=True)
    (mirror,) = sync.shared(there, "demo")
    sync.adopt(there, mirror, NOW)
    write(bob, {"his.py": "his = 1\n"})
    ask("his prompt", at=bob, session="demo@main")
    write(ada, {"hers.py": "hers = 1\n"})
    ask("her prompt")
    share(ada)
    sync.pull(there, None, NOW, files=True)
    assert [row.result for row in share(bob).rows] == ["pushed"]
    sync.pull(discover.find(ada), None, NOW, files=True)
    assert snapshots(ada) == snapshots(bob) and len(snapshots(ada)) == 5
    for path in (ada, bob):
        git(path, "update-ref", "-d", "refs/ctx/remotes/origin/snap/demo/main")
        git(path, "-c", "gc.reflogExpire=now", "gc", "-q", "--prune=now")
        assert all(listing(path, tree) for tree in snapshots(path))


def test_the_files_that_go_are_named_and_asked_for(ada: Path) -> None:
    plan = plans.plan(discover.find(ada), None, "demo@main", NOW, files=True)
    assert plan.asks and plan.snapshots == ("app.py", "new.py", "unpushed.py")


def test_a_secret_in_an_unpushed_commit_stops_it(ada: Path, server: Path, ask: Ask) -> None:
    key = "AKIA" + "Z7Q4XW3RN5TBKL2M"
    commit(ada, {"settings.py": f"KEY = '{key}'\n"})
    ask("what is in there")
    with pytest.raises(SecretsFound, match=r"the snapshots: settings\.py: aws"):
        share(ada)
    assert git(server, "for-each-ref", "refs/ctx") == ""


def test_replacing_takes_the_old_files_away(ada: Path, server: Path) -> None:
    share(ada)
    old = git(server, "rev-parse", SNAP)
    git(ada, "update-ref", SNAP, f"{SNAP}~1")
    here = discover.find(ada)
    push.push(here, plans.plan(here, None, "demo@main", NOW, replace=True), allow_secret=False)
    assert git(server, "rev-list", SNAP, "--not", "main").count("\n") == 1
    assert old not in git(server, "rev-list", "--all").split()


def test_mirrored_files_forget_with_their_session_asked_for_or_not(
    ada: Path, server: Path, tmp_path: Path
) -> None:
    share(ada)
    bob = discover.find(clone(server, tmp_path / "bob"))
    sync.fetch(bob, None, files=True)
    under = "refs/ctx/remotes/origin/snap/demo/main"
    known = [listing(bob.common_dir, tree) for tree in snapshots(ada)]
    here = discover.find(ada)
    forget.forget(here, sought.Wish(kind="path", words="new.py"), NOW)
    push.push(here, plans.plan(here, None, "demo@main", NOW, replace=True), allow_secret=False)
    sync.fetch(bob, None)
    left = {
        name
        for line in git(bob.common_dir, "log", "--format=%T", under).split()
        for name in listing(bob.common_dir, line)
    }
    assert "new.py" not in left
    assert set(known[0]) <= left
    sync.fetch(bob, None, files=True)
    for tree in snapshots(ada):
        assert listing(bob.common_dir, tree) == listing(ada, tree)


def test_a_file_is_forgotten_of_snapshots_that_only_others_have(
    ada: Path, server: Path, tmp_path: Path
) -> None:
    share(ada)
    bob = discover.find(clone(server, tmp_path / "bob"))
    sync.fetch(bob, None)
    (mirror,) = sync.shared(bob, "demo")
    sync.adopt(bob, mirror, NOW)
    forget.forget(bob, sought.Wish(kind="path", words="new.py"), NOW)
    sync.pull(bob, None, NOW, files=True)
    push.push(bob, plans.plan(bob, None, "demo@main", NOW, files=True, replace=True), allow_secret=False)
    here = discover.find(ada)
    sync.pull(here, None, NOW, files=True)
    for path in (ada, bob.work_tree, server):
        assert path
        trees = git(path, "log", "--format=%T", SNAP).split()
        assert len(trees) > 1
        assert not [tree for tree in trees if "new.py" in listing(path, tree)]


def test_of_a_session_that_is_another_one_there_no_snapshot_travels_either_way(
    ada: Path, server: Path, tmp_path: Path
) -> None:
    eve = clone(server, tmp_path / "eve")
    begin(eve)
    write(eve, {"eve.py": "mine = 1\n"})
    there = discover.find(eve)
    prompt(there, "of eve", Wish(), NOW, lambda doing: None)
    (row,) = share(eve).rows
    (row,) = share(ada).rows
    assert (row.result, row.without) == ("diverged", False)
    assert git(server, "log", "--format=%s", SNAP, "--not", "main").split() == ["snapshot"]
    before = git(ada, "rev-parse", SNAP)
    done = sync.pull(discover.find(ada), None, NOW, files=True)
    assert list(done.problems) == ["demo@main"]
    assert git(ada, "rev-parse", SNAP) == before


def sent_trees(server: Path) -> set[str]:
    return set(git(server, "log", "--format=%T", SNAP, "--not", "main").split())


def test_a_commit_of_code_that_calls_itself_a_snapshot_stays_here(ada: Path, server: Path, ask: Ask) -> None:
    for subject in ("snapshot", "snapshots"):
        commit(ada, {"code.py": f"{subject}, at first"}, subject)
        commit(ada, {"code.py": subject}, subject)
        ask(f"on {subject}")
    hidden = git(ada, "rev-list", "main", "--not", "origin/main").split()
    share(ada)
    assert not set(hidden) & objects(server)
    assert sent_trees(server) <= set(snapshots(ada))


def test_a_merge_of_code_that_calls_itself_snapshots_stays_here(ada: Path, server: Path, ask: Ask) -> None:
    commit(ada, {}, "all of it")
    git(ada, "switch", "-qc", "side", "HEAD~1")
    commit(ada, {"side.py": "side"}, "to the side")
    git(ada, "switch", "-q", "main")
    git(ada, "merge", "-q", "--no-ff", "-m", "snapshots", "side")
    write(ada, {"app.py": "merged = 1\n"})
    ask("on a merge")
    hidden = git(ada, "rev-list", "main", "--not", "origin/main").split()
    share(ada)
    assert not set(hidden) & objects(server)
    assert sent_trees(server) <= set(snapshots(ada))


def test_what_a_remote_promised_is_not_fetched_to_look_at_it(tmp_path: Path, repo: Path) -> None:
    commit(repo, {"a.py": "a = 1\n", "b.py": "b = 1\n"})
    git(repo, "config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial"
    git(tmp_path, "clone", "-q", "--filter=blob:none", "--no-checkout", repo.as_uri(), str(partial))
    absent = git(repo, "rev-parse", "HEAD:a.py")
    found = discover.find(partial)
    assert outgoing.unknown(found, "origin", [absent, "1" * 40]) == {"1" * 40}
    assert [sent.path for sent in outgoing.reachable(found, [git(partial, "rev-parse", "HEAD")])] == [
        ""
    ] * int(git(partial, "rev-list", "--count", "HEAD"))
    listed = git(partial, "rev-list", "--objects", "--missing=print", "HEAD").splitlines()
    assert f"?{absent}" in listed
