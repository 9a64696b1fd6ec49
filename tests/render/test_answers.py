"""What was asked for, in each format: nothing in it ends its place, and what it costs can be added up."""

import json
import xml.etree.ElementTree as ElementTree
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx.analysis import tokens
from git_ctx.document import Answer
from git_ctx.model import Ask, AskKind
from git_ctx.render import json as as_json
from git_ctx.render import markdown, xml
from tests.render.documents import lines, parts, texts
from tests.render.test_markdown import headings

answers = st.lists(
    st.builds(
        Answer,
        ask=st.builds(Ask, kind=st.sampled_from(get_args(AskKind)), what=texts),
        found=st.booleans(),
        parts=st.lists(parts, max_size=2).map(tuple),
        lines=lines,
        notes=lines,
    ),
    max_size=3,
)


@given(answers)
@settings(max_examples=60)
def test_markdown_has_the_headings_that_the_answers_have(some: list[Answer]) -> None:
    expected = sum(1 + sum(part.form != "line" for part in one.parts) for one in some)
    assert len(headings(markdown.answers(some))) == expected


@given(answers)
@settings(max_examples=60)
def test_xml_is_well_formed_and_has_every_answer(some: list[Answer]) -> None:
    root = ElementTree.fromstring(xml.answers(some))
    assert [one.get("kind") for one in root.findall("answer")] == [one.ask.kind for one in some]
    assert len(root.findall("answer/file")) == sum(len(one.parts) for one in some)
    assert len(root.findall("answer/note")) == sum(len(one.notes) for one in some)


@given(answers)
@settings(max_examples=60)
def test_json_has_every_answer(some: list[Answer]) -> None:
    made = json.loads(as_json.answers(some))
    assert [one["kind"] for one in made.get("answers", [])] == [one.ask.kind for one in some]
    assert [len(one.get("files", [])) for one in made.get("answers", [])] == [len(one.parts) for one in some]


@pytest.mark.parametrize("renderer", [markdown, xml, as_json])
@given(some=answers)
@settings(max_examples=40)
def test_what_answers_cost_can_be_added_up(renderer: object, some: list[Answer]) -> None:
    whole = tokens.count(renderer.answers(some))  # type: ignore[attr-defined]
    single = sum(tokens.count(renderer.answer(one)) for one in some)  # type: ignore[attr-defined]
    assert whole <= tokens.count(renderer.answers([])) + single + 12  # type: ignore[attr-defined]
