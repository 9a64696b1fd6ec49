import subprocess
import sys
from pathlib import Path

import pytest

from git_ctx.errors import AmbiguousSession, MoveNotAllowed, NoSession, SessionClosed, SessionNotFound
from git_ctx.model import SessionBranch
from git_ctx.porcelain.life import Closed, close, reopen
from git_ctx.porcelain.session import listing, start
from git_ctx.porcelain.status import status
from git_ctx.store import discover, events, refs
from git_ctx.store.sessions import pending
from git_ctx.store.sessions.pending import Draft
from tests import support
from tests.porcelain.conftest import NOW, Ask

DEMO = SessionBranch(session="demo", branch="main")


@pytest.fixture
def demo(repo: Path) -> Path:
    start(discover.find(repo), "demo", NOW)
    return repo


def states(repo: Path) -> dict[str, str]:
    return {str(row.listed.branch): row.state for row in listing(discover.find(repo), everything=True)}


def fork(repo: Path, name: str, of: str = "demo/main") -> None:
    support.git(repo, "update-ref", f"refs/ctx/heads/{name}", f"refs/ctx/heads/{of}")


@pytest.mark.parametrize("state", ["ended", "archived"])
def test_a_closed_session_is_read_only_never_current_and_comes_back(
    demo: Path, ask: Ask, state: Closed
) -> None:
    first = ask("what is here")
    done = close(discover.find(demo), (), state, NOW)
    assert [(one.branch, one.state, one.prompts) for one in done.moved] == [(DEMO, state, 1)]
    assert done.current is None
    with pytest.raises(NoSession):
        status(discover.find(demo), None)
    assert status(discover.find(demo), "demo").state == state
    with pytest.raises(SessionClosed, match=f"'demo@main' is {state}; what is allowed now: reopen"):
        ask("more", session="demo")
    assert pending.analyzing(discover.find(demo)) == set()
    assert reopen(discover.find(demo), "demo", NOW).current == DEMO
    assert status(discover.find(demo), None).state == "active"
    assert ask("more").context.after == first.prompt.id
    support.fsck(demo)


def test_the_tree_tells_the_state_without_the_trailers(demo: Path, ask: Ask) -> None:
    ask("what is here")
    for state in ("ended", "archived"):
        close(discover.find(demo), (), state, NOW)  # type: ignore[arg-type]
        at = discover.find(demo)
        assert events.derived_state(at, refs.tip(at, DEMO) or "") == state
        reopen(at, "demo", NOW)
    assert events.derived_state(at, refs.tip(at, DEMO) or "") == "active"


@pytest.mark.parametrize("first", ["ended", "archived"])
@pytest.mark.parametrize("second", ["ended", "archived"])
def test_the_closed_can_only_be_reopened(demo: Path, first: Closed, second: Closed) -> None:
    close(discover.find(demo), (), first, NOW)
    with pytest.raises(MoveNotAllowed, match=f"is {first}; what is allowed now: reopen") as told:
        close(discover.find(demo), ("demo",), second, NOW)
    assert told.value.allowed == ("reopen",)
    assert states(demo) == {"demo@main": first}


def test_the_open_cannot_be_reopened(demo: Path) -> None:
    with pytest.raises(MoveNotAllowed, match="is created; what is allowed now: prompt, end, archive"):
        reopen(discover.find(demo), "demo", NOW)


def test_a_name_closes_all_branches_and_an_at_one(demo: Path) -> None:
    fork(demo, "demo/fix%2Fa")
    fork(demo, "demo/fix%2Fb")
    close(discover.find(demo), ("demo@fix/a",), "archived", NOW)
    assert states(demo) == {"demo@main": "created", "demo@fix/a": "archived", "demo@fix/b": "created"}
    moved = close(discover.find(demo), ("demo", "demo@main"), "ended", NOW).moved
    assert sorted(str(one.branch) for one in moved) == ["demo@fix/b", "demo@main"]
    assert states(demo) == {"demo@main": "ended", "demo@fix/a": "archived", "demo@fix/b": "ended"}


def test_reopening_takes_the_branch_of_this_git_branch_or_asks(demo: Path) -> None:
    fork(demo, "demo/side")
    close(discover.find(demo), ("demo",), "ended", NOW)
    support.git(demo, "switch", "-q", "-c", "other")
    with pytest.raises(AmbiguousSession, match="demo@main, demo@side"):
        reopen(discover.find(demo), "demo", NOW)
    support.git(demo, "switch", "-q", "main")
    reopen(discover.find(demo), "demo", NOW)
    assert states(demo) == {"demo@main": "active", "demo@side": "ended"}
    reopen(discover.find(demo), "demo", NOW)
    assert states(demo) == {"demo@main": "active", "demo@side": "active"}


def test_one_wrong_name_and_none_is_closed(demo: Path) -> None:
    with pytest.raises(SessionNotFound):
        close(discover.find(demo), ("demo", "nope"), "archived", NOW)
    with pytest.raises(SessionNotFound):
        close(discover.find(demo), ("demo", "demo@nope"), "archived", NOW)
    assert states(demo) == {"demo@main": "created"}


def draft(repo: Path) -> Draft:
    at = discover.find(repo)
    return Draft(
        id="klmnopqrstuvwxyz",
        branch=DEMO,
        text="a prompt on its way",
        asked_at=NOW,
        author="Ada <ada@example.com>",
        conversation="c",
        seen=refs.tip(at, DEMO),
    )


def test_a_prompt_on_its_way_is_waited_for(demo: Path) -> None:
    held = pending.put(discover.find(demo), draft(demo))
    with held, pytest.raises(MoveNotAllowed, match="is analyzing; what is allowed now: prompt"):
        close(discover.find(demo), (), "ended", NOW)
    assert states(demo) == {"demo@main": "analyzing"}


def test_a_prompt_whose_run_died_is_kept_before_the_end(demo: Path) -> None:
    code = f"""
from tests.porcelain.test_life import *
held = pending.put(discover.find(Path({str(demo)!r})), draft(Path({str(demo)!r})))
import os; os._exit(9)
"""
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 9
    done = close(discover.find(demo), (), "ended", NOW)
    assert [(one.state, one.prompts) for one in done.moved] == [("ended", 1)]
    assert list((demo / ".git/ctx/pending").iterdir()) == []


def test_another_session_of_the_branch_is_current_next(demo: Path) -> None:
    start(discover.find(demo), "other", NOW)
    assert close(discover.find(demo), (), "ended", NOW).current == DEMO
