"""A session as JSON gives back the same commits, whatever its history is."""

import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from git_ctx import chronicle
from git_ctx.chronicle import Chronicle, Step
from git_ctx.errors import BrokenSession
from git_ctx.model import Oid, SessionBranch
from git_ctx.store import append, naming, refs
from git_ctx.store.discover import find
from git_ctx.store.layout import Entry
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import chronicles
from git_ctx.store.sessions.union import unite
from git_ctx.store.sharing import bundle
from tests import support
from tests.store.sessions import DEMO, WHEN, forge, prompt, start

BRANCHES = [SessionBranch(session="demo", branch=name) for name in ("main", "fix/login", "caf\udce9", "a%b")]

Move = tuple[str, int, int, bytes]
moves = st.lists(
    st.tuples(
        st.sampled_from(["prompt", "prompt", "fork", "merge", "meta"]),
        st.integers(0, 3),
        st.integers(0, 3),
        st.binary(max_size=40),
    ),
    max_size=12,
)


def lived(repo: Repo, some: list[Move]) -> dict[SessionBranch, Oid]:
    """A session with a history of some moves; those that cannot be made are left out."""
    start(repo)
    for move, first, second, data in some:
        mine, other = BRANCHES[first], BRANCHES[second]
        here, there = refs.tip(repo, mine), refs.tip(repo, other)
        if move == "fork" and here and not there:
            entries = [Entry(suffix="branch.json", data=b"{}\n")]
            append.fork(repo, other, here, naming.new_id(), entries, subject="x", when=WHEN)
        elif here is None:
            continue
        elif move == "prompt":
            entries = [Entry(suffix="prompt.json", data=data), Entry(suffix="context.md", data=data)]
            append.append(repo, mine, "prompt", naming.new_id(), entries, subject="x\n\xe9", when=WHEN)
        elif move == "meta":
            append.append_meta(repo, mine, "pins", naming.new_id(), data, subject="x", when=WHEN)
        elif move == "merge" and there and mine != other:
            unite(repo, mine, there, subject="x", when=WHEN)
    found = {branch: refs.tip(repo, branch) for branch in BRANCHES}
    return {branch: tip for branch, tip in found.items() if tip is not None}


def told_again(whole: Chronicle, folder: Path) -> dict[str, str]:
    """The refs that git finds in what is made of a session's JSON, after it checked every object."""
    again = chronicle.decode(chronicle.encode(whole), "it")
    chronicles.bundle(again, folder / "it.bundle")
    with bundle.opened(folder / "it.bundle") as there:
        support.fsck(Path(there))
        listed = support.git(Path(there), "for-each-ref", "--format=%(refname) %(objectname)")
    return dict(line.split(" ") for line in listed.splitlines())


@given(moves)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_json_gives_back_the_same_commits(some: list[Move]) -> None:
    with TemporaryDirectory() as folder:
        repo = find(support.init(Path(folder, "repo")))
        tips = lived(repo, some)
        expected = {refs.refname(branch): tip for branch, tip in tips.items()}
        found = told_again(chronicles.read(repo, "demo", tips), Path(folder))
        assert {os.fsencode(ref): oid for ref, oid in found.items()} == {
            os.fsencode(ref): oid for ref, oid in expected.items()
        }


@pytest.fixture
def found(repo: Path) -> Repo:
    return find(repo)


@pytest.fixture
def whole(found: Repo) -> Chronicle:
    start(found)
    prompt(found, "one")
    prompt(found, "two")
    tip = refs.tip(found, DEMO)
    assert tip
    return chronicles.read(found, "demo", {DEMO: tip})


def test_a_commit_that_git_signed_comes_back_as_it_was(repo: Path, whole: Chronicle, tmp_path: Path) -> None:
    tip = whole.branches["main"]
    raw = support.git(repo, "cat-file", "commit", tip) + "\n"
    signed = raw.replace("\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n\n", 1)
    oid = support.git(repo, "hash-object", "-t", "commit", "-w", "--stdin", input=signed.encode())
    support.git(repo, "update-ref", "refs/ctx/heads/demo/main", oid)
    again = chronicles.read(find(repo), "demo", {DEMO: oid})
    assert told_again(again, tmp_path) == {"refs/ctx/heads/demo/main": oid}


def changed(whole: Chronicle, place: int, **change: object) -> Chronicle:
    steps = list(whole.steps)
    steps[place] = Step(**{**{n: getattr(steps[place], n) for n in ("oid", "data", "adds")}, **change})
    return replace(whole, steps=tuple(steps))


def test_nothing_that_a_document_says_of_itself_is_believed(whole: Chronicle, tmp_path: Path) -> None:
    entry = whole.steps[1].adds[0]
    forged = [
        changed(whole, 1, oid="0" * 40),
        changed(whole, 1, data=whole.steps[1].data + b"!"),
        changed(whole, 1, adds=()),
        changed(whole, 1, adds=(*whole.steps[1].adds, "extra")),
        replace(whole, steps=whole.steps[1:]),
        replace(whole, steps=tuple(reversed(whole.steps))),
        replace(whole, entries={**whole.entries, entry: b"other"}),
        replace(whole, entries={path: data for path, data in whole.entries.items() if path != entry}),
        replace(whole, branches={"main": "0" * 40}),
        replace(whole, branches={"a\nb": whole.branches["main"]}),
        replace(whole, branches={"": whole.branches["main"]}),
    ]
    for number, one in enumerate(forged):
        with pytest.raises(BrokenSession):
            chronicles.bundle(one, tmp_path / f"{number}.bundle")


@pytest.mark.parametrize("path", ["../x", "a//b", "/x", ".git/config", "a/" * 20 + "b", "session.json/x"])
def test_a_path_that_no_entry_may_have_is_refused(whole: Chronicle, tmp_path: Path, path: str) -> None:
    one = changed(whole, 1, adds=(*whole.steps[1].adds, path))
    one = replace(one, entries={**one.entries, path: b"x"})
    with pytest.raises(BrokenSession, match="no path that an entry may have"):
        chronicles.bundle(one, tmp_path / "x.bundle")


def test_a_history_that_rewrites_an_entry_is_refused(repo: Path, found: Repo) -> None:
    first = forge(repo, {"session.json": b"{}\n", "a": b"1"})
    tree = support.git(repo, "rev-parse", f"{forge(repo, {'session.json': b'{}', 'a': b'2'})}^{{tree}}")
    tip = support.git(repo, "commit-tree", "-m", "x", "-p", first, tree)
    with pytest.raises(BrokenSession, match="entries are never rewritten"):
        chronicles.read(found, "demo", {DEMO: tip})
