"""git ctx list --remote"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_ctx.porcelain.sharing.mirrors import Row


def show(name: str | None, everything: bool, as_json: bool) -> None:
    """Print what a remote had at the last fetch, the ended and archived only for `everything`."""
    from git_ctx.cli import output
    from git_ctx.porcelain.sharing.mirrors import listing
    from git_ctx.store import discover
    from git_ctx.store.sessions.current import CLOSED

    remote, found = listing(discover.find(), name)
    rows = [row for row in found if everything or row.listed.state not in CLOSED]
    if as_json:
        output.json({"remote": remote, "sessions": [_as_json(row) for row in rows]})
    elif rows:
        output.result(_listed(rows))
    else:
        output.say(f"no sessions of '{remote}' are known; 'git ctx fetch {remote}' looks for some")


def _as_json(row: "Row") -> dict[str, object]:
    one = row.listed
    return {
        "session": one.branch.session,
        "branch": one.branch.branch,
        "id": one.session,
        "state": one.state,
        "prompts": one.prompts,
        "updated": one.updated.isoformat(timespec="seconds"),
        "subject": one.subject,
        "tip": one.tip,
        "here": row.relation,
        "problem": one.problem,
    }


def _listed(rows: "Sequence[Row]") -> str:
    from git_ctx.cli import words
    from git_ctx.safety.text import escape

    return words.table(
        [
            [
                escape(str(row.listed.branch), ""),
                row.listed.state,
                row.relation,
                words.count(row.listed.prompts, "prompt"),
                words.time(row.listed.updated),
                words.title(row.listed.problem or row.listed.subject, 60),
            ]
            for row in rows
        ]
    )
