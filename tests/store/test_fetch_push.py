"""Two clones and a server, through the store alone."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from git_ctx.errors import RemoteFailed, RemoteSilent
from git_ctx.model import SessionBranch
from git_ctx.store import bounds, discover, refs
from git_ctx.store.files import snapref
from git_ctx.store.sharing import fetch as fetches
from git_ctx.store.sharing import outward, remote
from git_ctx.store.sharing import push as pushes
from git_ctx.store.sharing.fetch import Fetched
from git_ctx.store.sharing.push import Update
from tests import servers
from tests.sharing import add, begin, heads, mirrors, push
from tests.store.judge import objects, untouchables
from tests.store.sessions import WHEN, forge
from tests.support import TABLES, clone, commit, fsck, git, needs_files


def fetch(path: Path, name: str = "origin") -> Fetched:
    return fetches.fetch(discover.find(path), name)


@pytest.fixture
def server(tmp_path: Path) -> Path:
    return servers.bare(tmp_path / "served/repo.git")


@pytest.fixture
def ada(repo: Path, server: Path) -> Path:
    git(repo, "remote", "add", "origin", str(server))
    git(repo, "push", "-q", "-u", "origin", "main")
    return repo


@pytest.fixture
def bob(ada: Path, server: Path, tmp_path: Path) -> Path:
    return clone(server, tmp_path / "bob")


def test_what_one_pushes_the_other_fetches_into_mirrors(ada: Path, bob: Path) -> None:
    begin(ada, "demo")
    before = untouchables(bob)
    (outcome,) = push(ada, "demo")
    assert (outcome.refused, outcome.fresh) == (None, True)
    fetched = fetch(bob)
    assert [(move.branch.session, move.old) for move in fetched.moves] == [("demo", None)]
    assert mirrors(bob) == heads(ada)
    assert heads(bob) == {}
    git(bob, "update-ref", "-d", "refs/ctx/remotes/origin/heads/demo/main")
    assert untouchables(bob) == before
    fsck(bob)


@needs_files
def test_a_lock_that_a_killed_fetch_left_is_in_nobodys_way(ada: Path, bob: Path) -> None:
    begin(ada, "demo")
    push(ada, "demo")
    lock = bob / ".git/refs/ctx/remotes/origin/heads/demo/main.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    assert "demo@main" in fetch(bob).problems
    os.utime(lock, (1, 1))
    assert fetch(bob).problems == {}
    assert mirrors(bob) == heads(ada)


def test_a_push_of_snapshots_that_was_cut_off_is_the_same_again(
    ada: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its commits are made anew, and what the server has may not have been noted here."""
    branch = begin(ada, "demo")
    found = discover.find(ada)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{role}_DATE")
    base = git(ada, "rev-parse", "HEAD")
    snapref.keep(found, branch, git(ada, "rev-parse", "HEAD^{tree}"), base, "k" * 16, WHEN)
    made = outward.rebuild(found, "origin", branch)
    assert made is not None
    assert git(ada, "log", "-1", "--format=%ct %at", made) == f"{WHEN.timestamp():.0f} {WHEN.timestamp():.0f}"


def test_pushing_again_changes_nothing(ada: Path) -> None:
    begin(ada, "demo")
    push(ada, "demo")
    (outcome,) = push(ada, "demo")
    assert (outcome.refused, outcome.fresh) == (None, False)


def test_no_commit_of_code_goes_along(ada: Path, server: Path) -> None:
    branch = begin(ada, "demo")
    secret = commit(ada, {"unpushed.py": "not yet\n"})
    add(ada, branch)
    push(ada, "demo")
    assert secret not in objects(server)


def test_who_was_overtaken_is_told_and_nothing_is_lost(ada: Path, bob: Path, server: Path) -> None:
    branch = begin(ada, "demo")
    push(ada, "demo")
    fetch(bob)
    git(bob, "update-ref", "refs/ctx/heads/demo/main", "refs/ctx/remotes/origin/heads/demo/main")
    add(ada, branch)
    add(bob, branch)
    push(ada, "demo")
    (outcome,) = push(bob, "demo")
    assert outcome.diverged and outcome.refused is not None
    assert heads(server) == heads(ada)


def test_a_lease_replaces_only_what_was_seen(ada: Path, bob: Path, server: Path) -> None:
    branch = begin(ada, "demo")
    push(ada, "demo")
    seen = heads(ada)["demo/main"]
    add(ada, branch)
    push(ada, "demo")
    here = discover.find(bob)
    fetch(bob)
    gone = Update(ref="refs/ctx/heads/demo/main", new=None, lease=seen)
    (stale,) = pushes.push(here, "origin", [gone])
    assert stale.diverged
    now = Update(ref="refs/ctx/heads/demo/main", new=None, lease=heads(server)["demo/main"])
    (done,) = pushes.push(here, "origin", [now])
    assert done.refused is None and heads(server) == {}


def test_what_goes_from_the_remote_goes_from_the_mirrors_alone(ada: Path, bob: Path, server: Path) -> None:
    for name in ("one", "two"):
        begin(ada, name)
    push(ada)
    fetch(bob)
    begin(bob, "mine")
    git(server, "update-ref", "-d", "refs/ctx/heads/one/main")
    assert [(move.branch.session, move.new) for move in fetch(bob).moves] == [("one", None)]
    assert set(mirrors(bob)) == {"two/main"}
    assert set(heads(bob)) == {"mine/main"}


@pytest.mark.parametrize("refspec", ["+refs/*:refs/*", "+refs/ctx/heads/*:refs/ctx/heads/*"])
def test_the_refspecs_of_a_mirror_clone_overwrite_nothing(ada: Path, bob: Path, refspec: str) -> None:
    branch = begin(ada, "demo")
    push(ada, "demo")
    fetch(bob)
    git(bob, "update-ref", "refs/ctx/heads/demo/main", "refs/ctx/remotes/origin/heads/demo/main")
    add(bob, branch)
    add(ada, branch)
    push(ada, "demo")
    mine = heads(bob)
    git(bob, "config", "remote.origin.fetch", refspec)
    git(bob, "config", "remote.origin.mirror", "true")
    git(bob, "config", "fetch.prune", "true")
    git(bob, "config", "remote.origin.pruneTags", "true")
    fetch(bob)
    assert heads(bob) == mine
    assert mirrors(bob) == heads(ada)
    (outcome,) = push(bob, "demo")
    assert outcome.diverged


def test_the_users_own_fetches_with_prune_harm_nothing(ada: Path, bob: Path) -> None:
    begin(ada, "demo")
    push(ada)
    fetch(bob)
    begin(bob, "mine")
    before = (heads(bob), mirrors(bob))
    git(bob, "config", "fetch.prune", "true")
    git(bob, "fetch", "-q", "--prune", "--all")
    git(bob, "remote", "prune", "origin")
    assert (heads(bob), mirrors(bob)) == before


def test_no_tag_and_no_fetch_head_comes_along(ada: Path, bob: Path) -> None:
    begin(ada, "demo")
    git(ada, "tag", "v1", "refs/ctx/heads/demo/main")
    git(ada, "push", "-q", "origin", "v1")
    push(ada)
    git(bob, "config", "remote.origin.tagOpt", "--tags")
    fetch(bob)
    assert git(bob, "tag") == ""
    assert not (bob / ".git/FETCH_HEAD").exists()


def test_a_partial_clone_gets_sessions_whole(ada: Path, server: Path, tmp_path: Path) -> None:
    add(ada, begin(ada, "demo"))
    push(ada)
    git(server, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{server}", "partial")
    fetch(tmp_path / "partial")
    (tip,) = mirrors(tmp_path / "partial").values()
    wanted = set(git(ada, "rev-list", "--objects", "--no-object-names", tip).split())
    assert wanted <= objects(tmp_path / "partial")


def test_one_hostile_session_is_named_and_stops_no_other(ada: Path, bob: Path, server: Path) -> None:
    for name in ("one", "two", "three"):
        begin(ada, name)
    push(ada)
    evil = hostile_tree(server)
    git(server, "update-ref", "refs/ctx/heads/evil/main", evil)
    fetched = fetch(bob)
    assert set(mirrors(bob)) == {"one/main", "two/main", "three/main"}
    assert list(fetched.problems) == ["evil@main"]
    assert "hasDot" in fetched.problems["evil@main"]
    assert not any(noise in fetched.problems["evil@main"] for noise in ("remote:", "fetch-pack", "Total"))
    add(ada, SessionBranch(session="one", branch="main"))
    git(server, "update-ref", "-d", "refs/ctx/heads/two/main")
    push(ada, "one")
    fetch(bob)
    assert mirrors(bob) == {name: oid for name, oid in heads(ada).items() if name != "two/main"}


@pytest.mark.parametrize(("mode", "why"), [(b"104755", "badFilemode"), (b"100644", "hasDot")])
def test_what_the_user_lets_git_overlook_is_looked_at_all_the_same(
    ada: Path, bob: Path, server: Path, mode: bytes, why: str
) -> None:
    evil = hostile_tree(server, mode + (b" run\0" if why == "badFilemode" else b" ..\0"))
    git(server, "update-ref", "refs/ctx/heads/evil/main", evil)
    for key in ("fetch.fsckObjects", "transfer.fsckObjects"):
        git(bob, "config", key, "false")
    git(bob, "config", "fetch.fsck.badFilemode", "ignore")
    assert why in fetch(bob).problems["evil@main"]
    assert mirrors(bob) == {}


def test_what_another_git_let_in_as_a_mirror_goes_with_the_next_fetch(
    ada: Path, bob: Path, server: Path
) -> None:
    begin(ada, "demo")
    push(ada)
    forged = forge(server_copy(server), {"readme": b"no session"}, "forged/main")
    git(server, "update-ref", "refs/ctx/heads/forged/main", forged)
    git(bob, "fetch", "-q", "origin", "+refs/ctx/heads/*:refs/ctx/remotes/origin/heads/*")
    assert set(mirrors(bob)) == {"demo/main", "forged/main"}
    assert list(fetch(bob).problems) == ["forged@main"]
    assert set(mirrors(bob)) == {"demo/main"}


def test_a_fetch_sets_no_maintenance_off(
    ada: Path, bob: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(ada, begin(ada, "demo"))
    push(ada)
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    fetch(bob)
    told = (tmp_path / "trace").read_text()
    assert "built-in: git fetch" in told and "maintenance" not in told.replace("--no-auto-maintenance", "")


def test_a_fetch_has_an_end_to_its_memory_and_takes_no_locks_by_the_way(
    ada: Path, bob: Path, tmp_path: Path
) -> None:
    begin(ada, "demo")
    push(ada)
    told = f"(ulimit -d; echo $GIT_OPTIONAL_LOCKS) >{tmp_path / 'told'}; git-upload-pack"
    git(bob, "config", "remote.origin.uploadpack", told)
    fetch(bob)
    assert (tmp_path / "told").read_text().split() == [str(bounds.MEMORY >> 10), "0"]


def test_what_the_server_cannot_read_is_told_without_its_progress(ada: Path, bob: Path, server: Path) -> None:
    for name in ("one", "two"):
        begin(ada, name)
    push(ada)
    lost = git(server, "rev-parse", "refs/ctx/heads/two/main:session.json")
    (server / "objects" / lost[:2] / lost[2:]).unlink()
    fetched = fetch(bob)
    assert set(mirrors(bob)) == {"one/main"}
    assert fetched.problems["two@main"].startswith(f"unable to read {lost}; ")
    assert not any(noise in fetched.problems["two@main"] for noise in ("\0", "upload-pack", "bad pack"))


def hostile_tree(path: Path, entry: bytes = b"100644 ..\0") -> str:
    """A commit of a tree that leads out of the work tree; git writes it only when not asked to look."""
    blob = git(path, "hash-object", "-w", "--stdin", input=b"x")
    raw = entry + bytes.fromhex(blob)
    tree = git(path, "hash-object", "-w", "-t", "tree", "--literally", "--stdin", input=raw)
    return git(path, "commit-tree", "-m", "evil", tree)


def test_what_is_no_session_is_named(ada: Path, bob: Path, server: Path) -> None:
    begin(ada, "demo")
    push(ada)
    forged = forge(server_copy(server), {"readme": b"no session"}, "forged/main")
    git(server, "update-ref", "refs/ctx/heads/-a/$(id)", forged)
    git(server, "update-ref", "refs/ctx/heads/flat", forged)
    problems = fetch(bob).problems
    assert set(problems) == {"forged@main", "-a/$(id)", "flat"}
    assert "session.json" in problems["forged@main"]
    listed = refs.listing(discover.find(bob), remote.heads("origin"), under=remote.heads("origin"))
    assert {str(one.branch) for one in listed} == {"demo@main"}


def server_copy(server: Path) -> Path:
    """As `forge` wants it: with the repository in .git."""
    link = server.parent / "as-work-tree"
    link.mkdir()
    (link / ".git").symlink_to(server)
    return link


def test_over_http(ada: Path, bob: Path, server: Path) -> None:
    git(server, "config", "http.receivepack", "true")
    add(ada, begin(ada, "demo"))
    with servers.http(server.parent) as url:
        for clone_of in (ada, bob):
            git(clone_of, "remote", "set-url", "origin", f"{url}/repo.git")
        (outcome,) = push(ada)
        assert outcome.refused is None
        fetch(bob)
    assert mirrors(bob) == heads(ada)


def test_a_password_in_the_url_opens_and_without_one_nobody_is_asked(ada: Path, server: Path) -> None:
    git(server, "config", "http.receivepack", "true")
    begin(ada, "demo")
    with servers.http(server.parent, password="sesame") as url:
        git(ada, "remote", "set-url", "origin", f"{url}/repo.git")
        with pytest.raises(RemoteFailed, match="terminal prompts disabled"):
            push(ada)
        git(ada, "remote", "set-url", "origin", f"{url.replace('//', '//ada:sesame@')}/repo.git")
        (outcome,) = push(ada)
    assert outcome.refused is None


@pytest.mark.skipif(servers.sshd() is None, reason="this machine has no sshd")
def test_over_ssh(
    ada: Path, bob: Path, server: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(ada, begin(ada, "demo"))
    program = servers.sshd()
    assert program is not None
    with servers.ssh(program, tmp_path / "ssh") as (url, client):
        for clone_of in (ada, bob):
            git(clone_of, "remote", "set-url", "origin", f"{url}{server}")
        with pytest.raises(RemoteFailed, match=r"Permission denied|Host key verification failed"):
            push(ada)
        monkeypatch.setenv("GIT_SSH_COMMAND", client)
        (outcome,) = push(ada)
        assert outcome.refused is None
        fetch(bob)
    assert mirrors(bob) == heads(ada)


@pytest.mark.parametrize("over_http", [False, True])
def test_a_server_that_hides_the_refs_says_so(ada: Path, server: Path, over_http: bool) -> None:
    git(server, "config", "http.receivepack", "true")
    git(server, "config", "transfer.hideRefs", "refs/ctx")
    begin(ada, "demo")
    with servers.http(server.parent) as url:
        if over_http:
            git(ada, "remote", "set-url", "origin", f"{url}/repo.git")
        (outcome,) = push(ada)
    assert outcome.refused == "deny updating a hidden ref" and not outcome.diverged


def test_a_hook_refuses_in_its_own_words_and_one_session_only(ada: Path, server: Path) -> None:
    begin(ada, "good")
    begin(ada, "bad")
    servers.hook(server, "update", 'case $1 in *bad*) echo "not by these rules" >&2; exit 1;; esac')
    told = {one.update.ref: one.refused for one in push(ada)}
    assert told == {
        "refs/ctx/heads/good/main": None,
        "refs/ctx/heads/bad/main": "hook declined; not by these rules",
    }
    assert set(heads(server)) == {"good/main"}


def delete(path: Path) -> dict[str, str | None]:
    """Every session off the remote; what was refused, and why."""
    updates = [Update(ref=f"{refs.HEADS}{name}", new=None, lease=tip) for name, tip in heads(path).items()]
    done = pushes.push(discover.find(path), "origin", updates)
    return {one.update.ref.removeprefix(refs.HEADS): one.refused for one in done}


def test_many_sessions_go_from_a_server_in_one_transaction(ada: Path, server: Path) -> None:
    """One by one, each would have it write all of its packed refs anew."""
    for name in ("one", "two", "three"):
        begin(ada, name)
    push(ada)
    git(server, "pack-refs", "--all")
    servers.hook(server, "reference-transaction", "echo $1 >>told")
    assert set(delete(ada).values()) == {None} and heads(server) == {}
    assert (server / "told").read_text().splitlines().count("committed") == 1 + (
        not TABLES
    )  # of loose refs, packed ones


def test_a_server_that_keeps_one_session_lets_the_others_go(ada: Path, server: Path) -> None:
    for name in ("good", "bad"):
        begin(ada, name)
    push(ada)
    servers.hook(server, "update", 'case $1 in *bad*) echo "not by these rules" >&2; exit 1;; esac')
    assert delete(ada) == {"good/main": None, "bad/main": "hook declined; not by these rules"}
    assert set(heads(server)) == {"bad/main"}


def test_a_server_that_knows_no_such_transaction_deletes_nevertheless(ada: Path, server: Path) -> None:
    for name in ("one", "two"):
        begin(ada, name)
    push(ada)
    git(server, "config", "receive.advertiseAtomic", "false")
    assert set(delete(ada).values()) == {None} and heads(server) == {}


def test_progress_holds_nothing_that_a_terminal_obeys(ada: Path, server: Path) -> None:
    begin(ada, "demo")
    servers.hook(server, "pre-receive", "printf '\\033]0;owned\\007 %0300d\\n' 1 >&2; sleep 0.2")
    heard: list[str] = []
    updates = [Update(ref=f"{refs.HEADS}demo/main", new=heads(ada)["demo/main"])]
    pushes.push(discover.find(ada), "origin", updates, heard.append)
    assert any("owned" in words for words in heard)
    assert not any("\x1b" in words or "\x07" in words or len(words) > 72 for words in heard)


def test_without_the_right_to_push_the_server_has_the_word(ada: Path, server: Path) -> None:
    begin(ada, "demo")
    with servers.http(server.parent) as url:  # which takes pushes from nobody unless it is told to
        git(server, "config", "http.receivepack", "false")
        git(ada, "remote", "set-url", "origin", f"{url}/repo.git")
        with pytest.raises(RemoteFailed, match="403"):
            push(ada)


def test_a_server_that_is_not_there(ada: Path) -> None:
    git(ada, "remote", "set-url", "origin", "/nowhere/at/all.git")
    with pytest.raises(RemoteFailed, match="does not appear to be a git repository"):
        fetch(ada)


@pytest.mark.parametrize("after", [0, 2500])
def test_a_connection_that_breaks_is_not_tried_for_each_session(
    ada: Path, bob: Path, tmp_path: Path, after: int
) -> None:
    for number in range(20):
        begin(ada, f"s{number}")
    push(ada)
    script = tmp_path / "upload-pack"
    pipe, called = tmp_path / "pipe", tmp_path / "called"
    script.write_text(
        f"#!/bin/sh\necho >>{called}\nmkfifo {pipe}$$; exec 3<&0\n"
        f'git upload-pack "$@" <&3 >{pipe}$$ 2>/dev/null &\n'
        f"dd bs=1 count={after} <{pipe}$$ 2>/dev/null; kill $!\n"
    )
    script.chmod(0o755)
    git(bob, "config", "ctx.timeout", "20")
    git(bob, "config", "remote.origin.uploadpack", str(script))
    before = untouchables(bob)
    with pytest.raises(RemoteFailed, match=r"remote 'origin': (?!git ended)."):
        fetch(bob)
    assert untouchables(bob) == before
    assert len(called.read_text()) <= 3


def test_a_server_that_never_answers_is_given_up(ada: Path) -> None:
    git(ada, "config", "ctx.timeout", "0.5")
    begin(ada, "demo")
    with servers.silent() as url:
        git(ada, "remote", "set-url", "origin", url)
        with pytest.raises(RemoteSilent, match=r"0\.5 seconds"):
            fetch(ada)
        with pytest.raises(RemoteSilent):
            push(ada)


@pytest.mark.parametrize("attended", [False, True])
def test_no_process_is_left_when_a_server_is_given_up(
    ada: Path, attended: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(ada, "config", "ctx.timeout", "0.5")
    for stream in (sys.stdin, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: attended)
    with servers.silent() as url:
        git(ada, "remote", "set-url", "origin", url)
        with pytest.raises(RemoteSilent):
            fetch(ada)
        time.sleep(0.2)
        running = subprocess.run(["ps", "-A", "-o", "args="], capture_output=True, check=True).stdout
        assert url not in running.decode(errors="replace")


@pytest.mark.parametrize("url", ["ext::sh -c touch% pwned", "fd::17", "-u./pwned"])
def test_a_url_that_is_a_command_is_not_run(ada: Path, url: str) -> None:
    git(ada, "config", "remote.origin.url", url)
    git(ada, "config", "protocol.allow", "user")
    git(ada, "config", "ctx.timeout", "5")
    begin(ada, "demo")
    for attempt in (fetch, push):
        with pytest.raises(RemoteFailed, match=r"not allowed|strange pathname|does not appear to be"):
            attempt(ada)
    assert not (ada / "pwned").exists()


def test_a_thousand_sessions_cost_what_changed(ada: Path, bob: Path) -> None:
    """By the number of objects that travel, which no machine's pace changes."""
    branch = begin(ada, "demo")
    tip = heads(ada)["demo/main"]
    lines = "".join(f"create refs/ctx/heads/s{number}/main {tip}\n" for number in range(1000))
    git(ada, "update-ref", "--stdin", input=lines.encode())
    outcomes = push(ada)
    assert len(outcomes) == 1001 and not any(one.refused for one in outcomes)
    assert len(fetch(bob).moves) == 1001
    add(ada, branch)
    before = objects(bob)
    push(ada, "demo")
    assert [str(move.branch) for move in fetch(bob).moves] == ["demo@main"]
    assert len(objects(bob) - before) <= 6
