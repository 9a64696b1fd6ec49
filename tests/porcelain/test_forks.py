"""What plain git does to branches, and what the next prompt makes of it."""

import json
from pathlib import Path

import pytest

from git_ctx.errors import SessionClosed
from git_ctx.model import SessionBranch
from git_ctx.porcelain import forks, life
from git_ctx.porcelain.context import conversation
from git_ctx.store import discover, refs
from git_ctx.store.sessions import union
from tests import support
from tests.porcelain.conftest import NOW, Ask


def at(repo: Path, clock: int, branch: str = "demo@main") -> dict[str, object]:
    """The context of an event, as git shows it."""
    ref = "refs/ctx/heads/" + branch.replace("@", "/")
    names = support.git(repo, "ls-tree", "-r", "--name-only", ref).splitlines()
    name = next(n for n in names if f"/{clock:02}-" in n and n.endswith("context.json"))
    found: dict[str, object] = json.loads(support.git(repo, "show", f"{ref}:{name}"))
    return found


@pytest.fixture
def begun(repo: Path, ask: Ask) -> Path:
    """Two prompts of `demo` on main."""
    from git_ctx.porcelain.session import start

    start(discover.find(repo), "demo", NOW)
    ask("where is the entry point")
    ask("and what does it return")
    return repo


@pytest.mark.parametrize(
    "command",
    [
        ("switch", "-q", "-c", "alt"),
        ("checkout", "-q", "-b", "alt"),
        ("switch", "-q", "-c", "alt", "main"),
        ("checkout", "-q", "-b", "alt", "main~0"),
    ],
)
def test_a_new_git_branch_carries_the_session_on(begun: Path, ask: Ask, command: tuple[str, ...]) -> None:
    before = support.git(begun, "rev-parse", "refs/ctx/heads/demo/main")
    support.git(begun, *command)
    done = ask("try another way")
    assert done.forked is not None
    assert (str(done.branch), str(done.forked.source), done.started) == ("demo@alt", "demo@main", False)
    assert (done.event.clock, done.context.kind) == (4, "update")
    assert support.git(begun, "rev-parse", "refs/ctx/heads/demo/main") == before
    assert support.git(begun, "config", "branch.alt.ctxSession") == "demo@alt"
    assert ask("once more").forked is None
    support.fsck(begun)


def test_a_branch_made_while_on_another_goes_on_from_that_one(begun: Path, ask: Ask) -> None:
    support.git(begun, "switch", "-q", "-c", "other")
    ask("elsewhere")
    support.git(begun, "branch", "alt", "main")
    support.git(begun, "switch", "-q", "alt")
    assert str((ask("from main").forked or pytest.fail()).source) == "demo@main"


def test_it_goes_on_through_a_branch_without_a_prompt(begun: Path, ask: Ask) -> None:
    support.git(begun, "switch", "-q", "-c", "step")
    support.git(begun, "switch", "-q", "-c", "alt")
    assert str((ask("go on").forked or pytest.fail()).source) == "demo@main"


def test_a_fork_is_of_the_session_as_it_was_then(
    begun: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    support.git(begun, "branch", "alt")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-01-02T03:04:06+0000")
    ask("later, on main")
    support.git(begun, "switch", "-q", "alt")
    done = ask("go on")
    assert done.forked is not None and done.forked.at is not None
    assert (done.forked.at.clock, done.event.clock) == (2, 4)


def test_a_branch_that_is_older_than_the_session_is_no_fork_of_it(
    repo: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    support.git(repo, "branch", "alt")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-01-02T03:04:06+0000")
    ask("on main")
    support.git(repo, "switch", "-q", "alt")
    assert ask("on alt").started


def test_a_branch_of_a_remote_s_or_of_none_is_no_fork(begun: Path, ask: Ask) -> None:
    head = support.git(begun, "rev-parse", "HEAD")
    support.git(begun, "update-ref", "refs/remotes/origin/topic", head)
    support.git(begun, "switch", "-q", "-c", "topic", "--no-track", "origin/topic")
    assert ask("theirs").started
    support.git(begun, "switch", "-q", "--detach")
    support.git(begun, "switch", "-q", "-c", "loose")
    assert ask("loose").started


def test_a_renamed_branch_keeps_its_session_and_its_line(begun: Path, ask: Ask) -> None:
    support.git(begun, "branch", "-m", "trunk")
    done = ask("go on")
    assert (str(done.branch), done.forked, done.context.kind) == ("demo@main", None, "update")


def test_a_new_branch_of_the_old_name_is_another_one(begun: Path, ask: Ask) -> None:
    support.git(begun, "branch", "-m", "trunk")
    support.git(begun, "switch", "-q", "-c", "main")
    done = ask("go on")
    assert (str(done.branch), done.context.kind) == ("demo@main-2", "update")
    assert ask("and on").branch == done.branch
    support.git(begun, "switch", "-q", "trunk")
    assert str(ask("on the trunk").branch) == "demo@main"


def test_a_copied_branch_goes_its_own_way(begun: Path, ask: Ask) -> None:
    support.git(begun, "branch", "-c", "copy")
    assert support.git(begun, "config", "branch.copy.ctxSession") == "demo@main"
    assert str(ask("still on main").branch) == "demo@main"
    support.git(begun, "switch", "-q", "copy")
    done = ask("go on")
    assert (str(done.branch), done.context.kind) == ("demo@copy", "update")
    support.git(begun, "switch", "-q", "main")
    assert str(ask("on main").branch) == "demo@main"


def test_a_deleted_branch_leaves_its_session(begun: Path, ask: Ask) -> None:
    support.git(begun, "switch", "-q", "-c", "alt")
    tip = refs.tip(discover.find(begun), ask("go on").branch)
    support.git(begun, "switch", "-q", "main")
    support.git(begun, "branch", "-q", "-D", "alt")
    assert support.git(begun, "rev-parse", "refs/ctx/heads/demo/alt") == tip
    assert str(ask("on main").branch) == "demo@main"


def test_each_line_knows_what_it_was_shown_and_no_more(begun: Path, ask: Ask) -> None:
    """Forked at #2; then main and alt go on, alt is merged into main, main into alt, and alt is forked."""
    found = discover.find(begun)
    main, alt = (SessionBranch(session="demo", branch=name) for name in ("main", "alt"))
    support.git(begun, "switch", "-q", "-c", "alt")
    first = ask("alt 1")
    support.git(begun, "switch", "-q", "main")
    on_main = ask("main 3")
    assert at(begun, 4, "demo@alt")["after"] == at(begun, 3)["after"]
    for into, other in ((main, alt), (alt, main)):
        tip = refs.tip(found, other)
        assert tip is not None
        union.unite(found, into, tip, subject=str(other), when=NOW)
    assert ask("main 4").context.after == on_main.prompt.id
    support.git(begun, "switch", "-q", "alt")
    second = ask("alt 2")
    assert second.context.after == first.prompt.id
    support.git(begun, "switch", "-q", "-c", "third")
    third = ask("third 1")
    assert third.context.after == second.prompt.id
    tip = refs.tip(found, third.branch)
    assert tip is not None
    line = conversation.conversation_id(found, third.branch, None)
    asked = [one.prompt.text for one in conversation.shown(found, tip, line)]
    assert asked == ["third 1", "alt 2", "alt 1", "and what does it return", "where is the entry point"]


def test_a_chat_with_an_id_of_its_own_goes_on_across_branches(begun: Path, ask: Ask) -> None:
    here = ask("hello", conversation="chat-1")
    support.git(begun, "switch", "-q", "-c", "alt")
    assert ask("go on", conversation="chat-1").context.after == here.prompt.id
    assert ask("who are you", conversation="chat-2").context.kind == "full"


def test_a_work_tree_that_has_seen_nothing_gets_it_all(begun: Path, tmp_path: Path, ask: Ask) -> None:
    support.git(begun, "worktree", "add", "-q", "-b", "alt", str(tmp_path / "linked"))
    done = ask("over here", at=tmp_path / "linked")
    assert (done.started, done.context.kind) == (False, "full")
    assert str(done.branch) == "demo@alt"


def test_snapshots_of_the_source_outlive_it(begun: Path, ask: Ask) -> None:
    support.write(begun, {"app.py": "print('changed')\n"})
    tree = ask("with a change").files.tree
    assert tree is not None
    support.git(begun, "switch", "-q", "-c", "alt")
    ask("go on")
    support.git(begun, "checkout", "-q", "-f", "--", ".")
    for kind in ("heads", "snap"):
        support.git(begun, "update-ref", "-d", f"refs/ctx/{kind}/demo/main")
    support.git(begun, "gc", "-q", "--prune=now")
    assert support.git(begun, "show", f"{tree}:app.py") == "print('changed')"


def test_an_ended_line_is_not_carried_on(begun: Path, ask: Ask) -> None:
    found = discover.find(begun)
    life.close(found, ["demo@main"], "ended", NOW)
    support.git(begun, "switch", "-q", "-c", "alt")
    assert ask("go on").started
    main = SessionBranch(session="demo", branch="main")
    tip = refs.tip(found, main)
    assert tip is not None
    with pytest.raises(SessionClosed):
        forks.fork(found, main, tip, SessionBranch(session="demo", branch="x"), NOW)
    assert refs.tip(found, SessionBranch(session="demo", branch="x")) is None
