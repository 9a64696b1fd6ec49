"""`git log --graph` over session commits, line by line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from git_ctx.model import Oid
from git_ctx.store.repo import Repo

_FORMAT = "%x01%H%x01%(trailers:key=Ctx-Id,valueonly,separator=%x2C)%x01%s"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A commit in the graph; `event` is the id that its trailer gives."""

    oid: Oid
    event: str
    subject: str


def draw(
    repo: Repo, tips: Sequence[Oid], number: int | None, coloured: bool = False
) -> Iterator[tuple[str, Drawn | None]]:
    """What git draws, its lines in colours if wished, and the commit that stands on the line if one does."""
    if not tips:
        return
    limit = [] if number is None else [f"--max-count={number}"]
    colour = "--color=always" if coloured else "--no-color"
    options = ("--graph", colour, "--no-decorate", "--no-notes", "--no-show-signature", "--no-patch")
    printed = repo.git("log", *options, "--encoding=UTF-8", f"--format={_FORMAT}", *limit, *tips, "--")
    # Only LF ends a line here: a subject may hold what Python counts as ends of lines.
    for line in printed.decode("utf-8", "replace").removesuffix("\n").split("\n"):
        drawn, _, rest = line.partition("\x01")
        fields = rest.split("\x01", 2)
        yield drawn, Drawn(*fields) if len(fields) == 3 else None
