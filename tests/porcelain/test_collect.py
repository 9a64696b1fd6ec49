from datetime import datetime, timedelta
from pathlib import Path

import pytest

from git_ctx.model import SessionBranch
from git_ctx.porcelain.life import close, reopen
from git_ctx.porcelain.session import start
from git_ctx.porcelain.tending.collect import BadRetention, Collected, collect, preview
from git_ctx.store import discover, refs
from git_ctx.store.sessions import pending
from git_ctx.store.sessions.pending import Draft
from tests import support
from tests.porcelain.conftest import NOW, Ask
from tests.store import judge

DEMO = SessionBranch(session="demo", branch="main")
LATER = NOW + timedelta(days=91)


@pytest.fixture
def used(repo: Path, ask: Ask) -> Path:
    """Session demo with two snapshots of files that no commit has."""
    start(discover.find(repo), "demo", NOW)
    for number in (1, 2):
        support.write(repo, {"new.py": f"new = {number}\n"})
        ask("what is new")
    return repo


def gc(repo: Path, now: datetime = LATER) -> Collected:
    foreseen = preview(discover.find(repo), now)
    done = collect(discover.find(repo), now)
    assert done.dropped == foreseen.dropped
    assert set(done.litter) >= set(foreseen.litter)
    return done


def snaps(repo: Path) -> str:
    return support.git(repo, "for-each-ref", "--format=%(refname)", "refs/ctx/snap")


def test_snapshots_of_a_session_closed_for_long_go_and_git_can_prune_them(used: Path, ask: Ask) -> None:
    kept = support.git(used, "rev-parse", "refs/ctx/snap/demo/main:new.py")
    head = support.git(used, "rev-parse", "refs/ctx/heads/demo/main")
    close(discover.find(used), (), "ended", NOW)
    (used / "new.py").unlink()
    (dropped,) = gc(used).dropped
    assert (dropped.branch, dropped.snapshots) == (DEMO, 2)
    assert snaps(used) == ""
    support.git(used, "gc", "-q", "--prune=now")
    assert kept not in judge.objects(used)
    assert head in judge.objects(used)
    support.fsck(used)
    reopen(discover.find(used), "demo", NOW)
    assert ask("what is new").context.kind == "full"


@pytest.mark.parametrize(("days", "left"), [(89, True), (90, False)])
def test_the_retention_is_counted_from_the_end(used: Path, days: int, left: bool) -> None:
    close(discover.find(used), (), "archived", NOW)
    gc(used, NOW + timedelta(days=days))
    assert (snaps(used) != "") is left


@pytest.mark.parametrize(
    ("value", "days", "left"), [("7", 6, True), ("7", 7, False), ("0", 0, False), ("never", 9999, True)]
)
def test_the_configuration_says_how_long(used: Path, value: str, days: int, left: bool) -> None:
    support.git(used, "config", "ctx.retention", value)
    close(discover.find(used), (), "ended", NOW)
    gc(used, NOW + timedelta(days=days))
    assert (snaps(used) != "") is left


@pytest.mark.parametrize("value", ["90d", "-1", "1.5", "for ever"])
def test_a_retention_that_is_none_drops_nothing(used: Path, value: str) -> None:
    support.git(used, "config", "ctx.retention", value)
    close(discover.find(used), (), "ended", NOW)
    with pytest.raises(BadRetention, match=r"ctx\.retention is"):
        collect(discover.find(used), LATER)
    assert snaps(used) != ""


def test_what_is_open_is_left_alone(used: Path) -> None:
    assert gc(used, NOW + timedelta(days=9999)).dropped == ()
    close(discover.find(used), (), "ended", NOW)
    reopen(discover.find(used), "demo", NOW)
    assert gc(used, NOW + timedelta(days=9999)).dropped == ()
    assert snaps(used) != ""


def test_a_summary_that_the_tree_denies_drops_nothing(used: Path) -> None:
    tree, tip = (support.git(used, "rev-parse", f"refs/ctx/heads/demo/main{end}") for end in ("^{tree}", ""))
    forged = support.git(used, "commit-tree", "-p", tip, "-m", "x", "-m", "Ctx-State: ended", tree)
    support.git(used, "update-ref", "refs/ctx/heads/demo/main", forged)
    assert gc(used).dropped == ()


@support.needs_files
def test_a_head_that_cannot_be_read_drops_nothing(used: Path) -> None:
    close(discover.find(used), (), "ended", NOW)
    (used / ".git/refs/ctx/heads/demo/main").write_text("damaged\n")
    assert gc(used).dropped == ()
    assert snaps(used) != ""


def test_a_prompt_on_its_way_keeps_them(used: Path) -> None:
    close(discover.find(used), (), "ended", NOW)
    at = discover.find(used)
    draft = Draft(
        id="klmnopqrstuvwxyz",
        branch=DEMO,
        text="a prompt on its way",
        asked_at=NOW,
        author="Ada <ada@example.com>",
        conversation="c",
        seen=refs.tip(at, DEMO),
    )
    with pending.put(at, draft):
        assert gc(used).dropped == ()
    # its run died, and what it asked cannot be kept: the text stays, and so does what it may name
    assert gc(used).dropped == ()
    assert [path.name for path in (used / ".git/ctx/pending").iterdir()] == ["klmnopqrstuvwxyz.json"]


def test_snapshots_of_a_session_that_is_gone_go_in_time(used: Path) -> None:
    support.git(used, "update-ref", "-d", "refs/ctx/heads/demo/main")
    assert gc(used, NOW + timedelta(days=89)).dropped == ()
    assert [one.branch for one in gc(used).dropped] == [DEMO]
    assert snaps(used) == ""


def test_others_keep_theirs(used: Path, ask: Ask) -> None:
    start(discover.find(used), "other", NOW)
    ask("something else")
    close(discover.find(used), ("demo",), "ended", NOW)
    gc(used)
    assert snaps(used) == "refs/ctx/snap/other/main"


@pytest.mark.parametrize("wanted", [True, False])
def test_git_is_asked_whether_it_has_work(
    used: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: bool
) -> None:
    support.git(used, "config", "maintenance.auto", str(wanted))
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    preview(discover.find(used), LATER)
    assert "maintenance run" not in (tmp_path / "trace").read_text()
    collect(discover.find(used), LATER)
    assert ("git maintenance run --auto --quiet" in (tmp_path / "trace").read_text()) is wanted
