"""What is kept of a file's content."""

from hypothesis import given
from hypothesis import strategies as st

from git_ctx.analysis.digest import decode, digest, encode
from git_ctx.analysis.scan import wordy

LANGUAGES = st.sampled_from([None, "python", "go", "rust", "text", "gettext"])
TEXTS = st.one_of(
    st.binary(max_size=200),
    st.lists(
        st.sampled_from(
            [
                b"def f(x):\n",
                b"import a.b\n",
                b"class A\n",
                b"\r\n",
                b"\t",
                b"use a::b;\n",
                b"\xff\xe9 ",
                b"word_x ",
            ]
        )
    ).map(b"".join),
)


@given(LANGUAGES, TEXTS)
def test_decode_undoes_encode(language: str | None, data: bytes) -> None:
    made = digest(language, data)
    assert decode(language, encode(language, made)) == made


@given(TEXTS, st.integers(0, 400), st.binary(min_size=1, max_size=3))
def test_a_row_that_was_tampered_with_is_no_digest(data: bytes, at: int, noise: bytes) -> None:
    row = encode("python", digest("python", data))
    bad = row[: at % len(row)] + noise + row[at % len(row) + len(noise) :]
    assert bad == row or decode("python", bad) is None
    assert decode("python", row[: at % len(row)]) is None


@given(TEXTS)
def test_a_row_for_another_language_is_no_digest(data: bytes) -> None:
    assert decode("go", encode("python", digest("python", data))) is None


@given(TEXTS)
def test_every_word_is_kept_once(data: bytes) -> None:
    made = digest("python", data)
    if made.seen is None:
        assert sorted(made.words.split()) == sorted(set(wordy(data).split()))
        assert made.vocabulary == len(set(wordy(data).split()))
        assert b"\n" not in made.words + made.names


def test_binary_and_minified_content_has_no_words() -> None:
    assert digest("python", b"abc\0def").words == b" "
    assert digest("javascript", b"var a=1;" * 400).words == b" "
