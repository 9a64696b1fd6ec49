import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_ctx.errors import BrokenSession
from git_ctx.model import EventName
from git_ctx.store import events, layout, objects
from git_ctx.store.discover import find
from git_ctx.store.packed import Packed
from git_ctx.store.repo import Repo
from tests import support
from tests.store.sessions import forge, prompt, start, texts

clocks = st.integers(0, 12) | st.integers(98, 102) | st.just(layout.LARGEST_CLOCK)
ids = st.sampled_from(["kkkk", "kkkl", "zzzz"])
types = st.sampled_from(["prompt", "save", "future-thing"])
companions = st.lists(st.sampled_from(["context.json", "context.md", "files.json"]), unique=True)


@given(st.dictionaries(st.tuples(clocks, ids), st.tuples(types, companions), max_size=12), st.randoms())
def test_names_tell_events_in_order(
    wanted: dict[tuple[int, str], tuple[str, list[str]]], random: st.DrawFn
) -> None:
    names = [
        (layout.hundred(clock), layout.event_file(clock, id, suffix))
        for (clock, id), (type, more) in wanted.items()
        for suffix in (f"{type}.json", *more)
    ]
    random.shuffle(names)  # type: ignore[attr-defined]
    numbers = sorted({layout.parse_hundred(hundred) for hundred, _ in names})
    found = [
        event
        for number in numbers
        for event in layout.events(number, (name for hundred, name in names if int(hundred) == number))
    ]
    assert found == sorted(
        EventName(clock=clock, id=id, type=type) for (clock, id), (type, _) in wanted.items()
    )


@pytest.mark.parametrize(
    "name", ["1-kkkk.a.json", "001-kkkk.a", "01-kk.a", "01-kkkk", "01-KKKK.a", "01-kkkk.", "٠١-kkkk.a"]
)
def test_other_names_are_not_ours(name: str) -> None:
    assert layout.events(0, [name]) == []


def test_a_bad_name_is_never_written() -> None:
    for bad in ("", "../x", "a/b", "A.json", "x\n"):
        with pytest.raises(ValueError, match="not a name"):
            layout.event_file(1, "k" * 16, bad)
        with pytest.raises(ValueError, match="not a name"):
            layout.check_key(bad)
    with pytest.raises(ValueError, match="not a name"):
        layout.meta_file(1, "k/k")


@pytest.fixture
def found(repo: Path) -> Repo:
    return find(repo)


def test_reading_goes_both_ways_and_stops_where_told(found: Repo) -> None:
    start(found)
    for n in range(1, 106):
        tip = prompt(found, str(n)).commit
    newest = events.events(found, tip)
    assert [next(newest).clock for _ in range(7)] == [105, 104, 103, 102, 101, 100, 99]
    assert [event.clock for event in events.events(found, tip, newest_first=False)] == list(range(1, 106))
    assert [event.clock for event in events.events(found, tip, since=98)] == list(range(105, 98, -1))
    assert list(events.events(found, tip, since=105)) == []


def test_the_entries_of_an_event(found: Repo) -> None:
    start(found)
    added = prompt(found, "one")
    assert events.suffixes(found, added.commit, added.event) == ("context.md", "prompt.json")
    assert events.read(found, added.commit, added.event, "context.md") == b"# it\n"
    assert events.read(found, added.commit, added.event, "files.json") is None
    absent = EventName(clock=500, id="kkkk", type="prompt")
    assert events.read(found, added.commit, absent, "prompt.json") is None
    assert events.suffixes(found, added.commit, absent) == ()
    assert events.session(found, added.commit) == b'{\n  "id": "kkkkkkkkkkkkkkkk"\n}\n'


def test_an_event_that_two_clocks_share_is_two_events(repo: Path, found: Repo) -> None:
    tip = forge(
        repo,
        {
            "session.json": b"{}",
            "events/000000/05-zzzz.prompt.json": b"later",
            "events/000000/05-kkkk.prompt.json": b"sooner",
        },
    )
    assert texts(found, tip) == ["sooner", "later"]


def test_a_commit_of_others_is_read_from_its_tree(repo: Path, found: Repo) -> None:
    files = {"session.json": b'{"id": "llllllll"}', "events/000000/01-kkkk.prompt.json": b"x"}
    tip = events.tip(found, forge(repo, files, message="merged by hand"))
    assert (tip.session, tip.state, tip.prompts) == ("llllllll", "active", 1)
    for value, state in (
        (b'{"value": "ended"}', "ended"),
        (b'{"value": "active"}', "active"),
        (b"[" * 5000, "active"),
    ):
        tree = {**files, "meta/state/00000002-kkkk.json": value}
        assert events.tip(found, forge(repo, tree)).state == state
    assert events.tip(found, forge(repo, {"session.json": b"[]"})).state == "created"
    lying = "x\n\nCtx-State: dancing\nCtx-Prompts: ²"
    assert events.tip(found, forge(repo, files, message=lying)).prompts == 1


def test_a_missing_object_is_named(repo: Path, found: Repo) -> None:
    start(found)
    one = prompt(found, "one")
    two = prompt(found, "two")
    path = f"events/000000/01-{one.event.id}.prompt.json"
    blob = support.git(repo, "rev-parse", f"{two.commit}:{path}")
    (repo / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(BrokenSession, match=f"^{path}: blob {blob} is missing$"):
        events.read(find(repo), two.commit, one.event, "prompt.json")
    assert events.read(found, two.commit, two.event, "prompt.json") == b"two\n"
    with pytest.raises(BrokenSession, match=r"commit 1{40}: commit 1{40} is missing"):
        list(events.events(found, "1" * 40))


@pytest.mark.parametrize("damage", ["truncated", "garbage", "another's content"])
def test_a_damaged_object_is_named(repo: Path, found: Repo, damage: str) -> None:
    start(found)
    added = prompt(found, "one")
    for what in (
        f"{added.commit}:events/000000",
        added.commit,
        f"{added.commit}:events/000000/01-{added.event.id}.context.md",
    ):
        oid = support.git(repo, "rev-parse", what)
        path = repo / ".git/objects" / oid[:2] / oid[2:]
        sound = path.read_bytes()
        bad = {
            "truncated": sound[:-8],
            "garbage": b"rubbish",
            "another's content": zlib.compress(b"blob 3\0xyz"),
        }
        path.chmod(0o644)
        path.write_bytes(bad[damage])
        with pytest.raises(BrokenSession, match=oid):
            events.read(find(repo), added.commit, added.event, "context.md")
        path.write_bytes(sound)
    assert events.read(find(repo), added.commit, added.event, "context.md") == b"# it\n"


def test_a_large_object_is_refused_by_its_header(
    repo: Path, found: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(found)
    added = prompt(found, "one")
    with pytest.raises(BrokenSession, match="too large"):
        events.read(found, added.commit, added.event, "prompt.json", largest=3)
    monkeypatch.setattr(objects, "_LARGEST_TREE", 10)
    found = find(repo)  # what was read before is known
    with pytest.raises(BrokenSession, match="too large"):
        list(events.events(found, added.commit))


def test_kinds_that_are_not_what_they_should_be(repo: Path, found: Repo) -> None:
    tip = forge(repo, {"session.json/x": b"", "events": b"x", "meta/title": b"x"})
    assert list(events.events(found, tip)) == []
    assert events.meta_names(found, tip, "title") == []
    with pytest.raises(BrokenSession, match=r"no session\.json"):
        events.session(found, tip)
    tree = support.git(repo, "rev-parse", f"{tip}^{{tree}}")
    with pytest.raises(BrokenSession, match=f"{tree} is a tree, not a commit"):
        events.tip(found, tree)


def test_a_promised_object_of_a_partial_clone_is_fetched(repo: Path, tmp_path: Path, found: Repo) -> None:
    start(found)
    added = prompt(found, "one")
    support.git(repo, "config", "uploadpack.allowFilter", "true")
    support.git(repo, "config", "uploadpack.allowAnySHA1InWant", "true")
    support.git(repo, "clone", "-q", "--filter=blob:none", f"file://{repo}", str(tmp_path / "partial"))
    support.git(tmp_path / "partial", "fetch", "-q", "--filter=blob:none", "origin", "refs/ctx/*:refs/ctx/*")
    assert events.read(find(tmp_path / "partial"), added.commit, added.event, "prompt.json") == b"one\n"


def test_reading_a_session_through_asks_git_once_for_a_hundred_entries(
    repo: Path, found: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {}
    for clock in range(1, 131):
        name = layout.event_file(clock, "k" * 16, "prompt.json")
        kept[f"events/{layout.hundred(clock)}/{name}"] = f"{clock}\n".encode()
    tip = forge(repo, kept)
    support.git(repo, "repack", "-adq")
    asked: list[str] = []
    send = Packed._send
    monkeypatch.setattr(Packed, "_send", lambda self, what: (asked.extend(what[:1]), send(self, what)))
    assert texts(found, tip) == [str(clock) for clock in range(1, 131)]
    # the commit, the three trees above a hundred and the other hundred, the first entry; all of each hundred
    assert len(asked) == 2 * (5 + 1 + 2)


def test_the_events_of_a_number_are_found_without_the_others(repo: Path) -> None:
    found = find(repo)
    start(found)
    tip = [prompt(found, f"text {number}") for number in range(3)][-1].commit
    every = list(events.events(found, tip))
    for clock in (0, 1, 2, 3, 4, 100, 10**30):
        assert events.at(found, tip, clock) == [event for event in every if event.clock == clock]
