"""Clocks that are wrong: times are for people, and decide neither order nor what is found again."""

from datetime import datetime, timedelta
from pathlib import Path

from git_ctx.porcelain.prompt import Prompted, Wish, prompt
from git_ctx.porcelain.sharing import sync
from git_ctx.porcelain.tending import forget
from git_ctx.porcelain.tending.sought import Wish as Gone
from git_ctx.store import events, refs
from git_ctx.store.discover import find
from tests import support
from tests.porcelain.conftest import NOW

AHEAD, BACK = NOW + timedelta(days=3650), NOW - timedelta(days=3650)


def ask(repo: Path, text: str, now: datetime) -> Prompted:
    return prompt(find(repo), text, Wish(conversation="chat"), now, lambda doing: None)


def order(repo: Path, name: str) -> list[str]:
    here = find(repo)
    tip = refs.listing(here, f"{refs.HEADS}{name}/")[0].tip
    return [event.id for event in events.events(here, tip, newest_first=False)]


def test_a_clock_set_back_and_a_colleague_ten_years_ahead(repo: Path, tmp_path: Path) -> None:
    first = ask(repo, "first", NOW)
    name = first.branch.session
    bob = support.clone(repo, tmp_path / "bob")
    sync.fetch(find(bob), None)
    (mirror,) = sync.shared(find(bob), name)
    sync.adopt(find(bob), mirror, AHEAD)
    theirs = ask(bob, "of the zebra, from the future", AHEAD)
    second = ask(repo, "second", BACK)
    assert (second.event.clock, second.context.after) == (2, first.event.id)
    support.git(repo, "remote", "add", "bob", str(bob))
    assert sync.pull(find(repo), "bob", BACK).problems == {}
    third = ask(repo, "third", BACK - timedelta(days=1))
    both = sorted([second.event.id, theirs.event.id])
    assert order(repo, name) == [first.event.id, *both, third.event.id]
    # what is forgotten long before it was said stays so where it comes from
    forget.forget(find(repo), Gone(kind="text", words="zebra"), BACK - timedelta(days=2))
    sync.pull(find(bob), None, AHEAD)
    assert order(bob, name) == order(repo, name)
    assert support.git(bob, "grep", "-l", "zebra", f"refs/ctx/heads/{name}/main", check=False) == ""
    support.fsck(repo)
