import json
import os
from pathlib import Path

import pytest

from tests import support
from tests.cli.conftest import Ctx, still

REF = "refs/ctx/heads/demo/main"


@pytest.fixture
def session(repo: Path, ctx: Ctx) -> Path:
    ctx("start", "demo")
    for text in ("the first", "the second", "the third"):
        support.write(repo, {"app.py": f"# {text}\n"})
        ctx("prompt", text)
    return repo


def loose(repo: Path, what: str) -> Path:
    oid = support.git(repo, "rev-parse", what)
    return repo / ".git/objects" / oid[:2] / oid[2:]


def entry(repo: Path, event: str, suffix: str) -> str:
    """The name of an entry, as git finds it."""
    paths = support.git(repo, "ls-tree", "-r", "--name-only", REF).splitlines()
    return next(f"{REF}:{path}" for path in paths if f"/{event}-" in path and path.endswith(suffix))


def test_what_is_whole_is_said_to_be_whole(session: Path, ctx: Ctx) -> None:
    before = support.git(session, "for-each-ref")
    said = ctx("fsck")
    assert (said.status, said.out) == (0, "")
    assert said.err.startswith("checked 1 session branch, ")
    assert ctx("fsck", "--repair").status == 0
    assert support.git(session, "for-each-ref") == before


def test_a_lost_entry_is_named_with_its_prompt(session: Path, ctx: Ctx) -> None:
    loose(session, entry(session, "02", ".prompt.json")).unlink()
    said = ctx("fsck")
    assert (said.status, still(said.out)) == (
        1,
        "damaged: demo@main #2 events/000000/02-ID.prompt.json: blob OID is missing\n",
    )
    assert said.err.endswith("hint: 'git ctx fsck --repair' mends what can be mended without guessing\n")
    assert ctx("fsck", "--repair").status == 1  # nobody has it


def test_a_damaged_entry_is_named(session: Path, ctx: Ctx) -> None:
    path = loose(session, entry(session, "03", ".context.md"))
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-9])
    said = ctx("fsck")
    assert said.status == 1
    assert "demo@main #3 events/000000/03-" in said.out and "is damaged" in said.out


@pytest.fixture
def shared(session: Path, tmp_path: Path, ctx: Ctx) -> Path:
    server = support.init(tmp_path / "server.git", "--bare")
    support.git(session, "remote", "add", "origin", str(server))
    assert ctx("push", "--yes").status == 0
    return session


@pytest.mark.parametrize("how", ["missing", "damaged"])
@pytest.mark.parametrize("what", [".prompt.json", ".context.md"])
def test_what_a_remote_has_comes_back(shared: Path, ctx: Ctx, what: str, how: str) -> None:
    path = loose(shared, entry(shared, "02", what))
    if how == "missing":
        path.unlink()
    else:
        path.chmod(0o644)
        path.write_bytes(b"not an object")
    assert ctx("fsck").status == 1
    said = ctx("fsck", "--repair")
    assert said.status == 0, said
    assert "mended: demo@main #2 " in said.out
    assert ctx("fsck").status == 0
    support.fsck(shared)


@support.needs_files
@pytest.mark.parametrize("how", ["missing", "garbage", "empty"])
def test_a_branch_goes_back_to_where_it_was_whole(session: Path, ctx: Ctx, how: str) -> None:
    before, tip = (support.git(session, "rev-parse", each) for each in (f"{REF}~1", REF))
    if how == "missing":
        loose(session, REF).unlink()
    else:
        (session / ".git" / REF).write_text("no object id\n" if how == "garbage" else "")
    assert ctx("fsck").status == 1
    said = ctx("fsck", "--repair")
    assert said.status == 0 and "mended: " in said.out, said
    # Where the ref alone was damaged, its reflog knows the tip itself.
    assert support.git(session, "rev-parse", REF) == (before if how == "missing" else tip)
    support.fsck(session)


def test_a_branch_that_can_be_read_is_never_put_back(session: Path, ctx: Ctx) -> None:
    tip = support.git(session, "rev-parse", REF)
    loose(session, entry(session, "03", ".context.md")).unlink()
    assert ctx("fsck", "--repair").status == 1
    assert support.git(session, "rev-parse", REF) == tip


def forge(repo: Path, path: str, data: bytes) -> None:
    """Another entry in the place of one, by plumbing alone."""
    index = {"GIT_INDEX_FILE": str(repo / ".git/forged")}
    support.git(repo, "read-tree", REF, env=index)
    blob = support.git(repo, "hash-object", "-w", "--stdin", input=data)
    support.git(repo, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", env=index)
    tree = support.git(repo, "write-tree", env=index)
    message = support.git(repo, "log", "-1", "--format=%B", REF)
    commit = support.git(repo, "commit-tree", "-m", message, "-p", REF, tree)
    support.git(repo, "update-ref", REF, commit)
    (repo / ".git/forged").unlink()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda data: b"{", "not JSON"),
        (lambda data: data.replace(b'"text"', b'"txet"'), "'text' is missing"),
        (lambda data: json.dumps(json.loads(data)).encode(), "it is not canonical JSON"),
        (lambda data: json.dumps({**json.loads(data), "id": "k" * 16}).encode(), "its id is"),
    ],
)
def test_entries_of_another_form_are_named(session: Path, ctx: Ctx, change, problem: str) -> None:  # type: ignore[no-untyped-def]
    name = entry(session, "02", ".prompt.json")
    forge(session, name.partition(":")[2], change(support.git(session, "show", name).encode()))
    said = ctx("fsck")
    assert said.status == 1
    assert "damaged: demo@main #2 events/000000/02-" in said.out and problem in said.out


def test_clocks_that_leap_and_ids_that_clash_are_named(session: Path, ctx: Ctx) -> None:
    name = entry(session, "02", ".prompt.json")
    path = name.partition(":")[2]
    data = support.git(session, "show", name).encode() + b"\n"
    forge(session, path.replace("/02-", "/07-"), data)
    assert "its id is that of #2, too" in ctx("fsck").out
    forge(session, path.replace("000000/02-", "900000/02-"), data)
    assert "its clock leaps" in ctx("fsck").out


@support.needs_files
def test_what_runs_left_is_told_and_put_in_order(shared: Path, ctx: Ctx) -> None:
    ctx("rank", "the first")
    (shared / ".git/ctx/cache.sqlite3").write_bytes(b"no cache" * 1000)
    lock = shared / ".git/refs/ctx/heads/demo/main.lock"
    lock.touch()
    os.utime(lock, (1, 1))
    support.git(shared, "config", "branch.gone.ctxSession", "nowhere@main")
    support.git(shared, "config", "--remove-section", "remote.origin")
    said = ctx("fsck")
    assert (said.status, said.out) == (
        0,
        "note: refs/ctx/remotes/origin: no such remote any more\n"
        "note: refs/ctx/heads/demo/main.lock: left behind by a run\n"
        "note: ctx/cache.sqlite3: the cache is damaged\n"
        "note: git branch 'gone': it uses 'nowhere@main', which is no session branch here\n",
    )
    assert ctx("fsck", "--repair").out == said.out.replace("note: ", "mended: ")
    assert ctx("fsck").out == ""


def test_a_snapshot_that_lost_objects_is_named(session: Path, ctx: Ctx) -> None:
    loose(session, "refs/ctx/snap/demo/main~1:app.py").unlink()
    said = ctx("fsck")
    assert said.status == 1
    assert still(said.out) == "damaged: demo@main (snapshots): object OID is missing\n"


def test_json_tells_the_same(session: Path, ctx: Ctx) -> None:
    loose(session, entry(session, "02", ".prompt.json")).unlink()
    said = json.loads(ctx("fsck", "--json").out)
    assert said["damaged"] is True and said["sessions"] == 1
    assert [(one["where"], one["event"], one["serious"], one["mended"]) for one in said["findings"]] == [
        ("demo@main", 2, True, False)
    ]


def test_what_is_forgotten_and_still_there_is_told_and_settled(
    shared: Path, ctx: Ctx, tmp_path: Path
) -> None:
    old = support.git(shared, "rev-parse", REF)
    assert ctx("forget", "the second", "--yes").status == 0
    assert ctx("fsck").status == 0
    support.git(shared, "update-ref", REF, old)  # a hand that means well
    said = ctx("fsck")
    assert said.status == 1 and "it is forgotten, and still there" in said.out
    assert ctx("fsck", "--repair").status == 0
    assert "the second" not in ctx("log").out


def spoil(path: Path) -> None:
    """Cut short: libgit2 would read such a file for ever."""
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def test_a_damaged_entry_is_named_in_each_branch_that_has_it(session: Path, ctx: Ctx) -> None:
    ctx("branch", "fork")
    spoil(loose(session, entry(session, "02", ".prompt.json")))
    said = ctx("fsck")
    told = [line.partition(" events/")[0] for line in said.out.splitlines()]
    assert (said.status, sorted(told)) == (1, ["damaged: demo@fork #2", "damaged: demo@main #2"])


@pytest.mark.parametrize("what", ["", "^{tree}", "~1:app.py"])
def test_damage_in_snapshots_is_named(session: Path, ctx: Ctx, what: str) -> None:
    path = loose(session, f"refs/ctx/snap/demo/main{what}")
    spoil(path)
    said = ctx("fsck")
    assert said.status == 1, said
    assert "demo@main (snapshots): " in said.out and path.parent.name + path.name in said.out
    assert ctx("log").status == 0


@support.needs_files
def test_a_ref_that_is_gone_comes_back_from_its_reflog(session: Path, ctx: Ctx) -> None:
    tip = support.git(session, "rev-parse", REF)
    (session / ".git" / REF).unlink()
    said = ctx("fsck")
    assert said.status == 1 and said.out.startswith(
        "damaged: demo@main: its ref is gone, and nobody deleted it\n"
    )
    said = ctx("fsck", "--repair")
    assert said.status == 0 and "mended: demo@main: its ref is gone" in said.out, said
    assert support.git(session, "rev-parse", REF) == tip
    assert ctx("status").status == 0


@support.needs_files
def test_a_session_whose_start_was_cut_off_may_never_have_been_made(session: Path, ctx: Ctx) -> None:
    ctx("start", "other")
    (session / ".git/refs/ctx/heads/other/main").unlink()  # git writes the reflog before the ref
    what = "other@main: its ref is gone, or a run that was cut off never made it\n"
    assert ctx("fsck").out.startswith(f"damaged: {what}")
    assert ctx("start", "other").status == 0
    assert ctx("fsck").status == 0


@support.needs_files
@pytest.mark.parametrize("to", ["refs/x", REF])
def test_a_ref_that_leads_nowhere_goes_back(session: Path, ctx: Ctx, to: str) -> None:
    tip = support.git(session, "rev-parse", REF)
    (session / ".git" / REF).write_text(f"ref: {to}\n")
    assert ctx("fsck").status == 1
    assert ctx("fsck", "--repair").status == 0
    assert support.git(session, "rev-parse", REF) == tip


def test_a_deleted_session_is_not_brought_back(session: Path, ctx: Ctx) -> None:
    assert ctx("delete", "demo", "--yes").status == 0
    assert "demo@main" not in ctx("fsck", "--repair").out
    assert support.git(session, "for-each-ref", "refs/ctx") == ""


def test_forgetting_stops_at_a_file_that_cannot_be_read(session: Path, ctx: Ctx) -> None:
    path = loose(session, "refs/ctx/snap/demo/main~1:app.py")
    spoil(path)
    said = ctx("forget", "the second", "--yes")
    oid = path.parent.name + path.name
    assert said.status == 1 and f"blob {oid} is damaged (cut short)" in said.err


def test_a_pack_that_a_killed_fetch_left_is_no_damage(session: Path, ctx: Ctx) -> None:
    support.git(session, "repack", "-q")
    (pack,) = (session / ".git/objects/pack").glob("*.pack")
    index = pack.with_suffix(".idx")
    index.unlink()
    assert ctx("fsck").out.startswith(f"note: objects/pack/{index.name}: the index of the pack is missing\n")
    assert ctx("fsck", "--repair").out.startswith(f"mended: objects/pack/{index.name}")
    assert index.exists()


def test_an_index_that_is_damaged_is_told_by_each_command_and_made_anew(session: Path, ctx: Ctx) -> None:
    support.git(session, "gc", "-q")
    for index in (session / ".git/objects/pack").glob("*.idx"):
        index.chmod(0o644)
        index.write_bytes(b"")
    for words in (("status",), ("log",), ("prompt", "more"), ("save",)):
        said = ctx(*words)
        lines = [line for line in said.err.splitlines() if line.startswith(("fatal: ", "error: "))]
        assert said.status == 128 and len(lines) == 1 and len(lines[0]) < 200, said
    assert "'git ctx fsck --repair'" in ctx("status").err
    assert ctx("fsck").out.startswith("damaged: objects/pack/pack-")
    assert ctx("fsck", "--repair").status == 0
    assert ctx("prompt", "more").status == 0
    support.fsck(session)


@support.needs_files
@pytest.mark.parametrize("how", ["zeros", "empty", "missing"])
def test_packed_refs_that_a_power_cut_took_are_written_again(session: Path, ctx: Ctx, how: str) -> None:
    support.git(session, "pack-refs", "--all")
    before = support.git(session, "for-each-ref", "--format=%(refname)")
    head, path = support.git(session, "rev-parse", "HEAD"), session / ".git/packed-refs"
    if how == "missing":
        path.unlink()
        support.git(session, "update-ref", "refs/heads/main", head)  # which is the user's to mend
    else:
        path.write_bytes(bytes(path.stat().st_size if how == "zeros" else 0))
        assert ctx("fsck").out == "damaged: packed-refs: git cannot read a line of it, and stops there\n"
    said = ctx("fsck", "--repair")
    assert said.status == 0 and said.out.startswith("mended: "), said
    assert support.git(session, "for-each-ref", "--format=%(refname)") == before
    support.write(session, {"app.py": "# something else\n"})
    assert ctx("restore", "#1").status == 0
    assert (session / "app.py").read_text() == "# the first\n"
    support.fsck(session)


@support.needs_files
@pytest.mark.parametrize("how", ["empty", "garbage", "commit"])
def test_a_ref_of_snapshots_is_made_of_what_the_session_names(session: Path, ctx: Ctx, how: str) -> None:
    snap = "refs/ctx/snap/demo/main"
    trees = support.git(session, "log", "--format=%T", snap).splitlines()
    if how == "commit":
        loose(session, f"{snap}~1").unlink()
    else:
        (session / ".git" / snap).write_text("" if how == "empty" else "no object id\n")
    assert ctx("fsck").status == 1
    said = ctx("fsck", "--repair")
    assert said.status == 0 and "mended: " in said.out, said
    assert set(trees) == set(support.git(session, "log", "--format=%T", snap).splitlines())
    assert ctx("fsck").out == ""


@support.needs_files
def test_a_session_whose_ref_is_gone_is_told_and_no_other_is_begun(session: Path, ctx: Ctx) -> None:
    (session / ".git" / REF).unlink()
    for words in (("status",), ("log",), ("prompt", "more"), ("save",)):
        said = ctx(*words)
        assert (said.status, said.err) == (
            128,
            "fatal: demo@main: its ref is gone, and nobody deleted it\n"
            "hint: 'git ctx fsck' says what is damaged, 'git ctx fsck --repair' mends what can be mended\n",
        )
    assert ctx("start", "other").status == 0  # who wants to go on without it can


@support.needs_files
def test_a_ref_that_never_was_here_is_not_gone(shared: Path, ctx: Ctx) -> None:
    log = shared / ".git/logs/refs/ctx/heads/demo/side"
    log.touch()  # as a run leaves it that could not write the ref
    support.git(shared, "update-ref", "refs/ctx/remotes/origin/heads/demo/side", REF)
    assert ctx("fsck").out == ""


@support.needs_files
def test_repair_says_so_where_nothing_can_be_written(
    session: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    (session / ".git" / REF).write_text("no object id\n")
    monkeypatch.setattr("git_ctx.store.writable.why", lambda directory, otherwise: "No space left on device")
    said = ctx("fsck", "--repair")
    assert (said.status, said.err.splitlines()[0]) == (
        128,
        f"fatal: cannot write {session}/.git: No space left on device",
    )
