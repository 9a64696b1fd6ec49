import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_ctx import canonical, overlap, redaction
from git_ctx.redaction import MARK

PROMPT = "events/000000/01-kkkkkkkkkkkkkkkk.prompt.json"
CONTEXT = "events/000000/01-kkkkkkkkkkkkkkkk.context.json"
CONTENT = "events/000000/01-kkkkkkkkkkkkkkkk.context.md"

words = st.lists(st.sampled_from(["alpha", "beta", "gamma", "\n", " ", " and ", MARK, "("]), max_size=12).map(
    "".join
)
secrets = st.sampled_from(["alpha", "beta", "gamma", "a", "\nalpha", " and "])


def prompt(text: str, snapshot: str | None = "a" * 40) -> bytes:
    return canonical.dump({"id": "k" * 16, "text": text, "snapshot": snapshot}, "an entry")


def without(path: str, data: bytes, secret: str) -> bytes:
    return redaction.without(path, data, redaction.strike(secret))


@given(st.sampled_from([PROMPT, CONTENT]), words, secrets, secrets)
def test_both_parts_go_and_nothing_is_made_up(path: str, text: str, one: str, other: str) -> None:
    data = prompt(text) if path == PROMPT else text.encode()
    left, right = without(path, data, one), without(path, data, other)
    both = overlap.of(path, left, right)
    assert both == overlap.of(path, right, left)
    for each in (data, left, right):
        assert redaction.is_less(path, both, each)
    said = json.loads(both)["text"] if path == PROMPT else both.decode()
    for part in said.split(MARK):
        assert one not in part and other not in part
    assert overlap.of(path, left, left) == left


@given(st.sampled_from([PROMPT, CONTENT]), words, secrets)
def test_what_somebody_forgot_wholly_is_forgotten_wholly(path: str, text: str, secret: str) -> None:
    data = prompt(text) if path == PROMPT else text.encode()
    whole, less = redaction.wholly(path, data), without(path, data, secret)
    assert overlap.of(path, whole, less) == overlap.of(path, less, whole) == whole


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (f"use {MARK} with beta", f"use alpha with {MARK}", f"use {MARK} with {MARK}"),
        (f"{MARK} and {MARK} and gamma", f"alpha and beta and {MARK}", f"{MARK} and {MARK} and {MARK}"),
        (f"a\n{MARK}\nc\nd", f"a\nb\nc\n{MARK}", f"a\n{MARK}\nc\n{MARK}"),
        (f"x\na{MARK}d\ne", f"x\na\nb\nc\nd\n{MARK}", f"x\n{MARK}"),
        (f"say {MARK}", f"say {MARK}", f"say {MARK}"),
        (f"say {MARK}", "say alpha", f"say {MARK}"),
    ],
)
def test_what_neither_forgot_stays(one: str, other: str, both: str) -> None:
    assert json.loads(overlap.of(PROMPT, prompt(one), prompt(other)))["text"] == both


def test_of_two_snapshots_neither_is_named_and_of_two_lists_what_both_have() -> None:
    assert json.loads(overlap.of(PROMPT, prompt("x", "a" * 40), prompt("x", "b" * 40)))["snapshot"] is None
    names = ("a.py", "b.py", "c.py")
    items = [{"path": name, "form": "whole"} for name in names]
    left, right = (
        canonical.dump({"items": some}, "an entry") for some in (items[1:], [*items[:1], *items[2:]])
    )
    assert json.loads(overlap.of(CONTEXT, left, right))["items"] == items[2:]


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_bytes_are_borne(one: bytes, other: bytes) -> None:
    for path in (PROMPT, CONTENT):
        both = overlap.of(path, one, other)
        assert both == overlap.of(path, other, one)
