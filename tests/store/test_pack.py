import os
import stat
from pathlib import Path

import pytest

from git_ctx.store import loose, pack
from git_ctx.store.discover import find
from tests import support

SIZES = (0, 1, 15, 16, 2047, 2048, 300_000)


def test_git_reads_what_is_written(repo: Path) -> None:
    texts = [os.urandom(size // 2).hex().encode() + b"x" * (size % 2) for size in SIZES]
    found = [(loose.named("blob", text), "blob", text) for text in texts]
    found.append((loose.named("tree", b""), "tree", b""))
    pack.write(find(repo).objects, len(found), found)
    support.fsck(repo)
    listed = support.git(repo, "cat-file", "--batch-all-objects", "--batch-check").splitlines()
    assert {f"{oid} {kind} {len(data)}" for oid, kind, data in found} <= set(listed)
    assert find(repo).packed.read(found[-2][0], 1 << 20) == ("blob", texts[-1])
    support.git(repo, "multi-pack-index", "write")
    support.git(repo, "repack", "-adq", "-F")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (repo / ".git/objects/pack").glob("*.pack")}
    assert modes == {0o444}


def test_it_is_on_the_disk_before_git_sees_it(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    sync, rename = os.fsync, Path.rename
    monkeypatch.setattr(os, "fsync", lambda opened: (done.append("sync"), sync(opened)))
    monkeypatch.setattr(Path, "rename", lambda self, to: (done.append(to.suffix), rename(self, to))[1])
    pack.write(find(repo).objects, 1, [(loose.named("blob", b"one"), "blob", b"one")])
    assert done == ["sync", "sync", ".pack", ".idx", "sync"]


def test_of_too_few_objects_nothing_is_left(repo: Path) -> None:
    with pytest.raises(ValueError, match="1 objects"):
        pack.write(find(repo).objects, 2, [(loose.named("blob", b"one"), "blob", b"one")])
    assert list((repo / ".git/objects/pack").iterdir()) == []
