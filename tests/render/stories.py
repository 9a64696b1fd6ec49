"""Stories for tests: a small one by hand, and ones whose every text is sly."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from git_ctx.model import Ask, EventName, Item, Session
from git_ctx.story import Beside, Changes, Given, Line, Moment, Node, Patch, Story

WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SESSION = Session(id="k" * 16, name="demo", project="https://example.com/shop.git", created=WHEN)
WHO = "Ada Lovelace <ada@example.com>"


def event(clock: int, type: str) -> EventName:
    return EventName(clock=clock, id=chr(ord("k") + clock) * 16, type=type)


ITEMS = (
    Item(path="login.py", oid="a" * 40, form="whole", tokens=90, reasons=("terms: login", "path: login")),
    Item(path="notes.py", oid="b" * 40, form="line", tokens=7, reasons=("terms: login",)),
)
REPLY = Beside(
    event=event(2, "reply"), when=WHEN, author=WHO, text="See `login.py`.", asks=(Ask(kind="diff", what=""),)
)
REQUEST = Beside(
    event=event(3, "request"),
    when=WHEN,
    author=WHO,
    asks=(Ask(kind="file", what="a.py:1-9", reply=REPLY.event.id),),
    given=Given(kind="request", budget=8000, tokens=20, items=(), content="# file\n"),
)
FIRST = Moment(
    event=event(1, "prompt"),
    on=("main", "alt"),
    when=WHEN,
    author=WHO,
    text="fix the login\n\n- <b>now</b>",
    git_branch="main",
    base="c" * 40,
    given=Given(kind="full", budget=200, tokens=120, items=ITEMS),
    withheld={".env": "env-file"},
    beside=(REPLY, REQUEST),
)
PATCHES = (
    Patch(path="login.py", status="modified", added=1, removed=1, text="@@ -1 +1 @@\n-a\n+<b>\n"),
    Patch(path="new.png", status="renamed", added=0, removed=0, old_path="old.png"),
)
SECOND = Moment(
    event=event(4, "save"),
    on=("alt",),
    when=WHEN,
    author=WHO,
    git_branch="alt",
    changes=Changes(since=FIRST.event, patches=PATCHES, more=2),
)
BROKEN = Moment(event=event(5, "prompt"), on=("main",), problem="#5: its prompt is missing")
SMALL = Story(
    session=SESSION,
    lines=(
        Line(name="alt", state="active", prompts=1, source="main"),
        Line(name="main", state="active", prompts=2),
    ),
    moments=(FIRST, SECOND, BROKEN),
    nodes=(
        Node(event=FIRST.event, parents=()),
        Node(event=SECOND.event, parents=(0,), tips=("alt",)),
        Node(event=BROKEN.event, parents=(0,)),
        Node(event=None, parents=(2, 1), title="merge: alt", tips=("main",)),
    ),
    pins=("src/*.py",),
    principles=(("high", "Keep `names`."),),
    left_out=3,
    redacted=("github-token",),
)
EMPTY = Story(session=SESSION, lines=(), moments=(), nodes=())

_WORDS = (
    *(
        "</pre>",
        "</script>",
        "<script>",
        "<img src=x onerror=alert(1)>",
        "<!--",
        '"',
        "'",
        "`",
        "```",
        "\n",
        "> ",
    ),
    *(
        "\u202e",
        "\x1b[2J",
        "[x](javascript:alert(1))",
        "![x](http://e.com/x.png)",
        "a",
        "&lt;",
        "|",
        "# ",
        "\\",
    ),
)
_letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
_sly = st.lists(st.sampled_from(_WORDS) | _letters, max_size=12).map("".join)
_items = st.builds(
    Item, path=_sly, oid=st.none(), form=st.sampled_from(["whole", "line"]), tokens=st.integers(0, 99),
    reasons=st.lists(_sly, max_size=2).map(tuple),
)  # fmt: skip
_given = st.builds(
    Given, kind=st.sampled_from(["full", "update", "request"]), budget=st.integers(0, 99),
    tokens=st.integers(0, 99), items=st.lists(_items, max_size=3).map(tuple), content=st.none() | _sly,
)  # fmt: skip
_patches = st.builds(
    Patch, path=_sly, status=st.just("modified"), added=st.integers(0, 9), removed=st.integers(0, 9),
    text=st.none() | _sly, old_path=st.none() | _sly, cut=st.booleans(),
)  # fmt: skip
_beside = st.builds(
    Beside, event=st.just(event(2, "reply")), when=st.just(WHEN), author=_sly, text=_sly,
    asks=st.lists(st.builds(Ask, kind=st.just("file"), what=_sly), max_size=2).map(tuple),
    given=st.none() | _given,
)  # fmt: skip
_moments = st.builds(
    Moment, event=st.just(event(1, "prompt")), on=st.lists(_sly, max_size=2).map(tuple), when=st.just(WHEN),
    author=_sly, text=_sly, git_branch=st.none() | _sly, given=st.none() | _given,
    changes=st.none()
    | st.builds(Changes, since=st.none(), patches=st.lists(_patches, max_size=2).map(tuple)),
    withheld=st.dictionaries(_sly, _sly, max_size=1), beside=st.lists(_beside, max_size=2).map(tuple),
    problem=st.none() | _sly,
)  # fmt: skip
_lines = st.builds(Line, name=_sly, state=_sly, prompts=st.just(1), source=_sly)
_nodes = st.builds(Node, event=st.none() | st.just(event(1, "prompt")), parents=st.just(()), title=_sly)
stories = st.builds(
    Story,
    session=st.builds(Session, id=st.just("k" * 16), name=_sly, project=_sly, created=st.just(WHEN)),
    lines=st.lists(st.builds(Line, name=_sly, state=_sly, prompts=st.just(1), source=_sly), max_size=2).map(
        tuple
    ),
    moments=st.lists(_moments, max_size=2).map(tuple),
    nodes=st.lists(_nodes, max_size=2).map(tuple),
    pins=st.lists(_sly, max_size=1).map(tuple),
    principles=st.lists(st.tuples(st.just("high"), _sly), max_size=1).map(tuple),
)
