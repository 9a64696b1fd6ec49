"""What git keeps beside its objects, damaged in the ways of disks and power cuts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from git_ctx.store import derived, discover
from git_ctx.store.repo import Repo
from tests import support


def _empty(data: bytes) -> bytes:
    return b""


def _cut(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


def _flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(255 - byte for byte in data[middle : middle + 4]) + data[middle + 4 :]


def _zeros(data: bytes) -> bytes:
    return bytes(len(data))


CHANGES = (_empty, _cut, _flipped, _zeros)
Change = Callable[[bytes], bytes]


@pytest.fixture
def packed(repo: Path) -> Repo:
    for number in range(6):
        support.commit(repo, {f"{number}.txt": f"{number}\n" * (number + 1)})
    support.git(repo, "repack", "-adq")
    support.git(repo, "multi-pack-index", "write")
    support.git(repo, "commit-graph", "write", "--reachable")
    return discover.find(repo)


def spoil(at: Repo, glob: str, change: Change) -> Path:
    (path,) = at.objects.glob(glob)
    path.chmod(0o644)
    path.write_bytes(change(path.read_bytes()))
    return path


def mend(at: Repo) -> None:
    derived.make_anew(at, at.shared / "damaged", lambda doing: None)


def test_nothing_is_said_of_what_is_whole(packed: Repo) -> None:
    assert list(derived.damaged(packed)) == []
    mend(packed)
    assert not (packed.shared / "damaged").exists()


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("glob", ["pack/*.idx", "pack/multi-pack-index", "info/commit-graph"])
def test_what_git_can_make_again_is_made_again(packed: Repo, glob: str, change: Change) -> None:
    path = spoil(packed, glob, change)
    damaged = path.read_bytes()
    assert [found for found, _ in derived.damaged(packed)] == [path]
    mend(packed)
    assert list(derived.damaged(packed)) == []
    assert path.read_bytes() != damaged == (packed.shared / "damaged" / path.name).read_bytes()
    support.fsck(packed.git_dir)
    for verify in ("multi-pack-index", "commit-graph"):
        support.git(packed.git_dir, verify, "verify")


def test_a_pack_without_its_index_gets_one(packed: Repo) -> None:
    (index,) = packed.objects.glob("pack/*.idx")
    index.unlink()
    assert list(derived.damaged(packed)) == [(index, "the index of the pack is missing")]
    mend(packed)
    assert index.exists()
    support.fsck(packed.git_dir)


def test_an_index_of_another_pack_is_made_again(packed: Repo) -> None:
    (index,) = packed.objects.glob("pack/*.idx")
    support.commit(packed.git_dir.parent, {"new.txt": "new"})
    support.git(packed.git_dir, "repack", "-dq")
    (other,) = set(packed.objects.glob("pack/*.idx")) - {index}
    index.chmod(0o644)
    index.write_bytes(other.read_bytes())
    assert list(derived.damaged(packed)) == [(index, "the index of the pack is that of another one")]
    mend(packed)
    support.fsck(packed.git_dir)


@pytest.mark.parametrize("change", [_empty, _zeros])
def test_what_a_power_cut_left_of_an_object_is_set_aside(packed: Repo, change: Change) -> None:
    oid = support.git(packed.git_dir, "hash-object", "-w", "--stdin", input=b"new")
    path = spoil(packed, f"{oid[:2]}/{oid[2:]}", change)
    assert [found for found, _ in derived.damaged(packed)] == [path]
    mend(packed)
    assert not path.exists() and (packed.shared / "damaged" / oid).exists()
    support.fsck(packed.git_dir)


def test_on_a_full_disk_nothing_is_set_aside(packed: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = spoil(packed, "pack/*.pack", lambda data: data[:-40])
    index = spoil(packed, "pack/*.idx", _zeros)
    monkeypatch.setattr("git_ctx.store.writable.why", lambda directory, otherwise: "No space left on device")
    mend(packed)
    assert pack.exists() and index.exists()


def test_alternates_that_are_gone_are_told(packed: Repo, tmp_path: Path) -> None:
    path = packed.objects / "info/alternates"
    path.write_text(f"# of a friend\n{tmp_path}\n../objects\n/nowhere/objects\n")
    assert list(derived.damaged(packed)) == [
        (path, "there is no '/nowhere/objects', where other objects are to be found")
    ]
    mend(packed)
    assert path.exists()


def readable(at: Repo) -> set[str]:
    """The objects that git can read, asked one by one."""
    listed = support.git(at.git_dir, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
    return {oid for oid in listed.split() if not at.run("cat-file", "-p", oid).status}


@pytest.mark.parametrize("change", [_cut, _flipped])
def test_all_that_can_be_read_of_a_damaged_pack_is_kept(packed: Repo, change: Change) -> None:
    whole = readable(packed)
    path = spoil(packed, "pack/*.pack", change)
    left = readable(packed)
    assert left < whole
    assert path in [found for found, _ in derived.damaged(packed)]
    mend(packed)
    assert list(derived.damaged(packed)) == []
    assert readable(packed) >= left
    assert (packed.shared / "damaged" / path.name).exists()


def test_a_pack_that_is_damaged_at_its_end_alone_loses_nothing(packed: Repo) -> None:
    whole = readable(packed)
    spoil(packed, "pack/*.pack", lambda data: data[:-20] + bytes(20))
    mend(packed)
    assert readable(packed) == whole
    support.fsck(packed.git_dir)


def test_of_a_pack_without_any_index_comes_out_what_stands_before_the_damage(packed: Repo) -> None:
    spoil(packed, "pack/*.pack", lambda data: data[:-40])
    spoil(packed, "pack/*.idx", _zeros)
    (packed.objects / "pack/multi-pack-index").unlink()
    assert readable(packed) == set()
    mend(packed)
    assert list(derived.damaged(packed)) == []
    assert len(readable(packed)) > 10
