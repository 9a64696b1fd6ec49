"""git ctx gc"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.tending.collect import Collected


@click.command()
@click.option("-n", "--dry-run", is_flag=True, help="Only say what would go.")
@options.json
def command(dry_run: bool, as_json: bool) -> None:
    """Drop the snapshots of sessions that were closed long ago, and what runs left behind.

    A session's snapshots go when it has been ended or archived for as many days as ctx.retention says (90,
    or 'never'); its prompts and contexts stay. Open sessions are left alone. git frees the room when it next
    prunes; it is asked whether it has maintenance to do.
    """
    from git_ctx import clock
    from git_ctx.cli import output
    from git_ctx.porcelain.tending.collect import collect, preview
    from git_ctx.store import discover

    now = clock.now()
    found = preview(discover.find(), now) if dry_run else collect(discover.find(), now)
    if as_json:
        output.json(_as_json(found))
    elif told := _told(found, dry_run):
        output.result(told)
    else:
        output.say("nothing to drop")


def _as_json(found: "Collected") -> dict[str, object]:
    return {
        "dropped": [
            {
                "session": one.branch.session,
                "branch": one.branch.branch,
                "snapshots": one.snapshots,
                "since": one.since.isoformat(timespec="seconds"),
            }
            for one in found.dropped
        ],
        "removed": [str(path) for path in found.litter],
        "recovered": found.recovered,
        "cache": found.cache,
    }


def _told(found: "Collected", dry_run: bool) -> str:
    from git_ctx.cli import words

    drop, remove = ("Would drop", "Would remove") if dry_run else ("Dropped", "Removed")
    lines = [
        f"{drop} {words.count(one.snapshots, 'snapshot')} of session '{words.title(str(one.branch), 400)}', "
        f"untouched since {words.time(one.since)}."
        for one in found.dropped
    ]
    if found.recovered:
        lines.append(f"Kept {words.count(found.recovered, 'prompt')} of runs that were cut off.")
    if found.litter:
        lines.append(f"{remove} {words.count(len(found.litter), 'file')} that runs left behind.")
    if found.cache:
        lines.append(f"Freed {found.cache:,} bytes of the cache.")
    return "\n".join(lines)
