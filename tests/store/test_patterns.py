"""`.ctxignore` and the patterns of a command line: git matches, and is asked only where there are some."""

from pathlib import Path

import pytest

from git_ctx.store import discover
from git_ctx.store import repo as repos
from git_ctx.store.files import patterns, worktree
from tests import support

FILES = {
    "app.py": "a\n",
    "docs/guide.md": "g\n",
    "docs/keep.md": "k\n",
    "src/deep/gen.ts": "t\n",
    "src/deep/main.ts": "m\n",
}


def left_out(*given: str) -> set[str]:
    here = discover.find()
    return set(patterns.left_out(here, worktree.look(here), given))


def test_without_a_ctxignore_git_is_not_asked(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    support.commit(repo, FILES)
    here = here_now()
    found = worktree.look(here)
    monkeypatch.setattr(type(here), "git", lambda *args, **options: pytest.fail("git was asked"))
    assert patterns.left_out(here, found, ()) == frozenset()


def here_now() -> repos.Repo:
    return discover.find()


def test_a_ctxignore_has_the_syntax_of_a_gitignore_and_counts_below_its_folder(repo: Path) -> None:
    support.commit(
        repo, {**FILES, ".ctxignore": "# no docs\ndocs/*\n!docs/keep.md\n", "src/.ctxignore": "gen.*\n"}
    )
    assert left_out() == {"docs/guide.md", "src/deep/gen.ts"}


def test_files_that_git_does_not_know_yet_are_matched_too(repo: Path) -> None:
    support.write(repo, {**FILES, ".ctxignore": "docs/\n", "caf\udce9.md": "c\n"})
    assert left_out() == {"docs/guide.md", "docs/keep.md"}
    assert left_out("*.md") == {"README.md", "docs/guide.md", "docs/keep.md", "caf\udce9.md"}


def test_a_ctxignore_that_git_ignores_counts(repo: Path) -> None:
    support.commit(repo, {**FILES, ".gitignore": ".ctxignore\n"})
    support.write(repo, {".ctxignore": "*.md\n"})
    assert left_out() == {"README.md", "docs/guide.md", "docs/keep.md"}


def test_the_command_line_has_the_last_word(repo: Path) -> None:
    support.commit(repo, {**FILES, ".ctxignore": "*.md\n"})
    assert left_out("!README.md", "app.py") == {"docs/guide.md", "docs/keep.md", "app.py"}


def test_a_ctxignore_never_brings_in_what_git_ignores(repo: Path) -> None:
    support.commit(repo, {**FILES, ".gitignore": "secret/\n", ".ctxignore": "!secret/\n!secret/key.txt\n"})
    support.write(repo, {"secret/key.txt": "s\n"})
    here = here_now()
    assert "secret/key.txt" not in [file.path for file in worktree.look(here).files]
    assert left_out() == set()


def test_a_ctxignore_that_is_a_link_is_not_followed(repo: Path, tmp_path: Path) -> None:
    support.commit(repo, FILES)
    (tmp_path / "elsewhere").write_text("*.md\n")
    (repo / ".ctxignore").symlink_to(tmp_path / "elsewhere")
    assert left_out() == set()


def test_nothing_of_the_users_is_touched(repo: Path) -> None:
    support.commit(repo, {**FILES, ".ctxignore": "*.md\n"})
    support.git(repo, "config", "core.splitIndex", "true")
    support.write(repo, {"new.md": "n\n", ".git/hooks/post-index-change": "#!/bin/sh\ntouch ran\n"})
    (repo / ".git/hooks/post-index-change").chmod(0o755)
    before = sorted(path.name for path in (repo / ".git").iterdir()), (repo / ".git/index").read_bytes()
    assert "new.md" in left_out("x")
    assert before == (
        sorted(path.name for path in (repo / ".git").iterdir()),
        (repo / ".git/index").read_bytes(),
    )
    assert not (repo / "ran").exists()


def test_a_pattern_that_looks_like_an_option_is_a_pattern(repo: Path) -> None:
    support.commit(repo, {"--cached": "x\n"})
    assert left_out("--cached") == {"--cached"}
