from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from git_ctx.errors import BrokenSession, DifferentSessions, SessionNotFound
from git_ctx.model import Oid, SessionBranch
from git_ctx.store import append, events, naming, refs
from git_ctx.store.discover import find
from git_ctx.store.files import snapref
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import union
from git_ctx.store.sessions.union import United, unite
from git_ctx.store.writer import Writer
from tests import support
from tests.store import judge
from tests.store.sessions import DEMO, WHEN, forge, prompt, start, texts

ALT = SessionBranch(session="demo", branch="alt")
SESSION = b'{\n  "id": "kkkkkkkkkkkkkkkk"\n}\n'


@pytest.fixture
def found(repo: Path) -> Repo:
    return find(repo)


def fork(found: Repo, source: SessionBranch = DEMO, to: SessionBranch = ALT) -> Oid:
    tip = refs.tip(found, source)
    assert tip is not None
    found.git("update-ref", refs.refname(to), tip)
    return tip


def tip(found: Repo, branch: SessionBranch) -> Oid:
    oid = refs.tip(found, branch)
    assert oid is not None
    return oid


def merged(found: Repo, into: SessionBranch, branch: SessionBranch) -> United:
    return unite(found, into, tip(found, branch), subject=str(branch), when=WHEN)


def united_tree(found: Repo, ours: Oid, theirs: Oid) -> Oid:
    trees = [events.tip(found, oid).tree for oid in (ours, theirs)]
    return union.tree(found, Writer(found), *trees)


def merge_tree(repo: Path, ours: Oid, theirs: Oid) -> str:
    """What stock git makes of it; fails on a conflict."""
    return support.git(repo, "merge-tree", "--write-tree", "--allow-unrelated-histories", ours, theirs)


def paths(repo: Path, tree: Oid) -> set[str]:
    return set(judge.listing(repo, tree))


# --- laws ---


@dataclass
class Line:
    """What an independent model knows of a session branch: names, never trees."""

    branch: SessionBranch
    history: set[Oid]
    entries: dict[str, int] = field(default_factory=dict)
    """path -> clock"""
    states: dict[tuple[int, str], str] = field(default_factory=dict)

    @property
    def clock(self) -> int:
        return max(self.entries.values(), default=0)

    @property
    def prompts(self) -> int:
        return sum(path.endswith(".prompt.json") for path in self.entries)

    @property
    def state(self) -> str:
        return self.states[max(self.states)] if self.states else "active" if self.prompts else "created"


steps = st.lists(
    st.one_of(
        st.tuples(st.just("prompt"), st.integers(0, 3), st.just(0)),
        st.tuples(st.just("prompt"), st.integers(0, 3), st.just(0)),
        st.tuples(st.just("merge"), st.integers(0, 3), st.integers(0, 3)),
        st.tuples(st.just("merge"), st.integers(0, 3), st.integers(0, 3)),
        st.tuples(st.just("fork"), st.integers(0, 3), st.just(0)),
        st.tuples(st.just("end"), st.integers(0, 3), st.just(0)),
        st.tuples(st.just("reopen"), st.integers(0, 3), st.just(0)),
    ),
    min_size=4,
    max_size=16,
)


class History:
    """Plays steps in a session of its own and in the model alike."""

    def __init__(self, found: Repo) -> None:
        self.found = found
        self.session = f"s{naming.new_id()}"
        first = SessionBranch(session=self.session, branch="b0")
        birth = append.create(found, first, "k" * 16, SESSION, when=WHEN)
        self.lines = [Line(branch=first, history={birth})]
        self._fork(0)

    def play(self, step: str, at: int, other: int) -> None:
        at, other = at % len(self.lines), other % len(self.lines)
        line = self.lines[at]
        if step == "fork":
            self._fork(at)
        elif step == "merge":
            self._merge(line, self.lines[other])
        elif step == "prompt" and line.state not in ("ended",):
            self._prompt(line)
        elif step in ("end", "reopen"):
            self._set(line, "ended" if step == "end" else "active")

    def _fork(self, at: int) -> None:
        if len(self.lines) > 3:
            return
        line = self.lines[at]
        branch = SessionBranch(session=self.session, branch=f"b{len(self.lines)}")
        fork(self.found, line.branch, branch)
        self.lines.append(Line(branch, set(line.history), dict(line.entries), dict(line.states)))

    def _prompt(self, line: Line) -> None:
        id = naming.new_id()
        clock = line.clock + 1
        added = prompt(self.found, "ask", line.branch, id=id)
        assert added.event.clock == clock
        line.history.add(added.commit)
        for suffix in ("prompt.json", "context.md"):
            line.entries[f"events/{clock // 100:06}/{clock % 100:02}-{id}.{suffix}"] = clock

    def _set(self, line: Line, state: str) -> None:
        id = naming.new_id()
        clock = line.clock + 1
        data = b'{"value": "%s"}\n' % state.encode()
        added = append.append_meta(
            self.found,
            line.branch,
            "state",
            id,
            data,
            subject=state,
            when=WHEN,
            state=state,  # type: ignore[arg-type]
        )
        line.history.add(added.commit)
        line.entries[f"meta/state/{clock:08}-{id}.json"] = clock
        line.states[clock, id] = state

    def _merge(self, line: Line, other: Line) -> None:
        ours, theirs = tip(self.found, line.branch), tip(self.found, other.branch)
        how = (
            "up to date" if theirs in line.history else "fast-forward" if ours in other.history else "joined"
        )
        before = line.prompts
        united = merged(self.found, line.branch, other.branch)
        line.history |= other.history | {united.commit}
        line.entries |= other.entries
        line.states |= other.states
        assert united == United(
            how=how,  # type: ignore[arg-type]
            commit=tip(self.found, line.branch),
            prompts=line.prompts - before,
        )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_every_history_is_united_as_a_set_and_as_git_does(
    repo: Path, found: Repo, steps: list[tuple[str, int, int]]
) -> None:
    history = History(found)
    for step in steps:
        history.play(*step)
    for line in history.lines:
        at = tip(found, line.branch)
        assert paths(repo, at) == {"session.json", *line.entries}
        summary = events.tip(found, at)
        assert (summary.prompts, summary.state) == (line.prompts, line.state)
        assert summary.prompts == events.count(found, at)
        for other in history.lines:
            theirs = tip(found, other.branch)
            both = united_tree(found, at, theirs)
            assert both == united_tree(found, theirs, at) == merge_tree(repo, at, theirs)
            assert paths(repo, both) == {"session.json", *line.entries, *other.entries}
            assert united_tree_of(found, both, at) == both


def united_tree_of(found: Repo, tree: Oid, commit: Oid) -> Oid:
    return union.tree(found, Writer(found), tree, events.tip(found, commit).tree)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_the_order_of_merges_does_not_matter(
    repo: Path, found: Repo, steps: list[tuple[str, int, int]]
) -> None:
    history = History(found)
    for step in steps:
        history.play(*step)
    trees = [events.tip(found, tip(found, line.branch)).tree for line in history.lines]
    writer = Writer(found)
    onward, backward = trees[0], trees[-1]
    for each in trees[1:]:
        onward = union.tree(found, writer, onward, each)
    for each in reversed(trees[:-1]):
        backward = union.tree(found, writer, each, backward)
    assert onward == backward


# --- cases ---


def test_a_join_has_both_lines_as_parents_and_sums_them_up(repo: Path, found: Repo) -> None:
    start(found)
    prompt(found, "before")
    fork(found)
    ours = prompt(found, "ours").commit
    prompt(found, "theirs", ALT)
    theirs = prompt(found, "theirs too", ALT).commit
    united = merged(found, DEMO, ALT)
    assert united == United(how="joined", commit=tip(found, DEMO), prompts=2)
    assert support.git(repo, "log", "-1", "--format=%P%n%B", united.commit) == (
        f"{ours} {theirs}\nmerge: demo@alt\n\n"
        "Ctx-Event: merge\nCtx-Session: kkkkkkkkkkkkkkkk\nCtx-State: active\nCtx-Prompts: 4\n"
    )
    assert sorted(texts(found, united.commit)) == ["before", "ours", "theirs", "theirs too"]
    assert prompt(found, "after").event.clock == 4
    assert support.git(repo, "reflog", "-1", "--format=%gs", "refs/ctx/heads/demo/main") == "prompt: after"
    support.fsck(repo)


def test_who_has_less_moves_forward_and_who_has_all_stays(found: Repo) -> None:
    start(found)
    fork(found)
    ahead = prompt(found, "more", ALT).commit
    assert merged(found, ALT, DEMO) == United(how="up to date", commit=ahead)
    assert merged(found, DEMO, ALT) == United(how="fast-forward", commit=ahead, prompts=1)
    assert merged(found, DEMO, ALT) == United(how="up to date", commit=ahead)


def test_merged_both_ways_the_trees_are_the_same(repo: Path, found: Repo) -> None:
    start(found)
    fork(found)
    ours, theirs = prompt(found, "ours").commit, prompt(found, "theirs", ALT).commit
    there = merge_tree(repo, ours, theirs)
    merged(found, DEMO, ALT)
    found.git("update-ref", "refs/ctx/heads/demo/was", ours)
    merged(found, ALT, SessionBranch(session="demo", branch="was"))
    assert events.tip(found, tip(found, DEMO)).tree == events.tip(found, tip(found, ALT)).tree == there


def test_the_same_entries_by_another_way_are_still_joined(found: Repo) -> None:
    """Else the next push would be refused: the remote's tip has to become an ancestor."""
    start(found)
    fork(found)
    prompt(found, "same", DEMO, id="l" * 16)
    found.git("config", "user.name", "Another")
    append_elsewhere = prompt(find(found.work_tree), "same", ALT, id="l" * 16)  # another committer
    assert append_elsewhere.commit != tip(found, DEMO)
    united = merged(found, DEMO, ALT)
    assert (united.how, united.prompts) == ("joined", 0)


def test_an_entry_in_two_versions_is_named_and_nothing_changes(found: Repo) -> None:
    start(found)
    fork(found)
    ours = prompt(found, "one", id="l" * 16).commit
    prompt(found, "another", ALT, id="l" * 16)
    with pytest.raises(BrokenSession, match=r"^events/000000/01-l{16}\.prompt\.json: it is not the same"):
        merged(found, DEMO, ALT)
    assert tip(found, DEMO) == ours


def test_sessions_of_different_ids_are_refused(repo: Path, found: Repo) -> None:
    start(found)
    other = SessionBranch(session="other", branch="main")
    append.create(found, other, "o" * 16, b'{"id": "oooooooooooooooo"}\n', when=WHEN)
    before = tip(found, DEMO)
    with pytest.raises(DifferentSessions):
        merged(found, DEMO, other)
    assert tip(found, DEMO) == before


def test_the_same_id_with_another_session_json_is_broken(repo: Path, found: Repo) -> None:
    start(found)
    theirs = forge(repo, {"session.json": b'{"id": "kkkkkkkkkkkkkkkk", "name": "x"}\n'}, "demo/forged")
    with pytest.raises(BrokenSession, match=r"^session\.json: "):
        unite(found, DEMO, theirs, subject="forged", when=WHEN)


def test_a_line_whose_clock_leaps_is_not_taken_in(repo: Path, found: Repo) -> None:
    start(found)
    files = {"session.json": SESSION, f"events/900000/00-{'l' * 16}.prompt.json": b"{}\n"}
    theirs = forge(repo, files, "demo/forged")
    with pytest.raises(BrokenSession, match="its clock leaps"):
        unite(found, DEMO, theirs, subject="forged", when=WHEN)


def test_what_somebody_deleted_comes_back(repo: Path, found: Repo) -> None:
    """A descendant that lacks an entry is no fast-forward: nothing is ever deleted."""
    start(found)
    kept = prompt(found, "kept").commit
    bare = support.git(repo, "mktree", input=f"100644 blob {blob(repo, SESSION)}\tsession.json\n".encode())
    theirs = support.git(repo, "commit-tree", "-p", kept, "-m", "gone", bare)
    united = unite(found, DEMO, theirs, subject="theirs", when=WHEN)
    assert (united.how, texts(found, united.commit)) == ("joined", ["kept"])


def test_names_that_only_a_later_version_has_are_kept_in_git_s_order(repo: Path, found: Repo) -> None:
    """git sorts a directory as if its name ended in a slash: after `events.json`, before `events0`."""
    one = forge(repo, {"session.json": SESSION, "events/a": b"1", "events0": b"2"}, "demo/one")
    two = forge(repo, {"session.json": SESSION, "events/b": b"3", "events.json": b"4"}, "demo/two")
    assert united_tree(found, one, two) == merge_tree(repo, one, two)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (b"120000 link\0", "neither an ordinary file"),
        (b"160000 module\0", "neither an ordinary file"),
        (b"104755 suid\0", "neither an ordinary file"),
        (b"100644 ..\0", "a name that no file may have"),
        (b"40000 .GIT\0", "a name that no file may have"),
        (b"100644 a/b\0", "a name that no file may have"),
        (b"100644 session.json\0", "names it twice"),
        (b"100644 cut", "damaged"),
    ],
)
def test_a_forged_tree_is_refused(repo: Path, found: Repo, entry: bytes, problem: str) -> None:
    ours = events.tip(found, start(found)).tree
    session = bytes.fromhex(blob(repo, SESSION))
    raw = b"100644 session.json\0" + session + entry + (session if entry.endswith(b"\0") else b"")
    with pytest.raises(BrokenSession, match=problem):
        union.tree(found, Writer(found), ours, raw_tree(repo, raw))


def test_a_tree_of_endless_depth_ends(repo: Path, found: Repo) -> None:
    """Each level names the one below a hundred times: 100^16 paths in 17 small objects."""
    tips = []
    for content in (b"one\n", b"two\n"):
        oid, mode = blob(repo, content), "100644 blob"
        for _ in range(16):
            lines = "".join(f"{mode} {oid}\tx{n}\n" for n in range(100))
            oid, mode = support.git(repo, "mktree", input=lines.encode()), "040000 tree"
        root = f"100644 blob {blob(repo, SESSION)}\tsession.json\n040000 tree {oid}\tzz\n"
        tree = support.git(repo, "mktree", input=root.encode())
        tips.append(support.git(repo, "commit-tree", "-m", "forged", tree))
    found.git("update-ref", "refs/ctx/heads/demo/main", tips[0])
    with pytest.raises(BrokenSession):
        unite(found, DEMO, tips[1], subject="forged", when=WHEN)


def test_there_has_to_be_a_branch(found: Repo) -> None:
    birth = start(found)
    with pytest.raises(SessionNotFound):
        unite(found, ALT, birth, subject="nothing", when=WHEN)


def test_an_append_and_a_merge_at_once_both_stand(found: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    start(found)
    fork(found)
    prompt(found, "theirs", ALT)
    prompt(found, "ours")
    swap = union.swap.swap

    def late(*args: object, **named: object) -> bool:
        monkeypatch.setattr(union.swap, "swap", swap)
        # git itself knows nothing of our advisory lock
        found.git("update-ref", "refs/ctx/heads/demo/main", prompt(found, "meanwhile", was).commit)
        return swap(*args, **named)  # type: ignore[arg-type]

    was = SessionBranch(session="demo", branch="was")
    fork(found, DEMO, was)
    monkeypatch.setattr(union.swap, "swap", late)
    united = merged(found, DEMO, ALT)
    assert sorted(texts(found, united.commit)) == ["meanwhile", "ours", "theirs"]


def test_snap_refs_join(repo: Path, found: Repo) -> None:
    base = support.git(repo, "rev-parse", "HEAD")
    trees = [
        support.git(repo, "mktree", input=f"100644 blob {blob(repo, b)}\tf\n".encode()) for b in (b"1", b"2")
    ]
    ours = snapref.keep(found, DEMO, trees[0], base, "l" * 16, WHEN)
    theirs = snapref.keep(found, ALT, trees[1], base, "m" * 16, WHEN)
    joined = snapref.join(found, DEMO, theirs, WHEN)
    assert support.git(repo, "log", "-1", "--format=%P", joined) == f"{ours} {theirs}"
    assert snapref.join(found, DEMO, theirs, WHEN) == joined
    assert snapref.join(found, ALT, joined, WHEN) == joined
    new = SessionBranch(session="demo", branch="new")
    assert snapref.join(found, new, joined, WHEN) == joined
    support.git(repo, "update-ref", "-d", "refs/ctx/snap/demo/alt")
    support.git(repo, "gc", "-q", "--prune=now")
    assert [support.git(repo, "show", f"{tree}:f") for tree in trees] == ["1", "2"]
    support.fsck(repo)


def blob(repo: Path, data: bytes) -> Oid:
    return support.git(repo, "hash-object", "-w", "--stdin", input=data)


def raw_tree(repo: Path, raw: bytes) -> Oid:
    return support.git(repo, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", input=raw)
