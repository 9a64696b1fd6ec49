"""A document's sections take what it takes, whatever is in it."""

import pytest
from hypothesis import given, settings

from git_ctx.document import Document
from git_ctx.model import Format
from git_ctx.porcelain.context.press import Press
from tests.render.documents import FULL, UPDATE, documents


@pytest.mark.parametrize("form", ["markdown", "xml", "json"])
@given(document=documents)
@settings(max_examples=40)
def test_the_sections_add_up(form: Format, document: Document) -> None:
    press = Press(form)
    assert sum(tokens for _, tokens in press.sections(document)) == press.size(document)


@pytest.mark.parametrize("form", ["markdown", "xml", "json"])
def test_each_section_has_its_name(form: Format) -> None:
    full, update = (dict(Press(form).sections(one)) for one in (FULL, UPDATE))
    assert set(full) == {"cut", "files", "frame", "guidance", "notes", "overview", "setup", "task"}
    assert set(update) == {"earlier", "files", "frame", "task"}
    assert full["files"] == sum(map(Press(form).cost, FULL.parts))


def test_a_reader_that_counts_bytes_is_told_no_less_than_it_takes() -> None:
    press = Press("markdown", 4)
    assert sum(tokens for _, tokens in press.sections(FULL)) >= press.size(FULL)
