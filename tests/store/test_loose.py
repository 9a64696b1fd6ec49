import os
import stat
import zlib
from collections.abc import Callable
from hashlib import sha1
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from git_ctx.store import loose, objects
from git_ctx.store.discover import find
from git_ctx.store.objects import TreeEntry
from git_ctx.store.packed import Packed
from git_ctx.store.repo import Repo
from tests import support

MANY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
OID = "ce013625030ba8dba906f756967f9e9ca394464a"
"""Of the blob 'hello\\n'."""


@pytest.fixture
def found(repo: Path) -> Repo:
    return find(repo)


@MANY
@given(data=st.binary(max_size=300))
def test_git_reads_what_is_written_and_it_is_read_again(repo: Path, data: bytes) -> None:
    place = find(repo).objects
    oid = loose.write(place, "blob", data)
    assert support.git(repo, "hash-object", "--stdin", input=data) == oid
    assert support.git(repo, "cat-file", "-t", oid) == "blob"
    assert loose.read(place, oid, 300) == ("blob", data)


def test_objects_are_as_git_leaves_them(repo: Path, found: Repo) -> None:
    oid = loose.write(found.objects, "blob", b"hello\n")
    assert oid == OID
    path = loose.path(found.objects, oid)
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert [each.name for each in path.parent.iterdir()] == [oid[2:]]
    support.fsck(repo)


def test_one_that_is_there_is_left_and_is_young_again(found: Repo) -> None:
    path = loose.path(found.objects, loose.write(found.objects, "blob", b"hello\n"))
    inode = path.stat().st_ino
    os.utime(path, (1_000_000_000, 1_000_000_000))
    loose.write(found.objects, "blob", b"hello\n")
    assert path.stat().st_ino == inode
    assert path.stat().st_mtime > 1_600_000_000


def test_it_is_on_the_disk_before_it_has_its_name(found: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    sync, rename = os.fsync, Path.rename
    monkeypatch.setattr(os, "fsync", lambda opened: (done.append("sync"), sync(opened)))
    monkeypatch.setattr(Path, "rename", lambda self, to: (done.append("rename"), rename(self, to))[1])
    loose.write(found.objects, "blob", b"one")
    assert done == ["sync", "rename", "sync"]
    done.clear()
    loose.write(found.objects, "blob", b"two", sync=False)
    assert done == ["rename"]


def test_what_could_not_be_written_leaves_nothing(found: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="no space"):
        loose.write(found.objects, "blob", b"hello\n")
    assert not list((found.objects / OID[:2]).iterdir())


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda packed: packed[:-3],
    "longer": lambda packed: packed + b"x",
    "empty": lambda packed: b"",
    "garbage": lambda packed: b"garbage",
    "another's": lambda packed: zlib.compress(b"blob 5\0other"),
    "a bomb": lambda packed: zlib.compress(b"blob 9999999\0" + bytes(9_999_999)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_is_not_read(found: Repo, damage: str) -> None:
    path = loose.path(found.objects, loose.write(found.objects, "blob", b"hello\n"))
    path.chmod(0o644)
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    assert loose.read(found.objects, OID, 1000) is None


def test_what_is_larger_than_allowed_is_not_read(repo: Path, found: Repo) -> None:
    oid = loose.write(found.objects, "blob", bytes(1001))
    assert loose.read(found.objects, oid, 1000) is None
    assert loose.read(found.objects, oid, 1001) == ("blob", bytes(1001))
    assert found.packed.read(oid, 1000) is None
    assert found.packed.read(oid, 1001) == ("blob", bytes(1001))


def test_git_is_asked_for_what_is_packed(repo: Path, found: Repo) -> None:
    texts = [f"text {n}\n".encode() * n for n in range(20)]
    oids = [support.git(repo, "hash-object", "-w", "--stdin", input=text) for text in texts]
    tree = support.git(repo, "mktree", input="".join(f"100644 blob {o}\t{o}\n" for o in oids).encode())
    support.git(repo, "update-ref", "refs/ctx/some", support.git(repo, "commit-tree", "-m", "some", tree))
    support.git(repo, "gc", "-q")
    assert loose.read(found.objects, oids[3], 1000) is None
    assert [found.packed.read(oid, 1000) for oid in oids] == [("blob", text) for text in texts]
    assert found.packed.read("0" * 40, 1000) is None
    assert list(objects.tree(found, tree, "it").entries) == sorted(oids)
    # one that is written and packed after git was begun
    late = support.git(repo, "hash-object", "-w", "--stdin", input=b"late\n")
    assert found.packed.read(late, 1000) == ("blob", b"late\n")


@pytest.fixture
def some(repo: Path) -> dict[str, bytes]:
    """Blobs in a pack."""
    texts = [f"text {n}\n".encode() * n for n in range(20)]
    oids = [support.git(repo, "hash-object", "-w", "--stdin", input=text) for text in texts]
    packs = repo / ".git/objects/pack/pack"
    support.git(repo, "pack-objects", "-q", str(packs), input="".join(f"{oid}\n" for oid in oids).encode())
    support.git(repo, "prune-packed")
    return dict(zip(oids, texts, strict=True))


def test_many_are_asked_for_at_once(
    found: Repo, some: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    questions: list[int] = []
    send = Packed._send
    monkeypatch.setattr(Packed, "_send", lambda self, what: (questions.append(len(what)), send(self, what)))
    assert list(objects.ahead(found, [*some, OID])) == [*some, OID]
    assert [objects.blob(found, oid, "it") for oid in some] == list(some.values())
    assert questions == [21, 20]
    found.packed.ahead(some)  # they are at hand
    assert questions == [21, 20]
    assert found.packed.at_hand(list(some)[19], 9) is None  # larger than allowed


def test_what_is_at_hand_takes_no_more_room_than_there_is(
    found: Repo, some: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("git_ctx.store.packed._ROOM", 100)
    for oid in some:
        found.packed.ahead([oid])
    there = [oid for oid in some if found.packed.at_hand(oid, 1000)]
    assert 0 < sum(len(some[oid]) for oid in there) <= 100
    found.packed.ahead(some)  # the large ones are left out, and hide no other
    assert [objects.blob(found, oid, "it") for oid in some] == list(some.values())


def test_where_git_dies_of_one_the_others_are_read_still(found: Repo, some: dict[str, bytes]) -> None:
    found.packed.ahead(list(some)[:3])
    assert found.packed._process is not None
    found.packed._process.kill()
    found.packed._process.wait()
    found.packed.ahead(some)
    assert [found.packed.read(oid, 1000) for oid in some] == [("blob", text) for text in some.values()]


def test_where_git_cannot_be_run_nothing_is_packed(found: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    found.packed.ahead([OID])
    assert found.packed.read(OID, 1000) is None


def test_what_git_says_is_missing_after_all_is_not_waited_for(
    found: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def ask(self: Packed, what: str) -> list[str]:
        asked.append(what)
        return [OID, "blob", "6"] if what.startswith("info") else [OID, "missing"]

    monkeypatch.setattr(Packed, "_ask", ask)
    assert found.packed.read(OID, 1000) is None
    assert asked == [f"info {OID}", f"contents {OID}"]


def test_git_ends_with_the_repository(repo: Path) -> None:
    found = find(repo)
    found.packed.read(OID, 1000)
    process = found.packed._process
    assert process is not None and process.poll() is None
    del found
    find(repo)  # the rules for secrets are those of the last one: only now is nobody left who knows the first
    assert process.poll() == 0


names = st.text(alphabet="aB.-\u00e9\udcff0/", min_size=1, max_size=3).filter(
    lambda name: "/" not in name and name not in (".", "..")
)


@MANY
@given(some=st.dictionaries(names, st.booleans(), min_size=1, max_size=8))
def test_trees_are_in_git_s_order(repo: Path, some: dict[str, bool]) -> None:
    found = find(repo)
    blob = loose.write(found.objects, "blob", b"hello\n")
    inner = loose.write(found.objects, "tree", objects.dump({"x": TreeEntry(b"100644", blob)}))
    entries = {
        name: TreeEntry(b"40000", inner) if folder else TreeEntry(b"100644", blob)
        for name, folder in some.items()
    }
    data = objects.dump(entries)
    lines = [
        b"%s %s %s\t%s\0" % (mode, b"tree" if mode == b"40000" else b"blob", oid.encode(), os.fsencode(name))
        for name, (mode, oid) in entries.items()
    ]
    oid = loose.write(found.objects, "tree", data)
    assert support.git(repo, "mktree", "-z", input=b"".join(lines)) == oid
    assert objects.tree(found, oid, "it").entries == entries
    assert sha1(b"tree %d\0%s" % (len(data), data)).hexdigest() == oid


def test_of_many_objects_those_with_a_file_are_told(tmp_path: Path) -> None:
    there = [loose.write(tmp_path, "blob", b"%d" % number) for number in range(20)]
    packed = [loose.named("blob", b"other %d" % number) for number in range(20)]
    assert loose.among(tmp_path, [*packed, *there]) == there
    assert loose.among(tmp_path / "gone", there) == []
