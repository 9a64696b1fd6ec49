from pathlib import Path

import pytest

from git_ctx.errors import AmbiguousSession, BrokenSession, InvalidName, NoSession, SessionNotFound
from git_ctx.model import SessionBranch
from git_ctx.store import refs
from git_ctx.store.discover import find
from git_ctx.store.sessions.current import among, current, parse, set_current
from tests import support


def session(repo: Path, words: str, state: str = "active") -> SessionBranch:
    """A session branch as git plumbing alone makes it."""
    branch = parse(words)
    assert branch is not None
    tree = support.git(repo, "mktree", input=b"")
    commit = support.git(repo, "commit-tree", "-m", "x", "-m", f"Ctx-State: {state}", tree)
    name = f"refs/ctx/heads/{branch.session}/{branch.branch.replace('/', '%2F')}"
    support.git(repo, "update-ref", name, commit)
    return branch


def test_the_only_open_session_of_the_branch_is_current(repo: Path) -> None:
    with pytest.raises(NoSession, match="no session on branch 'fix/a'"):
        current(find(repo), "fix/a")
    session(repo, "a@main")
    session(repo, "b@fix/a", "ended")
    session(repo, "c@fix/a", "archived")
    with pytest.raises(NoSession):
        current(find(repo), "fix/a")
    only = session(repo, "d@fix/a", "created")
    assert current(find(repo), "fix/a") == only
    session(repo, "e@fix/a")
    with pytest.raises(AmbiguousSession, match="fits more than one session: d@fix/a, e@fix/a"):
        current(find(repo), "fix/a")


def test_the_choice_made_for_the_branch_counts_until_it_ends(repo: Path) -> None:
    one, other = session(repo, "one@main"), session(repo, "other@side/x")
    set_current(find(repo), "main", other)
    assert support.git(repo, "config", "branch.main.ctxSession") == "other@side/x"
    assert current(find(repo), "main") == other
    session(repo, "other@side/x", "ended")
    assert current(find(repo), "main") == one
    support.git(repo, "update-ref", "-d", "refs/ctx/heads/other/side%2Fx")
    assert current(find(repo), "main") == one
    support.git(repo, "config", "branch.main.ctxSession", "not a session*@main")
    assert current(find(repo), "main") == one


def test_the_choice_follows_a_renamed_branch(repo: Path) -> None:
    other = session(repo, "other@side")
    set_current(find(repo), "main", other)
    support.git(repo, "branch", "-m", "main", "trunk")
    assert current(find(repo), "trunk") == other


def test_a_name_wins_over_all(repo: Path) -> None:
    here, there = session(repo, "a@main"), session(repo, "a@side")
    elsewhere = session(repo, "b@side", "ended")
    set_current(find(repo), "main", there)
    assert current(find(repo), "main", "a") == here
    assert current(find(repo), "main", "a@side") == there
    assert current(find(repo), "main", "b") == elsewhere
    assert current(find(repo), None, "b") == elsewhere
    with pytest.raises(AmbiguousSession):
        current(find(repo), None, "a")
    for unknown in ("c", "a@gone", "b@main"):
        with pytest.raises(SessionNotFound, match=f"'{unknown}'"):
            current(find(repo), "main", unknown)
    for bad in ("*", "a b", "@main", "--all"):
        with pytest.raises(InvalidName):
            current(find(repo), "main", bad)


def test_a_detached_head_needs_a_name(repo: Path) -> None:
    session(repo, "a@main")
    with pytest.raises(NoSession, match="detached HEAD"):
        current(find(repo), None)


@support.needs_files
def test_a_broken_choice_is_told_and_not_passed_over(repo: Path) -> None:
    session(repo, "a@main")
    broken = session(repo, "b@main")
    (repo / ".git/refs/ctx/heads/b/main").write_text("")
    assert str(current(find(repo), "main")) == "a@main"
    set_current(find(repo), "main", broken)
    with pytest.raises(BrokenSession, match="b@main"):
        current(find(repo), "main")


def test_among_all_that_are_listed_the_same_one_is_current(repo: Path) -> None:
    """Asked with patterns of git or of the whole list, the answer is one."""

    def both(git_branch: str | None) -> SessionBranch | type[Exception]:
        answers: list[SessionBranch | type[Exception]] = []
        for ask in (
            lambda: current(find(repo), git_branch),
            lambda: among(find(repo), git_branch, refs.listing(find(repo))),
        ):
            try:
                answers.append(ask())
            except (NoSession, AmbiguousSession) as error:
                answers.append(type(error))
        assert answers[0] == answers[1]
        return answers[0]

    assert both("main") is NoSession
    assert both(None) is NoSession
    one, side = session(repo, "one@main"), session(repo, "two@side/x")
    detached = session(repo, "three@HEAD")
    session(repo, "main@other")
    assert (both("main"), both("side/x"), both(None)) == (one, side, detached)
    two = session(repo, "two@main")
    assert both("main") is AmbiguousSession
    set_current(find(repo), "main", two)
    assert both("main") == two
    set_current(find(repo), "main", side)
    assert both("main") == side
    session(repo, "two@side/x", "ended")
    assert both("main") is AmbiguousSession
