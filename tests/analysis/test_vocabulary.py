from pathlib import Path

import pytest
from rs_bpe import openai

from git_ctx.analysis import vocabulary
from git_ctx.analysis.vocabulary import Vocabulary, o200k, table

SMALL = (b"a", b"b", b"c", b"ab", b"bc", b"abc", b"\0\0\0")


@pytest.fixture
def small(tmp_path: Path) -> Vocabulary:
    path = tmp_path / "small.bin"
    path.write_bytes(table(SMALL))
    return Vocabulary(path)


def test_every_token_has_its_rank_and_nothing_else_has_one(small: Vocabulary) -> None:
    assert [small.rank(token) for token in SMALL] == list(range(len(SMALL)))
    assert {small.rank(other) for other in (b"", b"d", b"ac", b"abcd", b"\0", b"\0\0")} == {vocabulary._NONE}


def test_the_pair_of_the_lowest_rank_comes_first(small: Vocabulary) -> None:
    assert small.tokens(b"abc") == 1
    assert small.tokens(b"abbc") == 2
    assert small.tokens(b"cab") == 2
    assert small.tokens(b"bcab") == 2
    assert small.tokens(b"abab" * 3) == 6


def test_the_file_is_what_its_script_writes() -> None:
    known = openai.o200k_base().bpe()
    tokens = [bytes(known.decode_tokens([rank])) for rank in range(199_998)]
    assert Path(vocabulary.__file__).with_name("o200k.bin").read_bytes() == table(tokens)
    assert o200k().rank(tokens[-1]) == 199_997
