from hypothesis import example, given
from hypothesis import strategies as st

from git_ctx.analysis import hits
from git_ctx.analysis.hits import Search

pieces = st.sampled_from(["login", "Login", "log", "in", " ", "\n", '"', "é", "(", "x" * 30])
texts = st.lists(pieces, max_size=12).map("".join)


def test_words_and_phrases_are_told_apart() -> None:
    assert hits.parse('fix the "log  in\tpage" fix').terms == ("fix", "the", "log in page")
    assert hits.parse('say "open end').terms == ("say", "open end")
    assert hits.parse(' "" " ').terms == ()


def test_a_phrase_stands_in_a_row_whatever_parts_its_words() -> None:
    sought = hits.parse('"after login"')
    assert sought.has_all("go AFTER\n  login") and not sought.has_all("login after")


def test_whole_words_many_and_early_ones_count_for_more() -> None:
    score = Search(("log",)).score
    padding = "some words " * 30
    assert score("log") > score("login") > score("nothing") == 0
    assert score("log " + padding) > score(padding + "log")
    assert score("log log log " + padding) > score("log " + padding)


@example("login in é", ["login", "in", "é"])
@given(texts, st.lists(st.sampled_from(["login", "in", "é", "(", "log in", "xx"]), min_size=1, max_size=3))
def test_more_terms_always_win(text: str, terms: list[str]) -> None:
    sought = Search(tuple(dict.fromkeys(terms)))
    has = sum(Search((term,)).has_all(text) for term in sought.terms)
    assert has <= sought.score(text) < has + 1
    assert sought.has_all(text) == (has == len(sought.terms))


@given(texts, st.sampled_from(["login", "in", "é", "log in"]), st.integers(10, 60))
def test_an_excerpt_is_one_line_of_the_text_with_its_hits(text: str, term: str, columns: int) -> None:
    found = Search((term,)).hits(text)
    line, marks = hits.excerpt(text, found, columns)
    assert "\n" not in line and len(line) <= columns + 2
    flat = text.replace("\n", " ")
    assert line.strip("…") in flat
    assert [line[start:end].lower() for start, end in marks] == [term.lower()] * len(marks) or " " in term
    if found and len(term) < columns // 3:
        assert marks
