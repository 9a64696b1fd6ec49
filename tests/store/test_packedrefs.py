from pathlib import Path

import pytest

from git_ctx.store import discover, packedrefs
from git_ctx.store.repo import Repo
from tests import support


@pytest.fixture
def packed(repo: Path) -> Repo:
    support.commit(repo, {"app.py": "one\n"})
    for name in ("side", "caf\u00e9", "deep/er"):
        support.git(repo, "branch", name)
    support.git(repo, "tag", "-a", "-m", "v1", "v1")
    support.git(repo, "pack-refs", "--all")
    return discover.find(repo)


def test_what_git_wrote_is_read(packed: Repo) -> None:
    assert packedrefs.unread(packed) == 0


@support.needs_files
@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data + b"nonsense\n",
        lambda data: data[:-50],
        lambda data: data.replace(b" refs/heads/side", b"\0\0\0\0\0"),
        lambda data: bytes(len(data)),
        lambda data: b"",
        lambda data: b"\0\xff\x1b[31mgarbage\n",
    ],
)
def test_branches_are_found_again_by_their_reflogs(packed: Repo, damage) -> None:  # type: ignore[no-untyped-def]
    before = support.git(packed.git_dir, "for-each-ref", "refs/heads")
    path = packed.common_dir / "packed-refs"
    damaged = damage(path.read_bytes())
    path.write_bytes(damaged)
    assert not damaged or packed.run("for-each-ref").status
    assert packedrefs.unread(packed) > 0
    assert packedrefs.write_again(packed, packed.shared / "damaged")
    assert packedrefs.unread(packed) == 0
    assert support.git(packed.git_dir, "for-each-ref", "refs/heads") == before
    assert (packed.shared / "damaged/packed-refs").read_bytes() == damaged


def test_a_deleted_branch_does_not_come_back(packed: Repo) -> None:
    support.git(packed.git_dir, "branch", "-D", "side")
    with (packed.common_dir / "packed-refs").open("ab") as file:
        file.write(b"nonsense\n")
    assert packedrefs.write_again(packed, packed.shared / "damaged")
    assert "side" not in support.git(packed.git_dir, "for-each-ref")


def test_where_git_is_at_work_nothing_is_done(packed: Repo) -> None:
    path = packed.common_dir / "packed-refs"
    path.write_bytes(b"nonsense\n")
    path.with_name("packed-refs.lock").touch()
    assert not packedrefs.write_again(packed, packed.shared / "damaged")
    assert path.read_bytes() == b"nonsense\n"
