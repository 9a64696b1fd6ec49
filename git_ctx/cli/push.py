"""git ctx push"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_ctx.porcelain.sharing.contents import Plan
    from git_ctx.porcelain.sharing.push import Pushed, Row


@click.command()
@click.argument("remote", required=False)
@options.session
@click.option("--all", "everything", is_flag=True, help="Every session that differs from the remote's.")
@options.files
@click.option("--replace", is_flag=True, help="Put it in the place of the remote's.")
@click.option("--delete", "gone", metavar="SESSION", help="Take SESSION off the remote.")
@click.option("--allow-secret", is_flag=True, help="Send what looks like a secret, too.")
@options.yes
@options.json
def command(
    remote: str | None,
    session: str | None,
    everything: bool,
    files: bool,
    replace: bool,
    gone: str | None,
    allow_secret: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Send the current session to a remote, by way of git.

    REMOTE is, where it is not given: ctx.remote, branch.<b>.pushRemote, remote.pushDefault,
    branch.<b>.remote, or the only one. No code is sent but what the contexts carry; before the first
    push to a remote you are asked. What was not sent before is searched for secrets once more.
    """
    from git_ctx import clock
    from git_ctx.cli import output
    from git_ctx.errors import SecretsFound, UsageError
    from git_ctx.porcelain.sharing.plan import plan, plan_delete
    from git_ctx.porcelain.sharing.push import push
    from git_ctx.store import discover

    if bool(gone) + everything + replace > 1:
        raise UsageError("give one of --all, --replace and --delete")
    here = discover.find()
    if gone:
        planned = plan_delete(here, remote, gone)
    else:
        now = clock.now()
        planned = plan(here, remote, session, now, everything=everything, replace=replace, files=files)
    for branch, problem in planned.problems.items():
        output.say(f"warning: '{branch}' stays here, it cannot be read: {problem}")
    if planned.secrets and not allow_secret:
        raise SecretsFound(planned.secrets)
    if planned.updates and not _agreed(planned, everything, replace, gone, yes):
        return 1
    progress = output.Progress()
    try:
        done = push(here, planned, allow_secret=allow_secret, progress=progress)
    finally:
        progress.done()
    if as_json:
        output.json({"remote": done.remote, "url": planned.url, "sessions": [_as_json(r) for r in done.rows]})
    else:
        _tell(done)
    return int(bool(planned.problems) or any(row.detail is not None for row in done.rows))


def _agreed(planned: "Plan", everything: bool, replace: bool, gone: str | None, yes: bool) -> bool:
    """Whether the user wants what goes beyond a push like the last one."""
    from git_ctx.cli import output, words
    from git_ctx.cli.confirm import confirm

    many = words.count(len(planned.updates), "session branch").replace("branchs", "branches")
    if everything or gone:
        for branch in planned.updates:
            output.say(f"  {branch}")
    if gone:
        question = f"delete {many} from '{planned.remote}', for everybody"
    elif replace:
        question = f"replace {many} on '{planned.remote}', for everybody"
    elif planned.asks:
        _warn(planned)
        question = f"send {many} to '{planned.remote}'"
    elif everything:
        question = f"send {many} to '{planned.remote}'"
    else:
        return True
    return confirm(f"{question.capitalize()}?", f"to {question}", yes)


def _warn(planned: "Plan") -> None:
    from git_ctx.cli import output, words

    if planned.first:
        output.say(f"nothing was ever sent from here to '{planned.remote}' ({planned.url})")
        output.say(f"the contexts carry text of {words.count(len(planned.carried), 'file')}")
    if planned.unknown:
        output.say(
            f"of these, {len(planned.unknown):,} not on that remote in this version: {_some(planned.unknown)}"
        )
    if planned.snapshots:
        many = words.count(len(planned.snapshots), "file")
        output.say(f"the snapshots bring {many} that '{planned.remote}' has not: {_some(planned.snapshots)}")


def _some(paths: "Sequence[str]") -> str:
    more = f" and {len(paths) - 5:,} more" if len(paths) > 5 else ""
    return ", ".join(f"'{path}'" for path in paths[:5]) + more


def _as_json(row: "Row") -> dict[str, object]:
    return {
        "session": row.branch.session,
        "branch": row.branch.branch,
        "result": row.result,
        "snapshots": row.snapshots,
        "detail": row.detail,
    }


def _against(row: "Row", remote: str) -> str:
    """What was not done, and why."""
    if row.without:
        has = f"'{remote}' has some that are not here" if row.unknown else f"refused by '{remote}'"
        return f"{row.result}, but not its snapshots: {has} ({row.detail})"
    if row.result == "diverged":
        return f"'{remote}' has something that is not here ({row.detail})"
    return f"refused by '{remote}': {row.detail}"


def _tell(done: "Pushed") -> None:
    from git_ctx.cli import output
    from git_ctx.safety.text import one_line

    for row in done.rows:
        if row.detail is None:
            words = {"pushed": f"pushed to '{done.remote}'", "deleted": f"deleted from '{done.remote}'"}
            more = "; its snapshots there were deleted" if row.snapshots == "deleted" else ""
            result = "pushed" if row.snapshots == "pushed" else row.result
            output.result(one_line(f"{row.branch}: {words.get(result, result)}{more}"))
        else:
            output.say(f"error: {row.branch}: {_against(row, done.remote)}")
    if any(row.forgotten for row in done.rows):
        output.say(f"hint: it has what is forgotten here; pull, then: git ctx push {done.remote} --replace")
    elif any(row.diverged for row in done.rows):
        files = "--files " if any(row.unknown for row in done.rows) else ""
        output.say(f"hint: pull first: git ctx pull {files}{done.remote}")
    if not done.rows:
        output.say(f"everything is on '{done.remote}' already")
