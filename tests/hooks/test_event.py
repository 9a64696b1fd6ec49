import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_ctx.hooks import event
from git_ctx.hooks.agents import AGENTS, agent
from git_ctx.hooks.event import BadEvent, parse, receive
from tests.hooks.samples import DATA, sample

CLAUDE = agent("claude-code")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
fields = st.sampled_from(["hook_event_name", "session_id", "prompt", "cwd", "agent_id", "event", "reply"])
names = st.sampled_from([name for one in AGENTS.values() for name in one.events])


@pytest.mark.parametrize("path", sorted(DATA.glob("*.json")), ids=lambda path: path.stem)
def test_every_sample_says_where_it_is_from_and_is_understood(path) -> None:
    found = json.loads(path.read_text())
    assert found["source"] and found["read"] and found["what"]
    name = path.stem.rpartition("-")[0]
    assert parse(agent(name), json.dumps(found["event"]).encode()) is not None


def test_every_agent_has_a_sample_of_each_kind() -> None:
    for one in AGENTS.values():
        found = [parse(one, sample(path.stem)) for path in DATA.glob(f"{one.name}-*.json")]
        assert {each.kind for each in found if each} == {"prompt", "start", "end"}, one.name


@given(st.sampled_from(sorted(AGENTS)), st.dictionaries(fields, json_values | names, max_size=5))
def test_whatever_is_said_is_an_event_nothing_or_refused(name: str, said: dict[str, object]) -> None:
    try:
        found = parse(agent(name), json.dumps(said).encode())
    except BadEvent:
        return
    if found is not None:
        assert found.conversation
        (found.prompt + found.reply + found.conversation).encode()


@given(st.binary(max_size=40))
def test_bytes_that_are_not_json_are_refused(data: bytes) -> None:
    try:
        found = parse(CLAUDE, data)
    except BadEvent:
        return
    assert found is None


@pytest.mark.parametrize("data", [b"", b"[" * 100_000, b"[]", b'{"a":', b"\xff\xfe", b"null"])
def test_broken_input_is_refused(data: bytes) -> None:
    with pytest.raises(BadEvent):
        parse(CLAUDE, data)


def test_an_event_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event, "LARGEST", 1000)
    stream = io.BytesIO(sample("claude-code-prompt", prompt="x" * 5000))
    with pytest.raises(BadEvent):
        receive(CLAUDE, stream)
    assert stream.tell() == 1001


def test_half_a_character_becomes_one_that_can_be_kept() -> None:
    found = parse(CLAUDE, sample("claude-code-prompt", prompt="a\ud83d b"))
    assert found is not None and found.prompt == "a\ufffd b"


def test_what_a_helper_of_the_agent_asks_is_not_the_users_prompt() -> None:
    assert parse(CLAUDE, sample("claude-code-prompt", agent_id="a1")) is None


@pytest.mark.parametrize("cwd", ["relative", "/no/such/place", "/nul\x00", "/" + "x" * 5000])
def test_a_directory_that_is_none_is_left_aside(cwd: str) -> None:
    found = parse(CLAUDE, sample("claude-code-prompt", cwd=cwd))
    assert found is not None and found.directory is None
