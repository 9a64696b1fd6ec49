from contextlib import suppress
from hashlib import sha1
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from git_ctx.errors import AmbiguousRevision, AmbiguousSession, CtxError, NoSession, RevisionNotFound
from git_ctx.model import SessionBranch
from git_ctx.store import append
from git_ctx.store.append import Appended
from git_ctx.store.discover import find
from git_ctx.store.repo import Repo
from git_ctx.store.sessions.revisions import introduced, resolve
from tests import support
from tests.store.sessions import DEMO, WHEN, forge, prompt, start


@pytest.fixture
def found(repo: Path) -> Repo:
    return find(repo)


@pytest.fixture
def asked(found: Repo) -> list[Appended]:
    """A session of three prompts, one of them after a title was set."""
    start(found)
    first = prompt(found, "one", id="klmnklmnklmnklmn")
    append.append_meta(found, DEMO, "title", "t" * 16, b"{}", subject="t", when=WHEN)
    return [first, prompt(found, "two", id="klmnzzzzzzzzzzzz"), prompt(found, "three", id="zzzz" * 4)]


def test_steps_go_back_as_in_git(repo: Path, found: Repo, asked: list[Appended]) -> None:
    for revision in (
        "@",
        "@~",
        "@~1",
        "@^",
        "@~2",
        "@^^",
        "@~1^",
        "@~~",
        "@~0",
        "@~3",
        "demo~2",
        "demo@main~2",
    ):
        named = resolve(found, revision, DEMO, "main")
        by_git = (
            revision.replace("demo@main", "@").replace("demo", "@").replace("@", "refs/ctx/heads/demo/main")
        )
        assert named.commit == support.git(repo, "rev-parse", by_git)
        assert named.branch == DEMO
    assert resolve(found, "@", DEMO).event == asked[2].event
    assert resolve(found, "@~2", DEMO).event == asked[0].event  # the title's commit has none of its own
    assert resolve(found, "@~4", DEMO).event is None
    for too_far in ("@~5", "@~999999999", "demo~5"):
        with pytest.raises(RevisionNotFound, match=too_far):
            resolve(found, too_far, DEMO, "main")


def test_numbers_and_ids_name_an_event(found: Repo, asked: list[Appended]) -> None:
    for revision, wanted in {
        "#1": asked[0],
        "#3": asked[1],
        "klmnk": asked[0],
        "klmnz": asked[1],
        "z" * 16: asked[2],
        asked[1].commit: asked[1],
        asked[1].commit[:12]: asked[1],
    }.items():
        named = resolve(found, revision, DEMO, "main")
        assert (named.commit, named.event) == (wanted.commit, wanted.event)
    assert resolve(found, "#3~1", DEMO).event == asked[0].event
    assert resolve(found, f"{asked[2].commit}~1", DEMO).commit == asked[1].commit
    with pytest.raises(AmbiguousRevision) as ambiguous:
        resolve(found, "klmn", DEMO, "main")
    assert ambiguous.value.candidates == ("klmnzzzzzzzzzzzz (#3, prompt)", "klmnklmnklmnklmn (#1, prompt)")


def test_one_number_may_be_two_events(repo: Path, found: Repo) -> None:
    files = {f"events/000000/05-{id}.prompt.json": b"x" for id in ("kkkk", "llll")}
    forge(repo, {"session.json": b"{}", **files})
    with pytest.raises(
        AmbiguousRevision, match=r"'#5' is ambiguous: llll \(#5, prompt\), kkkk \(#5, prompt\)"
    ):
        resolve(found, "#5", DEMO)


def test_a_session_s_name_comes_before_ids(found: Repo, asked: list[Appended]) -> None:
    other = SessionBranch(session="klmnk", branch="side")
    append.create(found, other, "l" * 16, b"{}", when=WHEN)
    assert resolve(found, "klmnk", DEMO, "main").branch == other
    assert resolve(found, "klmnk@side", None, None).branch == other
    for branch in ("b1", "b2"):
        append.create(found, SessionBranch(session=f"s{branch}", branch=branch), "m" * 16, b"{}", when=WHEN)
    found.git("update-ref", "refs/ctx/heads/sb1/b2", "refs/ctx/heads/sb1/b1")
    with pytest.raises(AmbiguousSession):
        resolve(found, "sb1", DEMO, "main")


def test_what_is_not_there_is_told(found: Repo, asked: list[Appended]) -> None:
    numbers = ["#", "#0", "#2", "#5", "#99999999"]
    ids = ["klm", "zzzy", "abc", "0000", "1" * 40]
    others = ["", "nothing", "HEAD", "main", "--all", "@@", "demo@side", "@{1}", "~1", "@~x"]
    for revision in (*numbers, *ids, *others):
        with pytest.raises(RevisionNotFound) as missing:
            resolve(found, revision, DEMO, "main")
        assert missing.value.revision == revision


def test_a_number_without_its_sign_is_told_how_it_is_given(found: Repo, asked: list[Appended]) -> None:
    with pytest.raises(RevisionNotFound) as missing:
        resolve(found, "1", DEMO, "main")
    assert missing.value.hint == "an event's number is given as '#1', in quotes: shells take # for a comment"


def test_code_commits_are_no_revisions(repo: Path, found: Repo, asked: list[Appended]) -> None:
    with pytest.raises(RevisionNotFound):
        resolve(found, support.git(repo, "rev-parse", "HEAD"), DEMO, "main")


def test_commits_that_begin_alike_are_listed(repo: Path, found: Repo) -> None:
    start(found)
    tree = support.git(repo, "rev-parse", "refs/ctx/heads/demo/main^{tree}")
    one, two = (
        support.git(repo, "hash-object", "-t", "commit", "-w", "--stdin", input=raw) for raw in twins(tree)
    )
    assert one[:4] == two[:4]
    with pytest.raises(AmbiguousRevision) as ambiguous:
        resolve(found, one[:4], DEMO, "main")
    assert {candidate[:12] for candidate in ambiguous.value.candidates} == {one[:12], two[:12]}
    assert resolve(found, one[:20], DEMO, "main").commit == one


def twins(tree: str) -> tuple[bytes, bytes]:
    """Two commits whose ids begin with the same four characters."""
    seen: dict[str, bytes] = {}
    for n in range(10000):
        raw = (
            f"tree {tree}\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\n{n}\n\nCtx-Session: k\n".encode()
        )
        begin = sha1(b"commit %d\0" % len(raw) + raw).hexdigest()[:4]
        if begin in seen:
            return seen[begin], raw
        seen[begin] = raw
    raise AssertionError("no two alike")


def test_without_a_session(found: Repo, asked: list[Appended]) -> None:
    for revision in ("@", "#1"):
        with pytest.raises(NoSession):
            resolve(found, revision, None, None)
    with pytest.raises(RevisionNotFound):
        resolve(found, "klmnk", None, None)
    assert resolve(found, asked[0].commit, None, None).event == asked[0].event


def test_an_event_is_found_behind_a_merge(repo: Path, found: Repo) -> None:
    start(found)
    old = support.git(repo, "rev-parse", "refs/ctx/heads/demo/main")
    ours = prompt(found, "ours")
    support.git(repo, "update-ref", "refs/ctx/heads/demo/side", old)
    side = SessionBranch(session="demo", branch="side")
    theirs = prompt(found, "theirs", side)
    tree = support.git(
        repo, "merge-tree", "--write-tree", "--allow-unrelated-histories", ours.commit, theirs.commit
    )
    merge = support.git(repo, "commit-tree", "-m", "merge", "-p", ours.commit, "-p", theirs.commit, tree)
    assert introduced(found, merge, ours.event) == ours.commit
    assert introduced(found, merge, theirs.event) == theirs.commit


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.text(st.sampled_from("@#~^k0a/-{}*\n\0é9"), max_size=8))
def test_any_words_are_answered(found: Repo, revision: str) -> None:
    with suppress(CtxError):
        resolve(found, revision, None, "main")
