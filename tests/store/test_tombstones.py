import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from git_ctx.store import discover
from git_ctx.store.forgetting import tombstones
from tests import support

ID = "klmnopqrstuvwxyz"
WHEN = datetime(2026, 1, 2, tzinfo=UTC)


def test_what_was_buried_is_known_in_every_work_tree_until_it_is_exhumed(repo: Path, tmp_path: Path) -> None:
    support.git(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    here, there = discover.find(repo), discover.find(tmp_path / "side")
    assert not tombstones.is_buried(here, ID)
    tombstones.bury(here, ID, "demo", WHEN, {"refs/ctx/heads/demo/main": "a" * 40})
    assert tombstones.is_buried(there, ID)
    assert json.loads((repo / ".git/ctx/deleted" / ID).read_text()) == {
        "deleted": "2026-01-02T00:00:00+00:00",
        "id": ID,
        "name": "demo",
        "refs": {"refs/ctx/heads/demo/main": "a" * 40},
    }
    tombstones.exhume(there, ID)
    assert not tombstones.is_buried(here, ID)


@pytest.mark.parametrize("id", ["", "..", "../../HEAD", "a/b", "k" * 41, "KLMNOPQR", "kkkk\n"])
def test_an_id_that_is_none_touches_no_file(repo: Path, id: str) -> None:
    here = discover.find(repo)
    before = sorted(path for path in repo.rglob("*") if path.is_file())
    tombstones.bury(here, id, "demo", WHEN, {})
    assert not tombstones.is_buried(here, id)
    tombstones.exhume(here, id)
    assert sorted(path for path in repo.rglob("*") if path.is_file()) == before
