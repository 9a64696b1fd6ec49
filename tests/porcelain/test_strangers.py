"""A session that a stranger forged is refused in words, or read; the sound one beside it is as it was."""

import shutil
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from git_ctx.errors import BrokenSession, CtxError, UnreadableBundle
from git_ctx.model import SessionBranch
from git_ctx.porcelain import branch as branches
from git_ctx.porcelain import files_at, graph, guide, life, look, moment, pins, search, status
from git_ctx.porcelain import session as sessions
from git_ctx.porcelain import settings as steering
from git_ctx.porcelain.here import Here
from git_ctx.porcelain.merge import merge
from git_ctx.porcelain.prompt import Wish, prompt
from git_ctx.porcelain.reply import Place, reply
from git_ctx.porcelain.save import save
from git_ctx.porcelain.sharing import bundles, mirrors, push, sync
from git_ctx.porcelain.sharing import plan as plans
from git_ctx.porcelain.tending import keep
from git_ctx.store import bounds, discover, events, refs
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current, examine
from git_ctx.store.trees import EMPTY_TREE
from tests import mutants, servers
from tests.porcelain.conftest import NOW, Ask
from tests.support import commit, git, init, needs_files

BAD, GOOD = SessionBranch(session="bad", branch="main"), SessionBranch(session="good", branch="main")
DEMO = "refs/ctx/heads/bad/main"


@pytest.fixture
def base(repo: Path, ask: Ask) -> Path:
    """A sound session, and one with an entry of each kind, which will be forged."""
    here = discover.find(repo)
    sessions.start(here, "good", NOW)
    ask("a sound prompt", budget=1000)
    sessions.start(here, "bad", NOW)
    ask("fix main", budget=1000)
    commit(repo, {"app.py": "def main():\n    return 1\n"})
    ask("fix it again", budget=1000)
    guide.add(here, "be brief", "normal", None, NOW)
    reply(here, "see\n\n`git ctx request file app.py`", Place(), NOW)
    save(here, None, "a save", NOW)
    life.close(here, ("bad@main",), "ended", NOW)
    life.reopen(here, "bad@main", NOW)
    return repo


Reading = Callable[[Repo, str], Any]
READERS: dict[str, Reading] = {
    "problem": lambda repo, tip: examine.problem(repo, tip),
    "tip": lambda repo, tip: events.tip(repo, tip),
    "clock": lambda repo, tip: events.clock(repo, tip),
    "count": lambda repo, tip: events.count(repo, tip),
    "log": lambda repo, tip: list(look.history(repo, [tip])),
    "history": lambda repo, tip: list(look.history(repo, [tip])),
    "entries": lambda repo, tip: [
        events.read(repo, tip, event, suffix)
        for event in events.events(repo, tip)
        for suffix in events.suffixes(repo, tip, event)
    ],
    "show": lambda repo, tip: [look.show(repo, tip, event) for event in events.events(repo, tip)],
    "pins": lambda repo, tip: steering.pins(repo, tip),
    "principles": lambda repo, tip: steering.principles(repo, tip),
    "status": lambda repo, tip: status.status(repo, "bad@main"),
    "files": lambda repo, tip: files_at.start_at(repo, Here(branch=BAD, tip=tip), "bad@main"),
    "moment": lambda repo, tip: moment.moment(repo, None, "bad@main~1"),
    "pinned": lambda repo, tip: pins.pin(repo, ["*.py"], "bad@main", NOW),
    "search": lambda repo, tip: search.search(repo, None, "prompt", 20, True),
    "push": lambda repo, tip: plans.plan(repo, "origin", "bad@main", NOW, files=True),
    "export": lambda repo, tip: bundles.export(repo, "bad", repo.git_dir / "bad.bundle"),
    "prompt": lambda repo, tip: prompt(
        repo, "main", Wish(session="bad@main", budget=1000), NOW, lambda _: None
    ),
    "merge": lambda repo, tip: merge(repo, "main", "good@main", NOW),
    "end": lambda repo, tip: life.close(repo, ("bad@main",), "ended", NOW),
}


@needs_files
@given(seed=st.integers(0, 10**9))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_changed_in_a_session_is_refused_or_read(
    base: Path, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    place = tmp_path_factory.mktemp("forged")
    shutil.copytree(base, place / "repo")
    git(place / "repo", "remote", "add", "origin", str(servers.bare(place / "server")))
    tip = forge(place / "repo", seed)
    here = discover.find(place / "repo")
    for read in READERS.values():
        try:
            read(here, tip)
        except CtxError as error:
            assert str(error).strip() and "\n" not in str(error)
    sound(here)
    try:  # by a user who wants to be rid of it
        keep.delete(here, "bad", NOW)
    except CtxError as error:
        raise AssertionError(f"cannot be deleted: {error}") from error
    assert [one.branch for one in refs.listing(here)] == [GOOD]


@needs_files
@given(seed=st.integers(0, 10**9))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_remote_has_comes_in_whole_or_stays_out(
    base: Path, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    place = tmp_path_factory.mktemp("forged")
    shutil.copytree(base / ".git", place / "server")
    git(place / "server", "config", "core.bare", "true")
    forge(place / "server", seed)
    git(base.parent, "clone", "-q", str(base), str(place / "mine"))
    here = discover.find(place / "mine")
    git(place / "mine", "remote", "set-url", "origin", str(place / "server"))
    fetched = sync.fetch(here, "origin")
    assert {move.branch for move in fetched.moves} | {BAD} == {GOOD, BAD}
    _, rows = mirrors.listing(here, "origin")
    known = {row.listed.branch: row.relation for row in rows}
    assert known[GOOD] == "not here" and known.get(BAD) in (None, "not here", "broken")
    assert BAD in known or "bad@main" in fetched.problems
    for mirror in (*sync.shared(here, "good"), *sync.shared(here, "bad")):
        try:
            sync.adopt(here, mirror, NOW)
        except CtxError as error:
            assert mirror.branch == BAD and str(error)
    sync.pull(here, "origin", NOW)
    sound(here)
    if BAD in known:  # what came in passed git's own checks
        git(place / "mine", "fsck", "--strict", "--no-dangling")


def forge(repo: Path, seed: int) -> str:
    mutant = mutants.mutate(mutants.read(repo, DEMO), seed)
    oid = mutants.Store(repo).mutant(mutant)
    git_dir = repo / ".git" if (repo / ".git").is_dir() else repo
    (git_dir / DEMO).write_text(f"{oid}\n")
    return oid


def sound(here: Repo) -> None:
    """The good session is listed, read, found and counted as ever."""
    listed = {row.listed.branch: row for row in sessions.listing(here, everything=True)}
    assert listed[GOOD].listed.prompts == 1 and listed[GOOD].listed.problem is None
    (logged,) = look.history(here, [listed[GOOD].listed.tip])
    assert logged.prompt is not None and logged.prompt.text == "a sound prompt"
    found = search.search(here, None, "sound", 20, False).hits
    assert "good" in [hit.found.branch.session for hit in found]


def damaged(repo: Path) -> Repo:
    """The forged session has a tree that git cannot read, and looks well from outside."""
    mutant = mutants.read(repo, DEMO)
    events_folder = next(node for node in mutant.root.body if node.name == b"events")
    events_folder.body = "1" * 40
    (repo / ".git" / DEMO).write_text(f"{mutants.Store(repo).mutant(mutant)}\n")
    return discover.find(repo)


@needs_files
def test_a_search_names_what_it_could_not_search_and_finds_the_rest(base: Path) -> None:
    results = search.search(damaged(base), None, "prompt", 20, False)
    assert [hit.found.branch for hit in results.hits] == [GOOD]
    assert list(results.problems) == ["bad@main"] and "1" * 40 in results.problems["bad@main"]


@needs_files
def test_of_all_sessions_the_broken_stay_at_home_and_are_named(base: Path, tmp_path: Path) -> None:
    server = servers.bare(tmp_path / "server")
    git(base, "remote", "add", "origin", str(server))
    here = damaged(base)
    plan = plans.plan(here, "origin", None, NOW, everything=True)
    assert list(plan.updates) == [GOOD] and "1" * 40 in plan.problems[BAD]
    push.push(here, plan, allow_secret=False)
    assert git(server, "for-each-ref", "--format=%(refname)") == "refs/ctx/heads/good/main"
    with pytest.raises(BrokenSession, match=f"bad@main: .*{'1' * 40}"):
        plans.plan(here, "origin", "bad@main", NOW)


@needs_files
def test_a_prompt_that_a_broken_session_could_not_take_keeps_nobody_from_deleting_it(base: Path) -> None:
    here = damaged(base)
    with pytest.raises(BrokenSession):
        prompt(here, "lost?", Wish(session="bad@main"), NOW, lambda _: None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        keep.delete(here, "bad", NOW)
    assert git(base, "for-each-ref", "refs/ctx/heads/bad") == ""


@needs_files
def test_the_list_tells_what_cannot_be_read_from_what_can(base: Path) -> None:
    here = damaged(base)
    junk = git(base, "commit-tree", "-m", "no session", EMPTY_TREE)
    git(base, "update-ref", "refs/ctx/heads/junk/main", junk)
    rows = {str(row.listed.branch): row for row in sessions.listing(here, everything=True)}
    assert {name: row.state for name, row in rows.items()} == {
        "good@main": "active",
        "bad@main": "broken",
        "junk@main": "broken",
    }
    assert "1" * 40 in (rows["bad@main"].listed.problem or "")
    assert rows["junk@main"].listed.problem == f"commit {junk}: it has no session.json"


def test_what_is_no_session_is_never_the_current_one(base: Path) -> None:
    git(base, "update-ref", "-d", DEMO)
    git(base, "config", "--unset", "branch.main.ctxSession")
    git(base, "update-ref", "refs/ctx/heads/junk/main", git(base, "commit-tree", "-m", "x", EMPTY_TREE))
    assert current.current(discover.find(base), "main") == GOOD


@pytest.fixture
def burst(base: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In the session "bad" an entry takes some hundred kilobytes on the way and 96 MiB here."""
    mutant = mutants.read(base, DEMO)
    hundred = next(node for _, node in mutants._nodes(mutant.root) if node.name == b"000000")
    assert isinstance(hundred.body, list)
    hundred.body.append(mutants.Node(b"99-pppppppppppppppp.prompt.json", mutants.FILE, bytes(96 << 20)))
    (base / ".git" / DEMO).write_text(f"{mutants.Store(base).mutant(mutant)}\n")
    monkeypatch.setattr(bounds, "MEMORY", 64 << 20)
    return base


TOO_MUCH = "it takes more than 64 MiB of memory to read"


@needs_files
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the system bounds no memory")
def test_what_unfolds_to_more_than_memory_is_left_out_and_hides_no_other(burst: Path, tmp_path: Path) -> None:
    mine = init(tmp_path / "mine")
    git(mine, "remote", "add", "origin", str(burst))
    fetched = sync.fetch(discover.find(mine), "origin")
    assert [move.branch for move in fetched.moves] == [GOOD]
    assert fetched.problems == {"bad@main": TOO_MUCH}
    results = search.search(discover.find(burst), None, "prompt", 20, False)
    assert results.problems == {"bad@main": TOO_MUCH}
    assert [hit.found.branch for hit in results.hits] == [GOOD]
    git(burst, "bundle", "create", "-q", str(tmp_path / "a.bundle"), DEMO)
    with pytest.raises(UnreadableBundle, match=TOO_MUCH):
        bundles.import_(discover.find(mine), tmp_path / "a.bundle", NOW)
    assert git(mine, "for-each-ref", "refs/ctx/heads") == ""
    git(mine, "fsck", "--strict", "--no-dangling")


@needs_files
def test_a_broken_branch_hides_no_other_branch_of_its_session(base: Path) -> None:
    here = discover.find(base)
    branches.make(here, "side", None, "bad@main", NOW)
    here = damaged(base)
    rows = branches.listing(here, "bad@side")
    assert {str(row.listed.branch): row.listed.state for row in rows} == {
        "bad@main": "broken",
        "bad@side": "active",
    }
    tips, problems = graph.tips(here, "bad")
    assert list(tips.values()) == [["side"]] and list(problems) == ["bad@main"]


def test_mirrors_that_an_older_version_let_in_go_with_the_next_fetch(base: Path, tmp_path: Path) -> None:
    server = servers.bare(tmp_path / "server")
    git(base, "remote", "add", "origin", str(server))
    git(base, "push", "-q", "origin", "refs/ctx/heads/good/main")
    here = discover.find(base)
    sync.fetch(here, "origin")
    junk = git(base, "commit-tree", "-m", "x", EMPTY_TREE)
    git(base, "push", "-q", "origin", f"{junk}:refs/ctx/heads/junk/main")
    git(base, "update-ref", "refs/ctx/remotes/origin/heads/junk/main", junk)
    for _ in range(2):
        assert list(sync.fetch(here, "origin").problems) == ["junk@main"]
        assert [row.listed.branch for row in mirrors.listing(here, "origin")[1]] == [GOOD]


@needs_files
def test_mirrors_that_git_cannot_read_are_fetched_anew(base: Path, tmp_path: Path) -> None:
    git(base, "remote", "add", "origin", str(servers.bare(tmp_path / "server")))
    git(base, "push", "-q", "origin", "refs/ctx/heads/good/main")
    here = discover.find(base)
    sync.fetch(here, "origin")
    folder = base / ".git/refs/ctx/remotes/origin/heads"
    (folder / "good/main").write_text("garbage\n")
    (folder / "lost").mkdir()
    (folder / "lost/main").write_text("1" * 40 + "\n")
    assert sync.fetch(here, "origin").problems == {}
    assert [(row.listed.branch, row.relation) for row in mirrors.listing(here, "origin")[1]] == [
        (GOOD, "up to date")
    ]
