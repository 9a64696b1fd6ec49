"""git ctx pull"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.sharing.sync import Pulled


@click.command()
@click.argument("remote", required=False)
@options.files
@options.json
def command(remote: str | None, files: bool, as_json: bool) -> int:
    """Fetch, and unite the sessions here with what others added to them. Nobody loses anything.

    Sessions that are not here are listed by 'git ctx list --remote'.
    """
    from git_ctx import clock
    from git_ctx.cli import fetch, output
    from git_ctx.porcelain.sharing.sync import pull
    from git_ctx.store import discover

    progress = output.Progress()
    try:
        done = pull(discover.find(), remote, clock.now(), files=files, progress=progress)
    finally:
        progress.done()
    if as_json:
        output.json(
            {
                **fetch.as_plain(done.fetched),
                "united": _as_json(done),
                "forgotten": done.forgotten,
                "problems": dict(done.problems),
            }
        )
    else:
        _tell(done)
    return int(bool(done.problems))


def _as_json(done: "Pulled") -> list[dict[str, object]]:
    return [
        {
            "session": branch.session,
            "branch": branch.branch,
            "how": united.how,
            "tip": united.commit,
            "prompts": united.prompts,
        }
        for branch, united in done.united.items()
    ]


def _tell(done: "Pulled") -> None:
    from git_ctx.cli import fetch, output, words
    from git_ctx.safety.text import one_line

    for branch, united in done.united.items():
        more = (
            f"{words.count(united.prompts, 'prompt')} more" if united.prompts else "changed, no prompt more"
        )
        output.result(one_line(f"{branch}: {more} ({united.how})"))
    if not done.united and not done.problems:
        output.say(f"up to date with '{done.fetched.remote}'")
    if done.forgotten:
        many = words.count(done.forgotten, "entry", "entries")
        output.say(f"note: something was forgotten, as others had it: {many} changed here")
        output.say("hint: the reflogs have it still; 'git ctx forget --purge' empties them")
    if done.elsewhere:
        name, left = done.fetched.remote, len(done.elsewhere)
        output.say(f"{words.count(left, 'session')} of '{name}' {'is' if left == 1 else 'are'} not here")
        output.say(f"hint: see 'git ctx list --remote {name}', take one with 'git ctx use NAME'")
    fetch.warn(done.fetched.remote, done.problems, done.fetched.stale)
