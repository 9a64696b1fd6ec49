from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from git_ctx.errors import BrokenSession, SessionNotFound
from git_ctx.model import EventName
from git_ctx.porcelain import story as stories
from git_ctx.porcelain.branch import make
from git_ctx.porcelain.merge import merge
from git_ctx.porcelain.plot import Plot
from git_ctx.porcelain.reply import Place, reply
from git_ctx.porcelain.save import save
from git_ctx.porcelain.story import Wish, story
from git_ctx.store.discover import find
from git_ctx.store.sessions.entries import Commit
from git_ctx.story import Node, Patch, Story
from tests import support
from tests.porcelain.conftest import Ask
from tests.store.sessions import forge

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def lived(repo: Path, ask: Ask) -> Path:
    """main: #1, its reply #2, #3 with a file changed; alt from there: #5, merged into main."""
    ask("fix main")
    reply(find(repo), "Done in `app.py`.", Place(), NOW)
    support.write(repo, {"app.py": "def main():\n    return 1\n"})
    ask("now the tests")
    make(find(repo), "alt", None, None, NOW)
    support.git(repo, "switch", "-q", "alt")
    support.write(repo, {"test_app.py": "assert True\n"})
    ask("in another way")
    support.git(repo, "switch", "-q", "main")
    ask("and the docs")
    merge(find(repo), "alt", None, NOW)
    return repo


def told(repo: Path, wanted: str | None = None, **wish: Any) -> Story:
    return story(find(repo), wanted, Wish(**wish))


def test_everything_is_told_in_order_each_once(lived: Path) -> None:
    found = told(lived)
    assert [(one.event.clock, one.event.type, one.text) for one in found.moments if one.event.clock != 4] == [
        (1, "prompt", "fix main"),
        (3, "prompt", "now the tests"),
        (5, "prompt", "in another way"),
    ]
    assert {one.text for one in found.moments if one.event.clock == 4} == {"alt from main", "and the docs"}
    first = found.moments[0]
    assert [(one.event.type, one.text) for one in first.beside] == [("reply", "Done in `app.py`.")]
    assert first.given and first.given.kind == "full" and first.given.content
    assert {line.name: line.source for line in found.lines} == {"alt": "main", "main": None}


def test_the_graph_is_that_of_the_moments(lived: Path) -> None:
    nodes = told(lived).nodes
    by_text = {one.event: one.text for one in told(lived).moments}
    drawn = [
        (
            by_text[node.event] if node.event else node.title,
            {by_text.get(event) for parent in node.parents if (event := nodes[parent].event)},
            node.tips,
        )
        for node in nodes
    ]
    assert sorted(drawn[:2]) == [("fix main", set(), ()), ("now the tests", {"fix main"}, ())]
    assert sorted(drawn[2:5], key=lambda one: one[0]) == [
        ("alt from main", {"now the tests"}, ()),
        ("and the docs", {"now the tests"}, ()),
        ("in another way", {"alt from main"}, ("alt",)),
    ]
    title, parents, tips = drawn[5]
    assert title.startswith("merge: ") and tips == ("main",)
    assert parents == {"and the docs", "in another way"}


def test_changes_are_told_since_the_moment_before_on_its_line(lived: Path) -> None:
    moments = {one.text: one for one in told(lived).moments}
    changes = moments["now the tests"].changes
    assert changes and changes.since == moments["fix main"].event
    assert changes.patches == (
        Patch(
            path="app.py",
            status="modified",
            added=1,
            removed=1,
            text="@@ -1,2 +1,2 @@\n def main():\n-    return 0\n+    return 1\n",
        ),
    )
    other = moments["in another way"].changes
    assert other and other.since == moments["now the tests"].event
    assert [patch.path for patch in other.patches] == ["test_app.py"]
    first = moments["fix main"].changes
    assert first and first.since is None and first.patches == ()


def test_contents_and_changes_are_told_where_they_are_wished_for(lived: Path) -> None:
    for one in told(lived, contents=False, changes=False).moments:
        assert one.changes is None and (one.given is None or one.given.content is None)


def test_a_branch_alone_can_be_told(lived: Path) -> None:
    name = told(lived).session.name
    assert {one.text for one in told(lived, f"{name}@alt").moments} == {
        "fix main",
        "now the tests",
        "alt from main",
        "in another way",
    }
    with pytest.raises(SessionNotFound):
        told(lived, f"{name}@nope")


def test_a_save_is_told(repo: Path, ask: Ask) -> None:
    ask("fix main")
    save(find(repo), None, "before lunch", NOW)
    assert [(one.event.type, one.text) for one in told(repo).moments][-1] == ("save", "before lunch")


def test_what_looks_like_a_secret_is_taken_out(repo: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where an older version, or another program, let it through."""
    from git_ctx.safety import secrets

    with monkeypatch.context() as patched:
        patched.setattr(secrets, "redact", lambda text: (text, ()))
        ask("use ghp_" + "Zx81kQ0aP2sD4fG6hJ7kL9qW1eR3tY5uI7oP")
    found = told(repo)
    assert found.redacted == ("github-token",)
    assert found.moments[0].text == "use [redacted: github-token]"
    given = found.moments[0].given
    assert given and given.content and "ghp_" not in given.content


def test_what_is_damaged_is_told_in_its_place(repo: Path, ask: Ask) -> None:
    ask("one")
    ask("two")
    tip = next(
        ref for ref in support.git(repo, "for-each-ref", "--format=%(refname)", "refs/ctx/heads").split()
    )
    listed = support.git(repo, "ls-tree", "-r", tip).splitlines()
    oid = next(line for line in listed if "/01-" in line and line.endswith("prompt.json")).split()[2]
    path = repo / ".git/objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    path.write_bytes(b"garbage")
    first, second = told(repo).moments
    assert first.problem and oid in first.problem and second.text == "two"


def test_a_session_that_cannot_be_read_at_all_says_so(repo: Path) -> None:
    forge(repo, {"session.json": b"no"})
    with pytest.raises(BrokenSession):
        told(repo, "demo")


def test_only_so_much_is_told(repo: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("one", "two " * 50, "three"):
        ask(text)
    monkeypatch.setattr(stories, "MOST", 2)
    monkeypatch.setattr(stories, "LARGEST", 100)
    found = told(repo)
    assert found.left_out == 1
    assert [one.text for one in found.moments] == [
        "two " * 25 + "\n[… 100 more characters]",
        "three",
    ]
    assert [one.event for one in found.moments] == [node.event for node in found.nodes]


def test_a_forged_order_of_clocks_puts_no_child_before_its_parent() -> None:
    first, second = EventName(clock=9, id="a", type="prompt"), EventName(clock=1, id="b", type="prompt")
    commits = [
        Commit(oid="1", parents=(), event="a", subject=""),
        Commit(oid="2", parents=("1",), event="b", subject=""),
        Commit(oid="3", parents=("2",), event="", subject="pins"),
    ]
    assert Plot(commits, {"3": ["main"]}, [second, first]).nodes() == (
        Node(event=first, parents=()),
        Node(event=second, parents=(0,), tips=("main",)),
    )
