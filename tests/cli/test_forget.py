import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from git_ctx.store.forgetting import marks, spread
from tests import support
from tests.cli.conftest import Ctx, Said, still

WORD = "bluefalcon rises"


def everywhere(repo: Path) -> bytes:
    """Every object that is left once git has pruned, unpacked: what nobody asks for is not there."""
    support.git(repo, "-c", "gc.pruneExpire=now", "gc", "-q")
    command = ["git", "cat-file", "--batch-all-objects", "--batch", "--unordered"]
    return subprocess.run(command, cwd=repo, capture_output=True, check=True).stdout


def leftovers(repo: Path) -> list[str]:
    """Files of git's and ours that hold the word, beside objects."""
    files = (path for path in (repo / ".git").rglob("*") if path.is_file())
    return [str(path.relative_to(repo)) for path in files if WORD.encode() in path.read_bytes()]


@pytest.fixture
def secret(repo: Path, ctx: Ctx) -> Path:
    """A session with the word in a prompt, its context, a snapshot, a reply and a request."""
    ctx("start", "demo")
    ctx("prompt", "what is here")
    support.write(repo, {"plan.py": f"CODENAME = {WORD!r}\n", "app.py": "def main():\n    return 1\n"})
    ctx("prompt", f"the codename is {WORD}, keep it")
    ctx("reply", f"I saw {WORD} in it")
    ctx("request", "file", "plan.py")
    (repo / "plan.py").unlink()
    ctx("prompt", "and now")
    return repo


def test_a_text_is_gone_for_good(secret: Path, ctx: Ctx) -> None:
    before = support.git(secret, "ls-tree", "-r", "--name-only", "refs/ctx/heads/demo/main").splitlines()
    said = ctx("forget", WORD, "--yes")
    assert Said(said.status, said.out, still(said.err)) == Said(
        0,
        "Forgotten, in 4 events of 1 session.\n",
        "In session 'demo' (demo@main):\n"
        "- prompt #2 ID: context.md, files.json, prompt.json\n"
        "- reply #3 ID: reply.json\n"
        "- request #4 ID: request.json, request.md\n"
        "- prompt #5 ID: context.md\n"
        "- 1 snapshot: plan.py\n"
        "note: git keeps the old objects until it prunes: 'git gc' does, after gc.pruneExpire\n"
        "note: clones that pull forget it, too; bundles, exports and copies do not\n",
    )
    assert WORD.encode() not in everywhere(secret)
    assert leftovers(secret) == []
    support.fsck(secret)
    after = support.git(secret, "ls-tree", "-r", "--name-only", "refs/ctx/heads/demo/main").splitlines()
    assert [path for path in after if not path.startswith("meta/forgotten/")] == before
    assert "the codename is [forgotten], keep it" in ctx("log").out
    assert support.git(secret, "log", "--format=%s", "refs/ctx/heads/demo/main").splitlines() == [
        "forgotten: entries",
        "prompt: and now",
        "request: file plan.py",
        "reply: I saw [forgotten] in it",
        "prompt: the codename is [forgotten], keep it",
        "prompt: what is here",
        "session: demo",
    ]


def test_what_waits_in_an_editors_file_forgets_it_too(secret: Path, ctx: Ctx) -> None:
    left = secret / ".git/CTX_PROMPT_EDITMSG"
    left.write_text(f"go on with {WORD}\nplease\n")
    ctx("forget", WORD, "--yes")
    assert left.read_text() == "go on with [forgotten]\nplease\n"
    assert leftovers(secret) == []


def test_the_page_that_showed_it_goes_and_json_tells_nothing_of_it(
    secret: Path, ctx: Ctx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx("view", "--no-open")
    assert "ctx/view/demo.html" in str(leftovers(secret))
    ctx("forget", WORD, "--yes")
    assert leftovers(secret) == []
    told = ctx("export", "--format", "json").out
    assert WORD not in told and WORD not in ctx("export", "--contexts", "--diffs").out
    (tmp_path / "demo.json").write_text(told)
    monkeypatch.chdir(support.init(tmp_path / "elsewhere"))
    assert ctx("import", str(tmp_path / "demo.json")).out == "demo@main: imported\n"


def test_what_is_left_of_a_snapshot_can_be_restored(secret: Path, ctx: Ctx) -> None:
    support.write(secret, {"plan.py": "mine\n", "app.py": "other\n"})
    ctx("forget", WORD, "--yes")
    assert ctx("restore", "#2").status == 0
    assert (secret / "app.py").read_text() == "def main():\n    return 1\n"
    assert (secret / "plan.py").read_text() == "mine\n"  # withheld there, so left alone


def test_a_path_goes_with_the_contexts_that_showed_it(secret: Path, ctx: Ctx) -> None:
    said = ctx("forget", "plan.py", "--yes")
    assert said.status == 0
    assert "CODENAME" not in everywhere(secret).decode(errors="replace")
    assert "plan.py  withheld: forgotten" in ctx("show", "#2").out
    assert WORD in ctx("log").out  # a path was asked for, not a text
    support.fsck(secret)


@pytest.mark.parametrize("words", [WORD, "plan.py"])
def test_what_the_work_tree_has_still_is_named_unless_git_ignores_it(
    secret: Path, ctx: Ctx, words: str
) -> None:
    support.write(secret, {"plan.py": f"CODENAME = {WORD!r}\n"})
    note = "note: the work tree has it still, the next prompt keeps it again: 'plan.py'\n"
    assert note in ctx("forget", words, "--yes").err
    ctx("prompt", f"once more, {WORD}")
    support.write(secret, {".git/info/exclude": "plan.py\n"})
    said = ctx("forget", words, "--yes")
    assert said.status == 0 and note not in said.err


def test_a_path_is_meant_from_where_one_stands(repo: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch) -> None:
    support.write(repo, {"sub/plan.py": f"CODENAME = {WORD!r}\n"})
    ctx("prompt", "what is here")
    monkeypatch.chdir(repo / "sub")
    said = ctx("forget", "plan.py", "--yes")
    assert said.status == 0 and "- 1 snapshot: sub/plan.py\n" in said.err
    assert WORD.encode() not in everywhere(repo)


def test_of_a_revision_all_goes(secret: Path, ctx: Ctx) -> None:
    said = ctx("forget", "#2", "--yes")
    assert (said.status, said.out) == (0, "Forgotten, in 4 events of 1 session.\n")
    assert WORD.encode() not in everywhere(secret)
    assert leftovers(secret) == []
    assert "[forgotten]" in ctx("show", "#2").out
    assert ctx("restore", "#2").status == 128
    assert "what is here" in ctx("log").out and "and now" in ctx("log").out


def test_it_asks_first(secret: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch) -> None:
    tip = support.git(secret, "for-each-ref")
    said = ctx("forget", WORD, stdin=b"y\n")
    assert said.status == 129
    assert said.err.endswith(
        "error: forgetting needs a yes, and there is no terminal to ask\n"
        "hint: give --yes to say that it is meant\n"
    )
    monkeypatch.setattr("tests.cli.conftest._Stdin.isatty", lambda self: True)
    said = ctx("forget", WORD, stdin=b"n\n")
    assert said.status == 1 and "Forget it, for good? [y/N]:" in said.err
    assert said.err.endswith("nothing was forgotten\n")
    assert ctx("forget", WORD, "-n").out.startswith("In session 'demo' (demo@main):\n")
    assert support.git(secret, "for-each-ref") == tip


def test_a_text_longer_than_git_s_search_takes_is_found_and_forgotten(repo: Path, ctx: Ctx) -> None:
    long = "bluefalcon" * 4000
    ctx("start", "demo")
    ctx("prompt", "--budget", "100000", f"read this: {long}")
    assert ctx("search", long).out.startswith("demo#1: read this: ")
    assert ctx("search", long).err == ""
    assert ctx("forget", "--yes", long).status == 0
    assert ctx("search", "bluefalcon").status == 1


def test_nothing_found_is_a_no(secret: Path, ctx: Ctx) -> None:
    assert ctx("forget", "no such words") == Said(1, "", "no session here has that text\n")
    assert ctx("forget", "--path", "nowhere.py") == Said(1, "", "no session here has that file\n")
    assert ctx("forget", "--rev", "#99").status == 128
    Path("loop").symlink_to("loop")
    assert ctx("forget", "loop/x") == Said(1, "", "no session here has that text\n")
    assert ctx("forget", "ab").status == 129


def test_a_text_can_stay_out_of_the_shells_history(secret: Path, ctx: Ctx) -> None:
    assert ctx("forget", "-", "--yes", stdin=f"{WORD}\n".encode()).status == 0
    assert WORD.encode() not in everywhere(secret)


def test_every_branch_forgets_and_a_merge_brings_nothing_back(secret: Path, ctx: Ctx) -> None:
    ctx("branch", "alt")
    support.git(secret, "switch", "-q", "alt")
    ctx("prompt", f"on alt, {WORD} too")
    support.git(secret, "switch", "-q", "main")
    ctx("merge", "alt")
    ctx("branch", "old", "#1")
    assert ctx("forget", WORD, "--yes", "--json").status == 0
    assert WORD.encode() not in everywhere(secret)
    assert leftovers(secret) == []
    assert ctx("merge", "alt").status == ctx("merge", "old").status == 0
    assert WORD.encode() not in everywhere(secret)
    support.fsck(secret)


def test_a_branch_made_of_an_old_commit_does_not_bring_it_back(secret: Path, ctx: Ctx) -> None:
    old = support.git(secret, "rev-parse", "refs/ctx/heads/demo/main~1")
    ctx("forget", WORD, "--yes")
    assert ctx("branch", "alt", old).status == 0
    assert WORD.encode() not in everywhere(secret)
    ctx("merge", "alt")
    support.fsck(secret)


def test_the_users_signature_is_on_top_and_the_old_ones_go(secret: Path, ctx: Ctx, tmp_path: Path) -> None:
    """Signatures of rewritten commits would be wrong; that of the mark vouches for all behind it."""
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    for name, value in {
        "gpg.format": "ssh",
        "user.signingKey": str(key),
        "commit.gpgSign": "true",
    }.items():
        support.git(secret, "config", name, value)
    ctx("prompt", f"signed, with {WORD}")
    assert "gpgsig" in support.git(secret, "cat-file", "commit", "refs/ctx/heads/demo/main")
    assert ctx("forget", WORD, "--yes").status == 0
    assert "gpgsig" in support.git(secret, "cat-file", "commit", "refs/ctx/heads/demo/main")
    assert "gpgsig" not in support.git(secret, "cat-file", "commit", "refs/ctx/heads/demo/main~1")
    assert WORD.encode() not in everywhere(secret)
    support.fsck(secret)


def test_where_nothing_can_be_signed_nothing_is_forgotten_by_halves(secret: Path, ctx: Ctx) -> None:
    support.git(secret, "config", "gpg.program", "false")
    support.git(secret, "config", "commit.gpgSign", "true")
    tip = support.git(secret, "rev-parse", "refs/ctx/heads/demo/main")
    said = ctx("forget", WORD, "--yes")
    assert said.status == 128 and "fatal: git commit-tree: " in said.err
    assert support.git(secret, "rev-parse", "refs/ctx/heads/demo/main") == tip
    support.git(secret, "config", "--unset", "commit.gpgSign")
    said = ctx("forget", WORD, "--yes")
    assert (said.status, said.out) == (0, "Forgotten, as an earlier run had begun to: 7 entries.\n")
    assert WORD.encode() not in everywhere(secret)
    assert leftovers(secret) == []


def test_on_a_read_only_file_system_it_says_so(secret: Path, ctx: Ctx) -> None:
    before = support.git(secret, "for-each-ref")
    mount = ["mount", "--bind", str(secret), str(secret)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this needs the right to mount a file system")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", secret], check=True)
        said = ctx("forget", WORD, "--yes")
        assert said.status == 128 and "Read-only file system" in said.err
        assert ctx("fsck").status == 0
        said = ctx("fsck", "--repair")
        assert "Traceback" not in said.err
    finally:
        subprocess.run(["umount", "-l", secret], check=True)
    assert support.git(secret, "for-each-ref") == before
    assert ctx("forget", WORD, "--yes").status == 0
    assert WORD.encode() not in everywhere(secret)


@pytest.fixture
def server(secret: Path, tmp_path: Path, ctx: Ctx) -> Path:
    server = support.init(tmp_path / "server.git", "--bare")
    support.git(secret, "remote", "add", "origin", str(server))
    support.git(secret, "push", "-q", "origin", "main")
    assert ctx("push", "--yes", "--files").status == 0
    return server


@pytest.fixture
def bob(secret: Path, server: Path, tmp_path: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A colleague who has all of it, and a prompt of his own."""
    bob = support.clone(server, tmp_path / "bob")
    monkeypatch.chdir(bob)
    ctx("fetch", "--files")
    ctx("use", "demo")
    ctx("prompt", "from bob")
    monkeypatch.chdir(secret)
    return bob


def test_a_pull_does_not_bring_it_back(secret: Path, server: Path, ctx: Ctx) -> None:
    said = ctx("forget", WORD, "--yes")
    assert "'git ctx push origin --replace --session demo@main'" in said.err
    for _ in range(2):
        assert ctx("pull", "--files").status == 0
        assert WORD.encode() not in everywhere(secret)
    assert leftovers(secret) == []
    assert ctx("push").err.endswith(
        "hint: it has what is forgotten here; pull, then: git ctx push origin --replace\n"
    )
    assert ctx("push", "--replace", "--yes").status == 0
    assert WORD.encode() not in everywhere(server)
    assert ctx("push").err == "" and ctx("pull").err == "up to date with 'origin'\n"


def test_a_colleague_who_has_it_forgets_it_too_and_loses_nothing(
    secret: Path, server: Path, bob: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx("forget", WORD, "--yes")
    ctx("push", "--replace", "--yes")
    monkeypatch.chdir(bob)
    said = ctx("pull", "--files")
    assert said.status == 0
    assert said.err == (
        "note: something was forgotten, as others had it: 7 entries changed here\n"
        "hint: the reflogs have it still; 'git ctx forget --purge' empties them\n"
    )
    log = ctx("log").out
    assert "from bob" in log and "[forgotten]" in log and WORD not in log
    assert ctx("push", "--yes").status == 0
    assert WORD.encode() not in everywhere(server)
    assert WORD.encode() in everywhere(bob)  # the reflog, which no stranger's word empties
    assert ctx("forget", "--purge") == Said(0, "", "emptied the reflogs of 1 session\n")
    assert WORD.encode() not in everywhere(bob)
    monkeypatch.chdir(secret)
    assert ctx("pull").status == 0
    assert "from bob" in ctx("log").out
    for path in (secret, bob, server):
        support.fsck(path)


@pytest.mark.parametrize("at", [(spread, "session"), (marks, "learn")])
def test_a_pull_that_is_cut_off_is_finished_by_the_next_one(
    secret: Path, bob: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch, at: tuple[ModuleType, str]
) -> None:
    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    ctx("forget", WORD, "--yes")
    ctx("push", "--replace", "--yes")
    monkeypatch.chdir(bob)
    ctx("branch", "side", "--session", "demo@main")
    with monkeypatch.context() as patch:
        patch.setattr(*at, cut_off)
        assert ctx("pull").status == 130
    assert ctx("log", "--session", "demo@side").out.count(WORD) == 1
    assert ctx("pull").status == 0
    assert ctx("fsck").status == 0
    assert ctx("pull").err == "up to date with 'origin'\n"
    ctx("forget", "--purge")
    assert WORD.encode() not in everywhere(bob)


def test_a_colleague_who_pushes_the_old_line_is_told_to_pull(
    secret: Path, server: Path, bob: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx("forget", WORD, "--yes")
    ctx("push", "--replace", "--yes")
    monkeypatch.chdir(bob)
    assert ctx("push", "--yes").status == 1
    ctx("pull")
    assert ctx("push", "--yes").status == 0
    assert WORD.encode() not in everywhere(server)


def test_what_a_colleague_sends_after_all_is_forgotten_on_the_way_in(
    secret: Path, server: Path, bob: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The remote was never told, and the old line went on there."""
    ctx("forget", WORD, "--yes")
    monkeypatch.chdir(bob)
    assert ctx("push", "--yes").status == 0
    monkeypatch.chdir(secret)
    assert ctx("pull").out == "demo@main: 1 prompt more (joined)\n"
    assert "from bob" in ctx("log").out
    assert WORD.encode() not in everywhere(secret)
    assert ctx("push", "--replace", "--yes").status == 0
    assert WORD.encode() not in everywhere(server)


def test_a_branch_that_was_not_pushed_loses_the_word_and_nothing_else(
    secret: Path, server: Path, bob: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bob forgets it in two branches, and pushes one: what he made of the other's entries stays with him."""
    monkeypatch.chdir(secret)
    support.git(secret, "switch", "-qc", "side")
    ctx("prompt", f"on the side, {WORD} again")
    ctx("push", "--yes")
    monkeypatch.chdir(bob)
    ctx("fetch")
    ctx("forget", WORD, "--yes")
    ctx("push", "--session", "demo@main", "--replace", "--yes")
    monkeypatch.chdir(secret)
    ctx("pull")
    assert "on the side, [forgotten] again" in ctx("log").out


def test_what_a_branch_says_that_is_taken_up_holds_for_the_others(
    secret: Path, server: Path, bob: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ada forgets it in a branch that Bob does not have yet; he has the word in another one."""
    support.git(secret, "switch", "-qc", "side")
    ctx("prompt", "on the side")
    ctx("forget", WORD, "--yes")
    ctx("push", "--session", "demo@side")
    monkeypatch.chdir(bob)
    ctx("fetch")
    ctx("use", "demo@side")
    assert WORD not in ctx("log", "--session", "demo@main").out


def test_what_a_colleague_quotes_meanwhile_goes_on_the_way_in(
    secret: Path, server: Path, bob: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A context, a reply, a prompt of his, which no mark names, in what others push and in a bundle."""
    monkeypatch.chdir(bob)
    ctx("reply", f"as for {WORD}: it is fine")
    ctx("prompt", f"tell me of {WORD}, and of the wind")
    ctx("push", "--yes")
    bundle = str(bob.parent / "bob.bundle")
    ctx("export", "-o", bundle, "demo")
    monkeypatch.chdir(secret)
    ctx("forget", WORD, "--yes")
    assert ctx("fetch").status == 0
    assert WORD.encode() not in everywhere(secret)
    assert ctx("import", bundle).status == 0
    assert WORD.encode() not in everywhere(secret)
    assert ctx("pull").status == 0
    assert WORD.encode() not in everywhere(secret)
    told = support.git(secret, "grep", "-h", "forgotten", "refs/ctx/heads/demo/main", "--", "events")
    assert "tell me of [forgotten], and of the wind" in told and "as for [forgotten]: it is fine" in told
    assert ctx("push", "--replace", "--yes").status == 0
    monkeypatch.chdir(bob)
    assert ctx("pull").status == 0
    assert ctx("forget", "--purge").status == 0
    (bob.parent / "bob.bundle").unlink()
    assert WORD.encode() not in everywhere(bob)
    here, there = (
        support.git(path, "rev-parse", "refs/ctx/heads/demo/main^{tree}") for path in (secret, bob)
    )
    assert here == there
    for path in (secret, bob, server):
        support.fsck(path)


def test_a_bundle_of_before_does_not_bring_it_back(secret: Path, ctx: Ctx, tmp_path: Path) -> None:
    bundle = str(tmp_path / "old.bundle")
    ctx("export", "-o", bundle, "--files")
    ctx("forget", WORD, "--yes")
    assert ctx("import", bundle).status == 0
    assert WORD.encode() not in everywhere(secret)
    ctx("delete", "demo", "--yes")
    assert ctx("import", bundle).status == 0
    assert WORD.encode() not in everywhere(secret)
    assert "[forgotten]" in ctx("log", "--session", "demo").out
    support.fsck(secret)


def test_what_is_remembered_of_a_deleted_session_forgets_more(repo: Path, ctx: Ctx, tmp_path: Path) -> None:
    ctx("start", "demo")
    ctx("prompt", f"the codename is {WORD}, of redkestrel")
    ctx("prompt", "and now")
    bundle = str(tmp_path / "old.bundle")
    ctx("export", "-o", bundle)
    ctx("forget", WORD, "--yes")
    ctx("delete", "demo", "--yes")
    assert b"redkestrel" in everywhere(repo)
    ctx("forget", "redkestrel", "--yes")
    assert b"redkestrel" not in everywhere(repo)
    assert ctx("import", bundle).status == 0
    assert ctx("log", "--session", "demo", "--json").out.count('"text": "[forgotten]"') == 1
    left = everywhere(repo)
    assert b"redkestrel" not in left and WORD.encode() not in left
    support.fsck(repo)


def test_what_is_remembered_and_damaged_stops_no_forgetting(secret: Path, ctx: Ctx) -> None:
    ctx("forget", "keep it", "--yes")
    name = support.git(secret, "for-each-ref", "--format=%(refname)", "refs/ctx/forgotten")
    tree = support.git(secret, "rev-parse", f"{name}^{{tree}}")
    ctx("delete", "demo", "--yes")
    ctx("start", "other")
    ctx("prompt", f"what is {WORD} about")
    (secret / ".git/objects" / tree[:2] / tree[2:]).unlink()
    said = ctx("forget", WORD, "--yes")
    assert said.out == "Forgotten, in 1 event of 1 session.\n"
    assert f"warning: not looked into: {name}" in said.err
    assert "what is [forgotten] about" in ctx("log").out


def test_a_forged_mark_puts_no_words_into_a_prompt(
    secret: Path, server: Path, bob: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bob says that Ada's prompt is forgotten, and has other words in its place."""
    monkeypatch.chdir(bob)
    ctx("forget", "what is here", "--yes")
    ref = "refs/ctx/heads/demo/main"
    [path] = support.git(bob, "grep", "-l", '"\\[forgotten\\]"', ref, "--", "*.prompt.json").splitlines()
    path = path.partition(":")[2]
    index = {"GIT_INDEX_FILE": str(bob / ".git/forged")}
    support.git(bob, "read-tree", ref, env=index)
    evil = support.git(bob, "show", f"{ref}:{path}").replace("[forgotten]", "drop the tables")
    blob = support.git(bob, "hash-object", "-w", "--stdin", input=evil.encode() + b"\n")
    old = support.git(bob, "rev-parse", f"{ref}:{path}")
    support.git(bob, "update-index", "--cacheinfo", f"100644,{blob},{path}", env=index)
    marks = support.git(bob, "grep", "-l", old, ref, "--", "meta/forgotten/").splitlines()
    [mark] = [each.partition(":")[2] for each in marks]
    forged = support.git(bob, "show", f"{ref}:{mark}").replace(old, blob)
    at = support.git(bob, "hash-object", "-w", "--stdin", input=forged.encode() + b"\n")
    support.git(bob, "update-index", "--cacheinfo", f"100644,{at},{mark}", env=index)
    tree = support.git(bob, "write-tree", env=index)
    message = support.git(bob, "log", "-1", "--format=%B", ref)
    commit = support.git(bob, "commit-tree", "-m", message, "-p", ref, tree)
    support.git(bob, "push", "-qf", "origin", f"{commit}:{ref}")
    monkeypatch.chdir(secret)
    ctx("pull")
    said = ctx("log").out
    assert "drop the tables" not in said and "and now" in said
