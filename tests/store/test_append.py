import os
import re
import time
from datetime import datetime, timedelta, timezone
from hashlib import sha1
from pathlib import Path

import pytest

from git_ctx.errors import (
    BranchBusy,
    BrokenSession,
    DifferentSessions,
    GitFailed,
    SessionClosed,
    SessionExists,
    SessionNotFound,
)
from git_ctx.model import SessionBranch
from git_ctx.store import append, events, lock, loose, naming, objects, refs, swap, upkeep
from git_ctx.store.discover import find
from git_ctx.store.layout import Entry
from git_ctx.store.repo import Repo
from git_ctx.store.writer import Writer
from tests import support
from tests.store.sessions import DEMO, WHEN, forge, prompt, start, texts

REF = "refs/ctx/heads/demo/main"


@pytest.fixture
def found(repo: Path) -> Repo:
    return find(repo)


def log(repo: Path, form: str) -> list[str]:
    return support.git(repo, "log", f"--format={form}", REF).splitlines()


def test_git_alone_can_read_a_session(repo: Path, found: Repo) -> None:
    birth = start(found)
    id = "lmnolmnolmnolmno"
    added = prompt(found, "fix the login", id=id)
    assert (added.event.clock, added.event.id, added.event.type, added.fresh) == (1, id, "prompt", True)
    assert support.git(repo, "rev-parse", REF, f"{REF}~1").split() == [added.commit, birth]
    assert support.git(repo, "ls-tree", "-r", "--format=%(objectmode) %(path)", REF).splitlines() == [
        f"100644 events/000000/01-{id}.context.md",
        f"100644 events/000000/01-{id}.prompt.json",
        "100644 session.json",
    ]
    assert support.git(repo, "show", f"{REF}:events/000000/01-{id}.prompt.json") == "fix the login"
    assert support.git(repo, "log", "-1", "--format=%an <%ae> %ai%n%cn <%ce> %ci%n%B", REF) == (
        "Ada Lovelace <ada@example.com> 2026-01-02 03:04:05 +0000\n"
        "Ada Lovelace <ada@example.com> 2026-01-02 03:04:05 +0000\n"
        "prompt: fix the login\n\n"
        f"Ctx-Event: prompt\nCtx-Id: {id}\nCtx-Session: kkkkkkkkkkkkkkkk\n"
        "Ctx-State: active\nCtx-Prompts: 1\n"
    )
    support.fsck(repo)


def test_the_user_s_things_are_as_before(repo: Path, found: Repo) -> None:
    index = (repo / ".git/index").read_bytes()
    before = support.git(repo, "for-each-ref", "refs/heads", "refs/stash") + support.git(repo, "status")
    start(found)
    prompt(found, "one")
    assert (repo / ".git/index").read_bytes() == index
    assert (
        support.git(repo, "for-each-ref", "refs/heads", "refs/stash") + support.git(repo, "status") == before
    )


def test_what_a_listing_says_of_it(repo: Path, found: Repo) -> None:
    start(found)
    assert [(one.state, one.prompts) for one in refs.listing(found)] == [("created", 0)]
    prompt(found, "one\nmore")
    last = prompt(found, "two")
    (listed,) = refs.listing(found)
    assert (listed.tip, listed.state, listed.prompts, listed.subject, listed.session) == (
        last.commit,
        "active",
        2,
        "prompt: two",
        "k" * 16,
    )


def test_a_reflog_is_kept_from_birth_on(repo: Path, found: Repo) -> None:
    start(found)
    prompt(found, "one")
    assert support.git(repo, "reflog", "show", "--format=%gs %gn", REF).splitlines() == [
        "prompt: one Ada Lovelace",
        "session: demo Ada Lovelace",
    ]


def test_no_reflog_where_the_user_wants_none(repo: Path) -> None:
    support.git(repo, "config", "core.logAllRefUpdates", "false")
    start(find(repo))
    assert not (repo / ".git/logs" / REF).exists()


def test_dates_are_the_prompt_s_unless_the_environment_says(
    repo: Path, found: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(found)
    monkeypatch.delenv("GIT_AUTHOR_DATE")
    when = datetime(2025, 6, 7, 8, 9, 10, tzinfo=timezone(-timedelta(hours=3, minutes=30)))
    append.append(
        found,
        DEMO,
        "prompt",
        naming.new_id(),
        [Entry(suffix="prompt.json", data=b"x")],
        subject="x",
        when=when,
        author="Grace <grace@example.com>",
    )
    assert log(repo, "%an %ai %cn %ci")[0] == (
        "Grace 2025-06-07 08:09:10 -0330 Ada Lovelace 2026-01-02 03:04:05 +0000"
    )


def test_odd_texts_do_not_reach_git(repo: Path, found: Repo) -> None:
    start(found)
    odd = "a\0b\x1b[31m\ud800 \u202e\nCtx-State: ended\n\nCtx-Prompts: 99"
    append.append(
        found,
        DEMO,
        "prompt",
        naming.new_id(),
        [Entry(suffix="prompt.json", data=b"x")],
        subject=odd,
        when=WHEN,
        author="A<b>\0\n <a@<example.com>",
    )
    assert log(repo, "%an <%ae>|%s")[0] == (
        "Ab <a@example.com>|prompt: a b [31m?  Ctx-State: ended Ctx-Prompts: 99"
    )
    assert [(one.state, one.prompts) for one in refs.listing(found)] == [("active", 1)]
    support.fsck(repo)


def test_a_name_is_taken_once(repo: Path, found: Repo) -> None:
    start(found)
    for branch in ("main", "side"):
        with pytest.raises(SessionExists):
            start(found, SessionBranch(session="demo", branch=branch))
    start(found, SessionBranch(session="demo2", branch="fix/100%"))
    start(found, SessionBranch(session="demo3", branch="fix"))
    assert len(refs.listing(found)) == 3


def test_there_is_nothing_to_add_to(found: Repo) -> None:
    with pytest.raises(SessionNotFound, match="demo@main"):
        prompt(found, "one")


def test_ids_are_added_once(found: Repo) -> None:
    seen = start(found)
    first = prompt(found, "one", id="p" * 16)
    for n in range(3):
        prompt(found, f"other {n}")
    again = prompt(found, "one", id="p" * 16, seen=seen)
    assert (again.fresh, again.event) == (False, first.event)
    assert texts(found, again.commit) == ["one", "other 0", "other 1", "other 2"]
    one, two = (
        append.append_meta(found, DEMO, "title", "q" * 16, b"{}\n", subject="t", when=WHEN, seen=again.commit)
        for _ in range(2)
    )
    assert (one.fresh, two.fresh, one.event) == (True, False, two.event)
    assert len(events.meta_names(found, two.commit, "title")) == 1


def test_the_clock_counts_past_a_hundred(found: Repo) -> None:
    start(found)
    for n in range(1, 103):
        added = prompt(found, str(n))
    assert added.event.clock == 102
    paths = found.git("ls-tree", "-r", "--name-only", REF, "events/000001").decode()
    assert paths.splitlines()[-1] == f"events/000001/02-{added.event.id}.prompt.json"
    assert texts(found, added.commit) == [str(n) for n in range(1, 103)]
    assert refs.listing(found)[0].prompts == 102


def test_meta_entries_and_events_share_one_clock(repo: Path, found: Repo) -> None:
    start(found)
    prompt(found, "one")
    for n, value in enumerate((b'{"value": "a"}\n', b'{"value": "b"}\n'), start=2):
        meta = append.append_meta(found, DEMO, "title", naming.new_id(), value, subject="b", when=WHEN)
        assert (meta.event.clock, meta.event.type) == (n, "title")
    assert prompt(found, "two").event.clock == 4
    tip = support.git(repo, "rev-parse", REF)
    assert [data for _, data in events.meta(found, tip, "title")] == [
        b'{"value": "a"}\n',
        b'{"value": "b"}\n',
    ]
    assert log(repo, "%s")[1] == "title: b"
    assert "meta/title/00000002-" in support.git(repo, "ls-tree", "-r", "--name-only", REF)


def test_a_closed_session_takes_nothing_but_its_reopening(found: Repo) -> None:
    start(found)
    prompt(found, "one")
    close = b'{"value": "ended"}\n'
    append.append_meta(found, DEMO, "state", "m" * 16, close, subject="ended", when=WHEN, state="ended")
    assert refs.listing(found)[0].state == "ended"
    with pytest.raises(SessionClosed, match="demo@main' is ended; what is allowed now: reopen"):
        prompt(found, "two")
    with pytest.raises(SessionClosed):
        append.append_meta(found, DEMO, "title", "n" * 16, b"{}", subject="x", when=WHEN)
    reopen = b'{"value": "active"}\n'
    append.append_meta(found, DEMO, "state", "o" * 16, reopen, subject="active", when=WHEN, state="active")
    prompt(found, "two")
    assert [(one.state, one.prompts) for one in refs.listing(found)] == [("active", 2)]


def test_what_others_put_in_the_tree_survives(repo: Path, found: Repo) -> None:
    files = {
        "session.json": b'{"id": "lllllllllllllllll"}\n',
        "events/000000/07-kkkk.prompt.json": b"x\n",
        "events/000000/junk": b"x\n",
        "events/later/thing": b"x\n",
        "future/format.json": b"{}\n",
        "meta/state/00000005-kkkk.json": b'{"value": "active"}\n',
        "meta/state/junk": b"x",
    }
    forge(repo, files)
    assert prompt(found, "one").event.clock == 8
    listed = support.git(repo, "ls-tree", "-r", "--name-only", REF).splitlines()
    assert set(files) < set(listed) and len(listed) == len(files) + 2
    assert log(repo, "%(trailers:key=Ctx-Prompts,valueonly)%(trailers:key=Ctx-Session,valueonly)")[:2] == [
        "2",
        "lllllllllllllllll",
    ]


def test_a_clock_that_leaps_marks_the_branch_broken(repo: Path, found: Repo) -> None:
    for path in ("events/900000/00-kkkk.prompt.json", "meta/title/90000000-kkkk.json"):
        forge(repo, {"session.json": b"{}", "events/000000/01-kkkk.prompt.json": b"x", path: b"x"})
        with pytest.raises(BrokenSession, match="clock leaps"):
            prompt(found, "one")
    tip = forge(
        repo, {"session.json": b"{}", **{f"events/{n}/00-kkkk.a.json": b"" for n in ("000001", "020000")}}
    )
    with pytest.raises(BrokenSession, match="clock leaps"):
        list(events.events(found, tip))


def test_a_used_up_clock_is_told(repo: Path, found: Repo) -> None:
    steps = {f"events/{n:06}/99-kkkk.x.json": b"" for n in range(9999, 10**6, 9000)}
    forge(repo, {"session.json": b"{}", **steps, "events/999999/99-kkkk.x.json": b""})
    with pytest.raises(BrokenSession, match="used up"):
        prompt(found, "one")


def test_signing_is_honoured(repo: Path, tmp_path: Path) -> None:
    gpg = tmp_path / "gpg"
    gpg.write_text(
        "#!/bin/sh\ncat >/dev/null\n"
        '[ -e "$0.broken" ] && { echo no key >&2; exit 1; }\n'
        "echo '[GNUPG:] SIG_CREATED ' >&2\n"
        "printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nfake\\n-----END PGP SIGNATURE-----\\n'\n"
    )
    gpg.chmod(0o755)
    support.git(repo, "config", "gpg.program", str(gpg))
    support.git(repo, "config", "commit.gpgSign", "true")
    found = find(repo)
    start(found)
    added = prompt(found, "größer")
    raw = support.git(repo, "cat-file", "commit", REF)
    assert "gpgsig -----BEGIN PGP SIGNATURE-----" in raw and "prompt: größer" in raw
    assert log(repo, "%an %cn %ai")[0] == "Ada Lovelace Ada Lovelace 2026-01-02 03:04:05 +0000"
    Path(f"{gpg}.broken").touch()
    with pytest.raises(GitFailed):
        prompt(found, "two")
    assert support.git(repo, "rev-parse", REF) == added.commit
    support.fsck(repo)


def test_a_lost_swap_is_tried_again_on_the_new_tip(
    repo: Path, found: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(found)
    real, rivals = swap.swap, ["rival 1", "rival 2"]

    def overtaken(at: Repo, name: str, *args: str, **words: str) -> bool:
        if rivals:
            monkeypatch.setattr(swap, "swap", real)
            monkeypatch.setattr(swap, "alone", lambda *_: os.fdopen(os.open(os.devnull, os.O_RDONLY)))
            prompt(find(repo), rivals.pop())
            monkeypatch.setattr(swap, "swap", overtaken)
        return real(at, name, *args, **words)

    monkeypatch.setattr(swap, "swap", overtaken)
    added = prompt(found, "mine")
    assert texts(found, added.commit) == ["rival 2", "rival 1", "mine"]
    assert refs.listing(found)[0].prompts == 3


def test_a_failure_after_the_ref_moved_doubles_nothing(found: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    start(found)
    real = swap.swap

    def says_no(*args: str, **words: str) -> bool:
        monkeypatch.setattr(swap, "swap", real)
        real(*args, **words)  # type: ignore[arg-type]
        return False

    monkeypatch.setattr(swap, "swap", says_no)
    added = prompt(found, "one")
    assert not added.fresh
    assert texts(found, added.commit) == ["one"]


@support.needs_files
def test_a_dead_git_s_lock_is_removed_and_a_fresh_one_waited_for(
    repo: Path, found: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(found)
    stale = repo / ".git" / f"{REF}.lock"
    stale.touch()
    os.utime(stale, (1, 1))
    prompt(found, "one")
    assert not stale.exists()
    stale.touch()
    monkeypatch.setattr(lock, "PATIENCE", 0.2)
    with pytest.raises(BranchBusy, match="demo@main"):
        prompt(found, "two")
    assert stale.exists()
    stale.unlink()
    assert texts(found, prompt(found, "three").commit) == ["one", "three"]


@support.needs_files
def test_a_lock_from_before_the_clock_was_set_back_is_taken_away(repo: Path, found: Repo) -> None:
    start(found)
    left = repo / ".git/refs/ctx/heads/demo/main.lock"
    left.touch()
    os.utime(left, (time.time() + 86400,) * 2)
    added = prompt(found, "one")
    assert not left.exists()
    assert texts(found, added.commit) == ["one"]


def test_objects_that_a_concurrent_gc_takes_are_written_again(
    repo: Path, found: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(found)
    real = swap._attempt

    def pruned(*args: str, **words: str) -> Exception | None:
        moved = real(*args, **words)  # type: ignore[arg-type]
        lost = [path for path in (repo / ".git/objects").glob("??/*") if path.name[:4] not in known]
        assert len(lost) >= 5
        for path in lost:
            path.unlink()
        return moved

    known = {path.name[:4] for path in (repo / ".git/objects").glob("??/*")}
    monkeypatch.setattr(swap, "_attempt", pruned)
    added = prompt(found, "one")
    support.fsck(repo)
    assert texts(find(repo), added.commit) == ["one"]


def test_a_gc_that_goes_on_taking_directories_and_unfinished_objects_away_is_outlasted(
    repo: Path, found: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(found)
    real, withdrawn = loose.zlib.compress, []

    def compress(raw: bytes, level: int) -> bytes:
        if len(withdrawn) < 30:
            for path in (repo / ".git/objects").glob("??/tmp_obj_*"):
                withdrawn.append(path)
                path.unlink()
        return real(raw, level)

    monkeypatch.setattr(loose.zlib, "compress", compress)
    added = prompt(found, "one")
    assert len(withdrawn) == 30
    assert texts(find(repo), added.commit) == ["one"]
    support.fsck(repo)


def test_objects_taken_while_the_next_ones_are_written(
    repo: Path, found: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(found)
    real, pruned = Writer.blob, []

    def blob(self: Writer, data: bytes) -> str:
        oid = real(self, data)
        if not pruned:
            pruned.append(oid)
            (repo / ".git/objects" / oid[:2] / oid[2:]).unlink()
        return oid

    monkeypatch.setattr(Writer, "blob", blob)
    added = prompt(found, "one")
    assert pruned and texts(find(repo), added.commit) == ["one"]
    support.fsck(repo)


def test_sessions_are_kept_by_gc(repo: Path, found: Repo) -> None:
    start(found)
    for n in range(5):
        prompt(found, str(n))
    support.git(repo, "gc", "-q", "--prune=now")
    added = prompt(found, "5")
    support.git(repo, "pack-refs", "--all")
    assert texts(found, added.commit) == [str(n) for n in range(6)]
    assert texts(found, prompt(found, "6").commit)[-1] == "6"
    support.fsck(repo)


def test_from_a_linked_work_tree_and_in_a_bare_repository(repo: Path, tmp_path: Path) -> None:
    support.git(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    start(find(tmp_path / "linked"))
    added = prompt(find(repo), "one")
    assert support.git(tmp_path / "linked", "rev-parse", REF) == added.commit
    assert support.git(repo, "rev-parse", REF) == added.commit
    support.git(repo, "clone", "-q", "--mirror", str(repo), str(tmp_path / "bare"))
    assert texts(find(tmp_path / "bare"), added.commit) == ["one"]
    assert [str(one.branch) for one in refs.listing(find(tmp_path / "bare"))] == ["demo@main"]


def test_in_a_hook_s_environment(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    found = find()
    start(found)
    prompt(found, "one")
    support.fsck(repo)


def test_upkeep_is_asked_for_at_every_hundredth(found: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    assert found.config("maintenance.auto") is None
    monkeypatch.setattr(Repo, "run", lambda self, *words, **_: asked.append(words))
    for clock in (1, 99, 100, 101):
        upkeep.now_and_then(found, clock)
    assert asked == [("maintenance", "run", "--auto", "--quiet")]


def test_upkeep_respects_the_user(repo: Path) -> None:
    support.git(repo, "config", "gc.auto", "1")
    support.git(repo, "config", "gc.autoDetach", "false")
    support.git(repo, "config", "maintenance.auto", "false")
    start(find(repo))
    # git guesses the number of loose objects from how many begin with 17.
    texts = (str(n).encode() for n in range(5000))
    loose = [text for text in texts if sha1(b"blob %d\0" % len(text) + text).hexdigest().startswith("17")]
    for text in loose:
        support.git(repo, "hash-object", "-w", "--stdin", input=text)
    upkeep.now_and_then(find(repo), 100)
    assert not list((repo / ".git/objects/pack").glob("*.pack"))
    support.git(repo, "config", "maintenance.auto", "true")
    upkeep.now_and_then(find(repo), 100)
    assert list((repo / ".git/objects/pack").glob("*.pack"))


def test_libgit2_only_reads() -> None:
    # What it writes it does not sync unless told to for the whole process, and a forced ref loses events.
    sources = Path(objects.__file__).parents[1].rglob("*.py")
    asked = {word for path in sources for word in re.findall(r"\.odb\.(\w+)", path.read_text())}
    assert asked == {"exists", "read", "read_header"}


def test_a_fork_begins_with_its_event_and_leaves_its_source(repo: Path, found: Repo) -> None:
    start(found)
    at = prompt(found, "before").commit
    alt = SessionBranch(session="demo", branch="fix/alt")
    entry = Entry(suffix="branch.json", data=b"{}\n")
    forked = append.fork(found, alt, at, "m" * 16, [entry], subject="alt from main", when=WHEN)
    assert (forked.event.clock, forked.event.type) == (2, "branch")
    assert support.git(repo, "log", "-1", "--format=%P|%s", "refs/ctx/heads/demo/fix%2Falt") == (
        f"{at}|branch: alt from main"
    )
    assert support.git(repo, "rev-parse", REF) == at
    assert support.git(repo, "reflog", "-1", "--format=%gs", "refs/ctx/heads/demo/fix%2Falt") == (
        "branch: alt from main"
    )
    assert prompt(found, "there", alt).event.clock == 3
    with pytest.raises(SessionExists):
        append.fork(found, alt, at, "n" * 16, [entry], subject="again", when=WHEN)
    support.fsck(repo)


def test_what_is_planted_is_of_the_session_that_has_the_name(repo: Path, found: Repo) -> None:
    at = start(found)
    alt = SessionBranch(session="demo", branch="alt")
    append.plant(found, alt, at, when=WHEN, reason="use: from origin")
    assert refs.tip(found, alt) == at
    with pytest.raises(SessionExists):
        append.plant(found, alt, at, when=WHEN, reason="again")
    other = forge(repo, {"session.json": b'{"id": "oooooooooooooooo"}'}, "other/main")
    taken = SessionBranch(session="demo", branch="new")
    with pytest.raises(DifferentSessions):
        append.plant(found, taken, other, when=WHEN, reason="use: from origin")
    leapt = {"session.json": b'{"id": "kkkkkkkkkkkkkkkk"}', f"events/900000/00-{'l' * 16}.prompt.json": b"{}"}
    with pytest.raises(BrokenSession):
        append.plant(found, taken, forge(repo, leapt, "other/leapt"), when=WHEN, reason="use")
    assert refs.tip(found, taken) is None
