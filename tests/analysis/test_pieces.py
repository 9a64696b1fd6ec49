import pytest

from git_ctx.analysis.pieces import pieces

CUT = {
    "": [],
    "Hello, wonderful world!\n\n": ["Hello", ",", " wonderful", " world", "!\n\n"],
    "getHTTPResponse2023()": ["get", "HTTPResponse", "202", "3", "()"],
    "it's they'LL 'x": ["it's", " they'LL", " '", "x"],
    "    if a:\n": ["   ", " if", " a", ":\n"],
    "日本語 naïve Été": ["日本語", " naïve", " Été"],
    "٣٤٥٦": ["٣٤٥", "٦"],
    "e\u0301a\u2003b…\n": ["e\u0301a", "\u2003b", "…\n"],
    "\x1c \n": ["\x1c", " \n"],
}


@pytest.mark.parametrize("text", CUT)
def test_a_text_is_cut_where_o200k_cuts_it(text: str) -> None:
    assert pieces(text) == CUT[text]


def test_a_character_without_a_kind_is_not_guessed_at() -> None:
    assert pieces("one \U000e0fff two") is None
