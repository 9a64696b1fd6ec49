"""git ctx use"""

import click

from git_ctx.cli import options


@click.command()
@click.argument("session", metavar="SESSION")
@options.json
def command(session: str, as_json: bool) -> None:
    """Choose the session that prompts on this git branch go to.

    SESSION is NAME or NAME@BRANCH: one that is here, or one that a remote had at the last fetch.
    """
    from git_ctx import clock
    from git_ctx.cli import output
    from git_ctx.porcelain.use import use
    from git_ctx.safety.text import one_line
    from git_ctx.store import discover

    done = use(discover.find(), session, clock.now())
    if as_json:
        before = str(done.before) if done.before else None
        output.json(
            {
                "session": done.branch.session,
                "branch": done.branch.branch,
                "git_branch": done.git_branch,
                "before": before,
                "remote": done.remote,
            }
        )
        return
    origin = f", as '{done.remote}' had it at the last fetch" if done.remote else ""
    output.result(one_line(f"Git branch '{done.git_branch}' uses session '{done.branch}'{origin}."))
    if done.before is not None and done.before != done.branch:
        output.say(f"note: until now it used '{done.before}', which stays as it is")
