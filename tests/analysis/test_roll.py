import zlib

import pytest

from git_ctx.analysis import roll
from git_ctx.analysis.kinds import by_path, language
from tests.analysis.corpora import Memory

PATHS = [
    path
    for n in range(roll.FEW // 10 + 1)
    for path in (
        f"src/m{n}.py",
        f"src/m{n}.min.js",
        f"tests/test_m{n}.py",
        f"docs/{n}.md",
        f"docs/{n}.go",
        f"vendor/x{n}.rb",
        f"data/{n}",
        f"ci/{n}.yaml",
        f"{n}.PNG",
        f"caf\u00e9/\udce9{n}.rs",
    )
]


@pytest.fixture
def memo(monkeypatch: pytest.MonkeyPatch) -> Memory:
    memory = Memory()
    roll.call(PATHS, memory)
    monkeypatch.setattr(roll, "_look", lambda paths: pytest.fail("it was not remembered"))
    return memory


def test_what_is_remembered_is_what_the_names_say(memo: Memory) -> None:
    found = roll.call(PATHS, memo)
    assert found.kinds == {path: by_path(path) for path in PATHS}
    assert found.languages == {path: language(path) for path in PATHS}
    assert list(found.kinds) == list(found.languages) == PATHS
    assert found.titles == roll._titles(PATHS)
    assert len(memo.rows) == 1 and len(next(iter(memo.rows.values()))) < 5 * len(PATHS)


def test_a_title_is_a_files_own_name_and_a_main_file_has_its_folders() -> None:
    paths = [
        "a/code-mirror.test.js",
        "b/core/src/index.ts",
        "b/web/__init__.py",
        "index.js",
        "Make\nfile",
        ".rc",
    ]
    said = roll.call(paths, Memory()).titles.decode().split("\n")
    assert [line.strip() for line in said] == ["code_mirror test", "core", "web", "index", "Make file", "rc"]


@pytest.mark.parametrize("paths", [PATHS[:-1], [*PATHS, "one.more"], PATHS[::-1]])
def test_other_paths_are_looked_at(memo: Memory, paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert roll.call(paths, memo).kinds == {path: by_path(path) for path in paths}
    assert len(memo.rows) == 2


def test_other_rules_are_other_rows(memo: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(roll, "_rules", lambda: b"changed")
    roll.call(PATHS, memo)
    assert len(memo.rows) == 2


ROWS = [
    b"",
    b"garbage",
    zlib.compress(b""),
    zlib.compress(bytes(2 * len(PATHS) - 1)),
    zlib.compress(bytes(2 * len(PATHS) + 1)),
    zlib.compress(b"\xff" * 2 * len(PATHS)),
    zlib.compress(bytes(100_000_000)),
    zlib.compress(bytes(2 * len(PATHS)) + b"\n" * len(PATHS)),
    zlib.compress(bytes(2 * len(PATHS)) + b"\n" * (len(PATHS) - 1))[:-1],
]


@pytest.mark.parametrize("row", ROWS)
def test_a_damaged_row_is_none(memo: Memory, row: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    memo.rows.update(dict.fromkeys(memo.rows, row))
    assert roll.call(PATHS, memo).kinds["tests/test_m1.py"] == "test"
    assert row not in memo.rows.values()


def test_where_the_rules_cannot_be_read_nothing_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roll, "_rules", lambda: None)
    memory = Memory()
    assert roll.call(PATHS, memory).kinds["0.PNG"] == "binary"
    assert not memory.rows


def test_of_a_few_nothing_is_remembered() -> None:
    memory = Memory()
    assert roll.call(PATHS[:9], memory).languages["src/m0.py"] == "python"
    assert not memory.rows
