"""git ctx branch"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.porcelain.branch import Deleted, Made, Renamed, Row


@click.command()
@click.argument("name", required=False)
@click.argument("revision", required=False, metavar="[REV]")
@click.option("-d", "--delete", "how", flag_value="d", help="Delete NAME, if others have all that it has.")
@click.option("-D", "how", flag_value="D", help="Delete NAME, whatever it has.")
@click.option(
    "-m", "--move", "how", flag_value="m", help="Rename the current branch, or NAME, to the last name."
)
@options.session
@options.json
def command(
    name: str | None, revision: str | None, how: str | None, session: str | None, as_json: bool
) -> None:
    """List, make, rename or delete branches of the session, each together with its git branch.

    With NAME a session branch and a git branch are made, and nothing is switched: 'git switch NAME' goes
    there. With REV both start at that prompt, the git branch with its files as they were then.
    """
    from git_ctx.errors import UsageError

    if how is None:
        _list(session, as_json) if name is None else _make(name, revision, session, as_json)
    elif name is None or (how != "m" and revision is not None):
        raise UsageError("give the name of one branch", "'git ctx branch' lists them")
    elif how == "m":
        _rename(name, revision, session, as_json)
    else:
        _delete(name, how == "D", session, as_json)


def _list(session: str | None, as_json: bool) -> None:
    from git_ctx.cli import output
    from git_ctx.porcelain.branch import listing
    from git_ctx.store import discover

    rows = listing(discover.find(), session)
    if as_json:
        output.json({"branches": [_row_as_json(row) for row in rows]})
    else:
        output.result(_listed(rows))


def _make(name: str, revision: str | None, session: str | None, as_json: bool) -> None:
    from shlex import quote

    from git_ctx import clock
    from git_ctx.cli import output, words
    from git_ctx.porcelain.branch import make
    from git_ctx.store import discover

    done = make(discover.find(), name, revision, session, clock.now())
    if as_json:
        output.json(_made_as_json(done))
        return
    output.result(f"Made branch '{name}': {words.forked(done.forked)}.")
    if done.commit:
        output.say(
            f"note: git branch '{name}' starts with a commit of the files as they were ({done.commit[:10]})"
        )
    for path in done.withheld:
        output.say(f"warning: '{path}' was withheld then, and is as in the base commit, or not there")
    output.say(f"hint: git switch {quote(name)}")


def _rename(name: str, other: str | None, session: str | None, as_json: bool) -> None:
    from git_ctx import clock
    from git_ctx.cli import output
    from git_ctx.porcelain.branch import rename
    from git_ctx.store import discover

    old, new = (None, name) if other is None else (name, other)
    done = rename(discover.find(), old, new, session, clock.now())
    if as_json:
        output.json({"old": str(done.old), "session": str(done.branch), "git_branch": done.git_branch})
    else:
        output.result(_renamed(done))


def _delete(name: str, force: bool, session: str | None, as_json: bool) -> None:
    from git_ctx.cli import output
    from git_ctx.porcelain.branch import delete
    from git_ctx.store import discover

    done = delete(discover.find(), name, force, session)
    if as_json:
        output.json({"session": str(done.branch), "refs": done.refs, "git_branch": done.git_branch})
    else:
        output.result(_deleted(done))


def _row_as_json(row: "Row") -> dict[str, object]:
    return {
        "session": row.listed.branch.session,
        "branch": row.listed.branch.branch,
        "current": row.current,
        "git_branch": row.git_branch,
        "state": row.listed.state,
        "prompts": row.listed.prompts,
        "source": row.fork.source if row.fork else None,
        "at": row.fork.at if row.fork else None,
        "tip": row.listed.tip,
        "problem": row.listed.problem,
    }


def _made_as_json(done: "Made") -> dict[str, object]:
    fork = done.forked
    return {
        "session": fork.branch.session,
        "branch": fork.branch.branch,
        "source": fork.source.branch,
        "at": fork.at.id if fork.at else None,
        "git_branch": done.git_branch,
        "start": done.start,
        "commit": done.commit,
        "withheld": list(done.withheld),
    }


def _listed(rows: "Sequence[Row]") -> str:
    from git_ctx.cli import words
    from git_ctx.safety.text import escape

    return words.table(
        [
            [
                "*" if row.current else " ",
                escape(row.listed.branch.branch, ""),
                row.listed.state,
                words.count(row.listed.prompts, "prompt"),
                words.title(_about(row), 100),
            ]
            for row in rows
        ]
    )


def _about(row: "Row") -> str:
    if row.listed.problem:
        return row.listed.problem
    told = [f"from {row.fork.source}"] if row.fork else []
    if row.git_branch is None:
        told.append("its git branch is gone")
    elif row.git_branch != row.listed.branch.branch:
        told.append(f"on git branch {row.git_branch}")
    return ", ".join(told)


def _renamed(done: "Renamed") -> str:
    from git_ctx.safety.text import one_line

    beside = f", and git branch to '{done.git_branch}'" if done.git_branch else ""
    return one_line(f"Renamed session branch '{done.old}' to '{done.branch}'{beside}.")


def _deleted(done: "Deleted") -> str:
    from shlex import quote

    from git_ctx.safety.text import escape, one_line

    lines = [one_line(f"Deleted session branch '{done.branch}'.")]
    if done.git_branch is not None and done.commit is not None:
        lines.append(one_line(f"Deleted git branch '{done.git_branch}' (was {done.commit[:10]})."))
    lines.append("To get the session branch back, before git prunes what nothing refers to:")
    lines += [f"  git update-ref {quote(escape(ref, ''))} {oid}" for ref, oid in done.refs.items()]
    return "\n".join(lines) + "\n"
