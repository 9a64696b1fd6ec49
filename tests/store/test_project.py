from pathlib import Path

import pytest

from git_ctx.store import discover
from git_ctx.store.project import project
from tests import support


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://ada:hunter22@example.com/team/app.git?token=x#y", "https://example.com/team/app.git"),
        ("ssh://git@example.com/app", "ssh://example.com/app"),
        ("git@example.com:team/app.git", "git@example.com:team/app.git"),
        ("example.com:/srv/app.git", "example.com:/srv/app.git"),
        ("/home/ada/private/app.git", "app"),
        ("../app", "app"),
        ("file:///home/ada/private/app.git", "app"),
    ],
)
def test_a_remote_names_the_project_without_credentials_or_local_paths(
    repo: Path, url: str, name: str
) -> None:
    support.git(repo, "remote", "add", "upstream", url)
    assert project(discover.find()) == name


def test_origin_counts_before_other_remotes(repo: Path) -> None:
    support.git(repo, "remote", "add", "fork", "https://example.com/fork")
    support.git(repo, "remote", "add", "origin", "https://example.com/app")
    assert project(discover.find()) == "https://example.com/app"


def test_without_a_remote_the_directory_names_it(repo: Path) -> None:
    assert project(discover.find()) == "repo"
