"""Digests of many files as one row."""

from hypothesis import given
from hypothesis import strategies as st

from git_ctx.analysis import sheaf
from git_ctx.analysis.digest import digest
from git_ctx.analysis.sheaf import Sheaf, bind, decode, encode

LANGUAGES = [None, "python", "go", "text"]
TEXTS = [
    b"",
    b"def f():\n    return g\n",
    b"a\0b",
    b"word_x \xff\xe9\n" * 3,
    b"var a=1;" * 400,
    b"func Go() {\n",
]

sheaves = st.lists(
    st.tuples(st.integers(0, 2**160 - 1), st.sampled_from(LANGUAGES), st.sampled_from(TEXTS)), max_size=8
).map(
    lambda some: bind(
        [(f"{oid:040x}", spoken) for oid, spoken, _ in some],
        [digest(spoken, text) for _, spoken, text in some],
    )
)


def told(one: Sheaf) -> list[object]:
    return [one.keys, [one.digest(at) for at in range(len(one))], one.names, one.words, one.seen]


@given(sheaves)
def test_decode_undoes_encode(one: Sheaf) -> None:
    again = decode(encode(one))
    assert again is not None and told(again) == told(one)


@given(sheaves)
def test_each_digest_is_the_one_that_was_bound_in(one: Sheaf) -> None:
    for at in range(len(one)):
        assert one.digest(at).words == one.words_of(at) == one.words.split(b"\n")[at]
        assert one.digest(at).names == one.names_of(at)


@given(sheaves, st.integers(0, 5000), st.binary(min_size=1, max_size=3))
def test_a_row_that_was_tampered_with_is_no_sheaf(one: Sheaf, at: int, noise: bytes) -> None:
    row = encode(one)
    bad = row[: at % len(row)] + noise + row[at % len(row) + len(noise) :]
    assert bad == row or decode(bad) is None
    assert decode(row[: at % len(row)]) is None


@given(st.binary(max_size=200))
def test_whatever_else_stands_there_is_no_sheaf(row: bytes) -> None:
    assert decode(row) is None


def test_a_row_whose_numbers_stand_otherwise_is_no_sheaf(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    row = encode(bind([("0" * 40, None)], [digest(None, b"a word")]))
    monkeypatch.setattr(sheaf, "_FORM", b"5 other 8")
    assert decode(row) is None
