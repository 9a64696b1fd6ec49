import json
from pathlib import Path

import pytest

from tests import support
from tests.cli.conftest import Ctx, Said
from tests.store.judge import listing, objects
from tests.support import git

REF = "refs/ctx/heads/demo/main"


@pytest.fixture
def file(repo: Path, ctx: Ctx, tmp_path: Path) -> Path:
    """A bundle of a session with two prompts."""
    ctx("start", "demo")
    ctx("prompt", "fix main")
    support.write(repo, {"app.py": "def main():\n    return 7\n"})
    ctx("prompt", "and the tests")
    assert ctx("export", "-o", str(tmp_path / "demo.bundle")) == Said(0, "", "exported demo@main\n")
    return tmp_path / "demo.bundle"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = support.init(tmp_path / "elsewhere")
    support.commit(made, {"README.md": "other\n"})
    monkeypatch.chdir(made)
    return made


def test_a_bundle_brings_a_session_whole(ctx: Ctx, file: Path, repo: Path, elsewhere: Path) -> None:
    git(elsewhere, "bundle", "verify", "-q", str(file))
    assert ctx("import", str(file)) == Said(0, "demo@main: imported\n", "")
    assert git(elsewhere, "rev-parse", REF) == git(repo, "rev-parse", REF)
    assert git(elsewhere, "for-each-ref", "--format=%(refname)", "refs/ctx") == REF
    assert git(repo, "rev-parse", "HEAD") not in objects(elsewhere)
    assert [
        line.split(" ", 2)[2] for line in ctx("log", "--session", "demo@main", "--oneline").out.splitlines()
    ] == [
        "and the tests",
        "fix main",
    ]
    support.fsck(elsewhere)


def test_with_files_the_snapshots_come_along(
    ctx: Ctx, file: Path, repo: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ctx("export", "demo", "-o", "x").err.startswith("fatal: no such session: 'demo'")
    tree = git(repo, "rev-parse", "refs/ctx/snap/demo/main^{tree}")
    monkeypatch.chdir(repo)
    ctx("export", "demo", "--files", "-o", str(file))
    monkeypatch.chdir(elsewhere)
    ctx("import", str(file))
    assert listing(elsewhere, tree) == listing(repo, tree)
    git(elsewhere, "rev-parse", "--verify", "-q", "refs/ctx/snap/demo/main")


def test_importing_again_adds_nothing_and_unites_what_went_on(
    ctx: Ctx, file: Path, repo: Path, elsewhere: Path
) -> None:
    ctx("import", str(file))
    assert json.loads(ctx("import", "--json", str(file)).out) == {
        "sessions": [{"session": "demo", "branch": "main"}],
        "problems": {},
    }
    assert git(elsewhere, "rev-parse", REF) == git(repo, "rev-parse", REF)
    assert ctx("import", str(file)) == Said(0, "demo@main: up to date\n", "")
    ctx("prompt", "--session", "demo@main", "mine")
    mine = git(elsewhere, "rev-parse", REF)
    assert ctx("import", str(file)).out == "demo@main: up to date\n"
    assert git(elsewhere, "rev-parse", REF) == mine


def test_a_hostile_session_in_a_bundle_is_left_out(ctx: Ctx, file: Path, repo: Path, elsewhere: Path) -> None:
    from tests.store.test_fetch_push import hostile_tree

    git(repo, "update-ref", "refs/ctx/heads/evil/main", hostile_tree(repo))
    git(repo, "bundle", "create", "-q", str(file), REF, "refs/ctx/heads/evil/main")
    said = ctx("import", str(file))
    assert (said.status, said.out) == (1, "demo@main: imported\n")
    assert said.err.startswith("warning: 'evil@main' was left out: ") and "hasDot" in said.err
    assert git(elsewhere, "for-each-ref", "--format=%(refname)", "refs/ctx") == REF


@pytest.mark.parametrize("content", [b"", b"no bundle at all\n", None])
def test_what_is_no_bundle_is_refused(ctx: Ctx, repo: Path, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.bundle"
    path.mkdir() if content is None else path.write_bytes(content)
    assert ctx("import", str(path)) == Said(
        128,
        "",
        f"fatal: cannot import '{path}': it is neither a git bundle nor a session as JSON\n"
        "hint: 'git ctx export -o FILE' writes one\n",
    )


def test_a_bundle_that_is_not_there_is_said(ctx: Ctx, repo: Path) -> None:
    assert ctx("import", "nope") == Said(
        128,
        "",
        "fatal: cannot import 'nope': no such file or directory\nhint: 'git ctx export -o FILE' writes one\n",
    )


def test_a_bundle_that_was_cut_short_is_refused(ctx: Ctx, file: Path, elsewhere: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])
    assert ctx("import", str(file)).status == 128
    assert git(elsewhere, "for-each-ref", "refs/ctx") == ""


def test_where_nothing_can_be_written_nothing_is_left(ctx: Ctx, file: Path, tmp_path: Path) -> None:
    said = ctx("export", "-o", str(tmp_path / "no/such/folder/x.bundle"))
    assert said.status == 128 and said.err.startswith("fatal: cannot write '")
    assert said.err.count("fatal:") == 1
    folder = tmp_path / "folder"
    folder.mkdir()
    said = ctx("export", "-o", str(folder))
    assert said.status == 128 and said.err.startswith("fatal: cannot write '")
    assert not [path.name for path in tmp_path.iterdir() if ".tmp" in path.name]


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("x.md", "# Session `demo`\n"),
        ("x.html", "<!DOCTYPE html>\n"),
        ("x.HTM", "<!DOCTYPE html>\n"),
        ("x.json", '{\n  "branches": {\n    "main": "'),
        ("x.bundle", "# v2 git bundle\n"),
        ("x", "# v2 git bundle\n"),
    ],
)
def test_what_a_file_is_called_says_its_format(ctx: Ctx, file: Path, name: str, begins: str) -> None:
    target = file.parent / name
    assert ctx("export", "-o", str(target)).status == 0
    assert target.read_bytes().startswith(begins.encode())
    ctx("export", "-o", str(target), "--format", "json")
    assert json.loads(target.read_bytes())["session"] == "demo"


def test_standard_output_gets_what_is_asked_for(ctx: Ctx, file: Path) -> None:
    assert ctx("export").out.startswith("# Session `demo`\n")
    assert ctx("export", "--format", "html").out.startswith("<!DOCTYPE html>\n")
    assert json.loads(ctx("export", "--format", "json").out)["kind"] == "git-ctx-session"
    assert ctx("export", "--format", "bundle") == Said(
        129, "", "error: a bundle goes to a file\nhint: name it with -o FILE\n"
    )


def test_a_transcript_has_what_is_asked_for(ctx: Ctx, file: Path) -> None:
    plain, whole = ctx("export").out, ctx("export", "--contexts", "--diffs").out
    assert "> fix main\n" in plain and "| `app.py` | " in plain
    assert "return 7" not in plain and "# Task" not in plain
    assert "\nIn `app.py`:\n\n```diff\n@@ -1,2 +1,2 @@\n" in whole and "\n# Task\n" in whole
    bare = ctx("export", "--format", "html", "--no-contexts", "--no-diffs").out
    assert "fix main" in bare and "return 7" not in bare


@pytest.mark.parametrize(
    "words",
    [
        ["--files", "--format", "json"],
        ["--files"],
        ["--contexts", "--format", "json"],
        ["--no-diffs", "-o", "x"],
    ],
)
def test_what_does_not_go_together_is_refused(ctx: Ctx, file: Path, words: list[str]) -> None:
    said = ctx("export", *words)
    assert said.status == 129 and said.out == ""


def test_json_brings_a_session_whole(ctx: Ctx, file: Path, repo: Path, elsewhere: Path) -> None:
    target = file.with_name("demo.json")
    git(repo, "update-ref", "refs/ctx/heads/demo/fix%2Fit", git(repo, "rev-parse", f"{REF}~1"))
    git(repo, "update-ref", "-d", "refs/ctx/snap/demo/main")
    with pytest.MonkeyPatch.context() as there:
        there.chdir(repo)
        assert ctx("export", "demo", "-o", str(target)) == Said(0, "", f"wrote '{target}'\n")
    assert ctx("import", str(target)) == Said(0, "demo@fix/it: imported\ndemo@main: imported\n", "")
    assert git(elsewhere, "for-each-ref", "refs/ctx") == git(repo, "for-each-ref", "refs/ctx")
    assert ctx("import", str(target)).out == "demo@fix/it: up to date\ndemo@main: up to date\n"
    assert ctx("export", "demo", "--format", "json").out == target.read_text()
    support.fsck(elsewhere)


def test_json_that_was_tampered_with_is_refused(ctx: Ctx, file: Path, elsewhere: Path, repo: Path) -> None:
    with pytest.MonkeyPatch.context() as there:
        there.chdir(repo)
        text = ctx("export", "--format", "json").out
    file.write_text(text.replace("fix main", "fix mine"))
    said = ctx("import", str(file))
    assert (said.status, said.out) == (128, "")
    assert said.err.startswith(f"fatal: cannot import '{file}': commit ")
    file.write_text(text[:-100])
    assert ctx("import", str(file)).err.startswith(f"fatal: cannot import '{file}': it: not JSON: ")
    assert git(elsewhere, "for-each-ref", "refs/ctx") == ""


@pytest.mark.parametrize("form", ["bundle", "json"])
def test_one_branch_can_go_alone(
    ctx: Ctx, file: Path, repo: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    git(repo, "update-ref", "refs/ctx/heads/demo/alt", git(repo, "rev-parse", f"{REF}~1"))
    with monkeypatch.context() as there:
        there.chdir(repo)
        assert ctx("export", "demo@alt", "-o", str(file), "--format", form).status == 0
        assert ctx("export", "demo@nope", "--format", "json").err.startswith(
            "fatal: no such session branch: 'demo@nope'"
        )
        there.setenv("GIT_CTX_SESSION", "demo@alt")
        assert "now the tests" not in ctx("export").out
    assert ctx("import", str(file)).out == "demo@alt: imported\n"


@pytest.fixture
def leaky(repo: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch) -> str:
    """A key that another version, or another program, let through."""
    from git_ctx.safety import secrets

    key = "ghp_" + "Zx81kQ0aP2sD4fG6hJ7kL9qW1eR3tY5uI7oP"
    ctx("start", "demo")
    with monkeypatch.context() as patched:
        patched.setattr(secrets, "redact", lambda text: (text, ()))
        ctx("prompt", f"use {key}")
    return key


@pytest.mark.parametrize("name", ["x.bundle", "x.json"])
def test_nothing_leaves_with_what_looks_like_a_secret(
    ctx: Ctx, leaky: str, tmp_path: Path, name: str
) -> None:
    target = tmp_path / name
    said = ctx("export", "-o", str(target))
    assert said.status == 128 and leaky not in said.err and not target.exists()
    assert said.err.startswith("fatal: nothing was written, it would carry what looks like a secret: ")
    assert ": github-token" in said.err and said.err.endswith(
        "hint: if they are no secrets: --allow-secret\n"
    )
    assert ctx("export", "-o", str(target), "--allow-secret").status == 0 and target.exists()


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_what_looks_like_a_secret_is_taken_out_of_what_is_read(ctx: Ctx, leaky: str, form: str) -> None:
    said = ctx("export", "--format", form, "--contexts")
    assert said.err == "warning: taken out, as it looks like a secret: github-token\n"
    assert leaky not in said.out and "[redacted: github-token]" in said.out.replace("\\", "")


def test_a_snapshot_with_a_key_stays_at_home(ctx: Ctx, repo: Path, tmp_path: Path) -> None:
    ctx("start", "demo")
    ctx("prompt", "fix main")
    key = "ghp_" + "Zx81kQ0aP2sD4fG6hJ7kL9qW1eR3tY5uI7oP"
    blob = git(repo, "hash-object", "-w", "--stdin", input=f"{key}\n".encode())
    tree = git(repo, "mktree", input=f"100644 blob {blob}\tkey.txt\n".encode())
    tip = git(repo, "commit-tree", "-m", "x", "-p", "refs/ctx/snap/demo/main", tree)
    git(repo, "update-ref", "refs/ctx/snap/demo/main", tip)
    said = ctx("export", "--files", "-o", str(tmp_path / "x.bundle"))
    assert said.status == 128 and "the snapshots: key.txt: github-token" in said.err
    assert ctx("export", "-o", str(tmp_path / "x.bundle")).status == 0
