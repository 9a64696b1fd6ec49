import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx.analysis.tokens import count

# Published examples for o200k_base.
VECTORS = {
    "": 0,
    "hello world": 2,
    "tiktoken is great!": 6,
    "antidisestablishmentarianism": 6,
    "2 + 2 = 4": 7,
    "お誕生日おめでとう": 8,
    "<|endoftext|>": 7,  # special tokens mean nothing in text from files
}


@pytest.mark.parametrize("text", VECTORS)
def test_counts_are_those_of_o200k(text: str) -> None:
    assert count(text) == VECTORS[text]


@pytest.mark.parametrize(
    "text",
    ["a" * 1_000_000, " " * 1_000_000, "\n" * 1_000_000, "1" * 1_000_000, "aA" * 500_000, "é́" * 300_000],
)
def test_a_megabyte_of_anything_is_counted_in_no_time(text: str) -> None:
    count("warm up")
    started = time.process_time()
    assert 0 < count(text) <= len(text.encode())
    assert time.process_time() - started < 2


def test_bytes_that_are_not_utf8_count_as_replacement_characters() -> None:
    assert count("caf\udce9 \ud800") == count("caf\ufffd \ufffd")


blocks = st.text(alphabet="#-<> `/\\.,:a1Zé\t\r\n\u3000☃", max_size=40).map(lambda text: text + "\n")


@settings(max_examples=300, deadline=None)
@given(blocks, st.sampled_from("#<-{"), blocks)
def test_counts_add_up_over_a_newline_and_a_mark(before: str, mark: str, after: str) -> None:
    assert count(before) + count(mark + after) == count(before + mark + after)
