from pathlib import Path

from tests import support
from tests.cli.conftest import Ctx, Said, still


def test_gc_says_what_it_drops_and_a_dry_run_what_it_would(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    ctx("prompt", "what is here")
    ctx("end")
    support.git(repo, "config", "ctx.retention", "0")
    dry = ctx("gc", "--dry-run")
    assert still(dry.out) == "Would drop 1 snapshot of session 'demo@main', untouched since TIME.\n"
    assert support.git(repo, "for-each-ref", "refs/ctx/snap") != ""
    done = ctx("gc")
    assert still(done.out).startswith("Dropped 1 snapshot of session 'demo@main', untouched since TIME.\n")
    assert (dry.status, done.status, dry.err, done.err) == (0, 0, "", "")
    assert support.git(repo, "for-each-ref", "refs/ctx/snap") == ""
    assert ctx("show", "demo").out.startswith("prompt #1 ")
    support.fsck(repo)


def test_where_there_is_nothing_it_says_so(repo: Path, ctx: Ctx) -> None:
    assert ctx("gc", "-n") == Said(0, "", "nothing to drop\n")


def test_what_runs_left_is_counted(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    ctx("delete", "demo", "--yes")
    assert ctx("gc") == Said(0, "Removed 2 files that runs left behind.\n", "")
    assert ctx("gc", "--json").out == (
        '{\n  "dropped": [],\n  "removed": [],\n  "recovered": 0,\n  "cache": 0\n}\n'
    )
