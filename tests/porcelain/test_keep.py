from pathlib import Path

import pytest

from git_ctx.errors import (
    InvalidName,
    MoveNotAllowed,
    NoSession,
    SessionExists,
    SessionNotFound,
    WriteFailed,
)
from git_ctx.model import SessionBranch
from git_ctx.porcelain.life import close
from git_ctx.porcelain.session import start
from git_ctx.porcelain.tending.keep import delete, rename, whole
from git_ctx.store import discover
from git_ctx.store.forgetting import tombstones
from git_ctx.store.sessions import pending
from git_ctx.store.sessions.pending import Draft
from tests import support
from tests.porcelain.conftest import NOW, Ask


def ctx_refs(repo: Path) -> dict[str, str]:
    listed = support.git(repo, "for-each-ref", "--format=%(objectname) %(refname)", "refs/ctx")
    return {line[41:]: line[:40] for line in listed.splitlines()}


@pytest.fixture
def forked(repo: Path, ask: Ask) -> Path:
    """Session demo with two branches and snapshots, used by the git branches main and fix/100%."""
    start(discover.find(repo), "demo", NOW)
    support.write(repo, {"new.py": "new = 1\n"})
    ask("what is new")
    tip = support.git(repo, "rev-parse", "refs/ctx/heads/demo/main")
    snap = support.git(repo, "rev-parse", "refs/ctx/snap/demo/main")
    support.git(repo, "update-ref", "--create-reflog", "refs/ctx/heads/demo/fix%2F100%25", tip)
    support.git(repo, "update-ref", "refs/ctx/snap/demo/fix%2F100%25", snap)
    support.git(repo, "branch", "fix/100%")
    support.git(repo, "config", "branch.fix/100%.ctxSession", "demo@fix/100%")
    return repo


def test_a_rename_moves_every_ref_with_its_reflog_and_what_points_there(forked: Path, ask: Ask) -> None:
    before = ctx_refs(forked)
    log = support.git(forked, "reflog", "--format=%H %gs", "refs/ctx/heads/demo/main")
    done = rename(discover.find(forked), "better", None)
    assert (done.session.name, done.name) == ("demo", "better")
    assert sorted(done.git_branches) == ["fix/100%", "main"]
    assert ctx_refs(forked) == {ref.replace("/demo/", "/better/"): oid for ref, oid in before.items()}
    assert support.git(forked, "config", "branch.main.ctxSession") == "better@main"
    assert support.git(forked, "config", "branch.fix/100%.ctxSession") == "better@fix/100%"
    moved = support.git(forked, "reflog", "--format=%H %gs", "refs/ctx/heads/better/main").splitlines()
    assert moved[0].endswith("rename: demo to better")
    assert moved[1:] == ([] if support.TABLES else log.splitlines())
    assert not list((forked / ".git/logs/refs/ctx").glob("*/demo"))
    assert ask("what is new").context.kind == "update"
    support.fsck(forked)


def test_a_name_in_use_or_none_moves_nothing(forked: Path) -> None:
    start(discover.find(forked), "other", NOW)
    before = ctx_refs(forked)
    with pytest.raises(SessionExists):
        rename(discover.find(forked), "other", "demo")
    with pytest.raises(SessionExists):
        rename(discover.find(forked), "demo", "demo")
    with pytest.raises(InvalidName):
        rename(discover.find(forked), "../x", "demo")
    with pytest.raises(SessionNotFound):
        rename(discover.find(forked), "better", "nope")
    assert ctx_refs(forked) == before


def test_a_closed_session_is_renamed_too(forked: Path) -> None:
    close(discover.find(forked), ("demo",), "archived", NOW)
    rename(discover.find(forked), "better", "demo")
    assert {one.state for one in whole(discover.find(forked), "better").branches} == {"archived"}


def test_delete_takes_all_and_leaves_what_brings_it_back(forked: Path, ask: Ask) -> None:
    before = ctx_refs(forked)
    at = discover.find(forked)
    id = whole(at, "demo").branches[0].session
    done = delete(at, "demo", NOW)
    assert done.refs == before
    assert ctx_refs(forked) == {}
    assert support.git(forked, "config", "--get-regexp", "ctxsession", check=False) == ""
    assert tombstones.is_buried(at, id)
    with pytest.raises(NoSession):
        whole(discover.find(forked), None)
    for ref, oid in done.refs.items():
        support.git(forked, "update-ref", ref, oid)
    assert ask("what is new", session="demo").context.kind == "update"
    support.fsck(forked)


def test_a_session_of_the_same_beginning_stays(forked: Path) -> None:
    start(discover.find(forked), "demo-2", NOW)
    delete(discover.find(forked), "demo", NOW)
    assert list(ctx_refs(forked)) == ["refs/ctx/heads/demo-2/main"]


def test_a_session_that_cannot_be_read_is_deleted_too(forked: Path) -> None:
    blob = support.git(forked, "hash-object", "-w", "--stdin", input=b"no commit")
    support.git(forked, "update-ref", "refs/ctx/heads/demo/main", blob)
    delete(discover.find(forked), "demo", NOW)
    assert ctx_refs(forked) == {}


@support.needs_files
def test_a_ref_that_holds_no_id_goes_too(forked: Path) -> None:
    (forked / ".git/refs/ctx/heads/demo/broken").write_text("damaged\n")
    assert len(whole(discover.find(forked), "demo").branches) == 3
    delete(discover.find(forked), "demo", NOW)
    with pytest.raises(SessionNotFound):
        whole(discover.find(forked), "demo")


def test_a_prompt_on_its_way_is_waited_for(forked: Path) -> None:
    before, at = ctx_refs(forked), discover.find(forked)
    draft = Draft(
        id="klmnopqrstuvwxyz",
        branch=SessionBranch(session="demo", branch="main"),
        text="a prompt on its way",
        asked_at=NOW,
        author="Ada <ada@example.com>",
        conversation="c",
        seen=before["refs/ctx/heads/demo/main"],
    )
    with pending.put(at, draft):
        with pytest.raises(MoveNotAllowed, match="is analyzing"):
            rename(at, "better", "demo")
        with pytest.raises(MoveNotAllowed, match="is analyzing"):
            delete(at, "demo", NOW)
    assert ctx_refs(forked) == before
    rename(at, "better", "demo")
    assert whole(at, "better").prompts == 2


def test_what_a_remote_has_is_named_and_stays(forked: Path) -> None:
    tip = support.git(forked, "rev-parse", "refs/ctx/heads/demo/main")
    for mirror in ("up%2Fstream/heads/demo/main", "origin/heads/demo/main", "origin/heads/demo-2/main"):
        support.git(forked, "update-ref", f"refs/ctx/remotes/{mirror}", tip)
    done = delete(discover.find(forked), "demo", NOW)
    assert done.session.remotes == ("origin", "up/stream")
    assert len(ctx_refs(forked)) == 3


def test_a_rename_that_died_with_the_snapshots_still_to_move_is_finished(forked: Path) -> None:
    before = ctx_refs(forked)
    for ref, oid in before.items():
        support.git(forked, "update-ref", ref.replace("/demo/", "/better/"), oid)
        if "/heads/" in ref:
            support.git(forked, "update-ref", "-d", ref)
    rename(discover.find(forked), "better", "demo")
    assert ctx_refs(forked) == {ref.replace("/demo/", "/better/"): oid for ref, oid in before.items()}


def test_what_fails_to_be_deleted_is_still_used(forked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (forked / ".git/config").read_bytes()

    def fail(*_: object) -> None:
        raise WriteFailed("refs of session 'demo'", "No space left on device")

    monkeypatch.setattr("git_ctx.store.sessions.moves._update", fail)
    with pytest.raises(WriteFailed):
        delete(discover.find(forked), "demo", NOW)
    with pytest.raises(WriteFailed):
        rename(discover.find(forked), "better", "demo")
    found = discover.find(forked).config_of_branches("ctxSession")
    assert found == {"main": "demo@main", "fix/100%": "demo@fix/100%"}
    assert b"better" not in before
