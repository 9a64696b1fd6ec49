"""What was struck from an entry is told from what is left of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_ctx import canonical, redaction, unsaid
from git_ctx.redaction import MARK

MD = "events/000000/00000001-k.context.md"
PROMPT = "events/000000/00000001-k.prompt.json"


def prompt(text: str) -> bytes:
    return canonical.dump({"id": "k" * 16, "text": text}, "a prompt")


@given(st.text("ab \n"), st.text("ab "), st.text("ab \n"), st.text("abcdefgh <>&", min_size=4))
def test_a_text_that_was_struck_is_told_however_often_it_was_there(
    first: str, between: str, last: str, word: str
) -> None:
    text = f"{first} {word} {between} {word} {last}."
    less = redaction.without(PROMPT, prompt(text), redaction.strike(word))
    if json.loads(less)["text"].count(MARK) == text.count(word) and len(word.strip()) >= unsaid.LEAST:
        assert unsaid.words(PROMPT, prompt(text), less) == {word}


@given(st.binary(), st.binary())
def test_any_bytes_are_borne(data: bytes, less: bytes) -> None:
    for path in (MD, PROMPT, "session.json"):
        for word in unsaid.words(path, data, less):
            assert len(word) >= unsaid.LEAST and MARK not in word
        unsaid.title(path, data, less)


@pytest.mark.parametrize(
    ("text", "less", "struck"),
    [
        ("a bluefalcon and a redkestrel.", f"a {MARK} and a {MARK}.", {"bluefalcon", "redkestrel"}),
        ("one two one three", f"{MARK} {MARK}", {"one two one three"}),  # who knows which space it was
        (f"a {MARK} and bluefalcon", f"a {MARK} and {MARK}", {"bluefalcon"}),
        ("a b c", f"a {MARK} c", set()),  # one letter would be everywhere
        ("a bluefalcon", f"the {MARK}", set()),  # it says what the entry did not
        ("bluefalcon", MARK, set()),  # all of it is forgotten: nobody knows what was meant
    ],
)
def test_only_what_is_certain_and_long_enough_is_told(text: str, less: str, struck: set[str]) -> None:
    assert unsaid.words(PROMPT, prompt(text), prompt(less)) == struck


def test_a_title_that_is_cut_off_within_the_text_is_told() -> None:
    text = "x" * 50 + " bluefalcon rises tomorrow"
    less = redaction.without(PROMPT, prompt(text), redaction.strike("bluefalcon rises"))
    assert unsaid.title(PROMPT, prompt(text), less) == f'with "{"x" * 50} bluefalc…"'
    assert unsaid.title(PROMPT, prompt(text), prompt(text)) is None
    assert unsaid.title(MD, b"one", b"one") is None
