"""Forgetting, whoever does it and in whatever order it meets the rest: held against a model of sets."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from git_ctx import codec
from git_ctx.model import Prompt, Session, SessionBranch
from git_ctx.porcelain.tending import forget as verb
from git_ctx.porcelain.tending.sought import Wish
from git_ctx.redaction import MARK
from git_ctx.store import append, events, naming, refs
from git_ctx.store.discover import find
from git_ctx.store.layout import Entry
from git_ctx.store.repo import Repo
from git_ctx.store.sessions.union import unite
from tests import support

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DEMO = SessionBranch(session="demo", branch="main")
SECRETS = ("bluefalcon", "redkestrel", "greyheron")

machines = st.integers(0, 2)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), machines, st.integers(0, 7)),
        st.tuples(st.just("forget"), machines, st.integers(0, 2)),
        st.tuples(st.just("pull"), machines, machines),
        st.tuples(st.just("pull"), machines, machines),
    ),
    min_size=5,
    max_size=14,
)


class World:
    """Three clones that share their objects and nothing else, and what each of them has to know."""

    def __init__(self, place: Path) -> None:
        shutil.rmtree(place, ignore_errors=True)
        self.repos: list[Repo] = []
        for number in range(3):
            path = support.init(place / str(number))
            if number:
                shutil.rmtree(path / ".git/objects")
                (path / ".git/objects").symlink_to(place / "0/.git/objects")
            self.repos.append(find(path))
        session = Session(id="k" * 16, name="demo", project="x", created=NOW)
        birth = append.create(self.repos[0], DEMO, session.id, codec.encode_session(session), when=NOW)
        for repo in self.repos[1:]:
            append.plant(repo, DEMO, birth, when=NOW, reason="clone")
        self.texts: dict[str, str] = {}
        self.has: list[set[str]] = [set(), set(), set()]
        self.knows: list[set[tuple[str, str]]] = [set(), set(), set()]

    def play(self, step: str, at: int, other: int) -> None:
        getattr(self, step)(at, other)

    def append(self, at: int, secrets: int) -> None:
        id = naming.new_id()
        parts = [secret for bit, secret in enumerate(SECRETS) if secrets >> bit & 1]
        text = f"prompt {id} " + " and ".join(parts)
        prompt = Prompt(id=id, text=text, asked_at=NOW, author="Ada <ada@example.com>")
        entries = [Entry(suffix="prompt.json", data=codec.encode_prompt(prompt))]
        entries.append(Entry(suffix="context.md", data=f"# {text}\n".encode()))
        append.append(self.repos[at], DEMO, "prompt", id, entries, subject=text, when=NOW)
        self.texts[id] = text
        self.has[at].add(id)

    def forget(self, at: int, secret: int) -> None:
        word = SECRETS[secret]
        verb.forget(self.repos[at], Wish(kind="text", words=word), NOW)
        self.knows[at] |= {(id, word) for id in self.has[at] if word in self.texts[id]}

    def pull(self, at: int, other: int) -> None:
        unite(self.repos[at], DEMO, self.tip(other), subject="pull", when=NOW)
        both = self.knows[at] | self.knows[other]
        while more := {pair for line in (at, other) for pair in self.quoted(line, both)} - both:
            both |= more
        self.has[at] |= self.has[other]
        self.knows[at] = both

    def quoted(self, line: int, known: set[tuple[str, str]]) -> set[tuple[str, str]]:
        """A line that has yet what is forgotten forgets these words wherever it has them."""
        words = {word for id, word in known - self.knows[line] if id in self.has[line]}
        return {(id, word) for id in self.has[line] for word in words if word in self.texts[id]}

    def tip(self, at: int) -> str:
        tip = refs.tip(self.repos[at], DEMO)
        assert tip is not None
        return tip

    def check(self, at: int) -> None:
        """Every prompt is there once; what was forgotten of it is in no commit behind the branch."""
        repo, tip = self.repos[at], self.tip(at)
        found = [event for event in events.events(repo, tip) if event.type == "prompt"]
        assert sorted(event.id for event in found) == sorted(self.has[at])
        for event in found:
            data = events.read(repo, tip, event, "prompt.json")
            assert data is not None
            text = codec.decode_prompt(data, "a prompt").text
            forgotten = {word for id, word in self.knows[at] if id == event.id}
            expected = self.texts[event.id]
            for word in forgotten:
                expected = expected.replace(word, MARK)
            assert text == expected  # where two people forgot different parts apart from each other, too
        said = repo.git("log", "-p", "--format=%B", "--text", tip).decode()
        for id, word in self.knows[at]:
            assert (
                f"{id} {word}" not in said and f"and {word}" not in said.partition(id)[2].partition("\n")[0]
            )
        assert repo.run("fsck", "--strict", "--no-dangling").status == 0


@given(steps)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_one_forgot_all_forget_and_nothing_else_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, played: list[tuple[str, int, int]]
) -> None:
    world = World(tmp_path / "world")
    for step in played:
        world.play(*step)
        world.check(step[1])
    for _ in range(2):
        for at in range(3):
            for other in range(3):
                world.pull(at, other)
    for at in range(3):
        world.check(at)
    trees = {world.repos[at].git("rev-parse", f"{world.tip(at)}^{{tree}}") for at in range(3)}
    assert len(trees) == 1
