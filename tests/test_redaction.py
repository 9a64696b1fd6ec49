import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_ctx import canonical, redaction
from git_ctx.redaction import MARK

PROMPT = "events/000000/01-kkkkkkkkkkkkkkkk.prompt.json"
CONTEXT = "events/000000/01-kkkkkkkkkkkkkkkk.context.json"
CONTENT = "events/000000/01-kkkkkkkkkkkkkkkk.context.md"
FILES = "events/000000/01-kkkkkkkkkkkkkkkk.files.json"

words = st.lists(st.sampled_from(["alpha", "beta", "gam<m>a", 'de"lta', "é\n", " ", "\\"]), max_size=8).map(
    "".join
)
secrets = st.sampled_from(["alpha", 'de"lta', "gam<m>a", "é\nalpha", "\\beta"])


def entry(**fields: object) -> bytes:
    return canonical.dump(fields, "an entry")


def prompt(text: str) -> bytes:
    return entry(id="k" * 16, text=text, author="Ada", asked_at="2026-01-02T03:04:05Z", snapshot="a" * 40)


paths = st.sampled_from([PROMPT, CONTENT])


def written(path: str, text: str) -> bytes:
    return prompt(text) if path == PROMPT else text.encode()


@given(paths, words, secrets)
def test_what_is_struck_is_gone_and_the_rest_is_as_it_was(path: str, text: str, secret: str) -> None:
    less = redaction.without(path, written(path, text), redaction.strike(secret))
    said = json.loads(less)["text"] if path == PROMPT else less.decode()
    assert secret not in said.replace(MARK, "\0")
    assert said == redaction.strike(secret)(text)
    assert redaction.is_less(path, less, written(path, text))


@given(paths, words, secrets, secrets)
def test_whatever_was_forgotten_before_what_is_wholly_forgotten_is_the_same(
    path: str, text: str, one: str, other: str
) -> None:
    data = written(path, text)
    whole = redaction.wholly(path, data)
    for secret in (one, other):
        data = redaction.without(path, data, redaction.strike(secret))
        assert redaction.wholly(path, data) == whole
        assert redaction.is_less(path, whole, data)
    assert redaction.is_wholly(path, whole)


@given(paths, words, words)
def test_a_stranger_can_take_away_and_not_put_in(path: str, text: str, other: str) -> None:
    less = written(path, other)
    if redaction.is_less(path, less, written(path, text)):
        rest = other
        for part in other.split(MARK):
            assert part in text
        assert rest == text or MARK in other


@pytest.mark.parametrize(
    "forged",
    [
        prompt("drop the tables"),
        prompt("fix it, and drop the tables"),
        entry(id="l" * 16, text="fix it", author="Ada", asked_at="2026-01-02T03:04:05Z", snapshot="a" * 40),
        entry(id="k" * 16, text=MARK, author="Eve", asked_at="2026-01-02T03:04:05Z", snapshot="a" * 40),
        entry(id="k" * 16, text="fix it"),
        b"fix it",
    ],
)
def test_what_says_something_else_is_not_less(forged: bytes) -> None:
    assert not redaction.is_less(PROMPT, forged, prompt("fix it"))


def test_a_text_is_found_as_json_xml_and_diffs_write_it() -> None:
    struck = redaction.strike('say "hi" & <go>\nnext')
    assert struck('x say "hi" & <go>\nnext y') == f"x {MARK} y"
    assert struck('{"text": "say \\"hi\\" & <go>\\nnext"}') == f'{{"text": "{MARK}"}}'
    assert struck('<task>say "hi" &amp; &lt;go&gt;\nnext</task>') == f"<task>{MARK}</task>"
    assert struck('+say "hi" & <go>\n+next\n') == f"+{MARK}\n"


def test_ids_times_and_names_of_branches_stay() -> None:
    data = entry(id="k" * 16, branch="main", conversation="main@main", text="on main", kind="main")
    less = json.loads(redaction.without(PROMPT, data, redaction.strike("main")))
    assert less == {
        "format": 1,
        "id": "k" * 16,
        "branch": "main",
        "conversation": "main@main",
        "text": f"on {MARK}",
        "kind": "main",
    }


def test_a_file_goes_from_what_was_shown_and_stays_withheld_in_what_is_restored() -> None:
    items = [{"path": "a.py", "form": "whole"}, {"path": "b.py", "form": "line"}]
    context = entry(prompt="k" * 16, items=items)
    less = redaction.without_file(CONTEXT, context, lambda path: path == "a.py")
    assert json.loads(less)["items"] == items[1:]
    assert redaction.is_less(CONTEXT, less, context)
    assert redaction.shows(CONTEXT, context, lambda path: path == "a.py")
    assert not redaction.shows(CONTEXT, context, lambda path: path == "b.py")
    states = entry(files=[{"path": "a.py", "mode": "100644", "oid": "a" * 40, "withheld": None}])
    less = redaction.without_file(FILES, states, lambda path: path == "a.py")
    less = redaction.with_withheld(FILES, less, ["a.py", "0.py"])
    withheld = {"mode": None, "oid": None, "withheld": "forgotten"}
    assert json.loads(less)["files"] == [{"path": "0.py", **withheld}, {"path": "a.py", **withheld}]
    assert redaction.is_less(FILES, less, states)


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_bytes_are_borne(data: bytes, other: bytes) -> None:
    for path in (PROMPT, CONTENT, FILES, "session.json"):
        redaction.without(path, data, redaction.strike("abc"))
        redaction.without_file(path, data, lambda name: True)
        redaction.with_withheld(path, data, ["a"])
        redaction.is_less(path, other, data)
        assert redaction.is_wholly(path, redaction.wholly(path, data))


def test_what_steered_a_context_goes_whole_and_leaves_no_pattern_behind() -> None:
    scope = {
        "exclude": ["plans/*", "docs/*"],
        "include": [],
        "languages": ["python"],
        "changed": "plans",
        "tests": None,
    }
    data = entry(prompt="k" * 16, scope=scope)
    less = redaction.without(CONTEXT, data, redaction.strike("plans"))
    assert json.loads(less)["scope"] == {**scope, "exclude": ["docs/*"], "changed": None}
    whole = redaction.wholly(CONTEXT, data)
    assert json.loads(whole)["scope"] == {**scope, "exclude": [], "languages": [], "changed": None}
    for one in (less, whole):
        assert redaction.is_less(CONTEXT, one, data)
