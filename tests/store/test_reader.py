import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from git_ctx.store.files.reader import Reader, Seen, too_large
from tests.support import write

LIMIT = 1000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(
        tmp_path,
        {"outside/secret": "s", "root/a/b/file": "text", "root/plain": b"\0\xff", "root/big": "x" * 1001},
    )
    return tmp_path / "root"


def see(root: Path, path: str, limit: int = LIMIT) -> Seen | None:
    with Reader(root) as reader:
        return reader.see(path, limit)


def test_a_file_is_read_to_the_last_byte(root: Path) -> None:
    seen = see(root, "a/b/file")
    assert seen is not None
    assert (seen.mode, seen.size, seen.content) == (0o100644, 4, b"text")


def test_a_file_of_exactly_the_limit_is_read_and_a_larger_one_is_named(root: Path) -> None:
    exact, larger = see(root, "big", 1001), see(root, "big", 1000)
    assert exact is not None and exact.content == b"x" * 1001
    assert larger is not None and larger.content is None
    assert (larger.problem, larger.size) == ("larger than 1 kB", 1001)


def test_a_file_that_grows_while_it_is_read_is_still_bounded(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = os.fstat

    def early(opened: int) -> os.stat_result:
        found = honest(opened)
        with Path(root / "plain").open("ab") as file:
            file.write(b"y" * 5000)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(os, "fstat", early)
        seen = see(root, "plain")
    assert seen is not None and seen.content is None and seen.problem == "larger than 1 kB"


def test_a_small_file_is_read_in_one_go(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest, asked = os.read, []

    def counting(opened: int, size: int) -> bytes:
        asked.append(size)
        return honest(opened, size)

    with monkeypatch.context() as patched:
        patched.setattr(os, "read", counting)
        seen = see(root, "plain")
    assert seen is not None and seen.content == (root / "plain").read_bytes()
    assert len(asked) == 1


def test_the_executable_bit_is_the_mode(root: Path) -> None:
    (root / "plain").chmod(0o755)
    seen = see(root, "plain")
    assert seen is not None and seen.mode == 0o100755


def test_a_link_is_its_text_wherever_it_leads(root: Path) -> None:
    for name, target in {"in": "plain", "out": "../outside/secret", "dangling": "nowhere"}.items():
        (root / name).symlink_to(target)
        seen = see(root, name)
        assert seen is not None and (seen.mode, seen.content) == (0o120000, target.encode())


def test_a_path_through_a_linked_directory_does_not_exist(root: Path) -> None:
    (root / "door").symlink_to("../outside")
    assert (root / "door/secret").read_text() == "s"
    assert see(root, "door/secret") is None


@pytest.mark.parametrize(
    "path", ["../outside/secret", "a/../../outside/secret", "a/./b/file", "/etc/passwd", "a//b/file"]
)
def test_a_path_that_is_none_of_a_work_tree_does_not_exist(root: Path, path: str) -> None:
    assert see(root, path) is None


def test_a_named_pipe_is_named_and_never_waited_for(root: Path) -> None:
    os.mkfifo(root / "pipe")
    seen = see(root, "pipe")
    assert seen is not None and (seen.content, seen.problem) == (None, "not a regular file")


def test_directories_and_what_is_gone_are_no_files(root: Path) -> None:
    assert see(root, "a") is None
    assert see(root, "a/gone") is None
    assert see(root, "gone/too") is None
    assert see(root, "plain/under") is None


def test_names_that_are_no_text_are_read(root: Path) -> None:
    name = os.fsdecode(b'\xff\n"-')
    (root / name).write_text("odd")
    (root / os.fsdecode(b"l\xfe")).symlink_to(name)
    file, link = see(root, name), see(root, os.fsdecode(b"l\xfe"))
    assert file is not None and file.content == b"odd"
    assert link is not None and link.content == b'\xff\n"-'


def test_an_unreadable_file_is_named(root: Path) -> None:
    (root / "plain").chmod(0)
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    seen = see(root, "plain")
    assert seen is not None and (seen.content, seen.problem) == (None, "cannot be read")


def test_a_file_the_system_refuses_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = os.open

    def refusing(path: str, flags: int, *args: int, **named: int) -> int:
        if path == "plain":
            raise PermissionError(13, "Permission denied")
        return honest(path, flags, *args, **named)

    monkeypatch.setattr(os, "open", refusing)
    seen = see(root, "plain")
    assert seen is not None and (seen.content, seen.problem) == (None, "cannot be read")


def test_a_reader_leaves_no_descriptor_open(root: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with Reader(root) as reader:
        for path in ("a/b/file", "a/x", "plain", "gone/x", "a/b/file", "big"):
            reader.see(path, LIMIT)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(["a/b/file", "a/x", "plain", "/plain", "a//x", "gone/x", "a/gone/x", "a/b", "a/"])
    )
)
def test_what_is_seen_does_not_hang_on_what_was_seen_before(root: Path, paths: list[str]) -> None:
    with Reader(root) as reader:
        assert [reader.see(path, LIMIT) for path in paths] == [see(root, path) for path in paths]


def test_a_limit_is_said_in_its_unit() -> None:
    assert [too_large(n) for n in (10_000_000, 1_500_000, 2_000, 999)] == [
        "larger than 10 MB",
        "larger than 1.5 MB",
        "larger than 2 kB",
        "larger than 999 bytes",
    ]


def test_a_plain_file_is_read_and_nothing_else_in_its_place(root: Path) -> None:
    os.mkfifo(root / "pipe")
    (root / "link").symlink_to("plain")
    (root / "linked").symlink_to("../outside")
    with Reader(root) as reader:
        assert reader.plain("a/b/file", LIMIT) == b"text"
        assert reader.plain("big", 1001) == b"x" * 1001
        for path in ("big", "pipe", "link", "linked/secret", "a", "gone/too", "../outside/secret", "nul\0"):
            assert reader.plain(path, LIMIT) is None, path
