from pathlib import Path

import pytest

from git_ctx.errors import NoRemote, RemoteNotFound
from git_ctx.model import SessionBranch
from git_ctx.store import discover
from git_ctx.store.sharing import remote
from tests.support import git


def chosen(repo: Path, wanted: str | None = None) -> str:
    return remote.choose(discover.find(repo), wanted)


def test_each_setting_wins_over_the_next(repo: Path) -> None:
    for name in "abcdef":
        git(repo, "remote", "add", name, f"/nowhere/{name}")
    keys = ("branch.main.remote", "remote.pushDefault", "branch.main.pushRemote", "ctx.remote")
    with pytest.raises(NoRemote, match="there are a, b, c, d, e, f"):
        chosen(repo)
    for name, key in zip("abcd", keys, strict=True):
        git(repo, "config", key, name)
        assert chosen(repo) == name
    assert chosen(repo, "e") == "e"


def test_the_only_remote_will_do_and_none_is_an_error(repo: Path) -> None:
    with pytest.raises(NoRemote, match="this repository has none"):
        chosen(repo)
    git(repo, "remote", "add", "up/stream", "/nowhere")
    assert chosen(repo) == "up/stream"


@pytest.mark.parametrize(
    "name", ["--upload-pack=touch X", "/nowhere", "ext::sh -c true", "", ".", "http://x"]
)
def test_nothing_but_the_name_of_a_remote_is_taken(repo: Path, name: str) -> None:
    git(repo, "remote", "add", "origin", "/nowhere")
    with pytest.raises(RemoteNotFound):
        chosen(repo, name)
    git(repo, "config", "ctx.remote", name)
    with pytest.raises(RemoteNotFound):
        chosen(repo)


def test_urls_and_the_dot_in_gits_own_settings_are_passed_over(repo: Path) -> None:
    git(repo, "remote", "add", "origin", "/nowhere")
    git(repo, "config", "branch.main.remote", ".")
    git(repo, "config", "branch.main.pushRemote", "https://example.com/x.git")
    assert chosen(repo) == "origin"


def test_a_url_is_shown_without_its_password(repo: Path) -> None:
    git(repo, "remote", "add", "origin", "https://ada:hunter2@example.com/x.git")
    assert remote.url(discover.find(repo), "origin") == "https://example.com/x.git"


def test_mirrors_of_remotes_with_slashes_do_not_meet(repo: Path) -> None:
    branch = SessionBranch(session="demo", branch="fix/login")
    assert remote.mirror("a/b", branch) == "refs/ctx/remotes/a%2Fb/heads/demo/fix%2Flogin"
    head = git(repo, "rev-parse", "HEAD")
    here = discover.find(repo)
    remote.set_mirrors(here, {remote.mirror(name, branch): head for name in ("a", "a/b")})
    assert remote.mirrored(here) == {"a": 1, "a/b": 1}
    assert remote.drop_mirrors(here, "a") == 1
    assert remote.mirrored(here) == {"a/b": 1}
