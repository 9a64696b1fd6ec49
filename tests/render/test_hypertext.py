"""Any text goes in; out come elements of ours, and the same text."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_ctx.render import hypertext
from git_ctx.safety.text import escape

OURS = {"pre", "code", "span", "div", "b", "i"}


class Page(HTMLParser):
    """What a browser would make of a piece of HTML, as far as the standard library knows."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.others: list[str] = []
        self.depth = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += 1
        self.tags.add(tag)
        self.attributes.update(attrs)

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


WORDS = (
    *(
        "```",
        "~~~~",
        "`",
        "``",
        "**",
        "# ",
        "\n",
        "\n\n",
        "\r\n",
        " ",
        "<b>",
        "</script>",
        "<!--",
        "-->",
        "&amp;",
    ),
    *(
        "<img src=x onerror=alert(1)>",
        "\u202e",
        "\x1b[2J",
        "javascript:",
        "]]>",
        "+",
        "-",
        "@@",
        "x",
        '"',
        "'",
    ),
)
CLASSES = {"prose", "diff", "a", "d", "h", "m"}
sly = st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=30).map("".join)
texts = st.text() | sly


def spelled(words: str) -> str:
    return escape(words.replace("\r\n", "\n"))


@given(texts)
@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (hypertext.prose, lambda words: spelled(words).strip("\n")),
        (hypertext.pre, spelled),
        (hypertext.text, spelled),
        (hypertext.diff, escape),
        (hypertext.line, lambda words: escape(words, "")),
    ],
)
def test_all_of_the_text_comes_out_and_nothing_of_it_is_html(
    write: Callable[[str], str], expected: Callable[[str], str], words: str
) -> None:
    page = Page(write(words))
    assert page.text == expected(words)
    assert page.tags <= OURS and not page.others and page.depth == 0
    assert {name for name, _ in page.attributes} <= {"class", "hidden"}
    assert {value for name, value in page.attributes if name == "class"} <= {
        "prose",
        "diff",
        "a",
        "d",
        "h",
        "m",
    }


@given(texts)
def test_an_attribute_stays_one(words: str) -> None:
    page = Page(f'<a title="{hypertext.line(words)}">x</a>')
    assert page.attributes == {("title", escape(words, ""))} and page.text == "x"


def test_code_headings_and_bold_are_made_out() -> None:
    assert hypertext.prose("# Why\n\nIt is **so**, see `a*b` and 2**3**4:\n\n```py\nx = 1 < 2\n```\nEnd") == (
        "<div class=prose><b><i># </i>Why\n</b>\n"
        "It is <b><i>**</i>so<i>**</i></b>, see <code><i>`</i>a*b<i>`</i></code> and 2**3**4:\n</div>"
        "<span hidden>\n</span>"
        "<pre><code><span class=m>```py\n</span>x = 1 &lt; 2\n<span class=m>```\n</span></code></pre>"
        "<div class=prose>End</div>"
    )


def test_the_lines_of_a_diff_are_told_apart() -> None:
    assert hypertext.diff("@@ -1 +1 @@\n-a\n-b\n+c\n d\n") == (
        "<pre class=diff><code><span class=h>@@ -1 +1 @@\n</span><span class=d>-a\n-b\n</span>"
        "<span class=a>+c\n</span> d\n</code></pre>"
    )


@pytest.mark.parametrize(
    "words", ["`" * 200_000, "**" * 100_000, "**a " * 60_000, "`a " * 60_000, "```\n" * 50_000]
)
def test_no_text_takes_long(words: str) -> None:
    hypertext.prose(words)
