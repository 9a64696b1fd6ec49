import json
from pathlib import Path

import pytest

from tests import support
from tests.cli.conftest import Ctx, Said


@pytest.fixture
def begun(repo: Path, ctx: Ctx) -> Path:
    """`demo` on main, and on alt with a prompt more."""
    ctx("start", "demo")
    ctx("prompt", "what is here")
    support.git(repo, "switch", "-q", "-c", "alt")
    ctx("prompt", "an idea")
    support.git(repo, "switch", "-q", "main")
    return repo


def test_merge_moves_forward_joins_or_stays(begun: Path, ctx: Ctx) -> None:
    assert ctx("merge", "alt") == Said(
        0, "Merged 'demo@alt' into 'demo@main': 1 new prompt (fast-forward).\n", ""
    )
    assert ctx("merge", "demo@alt").out == "Already up to date: 'demo@main' has all of 'demo@alt'.\n"
    ctx("prompt", "on main")
    support.git(begun, "switch", "-q", "alt")
    ctx("prompt", "on alt")
    assert ctx("merge", "main").out == "Merged 'demo@main' into 'demo@alt': 1 new prompt (both go on).\n"
    assert support.git(begun, "log", "-1", "--format=%s", "refs/ctx/heads/demo/alt") == "merge: demo@main"
    assert ctx("log").out.count("prompt #") == 4
    support.fsck(begun)


def test_the_snapshots_come_along(begun: Path, ctx: Ctx) -> None:
    ctx("merge", "alt")
    tree = json.loads(ctx("show", "--json").out)["prompt"]["snapshot"]
    for kind in ("heads", "snap"):
        support.git(begun, "update-ref", "-d", f"refs/ctx/{kind}/demo/alt")
    support.git(begun, "gc", "-q", "--prune=now")
    assert support.git(begun, "cat-file", "-t", tree) == "tree"


def test_code_is_left_alone(begun: Path, ctx: Ctx) -> None:
    heads = support.git(begun, "for-each-ref", "refs/heads")
    ctx("merge", "alt")
    assert support.git(begun, "for-each-ref", "refs/heads") == heads
    assert support.git(begun, "status", "--porcelain") == ""


def test_other_sessions_and_closed_ones_are_refused(begun: Path, ctx: Ctx) -> None:
    support.git(begun, "switch", "-q", "--orphan", "other")
    ctx("start", "other")
    said = ctx("merge", "demo@alt")
    assert said.status == 128
    assert said.err.endswith(
        "are different sessions\n"
        "hint: only branches of one session can be united; 'git ctx list --json' shows their ids\n"
    )
    support.git(begun, "switch", "-q", "main")
    ctx("archive", "demo@alt")
    assert ctx("merge", "alt").err == "fatal: session 'demo@alt' is archived; what is allowed now: reopen\n"
    assert ctx("merge", "nothing").err.startswith("fatal: no such session branch: 'demo@nothing'\n")
