"""What two people have of one session, whatever order they push and pull in."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from git_ctx.errors import BrokenSession, DifferentSessions
from git_ctx.model import SessionBranch
from git_ctx.porcelain.sharing import mirrors as mirroring
from git_ctx.porcelain.sharing import sync
from git_ctx.store import discover
from git_ctx.store.forgetting import tombstones
from git_ctx.store.sharing import remote
from tests import servers
from tests.sharing import WHEN, add, begin, heads, mirrors, prompts, push
from tests.store.sessions import forge
from tests.support import clone, fsck, git

REF = "refs/ctx/heads/demo/main"
DEMO = SessionBranch(session="demo", branch="main")


@pytest.fixture
def server(tmp_path: Path) -> Path:
    return servers.bare(tmp_path / "served/repo.git")


@pytest.fixture
def ada(repo: Path, server: Path) -> Path:
    git(repo, "remote", "add", "origin", str(server))
    git(repo, "push", "-q", "-u", "origin", "main")
    return repo


@pytest.fixture
def bob(ada: Path, server: Path, tmp_path: Path) -> Path:
    return clone(server, tmp_path / "bob")


@pytest.fixture
def both(ada: Path, bob: Path) -> tuple[Path, Path]:
    """Both have the session demo, with one prompt."""
    add(ada, begin(ada, "demo"))
    push(ada)
    adopt(bob)
    return ada, bob


def adopt(path: Path, session: str = "demo") -> str:
    here = discover.find(path)
    sync.fetch(here, None)
    (mirror,) = sync.shared(here, session)
    return sync.adopt(here, mirror, WHEN)


def pull(path: Path, **options: bool) -> sync.Pulled:
    return sync.pull(discover.find(path), None, WHEN, **options)


def relation(path: Path) -> dict[str, str]:
    _, rows = mirroring.listing(discover.find(path), None)
    return {str(row.listed.branch): row.relation for row in rows}


def test_a_mirror_becomes_a_session_of_ones_own(ada: Path, bob: Path) -> None:
    add(ada, begin(ada, "demo"))
    push(ada)
    assert adopt(bob) == heads(ada)["demo/main"]
    assert heads(bob) == heads(ada)
    assert "use: from origin" in git(bob, "reflog", "show", REF)
    fsck(bob)


def test_after_a_pull_both_have_everything(both: tuple[Path, Path]) -> None:
    ada, bob = both
    hers, his = add(ada, DEMO), add(bob, DEMO)
    push(ada)
    assert push(bob)[0].diverged
    pulled = pull(bob)
    assert (pulled.united[DEMO].how, pulled.united[DEMO].prompts, pulled.problems) == ("joined", 1, {})
    assert not push(bob)[0].refused
    assert pull(ada).united[DEMO].how == "fast-forward"
    assert heads(ada) == heads(bob) == mirrors(ada)
    assert {hers, his} <= prompts(ada, REF)
    fsck(ada)
    fsck(bob)


def test_pulling_again_changes_nothing(both: tuple[Path, Path]) -> None:
    _, bob = both
    add(bob, DEMO)
    before = heads(bob)
    pulled = pull(bob)
    assert (pulled.united, pulled.problems, heads(bob)) == ({}, {}, before)


class Model:
    """What each must hold, as sets of prompts, knowing nothing of commits."""

    def __init__(self, start: set[str]) -> None:
        self.server = set(start)
        self.local = [set(start), set(start)]

    def may_push(self, who: int) -> bool:
        return self.server <= self.local[who]


STEPS = st.lists(
    st.tuples(st.sampled_from(["prompt", "push", "pull"]), st.integers(0, 1)), min_size=3, max_size=9
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_the_order_nobody_loses_anything(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    base = tmp_path_factory.mktemp("model")
    server = servers.bare(base / "repo.git")
    paths = [clone(server, base / name) for name in ("ada", "bob")]
    model = Model({add(paths[0], begin(paths[0], "demo"))})
    push(paths[0])
    adopt(paths[1])
    for verb, who in steps:
        if verb == "prompt":
            model.local[who].add(add(paths[who], DEMO))
        elif verb == "pull":
            pull(paths[who])
            model.local[who] |= model.server
        elif push(paths[who])[0].refused is None:
            assert model.may_push(who)
            model.server = set(model.local[who])
        assert prompts(server, REF) == model.server
        assert [prompts(path, REF) for path in paths] == model.local
    for who in (0, 1, 0):
        pull(paths[who])
        assert push(paths[who])[0].refused is None
    everything = model.server | model.local[0] | model.local[1]
    assert prompts(server, REF) == prompts(paths[0], REF) == prompts(paths[1], REF) == everything
    assert heads(paths[0]) == heads(server)
    fsck(paths[0])


def test_the_same_name_with_another_id_is_never_merged(ada: Path, bob: Path) -> None:
    begin(ada, "demo")
    push(ada)
    begin(bob, "demo")
    mine = heads(bob)
    assert "different sessions" in pull(bob).problems["demo@main"]
    with pytest.raises(DifferentSessions):
        adopt(bob)
    assert heads(bob) == mine
    assert relation(bob) == {"demo@main": "another session"}


def test_another_branch_of_the_name_with_another_id_is_not_taken_in(ada: Path, bob: Path) -> None:
    begin(ada, "demo")
    git(ada, "push", "-q", "origin", f"{REF}:refs/ctx/heads/demo/side")
    begin(bob, "demo")
    with pytest.raises(DifferentSessions):
        adopt(bob)
    assert set(heads(bob)) == {"demo/main"}


def test_what_was_deleted_here_does_not_come_back_by_itself(both: tuple[Path, Path]) -> None:
    ada, bob = both
    here = discover.find(bob)
    id = json.loads(git(bob, "show", f"{REF}:session.json"))["id"]
    tombstones.bury(here, id, "demo", WHEN, {})
    git(bob, "update-ref", "-d", REF)
    add(ada, DEMO)
    push(ada)
    pull(bob)
    assert heads(bob) == {}
    assert relation(bob) == {"demo@main": "deleted here"}
    adopt(bob)
    assert heads(bob) == heads(ada)
    assert not tombstones.is_buried(here, id)


def test_a_forged_session_is_named_and_the_others_are_united(both: tuple[Path, Path]) -> None:
    ada, bob = both
    add(ada, DEMO)
    push(ada)
    begin(ada, "other")
    push(ada)
    adopt(bob, "other")
    session = git(ada, "show", "refs/ctx/heads/other/main:session.json").encode() + b"\n"
    forge(
        ada, {"session.json": session, "events/900000/00-kkkkllllmmmmnnnn.prompt.json": b"{}"}, "other/main"
    )
    git(ada, "push", "-q", "--force", "origin", "refs/ctx/heads/other/main")
    mine = heads(bob)["other/main"]
    pulled = pull(bob)
    assert "leaps" in pulled.problems["other@main"]
    assert list(pulled.united) == [DEMO]
    assert heads(bob)["other/main"] == mine


def test_a_rewritten_entry_is_not_taken_in(both: tuple[Path, Path], server: Path) -> None:
    ada, bob = both
    (name,) = [
        line for line in git(ada, "ls-tree", "-r", "--name-only", REF).splitlines() if "prompt" in line
    ]
    session = git(ada, "show", f"{REF}:session.json").encode() + b"\n"
    forge(ada, {"session.json": session, name: b'{"text": "something else"}\n'})
    git(ada, "push", "-q", "--force", "origin", REF)
    mine = heads(bob)
    assert "entries are never rewritten" in pull(bob).problems["demo@main"]
    assert heads(bob) == mine


def test_a_remote_that_dropped_entries_takes_none_from_us(both: tuple[Path, Path]) -> None:
    """A fast-forward by its commits, and yet its tree has less."""
    ada, bob = both
    before = prompts(bob, REF)
    tree = git(ada, "rev-parse", f"{REF}:session.json")
    bare = git(ada, "mktree", input=f"100644 blob {tree}\tsession.json\n".encode())
    evil = git(ada, "commit-tree", "-m", "less", "-p", REF, bare)
    git(ada, "push", "-q", "origin", f"{evil}:{REF}")
    pull(bob)
    assert prompts(bob, REF) == before


def test_what_is_no_session_is_not_adopted(ada: Path, bob: Path) -> None:
    forge(ada, {"readme": b"x"})
    git(ada, "push", "-q", "origin", REF)
    # As a git ctx that left such mirrors has it.
    git(bob, "fetch", "-q", "origin", f"{REF}:refs/ctx/remotes/origin/heads/demo/main")
    here = discover.find(bob)
    with pytest.raises(BrokenSession):
        sync.adopt(here, *sync.shared(here, "demo"), WHEN)
    assert heads(bob) == {}
    assert relation(bob) == {"demo@main": "broken"}


def test_how_the_sessions_here_stand_to_the_remotes(both: tuple[Path, Path]) -> None:
    ada, bob = both
    assert relation(bob) == {"demo@main": "up to date"}
    add(bob, DEMO)
    assert relation(bob) == {"demo@main": "ahead"}
    add(ada, DEMO)
    push(ada)
    sync.fetch(discover.find(bob), None)
    assert relation(bob) == {"demo@main": "diverged"}
    git(bob, "update-ref", REF, f"{REF}~1")
    assert relation(bob) == {"demo@main": "behind"}
    git(bob, "update-ref", "-d", REF)
    assert relation(bob) == {"demo@main": "not here"}


def test_the_remotes_and_what_is_left_of_a_renamed_one(both: tuple[Path, Path]) -> None:
    _, bob = both
    here = discover.find(bob)
    (origin,) = mirroring.remotes(here)
    assert (origin.name, origin.sessions, origin.chosen, origin.gone) == ("origin", 1, True, False)
    git(bob, "remote", "rename", "origin", "upstream")
    here = discover.find(bob)
    assert [(one.name, one.sessions, one.gone) for one in mirroring.remotes(here)] == [
        ("upstream", 0, False),
        ("origin", 1, True),
    ]
    assert sync.fetch(here, None).stale == ("origin",)
    assert mirroring.prune(here) == ("origin",)
    assert remote.mirrored(here) == {"upstream": 1}
    assert set(heads(bob)) == {"demo/main"}
