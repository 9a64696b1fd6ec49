"""The digests of all files, and how they are kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx.analysis import digest, sheaf, shelf
from git_ctx.analysis.corpus import Corpus
from git_ctx.analysis.digest import Digest
from git_ctx.analysis.rank import rank
from git_ctx.analysis.scan import Scanner
from tests.analysis.corpora import Files, Memory

Trees = list[set[int]]

numbers = st.sets(st.integers(0, 59), max_size=60)


@pytest.fixture(autouse=True)
def few_sheaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a handful of files is many."""
    monkeypatch.setattr(shelf, "_SHEAVES", 4)
    monkeypatch.setattr(shelf, "LOOSE", 3)


def tree(some: set[int]) -> Files:
    return Files({f"d{number % 3}/f{number}.py": f"def name{number}(): word{number}\n" for number in some})


def kinds(memo: Memory) -> set[str]:
    return {kind for kind, _ in memo.rows}


def plain(files: Files, memo: Memory) -> dict[str, Digest]:
    return dict(files.corpus(memo).digests)


@settings(deadline=None, max_examples=25)
@given(st.lists(numbers, max_size=5), st.sampled_from([7, 12_000]))
def test_whatever_was_there_before_the_digests_are_those_of_the_files(before: Trees, portion: int) -> None:
    memo = Memory()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "PORTION", portion)
        for some in before:
            assert plain(tree(some), memo) == plain(tree(some), Memory())


@settings(deadline=None, max_examples=25)
@given(st.lists(numbers, min_size=1, max_size=5))
def test_what_was_seen_once_is_never_read_again(before: Trees) -> None:
    memo = Memory()
    for some in before:
        plain(tree(some), memo)
    for some in before:
        files = tree(some)
        plain(files, memo)
        assert files.read == []


@settings(deadline=None, max_examples=25)
@given(numbers, numbers)
def test_what_is_looked_for_is_found_where_each_digest_has_it(before: set[int], some: set[int]) -> None:
    memo = Memory()
    plain(tree(before), memo)
    digests = tree(some).corpus(memo).digests
    scanner = Scanner(["word7", "name"], ["word12"])
    for found, texts in (
        (digests.in_words(scanner), [digests.words(path) for path in digests]),
        (digests.in_names(scanner), [digests.names(path) for path in digests]),
    ):
        assert found == [scanner.lines(text)[0] for text in texts]


def test_many_are_bound_together_and_a_few_are_rows() -> None:
    memo = Memory()
    plain(tree({1, 2}), memo)
    assert kinds(memo) == {digest.KIND}
    memo = Memory()
    plain(tree(set(range(60))), memo)
    assert kinds(memo) == {sheaf.KIND}
    plain(tree(set(range(1, 61))), memo)
    assert len([kind for kind, _ in memo.rows if kind == digest.KIND]) == 1


@pytest.mark.parametrize("row", [b"", b"nonsense", b"0" * 5000])
def test_a_damaged_sheaf_is_made_anew(row: bytes) -> None:
    memo, files = Memory(), tree(set(range(60)))
    whole = plain(files, memo)
    sound = dict(memo.rows)
    memo.rows.update(dict.fromkeys(list(memo.rows)[:2], row))
    files.read.clear()
    assert plain(files, memo) == whole
    assert 0 < len(files.read) < 60
    assert memo.rows.keys() == sound.keys() and row not in memo.rows.values()


def test_a_sheaf_under_another_ones_name_is_believed_for_what_it_holds() -> None:
    memo, files = Memory(), tree(set(range(60)))
    whole = plain(files, memo)
    first, second, *_ = memo.rows
    memo.rows[first], memo.rows[second] = memo.rows[second], memo.rows[first]
    assert plain(files, memo) == whole


def test_what_was_made_before_it_was_cut_off_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "BATCH", 10)
    memo, files = Memory(), tree(set(range(60)))
    content = files._content

    def cut_off(file):  # type: ignore[no-untyped-def]
        if len(files.read) == 45:
            raise KeyboardInterrupt
        return content(file)

    monkeypatch.setattr(files, "_content", cut_off)
    with pytest.raises(KeyboardInterrupt):
        plain(files, memo)
    monkeypatch.setattr(files, "_content", content)
    files.read.clear()
    plain(files, memo)
    assert len(files.read) == 15


def test_a_run_that_is_killed_has_kept_all_portions_but_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "PORTION", 20)
    memo, files, killed = Memory(), tree(set(range(60))), Memory()
    content = files._content

    def dies(file):  # type: ignore[no-untyped-def]
        if len(files.read) == 45:
            killed.rows.update(memo.rows)  # what is on the disk at that moment
        return content(file)

    monkeypatch.setattr(files, "_content", dies)
    whole = plain(files, memo)
    assert len(files.read) == 60
    files.read.clear()
    assert plain(files, killed) == whole
    assert 15 <= len(files.read) <= 45


@pytest.mark.parametrize("others", [0, 20])
def test_that_a_file_is_too_large_is_found_out_once(monkeypatch: pytest.MonkeyPatch, others: int) -> None:
    monkeypatch.setattr(digest, "LARGE", 100)
    small = {f"{number}.py": f"name{number} = {number}\n" for number in range(others)}
    files, memo = Files({"a.py": "x = 1\n" * 50, "b.py": "y = 1\n", **small}), Memory()
    for read_first in (["a.py", "b.py"], []):
        corpus = _of_unknown_sizes(files, memo)
        assert "a.py" not in corpus.digests and set(corpus.digests) == {"b.py", *small}
        assert [path for path in files.read if path in ("a.py", "b.py")] == read_first
        assert corpus.lines("a.py") is None and corpus.lines("b.py") == 1
        files.read.clear()


def _of_unknown_sizes(files: Files, memo: Memory) -> Corpus:
    """As files are that git's index lists."""
    listed = [file._replace(size=None) for file in files.corpus().files.values()]
    return Corpus(listed, files._content, memo)


def test_two_branches_by_turns_write_nothing_any_more() -> None:
    memo = Memory()
    one, other = tree(set(range(50))), tree(set(range(10, 60)))
    for files in (one, other, one, other):
        plain(files, memo)
    rows = dict(memo.rows)
    for files in (one, other):
        plain(files, memo)
        assert memo.rows == rows


def test_a_ranking_is_the_same_from_files_from_sheaves_and_from_rows() -> None:
    files = tree(set(range(40)))
    loose, bound = Memory(), Memory()
    for number in range(40):
        plain(tree({number}), loose)
    fresh = rank(files.corpus(bound), "name7 and word12")
    assert digest.KIND in kinds(loose) and kinds(bound) == {sheaf.KIND}
    assert rank(files.corpus(bound), "name7 and word12") == fresh
    assert rank(files.corpus(loose), "name7 and word12") == fresh
