"""A prompt's words in the words of files."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx.analysis.query import parts
from git_ctx.analysis.scan import _ENDINGS, Scanner, spellings, stem, wordy


def lines(terms: list[str], text: str, names: list[str] | None = None) -> list[dict[int, int]]:
    return Scanner(terms, names or []).lines(text.encode())


def test_a_term_is_found_at_the_beginning_of_each_part() -> None:
    text = " session Session HTTP_SESSION my_session getSession obsession "
    assert lines(["session"], text) == [{0: 5}]


def test_the_end_of_a_word_in_capitals_is_no_part() -> None:
    assert lines(["line", "id", "points"], " EMPTY_NEWLINE NEWLINE_AT INVALID ENTRYPOINT ") == [{}]
    assert lines(["line", "id", "points"], " NEW_LINE LINE_ID ID POINT ") == [{0: 2, 1: 2, 2: 1}]


def test_an_inflection_counts_and_another_word_does_not() -> None:
    assert lines(["redirects"], " redirect redirected redirecting redirector ") == [{0: 4}]
    assert lines(["port"], " ports portrait portable ") == [{0: 2}]


def test_lines_are_told_apart() -> None:
    assert lines(["red", "green"], " red \n blue \n green red ") == [{0: 1}, {}, {0: 1, 1: 1}]


def test_a_name_is_found_in_every_spelling_of_its_parts_and_only_whole() -> None:
    text = " hue_order hueOrder HueOrder HUE_ORDER hueorder hue_orders order "
    assert lines([], text, ["hue_order"]) == [{0: 5}]


def test_spellings_keep_the_one_that_was_given() -> None:
    assert spellings("parseURL")[0] == "parseURL"
    assert {"parse_url", "PARSE_URL", "ParseUrl", "parseUrl"} <= set(spellings("parseURL"))


def test_wordy_keeps_length_and_identifiers() -> None:
    assert wordy("a.b_c(1)\né".encode()) == "a b_c 1  é".encode()


WORDS = st.sampled_from(
    ["red", "reds", "redder", "reading", "read", "render", "set", "sets", "setting", "cache"]
)
CASES = st.sampled_from([str.lower, str.capitalize, str.upper])
NAMES = st.lists(st.tuples(WORDS, CASES), min_size=1, max_size=3).flatmap(
    lambda some: st.sampled_from(
        [
            "_".join(word for word, _ in some),
            "_".join(word.upper() for word, _ in some),
            "".join(word.upper() for word, _ in some),
            "".join(word.capitalize() for word, _ in some),
            some[0][0] + "".join(word.capitalize() for word, _ in some[1:]),
        ]
    )
)


def naive(term: str, name: str) -> int:
    """Parts of a name that are the term or its stem with an ending."""
    short = stem(term)
    return sum(
        part.startswith(short) and (part == term or part[len(short) :] in _ENDINGS) for part in parts(name)
    )


@settings(max_examples=200)
@given(
    st.lists(WORDS, min_size=1, max_size=4, unique=True),
    st.lists(st.lists(NAMES, max_size=6), min_size=1, max_size=4),
)
def test_terms_are_counted_as_a_naive_count_does(terms: list[str], files: list[list[str]]) -> None:
    text = "\n".join(" " + " ".join(names) + " " for names in files)
    expected = [
        {
            number: count
            for number, term in enumerate(terms)
            if (count := sum(naive(term, name) for name in names))
        }
        for names in files
    ]
    assert lines(terms, text) == expected


@given(st.text(max_size=30))
def test_no_name_breaks_the_scanner(name: str) -> None:
    text = wordy(f"x {name} y".encode("utf-8", "surrogatepass"))
    found = Scanner(["word"], [name]).lines(b" " + text + b" ")
    assert len(found) == 1
    if re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII):
        assert found[0].get(1, 0) >= 1
