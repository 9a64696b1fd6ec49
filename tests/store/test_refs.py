import os
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_ctx.errors import BrokenSession, InvalidName
from git_ctx.model import SessionBranch
from git_ctx.store import message, naming, refs
from git_ctx.store.discover import find
from git_ctx.store.repo import Repo
from tests import support

git_branches = st.lists(
    st.sampled_from(["fix", "login", "%", "%2F", "%25", "/", "a", "é", "\udce9", "\udcff", "%E9", "B", "-"]),
    min_size=1,
    max_size=6,
).map("".join)


@given(git_branches, git_branches)
def test_every_branch_has_a_refname_of_its_own(one: str, other: str) -> None:
    ours = SessionBranch(session="s", branch=one)
    assert refs.parse(refs.refname(ours)) == ours
    assert refs.parse(refs.snapname(ours), refs.SNAP) == ours
    assert refs.parse(refs.snapname(ours)) is None
    same = refs.refname(ours) == refs.refname(SessionBranch(session="s", branch=other))
    assert same == (one == other)
    assert refs.refname(ours).count("/") == 4
    refs.refname(ours).encode()


def test_the_refname_is_readable() -> None:
    branch = SessionBranch(session="login-kxzq", branch="fix/100%")
    assert refs.refname(branch) == "refs/ctx/heads/login-kxzq/fix%2F100%25"
    assert refs.snapname(branch) == "refs/ctx/snap/login-kxzq/fix%2F100%25"


@pytest.mark.parametrize("part", ["", "a%2f", "a%41", "%", "%2", "a/b", "%FF%", "%C3%A9"])
def test_other_spellings_are_not_ours(part: str) -> None:
    assert refs.parse(f"refs/ctx/heads/s/{part}") is None


@pytest.mark.parametrize("name", ["refs/heads/s/main", "refs/ctx/heads/S/main", "refs/ctx/heads/s", "s/main"])
def test_other_refs_are_not_ours(name: str) -> None:
    assert refs.parse(name) is None


session_names = st.text(st.sampled_from("ak0._-/A~^:lock"), max_size=8) | st.sampled_from(
    ["a.lock", "k" * 65]
)


@given(st.lists(session_names, min_size=1, max_size=20))
def test_a_valid_session_name_is_one_that_git_takes(names: list[str]) -> None:
    for name in names:
        if refs._is_name(name):
            assert subprocess.run(["git", "check-ref-format", f"refs/ctx/heads/{name}/main"]).returncode == 0


@pytest.mark.parametrize(
    "name", ["", "Login", "1st", "-a", "a b", "a/b", "a..b", "a.", "a.lock", "ä", "a" * 65, "a\n", "a@b"]
)
def test_an_invalid_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidName):
        refs.check_name(name)


def test_the_names_that_may_be() -> None:
    for name in ("a", "login-kxzq", "a.b_c-1", "a" * 64):
        assert refs.check_name(name) == name


@given(st.text(max_size=200))
def test_a_slug_is_a_valid_name_whatever_the_prompt(text: str) -> None:
    session_id = naming.new_id()
    assert refs.check_name(naming.slug(text, session_id)).endswith("-" + session_id[-4:])


def test_a_slug_says_what_the_prompt_is_about() -> None:
    id = "kkkkkkkkkkkkkxzq"
    assert naming.slug("Fix the login", id) == "login-kxzq"
    assert naming.slug("Why does Café rendering fail on Windows?", id) == "cafe-rendering-fail-kxzq"
    assert naming.slug("日本語", id) == "session-kxzq"


def test_ids_are_never_numbers_nor_object_ids() -> None:
    ids = {naming.new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(id) == 16 and set(id) <= set("klmnopqrstuvwxyz") for id in ids)


@given(st.text(), st.text())
def test_trailers_come_back_whatever_the_subject(subject: str, value: str) -> None:
    trailers = {"Ctx-Event": "prompt", "Ctx-Id": value}
    text = message.build(subject, trailers)
    assert message.parse(text) == {key: message.clean(value) for key, value in trailers.items()}
    assert "\0" not in text and "\x1b" not in text
    text.encode()


@pytest.mark.parametrize(
    ("ident", "clean"),
    [
        ("Ada <ada@example.com>", "Ada <ada@example.com>"),
        ("A<d>a\nLove\0lace <ada@ex<am>ple.com>", "Ada Love lace <ada@example.com>"),
        ("<only@example.com>", "only@example.com <only@example.com>"),
        ("", "unknown <>"),
        ("Nobody", "Nobody <>"),
    ],
)
def test_an_identity_is_made_fit_for_a_commit(ident: str, clean: str) -> None:
    assert message.clean_ident(ident) == clean


def record(repo: Path, name: str, subject: str, trailers: dict[str, str], when: int = 0) -> str:
    """A session branch as git plumbing alone makes it."""
    tree = support.git(repo, "mktree", input=b"")
    os.environ["GIT_COMMITTER_DATE"] = f"{1767322800 + when} +0230"
    text = message.build(subject, trailers).encode()
    commit = support.git(repo, "commit-tree", tree, input=text)
    support.git(repo, "update-ref", f"refs/ctx/heads/{name}", commit)
    return commit


def names(listed: Sequence[refs.Listed]) -> list[str]:
    return [str(one.branch) for one in listed]


@pytest.fixture
def found(repo: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "")
    return find(repo)


def test_a_listing_tells_all_from_one_process(repo: Path, found: Repo) -> None:
    trailers = {"Ctx-Event": "prompt", "Ctx-Session": "kk", "Ctx-State": "ended", "Ctx-Prompts": "12"}
    tip = record(repo, "login/fix%2Fa", "prompt: Ctx-State: odd\nnext", trailers, when=5)
    record(repo, "other/main", "prompt: x", {}, when=9)
    other, login = refs.listing(found)
    assert login == refs.Listed(
        branch=SessionBranch(session="login", branch="fix/a"),
        tip=tip,
        updated=datetime(2026, 1, 2, 3, 0, 5, tzinfo=UTC),
        subject="prompt: Ctx-State: odd next",
        session="kk",
        state="ended",
        prompts=12,
    )
    assert login.updated.isoformat() == "2026-01-02T05:30:05+02:30"
    assert (str(other.branch), other.state, other.prompts) == ("other@main", "active", 0)
    assert names(refs.listing(found, "refs/ctx/heads/*/fix%2Fa")) == ["login@fix/a"]
    assert refs.listing(found, "refs/ctx/heads/nothing/") == []


@pytest.mark.parametrize("state", ["\x1b[2J", "\u202e", "broken", ""])
def test_a_state_that_there_is_not_is_nobodys(repo: Path, found: Repo, state: str) -> None:
    tree = support.git(repo, "mktree", input=b"")
    commit = support.git(repo, "commit-tree", tree, input=f"x\n\nCtx-State: {state}\n".encode())
    support.git(repo, "update-ref", "refs/ctx/heads/login/main", commit)
    assert [one.state for one in refs.listing(found)] == ["active"]


def test_foreign_refs_are_not_listed(repo: Path, found: Repo) -> None:
    record(repo, "UPPER/main", "x", {})
    record(repo, "flat", "x", {})
    record(repo, "a/b/c", "x", {})
    record(repo, "ours/main", "x", {"Ctx-Prompts": "9" * 5000})
    assert [(str(one.branch), one.prompts) for one in refs.listing(found)] == [("ours@main", 0)]


@support.needs_files
def test_a_broken_ref_hides_no_healthy_one(repo: Path, found: Repo) -> None:
    for number in range(7):
        record(repo, f"s{number}/main", f"prompt: {number}", {"Ctx-State": "active"}, when=-number)
    heads = repo / ".git/refs/ctx/heads"
    (heads / "s1/main").write_text("1" * 40 + "\n")
    (heads / "s2/main").write_text("")
    (heads / "s3/main").write_text("garbage\n")
    blob = support.git(repo, "hash-object", "-w", "--stdin", input=b"x")
    (heads / "s4/main").write_text(blob + "\n")
    garbled = Path(repo, ".git/objects", support.git(repo, "rev-parse", "refs/ctx/heads/s5/main")[:2])
    for file in garbled.iterdir():
        file.chmod(0o644)
        file.write_bytes(b"rubbish")
    listed = {one.branch.session: one for one in refs.listing(found)}
    assert {name for name, one in listed.items() if one.problem is None} == {"s0", "s6"}
    assert {name for name, one in listed.items() if one.state == "broken"} == {"s1", "s2", "s3", "s4", "s5"}
    assert "1" * 40 in (listed["s1"].problem or "")
    assert listed["s4"].problem == f"{blob} is a blob, not a commit"


@support.needs_files
def test_the_tip_of_a_branch(repo: Path, found: Repo) -> None:
    branch = SessionBranch(session="s", branch="main")
    assert refs.tip(found, branch) is None
    commit = record(repo, "s/main", "x", {})
    assert refs.tip(found, branch) == commit
    support.git(repo, "pack-refs", "--all")
    assert refs.tip(found, branch) == commit
    (repo / ".git/refs/ctx/heads/s").mkdir(parents=True)
    (repo / ".git/refs/ctx/heads/s/main").write_text("")
    with pytest.raises(BrokenSession):
        refs.tip(found, branch)
