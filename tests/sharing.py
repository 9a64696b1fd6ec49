"""Sessions that are shared, for tests: made, added to, pushed, and counted on both sides."""

from datetime import UTC, datetime
from pathlib import Path

from git_ctx import codec
from git_ctx.model import Session, SessionBranch
from git_ctx.store import append, discover, events, naming, refs
from git_ctx.store.layout import Entry
from git_ctx.store.sharing import push as pushes
from git_ctx.store.sharing import remote
from git_ctx.store.sharing.push import Outcome, Update

WHEN = datetime(2026, 1, 2, tzinfo=UTC)


def begin(path: Path, name: str) -> SessionBranch:
    id = naming.new_id()
    session = Session(id=id, name=name, project="example", created=WHEN)
    branch = SessionBranch(session=name, branch="main")
    append.create(discover.find(path), branch, id, codec.encode_session(session), when=WHEN)
    return branch


def add(path: Path, branch: SessionBranch) -> str:
    """A prompt more; its id."""
    entries = [Entry(suffix="prompt.json", data=b"{}\n")]
    here = discover.find(path)
    id = naming.new_id()
    append.append(here, branch, "prompt", id, entries, subject="a prompt", when=WHEN)
    return id


def push(path: Path, *names: str, to: str = "origin") -> tuple[Outcome, ...]:
    here = discover.find(path)
    wanted = [f"refs/ctx/heads/{name}/main" for name in names]
    tips = refs.targets(here, *(wanted or [refs.HEADS]))
    return pushes.push(here, to, [Update(ref=name, new=tip) for name, tip in tips.items()])


def mirrors(path: Path, name: str = "origin") -> dict[str, str]:
    under = remote.heads(name)
    found = refs.targets(discover.find(path), under)
    return {ref.removeprefix(under): oid for ref, oid in found.items()}


def heads(path: Path) -> dict[str, str]:
    found = refs.targets(discover.find(path), refs.HEADS)
    return {ref.removeprefix(refs.HEADS): oid for ref, oid in found.items()}


def prompts(path: Path, refname: str) -> set[str]:
    """The ids of the prompts at a ref; empty where there is no such ref."""
    here = discover.find(path)
    tip = refs.targets(here, refname).get(refname)
    return set() if tip is None else {event.id for event in events.events(here, tip)}
