import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_ctx.hooks import merge
from git_ctx.hooks.agents import AGENTS, agent
from git_ctx.hooks.merge import BadSettings, put_in, take_out

CLAUDE = agent("claude-code")
NAME = "settings.json"

handlers = st.sampled_from(
    [
        {"type": "command", "command": "make lint"},
        {"type": "command", "command": "make lint", "timeout": 5},
        {"type": "prompt", "prompt": "is it done?"},
    ]
)
groups = st.fixed_dictionaries({"hooks": st.lists(handlers, max_size=2)}, optional={"matcher": st.just("*")})
events = st.sampled_from([*CLAUDE.events, "PreToolUse"])
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
settings = st.fixed_dictionaries(
    {}, optional={"hooks": st.dictionaries(events, st.lists(groups, max_size=2)), "model": plain, "é": plain}
)
manners = st.sampled_from([{"indent": 2}, {"indent": 4}, {"indent": "\t"}])


@given(settings, manners, st.sampled_from(["", "\n"]))
def test_what_was_there_stays_and_comes_back(value: dict[str, Any], manner: dict[str, Any], end: str) -> None:
    before = json.dumps(value, ensure_ascii=False, **manner) + end
    after = put_in(before, CLAUDE, NAME)
    found = json.loads(after)
    assert {key: each for key, each in found.items() if key != "hooks"} == {
        key: each for key, each in value.items() if key != "hooks"
    }
    for name, theirs in value.get("hooks", {}).items():
        assert found["hooks"][name][: len(theirs)] == theirs
    assert put_in(after, CLAUDE, NAME) == after
    back = take_out(after, CLAUDE, NAME, before)
    assert back is not None and json.loads(back) == value


@given(settings, settings)
def test_what_others_add_afterwards_stays(value: dict[str, Any], more: dict[str, Any]) -> None:
    before = json.dumps(value, indent=2)
    found = json.loads(put_in(before, CLAUDE, NAME))
    for name, added in more.get("hooks", {}).items():
        found["hooks"][name] = [*added, *found["hooks"].get(name, [])]
    left = json.loads(take_out(json.dumps(found), CLAUDE, NAME, before) or "{}")
    assert not merge.is_in(json.dumps(left), CLAUDE, NAME)
    for name, added in more.get("hooks", {}).items():
        assert left.get("hooks", {}).get(name, [])[: len(added)] == added


@pytest.mark.parametrize("name", ["claude-code", "codex", "gemini"])
def test_every_event_of_an_agent_runs_its_command(name: str) -> None:
    one = agent(name)
    found = json.loads(put_in(None, one, NAME))["hooks"]
    assert list(found) == list(one.events)
    expected = [
        {"hooks": [{"type": "command", "command": f"git ctx hook run {name}", "timeout": one.timeout}]}
    ]
    assert all(each == expected for each in found.values())


def test_a_handler_beside_others_in_a_group_is_taken_out_alone() -> None:
    ours = {"type": "command", "command": CLAUDE.command}
    other = {"type": "command", "command": "say done"}
    text = json.dumps({"hooks": {"Stop": [{"hooks": [ours, other]}]}})
    assert json.loads(take_out(text, CLAUDE, NAME) or "") == {"hooks": {"Stop": [{"hooks": [other]}]}}


def test_switches_beside_the_events_stay() -> None:
    before = '{"hooks": {"enabled": true, "disabled": []}}'
    after = put_in(before, agent("gemini"), NAME)
    assert json.loads(after)["hooks"]["enabled"] is True
    assert json.loads(take_out(after, agent("gemini"), NAME, before) or "") == json.loads(before)


def test_one_agents_entries_are_not_anothers() -> None:
    text = put_in(None, agent("codex"), NAME)
    assert take_out(text, CLAUDE, NAME) == text


def test_line_ends_and_indents_are_those_of_the_file() -> None:
    after = put_in('{\r\n\t"model": "x"\r\n}', CLAUDE, NAME)
    assert after.startswith('{\r\n\t"model": "x",\r\n\t"hooks": {\r\n\t\t"UserPromptSubmit": [')
    assert after.endswith("\r\n}")


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, // why\n "b": 2}',
        "[]",
        "null",
        '{"hooks": []}',
        '{"hooks": {"Stop": {}}}',
        '{"model": "a", "model": "b"}',
        "[" * 100_000,
        '{"a": ',
    ],
)
def test_what_cannot_be_changed_safely_is_left_alone(text: str) -> None:
    for change in (put_in, take_out):
        with pytest.raises(BadSettings):
            change(text, CLAUDE, NAME)


def test_the_table_is_sound() -> None:
    for one in AGENTS.values():
        assert set(one.events.values()) == {"prompt", "start", "end"}
        assert (one.project is None) == (one.user is None)
