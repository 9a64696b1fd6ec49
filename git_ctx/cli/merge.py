"""git ctx merge"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.merge import Merged


@click.command()
@click.argument("branch", metavar="BRANCH")
@options.session
@options.json
def command(branch: str, session: str | None, as_json: bool) -> None:
    """Bring all that another branch of the session has into the current one.

    Nothing is lost on either side, and there are no conflicts. The code is left alone: 'git merge' merges it.
    """
    from git_ctx import clock
    from git_ctx.cli import output
    from git_ctx.porcelain.merge import merge
    from git_ctx.store import discover

    done = merge(discover.find(), branch, session, clock.now())
    if as_json:
        output.json(as_plain(done))
    else:
        output.result(told(done))


def as_plain(done: "Merged") -> dict[str, object]:
    return {
        "into": str(done.into),
        "branch": str(done.branch),
        "how": done.united.how,
        "prompts": done.united.prompts,
        "commit": done.united.commit,
    }


def told(done: "Merged") -> str:
    from git_ctx.cli import words
    from git_ctx.safety.text import one_line

    if done.united.how == "up to date":
        return one_line(f"Already up to date: '{done.into}' has all of '{done.branch}'.")
    how = {"fast-forward": "fast-forward", "joined": "both go on"}[done.united.how]
    new = words.count(done.united.prompts, "new prompt")
    return one_line(f"Merged '{done.branch}' into '{done.into}': {new} ({how}).")
