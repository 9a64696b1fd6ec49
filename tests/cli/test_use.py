import json
from pathlib import Path

import pytest

from tests import support
from tests.cli.conftest import Ctx, Said


@pytest.fixture
def begun(repo: Path, ctx: Ctx) -> Path:
    ctx("start", "demo")
    ctx("prompt", "what is here")
    ctx("start", "other")
    return repo


def mirror(repo: Path, name: str = "origin") -> None:
    """What a fetch would have left of `demo`, which is here no more."""
    support.git(repo, "remote", "add", name, "../nowhere.git")
    remote = name.replace("/", "%2F")
    for kind in ("heads", "snap"):
        tip = support.git(repo, "rev-parse", f"refs/ctx/{kind}/demo/main")
        support.git(repo, "update-ref", f"refs/ctx/remotes/{remote}/{kind}/demo/main", tip)
        support.git(repo, "update-ref", "-d", f"refs/ctx/{kind}/demo/main")


def test_use_chooses_among_those_that_are_here(begun: Path, ctx: Ctx) -> None:
    assert ctx("use", "demo") == Said(
        0,
        "Git branch 'main' uses session 'demo@main'.\n",
        "note: until now it used 'other@main', which stays as it is\n",
    )
    assert ctx("use", "demo@main").err == ""
    assert ctx("prompt", "go on").err.startswith("[demo@main #2] update context: ")


def test_use_makes_one_of_what_a_remote_had(begun: Path, ctx: Ctx) -> None:
    mirror(begun, "up/stream")
    tip = support.git(begun, "rev-parse", "refs/ctx/remotes/up%2Fstream/heads/demo/main")
    assert ctx("use", "demo").out == (
        "Git branch 'main' uses session 'demo@main', as 'up/stream' had it at the last fetch.\n"
    )
    assert support.git(begun, "rev-parse", "refs/ctx/heads/demo/main") == tip
    assert "refs/ctx/snap/demo/main" in support.git(begun, "for-each-ref")
    assert ctx("prompt", "go on").err.startswith("[demo@main #2] ")
    support.fsck(begun)


def test_the_same_name_with_another_id_is_never_taken_for_it(begun: Path, ctx: Ctx) -> None:
    mirror(begun)
    support.git(begun, "switch", "-q", "-c", "alt")
    ctx("start", "demo")
    before = support.git(begun, "for-each-ref")
    said = ctx("use", "demo@main")
    assert said.status == 128 and "are different sessions\n" in said.err
    assert support.git(begun, "for-each-ref") == before


def test_two_remotes_with_different_sessions_of_one_name_are_told_apart(begun: Path, ctx: Ctx) -> None:
    mirror(begun)
    ctx("start", "demo")
    ctx("prompt", "another")
    mirror(begun, "fork")
    assert ctx("use", "demo").err.startswith(
        "fatal: 'demo@main of fork' and 'demo@main of origin' are different"
    )


def test_what_cannot_be_used(begun: Path, ctx: Ctx) -> None:
    assert ctx("use", "nothing").err.startswith("fatal: no such session: 'nothing'\n")
    ctx("archive", "demo@main")
    assert ctx("use", "demo@main").err.startswith("fatal: session 'demo@main' is archived;")
    assert json.loads(ctx("use", "other", "--json").out) == {
        "session": "other",
        "branch": "main",
        "git_branch": "main",
        "before": "other@main",
        "remote": None,
    }
    support.git(begun, "switch", "-q", "--detach")
    assert ctx("use", "other").err == (
        "fatal: HEAD is detached, and a session is used by a git branch\n"
        "hint: switch to a git branch first; on a detached HEAD, name the session with --session each time\n"
    )


def test_what_is_nowhere_is_said_to_be_looked_for_on_remotes_too(begun: Path, ctx: Ctx) -> None:
    assert ctx("use", "nowhere").err == (
        "fatal: no such session: 'nowhere'\n"
        "hint: see 'git ctx list --remote' for those that a remote had at the last 'git ctx fetch'\n"
    )
