from collections.abc import Callable
from pathlib import Path

import pytest

from git_ctx.code import File
from git_ctx.model import NULL_OID
from git_ctx.store import discover
from git_ctx.store.files import contents
from git_ctx.store.files.reader import Reader
from tests.store import judge, scenes
from tests.store.test_worktree import PLAIN, look, named
from tests.support import git, write

AS_THEY_ARE = [scene for scene in PLAIN if scene is not scenes.assumed]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return scenes.base(tmp_path / "work")


def read(work: Path, file: File) -> bytes | None:
    with Reader(work) as reader:
        return contents.one(reader, file)


def test_reading_gives_the_bytes_on_disk(work: Path) -> None:
    write(work, {scenes.ODD: b"\xff\r\n"})
    seen = look(work)
    assert read(work, named(seen, scenes.ODD)) == b"\xff\r\n"
    assert read(work, named(seen, "link")) == b"app.py"


def test_what_changed_its_kind_since_is_not_read(work: Path, tmp_path: Path) -> None:
    write(tmp_path, {"outside/b.py": "not ours\n", "outside/secret": "s"})
    seen = look(work)
    (work / "app.py").unlink()
    (work / "app.py").symlink_to("../outside/secret")
    (work / "link").unlink()
    write(work, {"link": "a file now"})
    (work / "lib").rename(work / "gone")
    (work / "lib").symlink_to("../outside")
    (work / "-dash").unlink()
    for path in ("app.py", "link", "lib/a.py", "-dash"):
        assert read(work, named(seen, path)) is None
    assert (work / "lib/b.py").read_text() == "not ours\n"


def test_what_is_withheld_is_not_read(work: Path) -> None:
    file = File(path="app.py", oid=NULL_OID, mode=0o100644, withheld="aws-key")
    assert read(work, file) is None


def test_many_files_are_read_with_one_reader(work: Path) -> None:
    seen = look(work)
    with Reader(work) as reader:
        found = {file.path: contents.one(reader, file) for file in seen.files}
    assert all(judge.blob_id(found[file.path] or b"") == file.oid for file in seen.files)


@pytest.mark.parametrize("scene", AS_THEY_ARE, ids=lambda scene: scene.__name__)
def test_many_files_come_out_of_packs_as_they_are_on_disk(
    work: Path, scene: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene(work)
    git(work, "repack", "-adq")
    monkeypatch.setattr(contents, "MANY", 1)
    monkeypatch.setattr(contents, "SLOW", 0.0)
    repo, seen = discover.find(work), look(work)
    with Reader(work) as reader:
        alone = [contents.one(reader, file) for file in seen.files]
        assert list(contents.each(repo, reader, seen.files)) == alone


def from_packs(
    work: Path,
    monkeypatch: pytest.MonkeyPatch,
    *paths: str,
    limit: int = 100,
    slow: float = 0.0,
    first: Callable[[], object] = lambda: None,
) -> list[bytes | None]:
    """What these paths are said to hold, once nobody can read them on disk; `first`: what happens to them."""
    monkeypatch.setattr(contents, "MANY", 1)
    monkeypatch.setattr(contents, "SLOW", slow)
    repo, seen = discover.find(work), look(work)
    first()
    with Reader(work) as reader:
        monkeypatch.setattr(reader, "plain", lambda path, limit: f"{path} on disk".encode())
        return list(contents.each(repo, reader, [named(seen, path) for path in paths], limit))


def test_a_file_that_is_packed_is_not_opened(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(work, {"lib/b.py": "changed\n"})
    git(work, "repack", "-adq")
    found = from_packs(work, monkeypatch, "app.py", "lib/a.py", "lib/b.py")
    assert found == [(work / "app.py").read_bytes(), (work / "lib/a.py").read_bytes(), b"lib/b.py on disk"]
    assert from_packs(work, monkeypatch, "app.py", limit=5) == [None]


def test_while_reading_is_quick_all_are_opened(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(work, "repack", "-adq")
    assert from_packs(work, monkeypatch, "app.py", slow=3600) == [b"app.py on disk"]


def test_while_most_are_loose_all_are_opened(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert from_packs(work, monkeypatch, "app.py", "lib/a.py") == [b"app.py on disk", b"lib/a.py on disk"]


def test_what_a_filter_puts_on_disk_is_read_there(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"
    git(work, "config", "filter.far.clean", f"printf '{pointer}'")
    write(work, {".gitattributes": "*.far filter=far\n", "words.far": "what it says\n"})
    git(work, "add", "-A")
    git(work, "commit", "-qm", "far")
    git(work, "repack", "-adq")
    assert from_packs(work, monkeypatch, "words.far") == [b"words.far on disk"]


def test_where_a_pack_is_damaged_the_disk_is_read(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(work, "repack", "-adq")
    (pack,) = work.glob(".git/objects/pack/*.pack")
    pack.chmod(0o600)

    def damage() -> None:
        pack.write_bytes(pack.read_bytes()[:12] + b"\0" * (pack.stat().st_size - 12))

    found = from_packs(work, monkeypatch, "app.py", "lib/a.py", first=damage)
    assert found == [b"app.py on disk", b"lib/a.py on disk"]
