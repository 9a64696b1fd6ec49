import multiprocessing
import os
import sqlite3
import subprocess
import sys
import time
from hashlib import sha1
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx.store.cache import NAME, Cache

DAY = 86_400


def oid(name: object) -> str:
    return sha1(str(name).encode()).hexdigest()


ROWS = {oid(number): f"result {number}".encode() * 50 for number in range(300)}


def filled(directory: Path) -> Path:
    with Cache(directory) as cache:
        cache.put("outline", ROWS)
    return directory / NAME


def get(directory: Path, kind: str = "outline", version: int = 1) -> dict[str, bytes]:
    with Cache(directory, version) as cache:
        return cache.get(kind, ROWS)


def test_what_was_put_is_found_again(tmp_path: Path) -> None:
    filled(tmp_path / "not" / "yet")
    assert get(tmp_path / "not" / "yet") == ROWS


def test_only_what_was_asked_for_is_found(tmp_path: Path) -> None:
    filled(tmp_path)
    some = {name: ROWS[name] for name in list(ROWS)[:3]}
    with Cache(tmp_path) as cache:
        assert cache.get("outline", [*some, oid("unknown")]) == some
        assert cache.get("outline", []) == {}


def test_kinds_and_versions_do_not_see_each_other(tmp_path: Path) -> None:
    filled(tmp_path)
    with Cache(tmp_path, 2) as newer:
        assert newer.get("outline", ROWS) == {}
        newer.put("outline", {oid(1): b"newer"})
        assert newer.get("outline", ROWS) == {oid(1): b"newer"}
    assert get(tmp_path, "tokens") == {}
    assert get(tmp_path) == ROWS


def test_a_later_result_takes_the_place_of_an_earlier(tmp_path: Path) -> None:
    filled(tmp_path)
    with Cache(tmp_path) as cache:
        cache.put("outline", {oid(1): b"", oid("new"): b"\0\xff"})
    assert get(tmp_path)[oid(1)] == b""


def test_nothing_is_imported_or_made_before_it_is_used(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from git_ctx.store.cache import Cache\n"
        "cache = Cache(Path(sys.argv[1]) / 'ctx'); cache.close()\n"
        "print('sqlite3' in sys.modules, (Path(sys.argv[1]) / 'ctx').exists())"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, check=True)
    assert done.stdout == b"False False\n"


def test_a_kind_is_a_plain_word(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache, pytest.raises(ValueError, match="not a kind"):
        cache.get('x"; DROP TABLE about; --', ROWS)


def zeros(path: Path) -> None:
    path.write_bytes(b"\0" * path.stat().st_size)


def text(path: Path) -> None:
    path.write_text("this is not a database, however long it may be\n" * 400)


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 + 77])


def only_a_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def middle_overwritten(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[8192 : len(data) - 8192] = b"\xa5" * (len(data) - 16384)
    path.write_bytes(data)


def root_page_overwritten(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100:8192] = os.urandom(8092)
    path.write_bytes(data)


def another_program(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute('CREATE TABLE "outline/1" (name TEXT)')
        database.execute("INSERT INTO \"outline/1\" VALUES ('x')")
    database.close()


def other_columns(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute('DROP TABLE "outline/1"')
        database.execute('CREATE TABLE "outline/1" (name TEXT)')
    database.close()


def other_types(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute(
            "UPDATE \"outline/1\" SET oid = 'text' || rowid, data = 3.5, sum = NULL, used = 'never'"
        )
    database.close()


def no_about(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM about")
    database.close()


def stale_journal(path: Path) -> None:
    path.with_name(NAME + "-journal").write_bytes(os.urandom(5000))


DAMAGES = (
    zeros,
    text,
    cut_in_half,
    only_a_header,
    middle_overwritten,
    root_page_overwritten,
    another_program,
    other_columns,
    other_types,
    no_about,
    stale_journal,
)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_cache_tells_no_lies_and_is_soon_whole_again(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    damage(filled(tmp_path))
    found = get(tmp_path)
    assert found.items() <= ROWS.items()
    for _ in range(2):
        filled(tmp_path)
    assert get(tmp_path) == ROWS


def test_a_row_whose_sum_is_off_is_not_believed(tmp_path: Path) -> None:
    path = filled(tmp_path)
    with sqlite3.connect(path) as database:
        database.execute('UPDATE "outline/1" SET data = ? WHERE oid = ?', (b"lie", bytes.fromhex(oid(1))))
        # Right for its data, yet it belongs to another blob.
        database.execute('DELETE FROM "outline/1" WHERE oid = ?', (bytes.fromhex(oid(2)),))
        database.execute(
            'UPDATE "outline/1" SET oid = ? WHERE oid = ?', (bytes.fromhex(oid(2)), bytes.fromhex(oid(3)))
        )
    database.close()
    assert get(tmp_path) == {
        name: data for name, data in ROWS.items() if name not in (oid(1), oid(2), oid(3))
    }


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=30))
def test_whatever_bytes_change_no_lie_is_told(whole: Path, changes: list[tuple[float, int]]) -> None:
    data = bytearray(whole.read_bytes())
    for where, byte in changes:
        data[int(where * len(data))] = byte
    directory = whole.parent / "changed"
    directory.mkdir(exist_ok=True)
    (directory / NAME).write_bytes(data)
    assert get(directory).items() <= ROWS.items()
    with Cache(directory) as cache:
        cache.put("tokens", {oid(1): b"1"})


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("whole"))


def test_a_newer_file_is_taken_for_none_of_ours(tmp_path: Path) -> None:
    path = filled(tmp_path)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    assert get(tmp_path) == {}


def test_a_cache_that_cannot_be_is_empty(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder" / NAME).mkdir(parents=True)
    for directory in (tmp_path / "file", tmp_path / "folder", Path("/proc/nowhere")):
        with Cache(directory) as cache:
            cache.put("outline", ROWS)
            assert cache.get("outline", ROWS) == {}
    assert (tmp_path / "folder" / NAME).is_dir()


def test_a_read_only_cache_can_be_read(tmp_path: Path) -> None:
    directory = tmp_path / "ctx"
    filled(directory)
    subprocess.run(["mount", "--bind", str(directory), str(directory)], check=False, capture_output=True)
    subprocess.run(["mount", "-o", "remount,ro,bind", str(directory)], check=False, capture_output=True)
    try:
        try:
            (directory / "probe").write_text("x")
        except OSError:
            pass
        else:
            pytest.skip("cannot make a folder read-only here")
        assert get(directory) == ROWS
        with Cache(directory, clock=lambda: time.time() + 20 * DAY) as later:
            assert later.get("outline", ROWS) == ROWS
            later.put("outline", {oid(1): b"other"})
    finally:
        subprocess.run(["umount", str(directory)], check=False, capture_output=True)
    assert get(directory) == ROWS


def test_a_full_disk_keeps_what_was_there(tmp_path: Path) -> None:
    directory = tmp_path / "small"
    directory.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(directory)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("cannot mount a small disk here")
    try:
        small = {oid(1): b"small"}
        with Cache(directory) as cache:
            cache.put("outline", small)
            cache.put("outline", {oid(n): os.urandom(4000) for n in range(100, 300)})
        assert get(directory) == small
    finally:
        subprocess.run(["umount", str(directory)], check=False, capture_output=True)


def test_a_busy_cache_is_skipped_and_not_waited_for(tmp_path: Path) -> None:
    path = filled(tmp_path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    before = time.monotonic()
    with Cache(tmp_path) as cache:
        for _ in range(5):
            assert cache.get("outline", ROWS) == {}
            cache.put("outline", {oid(1): b"lost"})
    assert time.monotonic() - before < 1
    other.execute("ROLLBACK")
    other.close()
    assert get(tmp_path) == ROWS


def _write_many(directory: Path, number: int) -> None:
    for turn in range(15):
        with Cache(directory) as cache:
            cache.put(
                "outline", {oid((number, turn, row)): f"{number} {turn} {row}".encode() for row in range(20)}
            )
            cache.get("outline", ROWS)


def test_processes_share_a_cache(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write_many, args=(tmp_path, number)) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    asked = {oid((n, t, r)): f"{n} {t} {r}".encode() for n in range(3) for t in range(15) for r in range(20)}
    with Cache(tmp_path) as cache:
        found = cache.get("outline", asked)
    assert found.items() <= asked.items()
    # A write that met another one may be skipped, but that is the exception.
    assert len(found) > len(asked) // 2


def test_a_killed_writer_is_not_in_the_way(tmp_path: Path) -> None:
    filled(tmp_path)
    code = (
        "import os, sys; from pathlib import Path; from git_ctx.store.cache import Cache\n"
        "cache = Cache(Path(sys.argv[1])); cache.get('outline', ['00' * 20])\n"
        "cache._opened.execute('BEGIN EXCLUSIVE')\n"
        "cache._opened.execute('PRAGMA cache_size = 1')\n"
        "cache._opened.execute('UPDATE \"outline/1\" SET data = zeroblob(2000)')\n"
        "os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == -9
    assert get(tmp_path) == ROWS


def test_rows_that_nobody_uses_go_after_weeks(tmp_path: Path) -> None:
    now = time.time()

    def cache(day: int) -> Cache:
        return Cache(tmp_path, clock=lambda: now + day * DAY)

    with cache(0) as first:
        first.put("outline", ROWS)
        first.put("tokens", ROWS)
    with cache(20) as used:
        assert used.get("outline", [oid(1)]) == {oid(1): ROWS[oid(1)]}
    with cache(30) as later:
        later.put("terms", {oid(2): b"new"})
        assert later.get("outline", ROWS) == {oid(1): ROWS[oid(1)]}
        assert later.get("tokens", ROWS) == {}


def test_a_cache_past_its_bound_starts_over(tmp_path: Path) -> None:
    now = time.time()
    with Cache(tmp_path, largest=100_000, clock=lambda: now) as cache:
        cache.put("outline", {oid("first"): b"looked after today"})
        cache.put("outline", ROWS)
        assert cache.get("outline", ROWS) == ROWS
    with Cache(tmp_path, largest=100_000, clock=lambda: now + DAY) as cache:
        cache.put("outline", {oid("x"): b"one too many"})
        assert cache.get("outline", [*ROWS, oid("x")]) == {}
        cache.put("outline", {oid("y"): b"y"})
        assert cache.get("outline", [*ROWS, oid("y")]) == {oid("y"): b"y"}


def test_tidying_gives_the_room_back_and_keeps_what_is_used(tmp_path: Path) -> None:
    days = [0.0]
    with Cache(tmp_path, clock=lambda: days[0] * 86_400) as cache:
        cache.put("outline", {"a" * 40: b"x" * 500_000})
        days[0] = 20
        cache.put("outline", {"b" * 40: b"y" * 1000})
        days[0] = 40
        assert cache.tidy() > 400_000
        assert cache.get("outline", ["a" * 40, "b" * 40]) == {"b" * 40: b"y" * 1000}


def test_tidying_makes_no_cache(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        assert cache.tidy() == 0
    assert list(tmp_path.iterdir()) == []
