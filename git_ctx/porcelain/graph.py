"""All branches of a session as a graph: where they parted, and where they met."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from git_ctx.model import Oid
from git_ctx.store import events, refs
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import drawing, examine


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the graph: what is drawn, and what stands beside it. No `subject`: nothing does.

    `clock` is the event's number, `asked`: it is a prompt; `branches` those that end here.
    """

    drawn: str
    clock: int | None = None
    asked: bool = False
    subject: str | None = None
    branches: Sequence[str] = ()


def tips(repo: Repo, session: str) -> tuple[dict[Oid, list[str]], dict[str, str]]:
    """Where the branches of a session are, by name; and what keeps the broken ones from being read."""
    found: dict[Oid, list[str]] = {}
    problems: dict[str, str] = {}
    for one in examine.whole(repo, refs.listing(repo, f"{refs.HEADS}{refs.check_name(session)}/")):
        if one.problem is None:
            found.setdefault(one.tip, []).append(one.branch.branch)
        else:
            problems[str(one.branch)] = one.problem
    return found, problems


def graph(
    repo: Repo, ends: Mapping[Oid, Sequence[str]], number: int | None, coloured: bool = False
) -> Iterator[Line]:
    """The commits behind some tips, newest first, as git draws them."""
    known = {event.id: event for tip in ends for event in events.events(repo, tip)}
    for drawn, commit in drawing.draw(repo, list(ends), number, coloured):
        if commit is None:
            yield Line(drawn=drawn)
        else:
            event = known.get(commit.event)
            yield Line(
                drawn=drawn,
                clock=event.clock if event else None,
                asked=event is not None and event.type == "prompt",
                subject=commit.subject,
                branches=ends.get(commit.oid, ()),
            )
