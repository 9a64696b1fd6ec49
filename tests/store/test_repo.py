import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from git_ctx.errors import GitFailed, GitUnusable, IdentityMissing, NotARepository, UnsupportedRepository
from git_ctx.store import config, discover
from git_ctx.store import repo as store
from tests import support

SOURCES = Path(store.__file__).parents[2]


def test_it_is_found_from_a_subdirectory(repo: Path) -> None:
    (repo / "deep/er").mkdir(parents=True)
    found = discover.find(repo / "deep/er")
    assert found == store.Repo(
        git_dir=repo / ".git", common_dir=repo / ".git", work_tree=repo, tables=support.TABLES
    )
    assert found.shared == found.private == repo / ".git/ctx"


def test_a_linked_work_tree_shares_the_common_directory(repo: Path, tmp_path: Path) -> None:
    support.git(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    found = discover.find(tmp_path / "linked")
    assert found.common_dir == repo / ".git"
    assert found.git_dir == repo / ".git/worktrees/linked"
    assert found.work_tree == tmp_path / "linked"
    assert (found.branch(), discover.find(repo).branch()) == ("side", "main")
    assert found.has(support.git(repo, "rev-parse", "side"))


def test_a_submodule_is_a_repository_of_its_own(repo: Path, tmp_path: Path) -> None:
    other = support.init(tmp_path / "other")
    support.commit(other, {"a": "1\n"})
    support.git(repo, "-c", "protocol.file.allow=always", "submodule", "-q", "add", str(other), "sub")
    found = discover.find(repo / "sub")
    assert (found.git_dir, found.work_tree) == (repo / ".git/modules/sub", repo / "sub")
    assert found.git("rev-parse", "--show-toplevel") == os.fsencode(repo / "sub") + b"\n"


def test_a_bare_repository_and_a_git_directory_have_no_work_tree(repo: Path, tmp_path: Path) -> None:
    bare = support.init(tmp_path / "bare.git", "--bare")
    assert discover.find(bare) == store.Repo(
        git_dir=bare, common_dir=bare, work_tree=None, tables=support.TABLES
    )
    assert discover.find(bare).branch() == "main"
    inside = discover.find(repo / ".git/refs")
    assert (inside.git_dir, inside.work_tree) == (repo / ".git", None)
    assert inside.git("rev-list", "--count", "HEAD") == b"1\n"
    with pytest.raises(GitFailed, match="must be run in a work tree"):
        inside.git("status")


@pytest.mark.parametrize("name", ["with space", "new\nline\n", os.fsdecode(b"caf\xe9"), "-dash"])
def test_odd_directory_names(tmp_path: Path, name: str) -> None:
    path = support.init(tmp_path / name)
    support.commit(path, {"a": "1\n"})
    found = discover.find(path)
    assert (found.git_dir, found.work_tree) == (path / ".git", path)
    assert found.git("ls-files") == b"a\n"
    assert found.has(support.git(path, "rev-parse", "HEAD"))


def test_a_hook_s_relative_environment_is_understood(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "deep").mkdir()
    monkeypatch.chdir(repo / "deep")
    monkeypatch.setenv("GIT_DIR", "../.git")
    monkeypatch.setenv("GIT_WORK_TREE", "..")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    found = discover.find()
    assert (found.git_dir, found.work_tree) == (repo / ".git", repo)
    assert found.git("ls-files") == b"README.md\napp.py\n"


def test_a_real_hook_finds_its_repository(repo: Path, tmp_path: Path) -> None:
    support.git(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    ask = "from git_ctx.store.discover import find; r = find(); print(r.git_dir, r.work_tree, r.branch())"
    hook = repo / ".git/hooks/pre-commit"
    hook.write_text(f"#!/bin/sh\nPYTHONPATH='{SOURCES}' '{sys.executable}' -c '{ask}' >'{tmp_path}/said'\n")
    hook.chmod(0o755)
    support.commit(tmp_path / "linked", {"new": "1\n"})
    assert (tmp_path / "said").read_text() == f"{repo}/.git/worktrees/linked {tmp_path}/linked side\n"


def test_head_may_be_unborn_or_detached(repo: Path, tmp_path: Path) -> None:
    assert discover.find(support.init(tmp_path / "new")).branch() == "main"
    support.git(repo, "checkout", "-q", "-b", "feature/login")
    assert discover.find(repo).branch() == "feature/login"
    support.git(repo, "checkout", "-q", "--detach")
    assert discover.find(repo).branch() is None


def test_no_repository_is_told_in_git_s_words(tmp_path: Path) -> None:
    with pytest.raises(NotARepository, match=r"^not a git repository \(or any"):
        discover.find(tmp_path)
    with pytest.raises(NotARepository, match="cannot change to"):
        discover.find(tmp_path / "missing")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_stranger_s_repository_is_git_s_decision(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (repo, repo / ".git"):
        os.chown(path, 12345, 12345)
    with pytest.raises(NotARepository, match="dubious ownership") as refused:
        discover.find(repo)
    assert refused.value.hint is not None and "safe.directory" in refused.value.hint
    for name, value in {"COUNT": "1", "KEY_0": "safe.directory", "VALUE_0": str(repo)}.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    assert discover.find(repo).has(support.git(repo, "rev-parse", "HEAD"))


def test_formats_that_we_would_misread_are_refused_first(repo: Path, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedRepository, match="SHA-256"):
        discover.find(support.init(tmp_path / "sha256", "--object-format=sha256"))


@pytest.mark.parametrize("name", ["files", "reftable", "sqlite"])
def test_a_newer_git_that_names_its_ref_storage(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    pretend_git(tmp_path, monkeypatch, f'exec "$real" "$@" | {answering(name)}')
    if name == "sqlite":
        with pytest.raises(UnsupportedRepository, match="the sqlite ref storage"):
            discover.find(repo)
    else:
        assert discover.find(repo).tables is (name == "reftable")


def test_an_older_git_that_knows_no_tables_of_refs(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "fatal: unknown repository extension found:\n\trefstorage"
    pretend_git(tmp_path, monkeypatch, f"printf '{words}\\n' >&2; exit 128")
    with pytest.raises(GitUnusable, match="does not know how the repository keeps its refs"):
        discover.find(repo)


@pytest.mark.parametrize("whose", ["the user's", "the repository's"])
def test_a_configuration_that_git_cannot_read_is_told_in_its_words(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whose: str
) -> None:
    broken = tmp_path / "gitconfig" if whose == "the user's" else repo / ".git/config"
    broken.write_text("[user\nname = Ada\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    with pytest.raises(NotARepository, match=f"^bad config line 1 in file .*{broken.name}$"):
        discover.find(repo)


def test_git_missing_or_too_old(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = '[ "$2" = version ] && echo git version 2.34.1 || exec "$real" "$@"'
    pretend_git(tmp_path, monkeypatch, f"({old}) | {answering('--show-ref-format')}")
    with pytest.raises(GitUnusable, match=r"^git 2\.34\.1 is too old$"):
        discover.find(repo)
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    with pytest.raises(GitUnusable, match="cannot run git"):
        discover.find(repo)


def answering(kept: str) -> str:
    """Makes a git, new or old, say that this is how refs are kept."""
    return f"sed -E 's/^(--show-ref-format|files|reftable)$/{kept}/'"


def pretend_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").write_text(f"#!/bin/sh\nreal={real}\n{body}\n")
    (tmp_path / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")


def test_configuration_counts_as_in_git(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    support.git(repo, "config", "ctx.Budget", "100")
    support.git(repo, "config", "--add", "ctx.budget", "two\nlines")
    support.git(repo, "config", "branch.Fix/Login.ctxSession", "a@b")
    file = repo / ".git/config"
    file.write_text(file.read_text() + "[ctx]\n\tflag\n\toff = no\n")
    found = discover.find(repo)
    assert found.config("CTX.budget") == "two\nlines"
    assert found.config("branch.Fix/Login.CTXSESSION") == "a@b"
    assert found.config("branch.fix/login.ctxsession") is None
    assert (found.config_bool("ctx.flag", False), found.config_bool("ctx.off", True)) == (True, False)
    assert found.config_bool("ctx.unset", True)
    config.put(found, "branch.x.ctxSession", "c@x")
    assert found.config("branch.x.ctxSession") == "c@x" == discover.find(repo).config("branch.x.ctxsession")
    config.take_out(found, "branch.x.ctxSession", "c@x")
    assert found.config("branch.x.ctxSession") is None is discover.find(repo).config("branch.x.ctxsession")


def test_identity_is_git_s(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = discover.find(repo)
    assert found.identity() == "Ada Lovelace <ada@example.com>"
    when = "1767322800 +0100"
    assert found.idents("Eve <eve@example.com>", when) == (
        "Eve <eve@example.com> 1767323045 +0000",
        "Ada Lovelace <ada@example.com> 1767323045 +0000",
    )
    monkeypatch.delenv("GIT_AUTHOR_DATE")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Carl")
    found = discover.find(repo)
    assert found.idents(found.identity(), when) == (
        f"Ada Lovelace <ada@example.com> {when}",
        f"Carl <ada@example.com> {when}",
    )


def test_author_and_committer_may_differ_by_configuration(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{role}_DATE")
    assert discover.find(repo).idents("A <a>", "1 +0000")[1] == "Ada Lovelace <ada@example.com> 1 +0000"
    support.git(repo, "config", "committer.email", "bot@example.com")
    assert discover.find(repo).idents("A <a>", "1 +0000")[1] == "Ada Lovelace <bot@example.com> 1 +0000"
    assert discover.find(repo).identity() == "Ada Lovelace <ada@example.com>"


def test_without_an_identity_nothing_is_made_up(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (Path(os.environ["HOME"]) / ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
    with pytest.raises(IdentityMissing):
        discover.find(repo).identity()


def test_a_failing_git_is_an_error_with_its_words(repo: Path) -> None:
    found = discover.find(repo)
    with pytest.raises(GitFailed, match=r"^git cat-file: Not a valid object name nothing$") as failed:
        found.git("cat-file", "-t", "nothing")
    assert failed.value.status == 128
    assert found.git("rev-parse", "--verify", "-q", "nothing", check=False) == b""
    assert found.git("hash-object", "--stdin", input=b"x") == b"c1b0730e0133447badcfd47fd144e254807b06e1\n"


def test_finding_it_imports_no_pygit2(repo: Path) -> None:
    ask = "from git_ctx.store import discover; discover.find().identity()"
    code = f"import sys; {ask}; print('pygit2' in sys.modules)"
    env = {**os.environ, "PYTHONPATH": str(SOURCES)}
    assert subprocess.check_output([sys.executable, "-c", code], env=env) == b"False\n"


def test_a_configuration_that_git_cannot_read_is_told_in_its_words_alone(repo: Path) -> None:
    (repo / ".git/config").write_text("nonsense ][\n")
    with pytest.raises(NotARepository, match="bad config line 1") as refused:
        discover.find(repo)
    assert refused.value.hint is None


def test_a_git_of_a_run_that_is_interrupted_has_time_to_put_things_in_order(repo: Path) -> None:
    work = f"trap 'touch ended; exit' TERM; kill -INT {os.getpid()}; sleep 9 & wait"
    alias = f"alias.works=!{work}"
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            discover.find(repo).run("-c", alias, "works")
    finally:
        signal.signal(signal.SIGINT, before)
    support.wait_for((repo / "ended").exists)  # the shell's own time: git may be gone before it


def test_every_git_that_the_store_starts_takes_no_locks_by_the_way() -> None:
    started = [
        (path.name, node.lineno, [getattr(one, "value", None) for one in node.elts[:2]])
        for path in Path(store.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.List | ast.Tuple)
        and getattr(node.elts[0] if node.elts else 0, "value", 0) == "git"
    ]
    assert len(started) > 4
    assert [one for one in started if one[2] != ["git", "--no-optional-locks"]] == []
