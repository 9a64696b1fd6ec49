"""Documents to render: two small ones, and any."""

from hypothesis import strategies as st

from git_ctx.code import Change
from git_ctx.document import Document, Excerpt, Language, Overview, Part
from git_ctx.model import Reason

FULL = Document(
    kind="full",
    task="Why is `total` 41?\n",
    overview=Overview(
        project="shop",
        tree=("shop/", "  cart.py", "README.md"),
        languages=(Language(name="Python", files=1, lines=1200),),
        entry_points=("shop/cart.py",),
        files=2,
    ),
    setup=(Excerpt(path="README.md", title="Install", text="pip install shop\n"),),
    guidance=(Excerpt(path="AGENTS.md", title="", text="Use tabs.\n"),),
    parts=(
        Part(
            path="shop/cart.py",
            form="definitions",
            language="python",
            text='def total():\n    """A ```fence```, <tags> & ]]>."""\n… lines 3-1200 left out …\n',
            reasons=(Reason(kind="symbol", detail="total"), Reason(kind="terms", detail="cart")),
            lines=1200,
        ),
        Part(
            path="README.md",
            form="line",
            language="markdown",
            text="",
            reasons=(Reason(kind="terms", detail="total"),),
            lines=8,
        ),
    ),
    cut=("docs/a.md", "docs/b.md"),
    notes=("1 file was withheld: it holds a secret",),
)

UPDATE = Document(
    kind="update",
    task="And now?\n",
    parts=(
        Part(
            path="shop/cart.py",
            form="diff",
            language="python",
            text="@@ -1 +1 @@\n-a = 1\n+a = 2\n",
            lines=1200,
        ),
        Part(path="shop/tax.py", form="whole", language="python", text="RATE = 19\n", lines=1),
    ),
    changes=(
        Change(status="modified", path="shop/cart.py"),
        Change(status="deleted", path="shop/old.py"),
        Change(status="renamed", path="shop/b.py", old_path="shop/a.py"),
    ),
    earlier=("2 files as shown with the first prompt",),
)

# Everything that could end a place on the page, often and side by side.
_HOSTILE = st.sampled_from(
    [
        *(
            "`",
            "```",
            "````",
            "~~~",
            "\n",
            "\r",
            "# Task",
            "---",
            "<",
            ">",
            "&",
            "]]>",
            "<![CDATA[",
            "</file>",
        ),
        *('"', "\x00", "\x1b[31m", "\u2028", "\u202e", "\udc80", "\ud800", "\uffff", "\ufffe", "é", "a", " "),
    ]
)
texts = st.lists(_HOSTILE | st.text(max_size=8), max_size=12).map("".join)
paths = texts.filter(bool)
reasons = st.lists(st.builds(Reason, kind=texts, detail=texts), max_size=2).map(tuple)
parts = st.builds(
    Part,
    path=paths,
    form=st.sampled_from(["whole", "definitions", "outline", "line", "diff"]),
    language=texts,
    text=texts,
    reasons=reasons,
    lines=st.none() | st.integers(0, 9),
)
excerpts = st.lists(st.builds(Excerpt, path=paths, title=texts, text=texts), max_size=2).map(tuple)
lines = st.lists(texts, max_size=2).map(tuple)
changes = st.builds(
    Change,
    status=st.sampled_from(["added", "modified", "deleted", "renamed"]),
    path=paths,
    old_path=st.none() | paths,
)
overviews = st.builds(
    Overview,
    project=texts,
    tree=lines,
    languages=st.just((Language(name="C", files=1, lines=2),)),
    entry_points=lines,
    files=st.integers(0, 9),
)
documents = st.builds(
    Document,
    kind=st.sampled_from(["full", "update"]),
    task=texts,
    overview=st.none() | overviews,
    setup=excerpts,
    guidance=excerpts,
    parts=st.lists(parts, max_size=3).map(tuple),
    changes=st.lists(changes, max_size=3).map(tuple),
    cut=lines,
    earlier=lines,
    notes=lines,
)
