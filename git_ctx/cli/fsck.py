"""git ctx fsck"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.tending.fsck import Checked, Finding


@click.command()
@click.option("--repair", "mending", is_flag=True, help="Mend what can be mended without guessing.")
@options.json
def command(mending: bool, as_json: bool) -> int:
    """Check that every session can be read: its objects, its entries, its snapshots, what lies beside them.

    Says what is damaged, and in which prompt. --repair has git make indexes anew, takes lost objects from
    remotes that have them, has a branch whose tip cannot be read stand where it last was whole, finishes what
    runs left, and drops what nobody needs. What it replaces, it sets aside in ctx/damaged of the git
    directory. The exit status is 1 where damage is left.
    """
    from git_ctx import clock
    from git_ctx.cli import output
    from git_ctx.porcelain.tending.fsck import check, repair
    from git_ctx.store import discover

    at = discover.find()
    progress = output.Progress()
    try:
        done = repair(at, clock.now(), progress) if mending else check(at, progress)
    finally:
        progress.done()
    if as_json:
        output.json(_as_json(done))
    else:
        _tell(done, mending)
    return int(done.damaged)


def _tell(done: "Checked", mending: bool) -> None:
    from git_ctx.cli import output, words

    for one in done.findings:
        output.result(_line(one))
    sessions = words.count(done.sessions, "session branch", "session branches")
    output.say(f"checked {sessions}, {words.count(done.objects, 'object')}")
    if done.findings and not mending:
        output.say("hint: 'git ctx fsck --repair' mends what can be mended without guessing")


def _line(one: "Finding") -> str:
    from git_ctx.safety.text import one_line

    word = "mended" if one.mended else "damaged" if one.serious else "note"
    place = (
        one.where + (f" #{one.event}" if one.event is not None else "") + (f" {one.path}" if one.path else "")
    )
    return one_line(f"{word}: {place}: {one.problem}")


def _as_json(done: "Checked") -> dict[str, object]:
    return {
        "damaged": done.damaged,
        "sessions": done.sessions,
        "objects": done.objects,
        "findings": [
            {
                "where": one.where,
                "event": one.event,
                "path": one.path,
                "problem": one.problem,
                "serious": one.serious,
                "mended": one.mended,
            }
            for one in done.findings
        ],
    }
