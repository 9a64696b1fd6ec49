"""What git grep finds is what reading everything would find."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx import codec
from git_ctx.analysis import hits
from git_ctx.errors import UsageError
from git_ctx.model import Prompt, Save, SessionBranch
from git_ctx.porcelain.search import search
from git_ctx.store import append, discover, naming
from git_ctx.store.layout import Entry
from tests.porcelain.conftest import NOW
from tests.store import sessions
from tests.support import commit, git, init

TEXTS = [
    "fix the login redirect",
    "Fix\nthe LOGIN\n\nredirect, please",
    'say "hello" to the parser',
    "a back\\slash and C:\\new\\table",
    "tabs\tand\u2028odd \x1b[31m ends",
    "Ärger mit dem Übergang",
    "ärger noch einmal",
    "text format author branch prompt id",
    '"text": "nested", "message": "json"',
    "id",
    "日本語のログイン",
    "-e --and (",
    "*.py [a-z]+ $HOME",
    "nothing here",
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = init(tmp_path_factory.mktemp("search") / "repo")
    git(path, "config", "user.name", "Text Format")
    git(path, "config", "user.email", "login@example.com")
    commit(path, {"a.py": "login\n"})
    repo = discover.find(path)
    for at, name in enumerate(("one", "two")):
        branch = SessionBranch(session=name, branch="main")
        sessions.start(repo, branch)
        for text in TEXTS[at::2]:
            id = naming.new_id()
            made = Prompt(id=id, text=text, asked_at=NOW, author="login <a@b>")
            entry = Entry(suffix="prompt.json", data=codec.encode_prompt(made))
            append.append(repo, branch, "prompt", id, [entry], subject="login", when=NOW)
    git(path, "update-ref", "refs/ctx/heads/one/copy", "refs/ctx/heads/one/main")
    made = Save(id="k" * 16, message="", saved_at=NOW, author="login <a@b>")
    copy = SessionBranch(session="one", branch="copy")  # all the same texts, at another tip
    entry = Entry(suffix="save.json", data=codec.encode_save(made))
    append.append(repo, copy, "save", made.id, [entry], subject="login", when=NOW)
    return path


def naive(query: str) -> set[str]:
    sought = hits.parse(query)
    every = {text for text in TEXTS if sought.has_all(text)}
    return every or {text for text in TEXTS if sought.score(text)}


PLAIN = "login LOGIN redirect the id text ärger ÄRGER übergang 日本 ä json zebra nested message author tabs"
ODD = "\\new \\ -e --and ( *.py [a-z] $HOME back\\slash \x1b[31m ashington"
PHRASES = ['"fix the"', '"login redirect"', '"tabs and"', "\u2028odd"]
words = st.sampled_from([*PLAIN.split(), *ODD.split(" "), *PHRASES])


@given(query=st.lists(words, min_size=1, max_size=3).map(" ".join))
@settings(max_examples=40, deadline=None)
def test_a_search_finds_what_reading_everything_finds(place: Path, query: str) -> None:
    found = search(discover.find(place), None, query, 100, False)
    assert {hit.found.text for hit in found.hits} == naive(query)
    assert found.count == len(found.hits) == len({hit.place for hit in found.hits})


def test_a_session_alone(place: Path) -> None:
    found = search(discover.find(place), "two", "login redirect", 9, False)
    assert [hit.place for hit in found.hits] == ["two#1"]


def test_contexts_are_searched_when_asked(repo: Path) -> None:
    here = discover.find(repo)
    sessions.start(here)
    sessions.prompt(here, "an old form")
    assert search(here, None, "it", 9, False).count == 0
    (hit,) = search(here, None, "it", 9, True).hits
    assert (hit.place, hit.found.source, hit.excerpt) == ("demo#1", "context.md", "# it")


def test_saves_and_replies_are_found(repo: Path) -> None:
    here = discover.find(repo)
    sessions.start(here)
    made = Save(id="k" * 16, message="before the zebra", saved_at=NOW, author="a <a@b>")
    reply = b'{\n  "format": 1,\n  "text": "a zebra\\nit is"\n}\n'
    for id, suffix, data in (
        ("k" * 16, "save.json", codec.encode_save(made)),
        ("l" * 16, "reply.json", reply),
    ):
        append.append(
            here, sessions.DEMO, suffix[:-5], id, [Entry(suffix=suffix, data=data)], subject="", when=NOW
        )
    found = search(here, None, "zebra", 9, False)
    assert [(hit.place, hit.excerpt) for hit in found.hits] == [
        ("demo#2", "a zebra it is"),
        ("demo#1", "before the zebra"),
    ]


def test_nothing_cannot_be_searched_for(repo: Path) -> None:
    with pytest.raises(UsageError):
        search(discover.find(repo), None, ' "" ', 9, False)
    assert search(discover.find(repo), None, "x", 9, False).count == 0
