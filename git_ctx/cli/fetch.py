"""git ctx fetch"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from git_ctx.porcelain.sharing.sync import Fetched
    from git_ctx.store.sharing.fetch import Move


@click.command()
@click.argument("remote", required=False)
@options.files
@options.json
def command(remote: str | None, files: bool, as_json: bool) -> int:
    """Fetch the sessions that others shared, and change none that is here.

    See them with 'git ctx list --remote'; 'git ctx pull' unites them with yours. Every object is checked;
    a session that is broken is named and hides no other.
    """
    from git_ctx.cli import output
    from git_ctx.porcelain.sharing.sync import fetch
    from git_ctx.store import discover

    progress = output.Progress()
    try:
        done = fetch(discover.find(), remote, files=files, progress=progress)
    finally:
        progress.done()
    if as_json:
        output.json(as_plain(done))
    else:
        tell(done)
    return int(bool(done.problems))


def as_plain(done: "Fetched") -> dict[str, object]:
    """As --json has it; `pull` prints it, too."""
    return {
        "remote": done.remote,
        "sessions": [
            {"session": move.branch.session, "branch": move.branch.branch, "old": move.old, "new": move.new}
            for move in done.moves
        ],
        "problems": dict(done.problems),
        "stale": list(done.stale),
    }


def tell(done: "Fetched") -> None:
    from git_ctx.cli import output
    from git_ctx.safety.text import one_line

    for move in done.moves:
        output.result(one_line(f"{move.branch}: {_word(move)}"))
    if not done.moves and not done.problems:
        output.say(f"nothing new on '{done.remote}'")
    warn(done.remote, done.problems, done.stale)


def warn(remote: str, problems: "Mapping[str, str]", stale: "Sequence[str]") -> None:
    """What somebody has to look at, on stderr."""
    from git_ctx.cli import output

    for name, why in problems.items():
        output.say(f"warning: '{name}' of '{remote}' was left out: {why}")
    for name in stale:
        output.say(f"note: there are sessions of '{name}', which is no remote any more")
    if stale:
        output.say("hint: 'git ctx remote --prune' drops them")


def _word(move: "Move") -> str:
    if move.new is None:
        return "gone from the remote"
    return "new" if move.old is None else "updated"
