"""git ctx restore"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.restore import Restored


@click.command()
@click.argument("revision", metavar="REV")
@click.argument("paths", nargs=-1, metavar="[-- PATH...]", type=click.Path())
@click.option(
    "--to", "folder", type=click.Path(), metavar="DIR", help="Write into an empty directory instead."
)
@options.session
@options.json
def command(
    revision: str, paths: tuple[str, ...], folder: str | None, session: str | None, as_json: bool
) -> None:
    """Write the files of a prompt or a save into the work tree.

    HEAD, the index and ignored files stay as they are; so do files that were withheld then or are now,
    which are named. What is there is saved first, always: 'git ctx restore @~1' undoes it. A run that is
    cut off leaves some files written and some not; then 'git ctx restore @' brings back what was there.
    """
    from pathlib import Path

    from git_ctx import clock
    from git_ctx.cli import output, words
    from git_ctx.porcelain.restore import into_folder, into_work_tree
    from git_ctx.store import discover

    at = discover.find()
    if folder is not None:
        restored = into_folder(at, session, revision, paths, Path(folder))
    else:
        restored = into_work_tree(at, session, revision, paths, clock.now())
    if restored.forked:
        output.say(words.forked(restored.forked))
    if as_json:
        output.json(_as_json(restored))
        return
    _warn(restored)
    output.result(_told(restored, folder))


def _as_json(restored: "Restored") -> dict[str, object]:
    done, before = restored.done, restored.before
    return {
        "event": restored.moment.event.clock,
        "id": restored.moment.event.id,
        "written": list(done.written),
        "removed": list(done.removed),
        "left": [{"path": path, "reason": reason} for path, reason in sorted(done.left.items())],
        "runs": [{"path": path, "what": what} for path, what in sorted(restored.runs.items())],
        "saved": {"event": before.event.clock, "id": before.event.id} if before else None,
    }


def _warn(restored: "Restored") -> None:
    from git_ctx.cli import output

    for path, reason in sorted(restored.done.left.items()):
        output.say(f"warning: not touched '{path}': {reason}")
    for path, what in sorted(restored.runs.items()):
        output.say(f"warning: look before you go on: '{path}' ({what})")


def _told(restored: "Restored", folder: str | None) -> str:
    from git_ctx.cli import words
    from git_ctx.safety.text import escape

    done, before = restored.done, restored.before
    title = words.title(restored.moment.title)
    what = f"#{restored.moment.event.clock}" + (f" ({title})" if title else "")
    if before is None:
        where = escape(folder or "", "")
        return f"Wrote {words.count(len(done.written), 'file')} of {what} into '{where}'.\n"
    written, removed = words.count(len(done.written), "file"), len(done.removed)
    return (
        f"Restored {what}: {written} written, {removed:,} removed.\n"
        f"What was there is #{before.event.clock}; 'git ctx restore @~1' undoes this.\n"
    )
