import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings

from git_ctx.render import html
from git_ctx.story import Story
from tests.render.stories import EMPTY, SMALL, stories
from tests.render.test_hypertext import Page

GOLDEN = Path(__file__).parents[1] / "data" / "page.html"

OURS = {
    "html", "head", "meta", "title", "style", "body", "a", "header", "p", "h1", "h2", "h3", "ul", "ol",
    "li", "b", "i", "div", "span", "nav", "form", "input", "output", "details", "summary", "main",
    "article", "section", "table", "caption", "thead", "tbody", "tr", "th", "td", "code", "pre", "svg",
    "path", "circle", "rect", "footer", "time", "script",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "href", "id", "tabindex", "hidden",
    "role", "type", "placeholder", "aria-label", "aria-hidden", "autocomplete", "open", "datetime",
    "width", "height", "cx", "cy", "r", "d", "x", "y", "viewbox", "preserveaspectratio",
}  # fmt: skip


def page(story: Story) -> str:
    return "".join(html.render(story))


def test_a_small_page_is_as_it_was_looked_at() -> None:
    """Where this fails after a change that was meant: look at the page, then write the file anew."""
    body = page(SMALL).partition("</head>\n")[2].partition("<script>")[0]
    if not GOLDEN.exists():
        GOLDEN.write_text(body)
        pytest.fail("written anew")
    assert body == GOLDEN.read_text()


@pytest.mark.parametrize("story", [SMALL, EMPTY])
def test_the_policy_allows_the_style_and_the_script_and_nothing_else(story: Story) -> None:
    written = page(story)
    for name, tag in (("style-src", "style"), ("script-src", "script")):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", written, re.S)
        assert f"{name} 'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'" in written
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', written)
    assert re.sub(r"'sha256-[^']*'", "HASH", policy) == (
        "default-src 'none'; style-src HASH; script-src HASH; base-uri 'none'; form-action 'none'"
    )
    assert written.index("Content-Security-Policy") < written.index("<title>")


@given(stories)
@settings(max_examples=25)
def test_whatever_is_told_makes_no_element_and_no_attribute_of_its_own(story: Story) -> None:
    written = page(story)
    found = Page(re.sub("<(style|script)>.*?</\\1>", r"<\1></\1>", written, flags=re.S))
    assert found.tags <= OURS
    assert {name for name, _ in found.attributes} <= ATTRIBUTES
    assert all(value and value.startswith("#") for name, value in found.attributes if name == "href")
    assert not [one for one in found.others if one != "DOCTYPE html"]
    assert written.count("<script>") == 1 and "\u202e" not in written and "\x1b" not in written


def test_the_same_story_gives_the_same_bytes() -> None:
    assert page(SMALL) == page(SMALL)


def test_what_is_empty_says_so() -> None:
    assert "Nothing was asked yet." in page(EMPTY)
