"""git ctx save"""

import click

from git_ctx.cli import options


@click.command()
@click.option("-m", "--message", default="", metavar="MESSAGE", help="What to remember it by.")
@options.session
@options.json
def command(message: str, session: str | None, as_json: bool) -> None:
    """Keep the files as they are, without a prompt.

    'git ctx restore' brings them back, untracked ones too; 'git ctx diff' compares them. Files that are
    ignored, or withheld because they hold a secret or are too large, are not kept.
    """
    from git_ctx import clock
    from git_ctx.cli import output, words
    from git_ctx.porcelain.save import save
    from git_ctx.store import discover

    saved = save(discover.find(), session, message, clock.now())
    if saved.forked:
        output.say(words.forked(saved.forked))
    withheld = [state for state in saved.files.states if state.withheld]
    if as_json:
        output.json(
            {
                "session": saved.branch.session,
                "branch": saved.branch.branch,
                "event": saved.event.clock,
                "id": saved.save.id,
                "message": saved.save.message,
                "base": saved.save.base,
                "snapshot": saved.save.snapshot,
                "withheld": [{"path": state.path, "reason": state.withheld} for state in withheld],
            }
        )
        return
    for state in withheld:
        output.say(f"warning: withheld '{state.path}': {state.withheld}")
    output.result(f"Saved the files as #{saved.event.clock} of {saved.branch}.")
