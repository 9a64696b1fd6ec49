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
        f"fatal: cannot import '{path}': it is not a git bundle\nhint: 'git ctx export -o FILE' writes one\n",
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
