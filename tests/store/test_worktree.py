import os
from collections.abc import Callable
from pathlib import Path

import pytest

from git_ctx.code import File, WorkTree
from git_ctx.model import NULL_OID
from git_ctx.store import discover
from git_ctx.store.files import worktree
from git_ctx.store.files.reader import Reader
from tests.store import judge, scenes
from tests.support import git, init, write


def look(path: Path) -> WorkTree:
    return worktree.look(discover.find(path))


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return scenes.base(tmp_path / "work")


def named(seen: WorkTree, path: str) -> File:
    (file,) = (file for file in seen.files if file.path == path)
    return file


PLAIN = [scene for scene in scenes.SCENES if scene.__name__ not in ("line_ends", "filtered", "encoded")]


@pytest.mark.parametrize("scene", PLAIN, ids=lambda scene: scene.__name__)
def test_looking_sees_what_git_would_add(work: Path, tmp_path: Path, scene: Callable[[Path], None]) -> None:
    scene(work)
    before = (judge.untouchables(work), judge.objects(work))
    seen = look(work)
    assert (judge.untouchables(work), judge.objects(work)) == before
    tree = judge.listing(work, judge.added_by_git(work, tmp_path / "scratch"))
    assert {file.path: (f"{file.mode:06o}", file.oid) for file in seen.files} == {
        path: version for path, version in tree.items() if version[0] != "160000"
    }
    head = judge.listing(work, seen.base) if seen.base else {}
    differing = {path for path in tree.keys() | head.keys() if tree.get(path) != head.get(path)}
    differing = {path for path in differing if "160000" not in (tree.get(path) or head[path])[0]}
    assert seen.changed == tuple(sorted(differing & tree.keys()))
    assert seen.deleted == tuple(sorted(differing - tree.keys()))


def test_with_a_filter_the_id_is_that_of_the_raw_bytes(work: Path) -> None:
    scenes.line_ends(work)
    assert named(look(work), "app.py").oid == judge.blob_id(b"one\r\ntwo\r\n")


def test_a_changed_file_has_its_size_on_disk(work: Path) -> None:
    write(work, {"app.py": "12345"})
    assert named(look(work), "app.py").size == 5


def test_ignored_files_are_never_seen(work: Path) -> None:
    write(
        work,
        {"x.log": "ignored", "build/deep/y": "ignored", ".git/info/exclude": "*.tmp\n", "z.tmp": "ignored"},
    )
    assert not {"x.log", "build/deep/y", "z.tmp"} & {file.path for file in look(work).files}


def test_what_is_too_large_or_no_file_is_listed_and_withheld(work: Path) -> None:
    git(work, "config", "ctx.maxFileSize", "10")
    (work / "lib/a.py").unlink()
    os.mkfifo(work / "lib/a.py")
    write(work, {"big": "x" * 11, "app.py": "y" * 11})
    seen = look(work)
    held = {file.path: (file.withheld, file.oid) for file in seen.files if file.withheld}
    assert held == {
        "app.py": ("larger than 10 bytes", NULL_OID),
        "big": ("larger than 10 bytes", NULL_OID),
        "lib/a.py": ("not a regular file", NULL_OID),
    }
    assert seen.changed == ("app.py", "big", "lib/a.py")


def test_nested_repositories_and_submodules_are_named(work: Path) -> None:
    scenes.submodule(work)
    init(work / "vendor/empty")
    seen = look(work)
    assert seen.nested == ("sub", "vendor/empty")
    assert not [file.path for file in seen.files if file.path.startswith(("sub", "vendor"))]


def test_a_required_filter_that_fails_does_not_stop_a_look(work: Path) -> None:
    git(work, "config", "filter.crypt.clean", "no-such-program-anywhere")
    git(work, "config", "filter.crypt.required", "true")
    scenes.same_size_in_the_same_instant(work)
    write(work, {".gitattributes": "*.py filter=crypt\n"})
    assert "app.py" in look(work).changed


@pytest.mark.parametrize(
    ("value", "limit"),
    [
        ("5", 5),
        ("2k", 2048),
        ("3M", 3 * 1024**2),
        ("1g", 1024**3),
        ("0", 0),
        ("-1", 10_000_000),
        ("k", 10_000_000),
    ],
)
def test_the_limit_is_written_as_git_writes_numbers(work: Path, value: str, limit: int) -> None:
    git(work, "config", "ctx.maxFileSize", value)
    assert worktree.max_file_size(discover.find(work)) == limit


def test_reading_gives_the_bytes_on_disk(work: Path) -> None:
    write(work, {scenes.ODD: b"\xff\r\n"})
    seen = look(work)
    assert worktree.read(seen.root, named(seen, scenes.ODD)) == b"\xff\r\n"
    assert worktree.read(seen.root, named(seen, "link")) == b"app.py"


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
        assert worktree.read(seen.root, named(seen, path)) is None
    assert (work / "lib/b.py").read_text() == "not ours\n"


def test_what_is_withheld_is_not_read(work: Path) -> None:
    file = File(path="app.py", oid=NULL_OID, mode=0o100644, withheld="aws-key")
    assert worktree.read(work, file) is None


def test_many_files_are_read_with_one_reader(work: Path) -> None:
    seen = look(work)
    with Reader(work) as reader:
        found = {file.path: worktree.content(reader, file) for file in seen.files}
    assert all(judge.blob_id(found[file.path] or b"") == file.oid for file in seen.files)


@pytest.mark.parametrize(
    "scene", [scene for scene in PLAIN if scene is not scenes.assumed], ids=lambda scene: scene.__name__
)
def test_many_files_come_out_of_packs_as_they_are_on_disk(
    work: Path, scene: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene(work)
    git(work, "repack", "-adq")
    monkeypatch.setattr(worktree, "MANY", 1)
    monkeypatch.setattr(worktree, "SLOW", 0.0)
    repo, seen = discover.find(work), look(work)
    with Reader(work) as reader:
        alone = [worktree.content(reader, file) for file in seen.files]
        assert list(worktree.contents(repo, reader, seen.files)) == alone


def from_packs(
    work: Path,
    monkeypatch: pytest.MonkeyPatch,
    *paths: str,
    limit: int = 100,
    slow: float = 0.0,
    first: Callable[[], object] = lambda: None,
) -> list[bytes | None]:
    """What these paths are said to hold, once nobody can read them on disk; `first`: what happens to them."""
    monkeypatch.setattr(worktree, "MANY", 1)
    monkeypatch.setattr(worktree, "SLOW", slow)
    repo, seen = discover.find(work), look(work)
    first()
    with Reader(work) as reader:
        monkeypatch.setattr(reader, "plain", lambda path, limit: f"{path} on disk".encode())
        return list(worktree.contents(repo, reader, [named(seen, path) for path in paths], limit))


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
