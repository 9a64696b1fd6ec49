import subprocess
import sys
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rs_bpe import openai

from git_ctx.analysis import tokens
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


@pytest.fixture(scope="module")
def library() -> Any:
    return openai.o200k_base()


words = st.sampled_from(
    [
        "it's",
        "It'S",
        "it\u017f",
        "won'T",
        "we'RE",
        "HTTPServer",
        "snake_case",
        "naïve",
        "日本語",
        "नमस्ते",
        "e\u0301",
        "12345",
        "٣٤",
        "Ⅷ",
    ]
)
gaps = st.sampled_from(
    [" ", "  ", "\n", "\r\n", " \n ", "\t", "\u00a0", "\u2003", "\x1c", "\x85", "…", "://", "'"]
)
letters = st.text(st.characters(exclude_categories=("Cs", "Cn")), max_size=12)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(words | gaps | letters | st.text("aAsS'rRe 1\n/ª\u0300!", max_size=8), max_size=12).map("".join)
)
def test_a_text_of_any_script_counts_as_the_library_counts_it(library: Any, text: str) -> None:
    assert count(text) == library.count(text)


def test_long_pieces_and_long_texts_are_left_to_the_library(
    library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "".join(f"word{n} " for n in range(300)) + "x" * 700 + "=" * 700
    for long in (len(text), len(text) + 1):
        monkeypatch.setattr(tokens, "_LONG", long)
        assert count(text) == library.count(text)


def test_what_is_remembered_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_MOST", 3)
    monkeypatch.setattr(tokens, "_MOST_SECTIONS", 3)
    for number in range(9):
        assert count(f"one two three four five six seven {number}") == 9
    assert len(tokens._counts) <= 3
    assert len(tokens._sections) <= 3


@given(
    st.lists(
        st.sampled_from(["a", "#", "\n", "\n#", "\r\n#", " ", "/", "\t", "é", "ª", "1", "'s", "!"]),
        max_size=20,
    )
)
def test_where_headings_are_cut_off_makes_no_difference(library: Any, parts: list[str]) -> None:
    text = "".join(parts)
    assert "".join(tokens._cut(text)) == text
    assert count(text) == library.count(text)


def test_a_small_text_does_not_load_the_library() -> None:
    script = (
        "import sys; from git_ctx.analysis.tokens import count; count('é “small” text…'); print(*sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "git_ctx.analysis.tokens" in ran.stdout.split()
    assert not {"rs_bpe", "tiktoken"} & set(ran.stdout.split())
