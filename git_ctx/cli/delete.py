"""git ctx delete"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.tending.keep import Deleted, Whole


@click.command()
@click.argument("session", metavar="SESSION")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@options.json
def command(session: str, yes: bool, as_json: bool) -> int:
    """Delete a session here: all of its branches, prompts and snapshots. Says how to get it back.

    No pull brings it back either. What remotes and other clones have stays there.
    """
    from git_ctx import clock
    from git_ctx.cli import output
    from git_ctx.cli.confirm import confirm
    from git_ctx.porcelain.tending.keep import delete, whole
    from git_ctx.store import discover

    at = discover.find()
    if not confirm(f"Delete {_what(whole(at, session))}?", f"deleting session '{session}'", yes):
        output.say("nothing was deleted")
        return 1
    done = delete(at, session, clock.now())
    if as_json:
        output.json({"session": session, "refs": done.refs, "remotes": list(done.session.remotes)})
        return 0
    output.result(_told(done))
    for remote in done.session.remotes:
        output.say(f"note: '{remote}' still has it; 'git ctx push --delete {session}' deletes it there")
    return 0


def _what(session: "Whole") -> str:
    from git_ctx.cli import words

    branches = words.count(len(session.branches), "branch", "branches")
    return f"session '{session.name}' ({branches}, {words.count(session.prompts, 'prompt')})"


def _told(done: "Deleted") -> str:
    from shlex import quote

    from git_ctx.safety.text import escape

    commands = [f"  git update-ref {quote(escape(ref, ''))} {oid}" for ref, oid in done.refs.items()]
    back = ["To get it back, before git prunes what nothing refers to:", *commands]
    return "\n".join([f"Deleted {_what(done.session)}.", *back]) + "\n"
