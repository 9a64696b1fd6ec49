"""What `end`, `archive` and `reopen` share: the move, and how it is told."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_ctx.porcelain.life import Closed, Moves


def close(sessions: Sequence[str], state: "Closed", as_json: bool) -> None:
    from git_ctx import clock
    from git_ctx.cli import output
    from git_ctx.porcelain.life import close
    from git_ctx.store import discover

    done = close(discover.find(), sessions, state, clock.now())
    tell(done, state.capitalize(), as_json)
    if not as_json:
        output.say(f"hint: 'git ctx reopen {done.moved[0].branch}' takes it up again")


def tell(done: "Moves", word: str, as_json: bool) -> None:
    """Print what was moved, and which session is current now."""
    from git_ctx.cli import output, words

    if as_json:
        rows = [
            {"session": m.branch.session, "branch": m.branch.branch, "state": m.state} for m in done.moved
        ]
        output.json({"moved": rows, "current": str(done.current) if done.current else None})
        return
    for one in done.moved:
        name = words.title(str(one.branch), 400)
        output.result(f"{word} session '{name}' ({words.count(one.prompts, 'prompt')}).")
    if done.current:
        output.say(f"note: the current session here is '{done.current}'")
