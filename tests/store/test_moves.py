from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from git_ctx.errors import BranchBusy, SessionExists
from git_ctx.model import SessionBranch
from git_ctx.store import claims, discover, lock
from git_ctx.store.process import Done
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import moves
from tests import support
from tests.store import sessions


def listed(repo: Path) -> str:
    return support.git(repo, "for-each-ref", "refs/ctx")


def test_a_ref_that_moved_meanwhile_stops_all(repo: Path) -> None:
    at = discover.find(repo)
    sessions.start(at)
    sessions.prompt(at, "one")
    support.git(repo, "update-ref", "refs/ctx/heads/demo/side", "refs/ctx/heads/demo/main~1")
    with moves.held(at, "demo", "new") as (old, new):
        support.git(repo, "update-ref", "refs/ctx/heads/demo/side", "refs/ctx/heads/demo/main")
        before = listed(repo)
        with pytest.raises(BranchBusy):
            moves.rename(at, old, new, "rename")
        with pytest.raises(BranchBusy):
            moves.delete(at, old, "delete")
    assert listed(repo) == before
    assert not (repo / ".git/logs/refs/ctx/heads/new/main").exists()
    support.fsck(repo)


def test_a_name_that_was_taken_meanwhile_stops_all(repo: Path) -> None:
    at = discover.find(repo)
    sessions.start(at)
    sessions.start(at, SessionBranch(session="new", branch="main"))
    before = listed(repo)
    with moves.held(at, "demo", "new") as (old, new), pytest.raises(SessionExists):
        moves.rename(at, old, new, "rename")
    assert listed(repo) == before


def test_a_rename_that_died_half_way_is_finished_by_the_next(repo: Path) -> None:
    at = discover.find(repo)
    sessions.start(at)
    support.git(repo, "update-ref", "refs/ctx/heads/demo/side", "refs/ctx/heads/demo/main")
    support.git(repo, "update-ref", "refs/ctx/heads/new/side", "refs/ctx/heads/demo/main")
    expected = listed(repo).splitlines()[:2]
    with moves.held(at, "demo", "new") as (old, new):
        moves.rename(at, old, new, "rename")
    assert listed(repo) == "\n".join(expected).replace("/demo/", "/new/")
    support.git(repo, "update-ref", "refs/ctx/heads/demo/side", "refs/ctx/heads/new/side")  # not deleted yet
    with moves.held(at, "demo", "new") as (old, new):
        moves.rename(at, old, new, "rename")
    assert listed(repo) == "\n".join(expected).replace("/demo/", "/new/")


def test_a_writer_waits_until_the_refs_have_moved(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = discover.find(repo)
    sessions.start(at)
    with moves.held(at, "demo"), monkeypatch.context() as patch:
        patch.setattr(lock.held.__wrapped__, "__defaults__", (0.05,))  # type: ignore[attr-defined]
        with pytest.raises(BranchBusy):
            sessions.prompt(at, "meanwhile")
    sessions.prompt(at, "afterwards")


def test_an_interrupt_puts_back_what_a_branch_uses_only_while_that_is_there(repo: Path) -> None:
    at = discover.find(repo)
    sessions.start(at)
    support.git(repo, "config", "branch.main.ctxSession", "demo@main")
    for deletes in (False, True):
        at = discover.find(repo)
        used = moves.repointed(at, "demo", None)
        with pytest.raises(KeyboardInterrupt), moves.held(at, "demo") as (held,), used:
            if deletes:
                moves.delete(at, held, "delete")
            raise KeyboardInterrupt
        found = discover.find(repo).config("branch.main.ctxSession")
        assert found == (None if deletes else "demo@main")


def test_a_git_that_died_after_it_was_done_has_done_it(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = discover.find(repo)
    sessions.start(at)
    support.git(repo, "config", "branch.main.ctxSession", "demo@main")
    run = claims.run

    def killed(at: Repo, *words: str, takes: Sequence[str], input: bytes | None = None) -> Done:
        return replace(run(at, *words, takes=takes, input=input), status=-9)

    with moves.held(at, "demo") as (held,), moves.repointed(at, "demo", None):
        monkeypatch.setattr(claims, "run", killed)
        moves.delete(at, held, "delete")
    assert listed(repo) == ""
    assert "ctxsession" not in support.git(repo, "config", "--list")


def test_who_wants_no_reflogs_gets_none(repo: Path) -> None:
    support.git(repo, "config", "core.logAllRefUpdates", "false")
    at = discover.find(repo)
    sessions.start(at)
    with moves.held(at, "demo", "new") as (old, new):
        moves.rename(at, old, new, "rename")
    assert listed(repo).endswith("refs/ctx/heads/new/main")
    assert not (repo / ".git/logs/refs/ctx/heads/new").exists()
