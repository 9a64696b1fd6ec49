"""git ctx hook … git: git's own hooks, which link commits to prompts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_ctx.hooks.commits import Hook, Place
    from git_ctx.store.repo import Repo

REACH = {
    "repository": "",
    "work tree": "they are part of the work tree: what is committed of them, everybody gets",
    "beyond": "others may use them, too (core.hooksPath); there our lines do nothing",
}


def configure(action: str, user: bool, yes: bool, as_json: bool) -> int:
    """Put our lines into git's hooks or take them out; the change is shown and asked for first."""
    from git_ctx.cli import output
    from git_ctx.cli.confirm import confirm
    from git_ctx.errors import UsageError
    from git_ctx.hooks import commits
    from git_ctx.store import discover

    if user:
        raise UsageError("git's hooks are put into one repository", "leave out --user")
    at = commits.place(discover.find())
    put_in = action == "install"
    changes = (commits.install if put_in else commits.remove)(at)
    needed = bool(changes) or (not commits.is_current(at) if put_in else commits.is_partly_in(at))
    if needed and not as_json:
        output.content("".join(map(_diff, changes)))
        if REACH[at.reach]:
            output.say(f"note: the hooks are in '{at.name}'; {REACH[at.reach]}")
    question = f"{action.capitalize()} the hooks that link commits to prompts in '{at.name}'?"
    if needed and not confirm(question, f"changing '{at.name}'", yes):
        output.say("nothing was changed")
        return 1
    if needed:
        commits.apply(at, changes, put_in)
    if as_json:
        names = [one.name for one in changes]
        output.json({"agent": "git", "path": str(at.directory), "changed": needed, "hooks": names})
    else:
        output.say(_told(put_in, needed, at, changes))
    return 0


def status(here: "Repo") -> dict[str, object]:
    """How it stands, as the list has it in JSON."""
    from git_ctx.errors import CtxError
    from git_ctx.hooks import commits

    at = commits.place(here)
    try:
        installed, problem = commits.is_in(at), None
        if not installed and commits.is_partly_in(at):
            problem = "installed in part, or by another version; 'git ctx hook install git' mends it"
    except CtxError as error:
        installed, problem = False, str(error)
    return {
        "agent": "git",
        "path": str(at.directory),
        "name": at.name,
        "installed": installed,
        "problem": problem,
    }


def row(one: dict[str, object]) -> list[str]:
    from git_ctx.safety.text import escape

    state = one["problem"] or ("installed" if one["installed"] else "not installed")
    return ["git", escape(str(one["name"]), ""), escape(str(state), "")]


def _told(put_in: bool, changed: bool, at: "Place", changes: "Sequence[Hook]") -> str:
    if not changed:
        return f"the hooks that link commits to prompts are {'already' if put_in else 'not'} in '{at.name}'"
    aside = [one.name for one in changes if one.aside is not None]
    kept = f"; {', '.join(aside)} {'runs after ours' if put_in else 'as before'}" if aside else ""
    if put_in:
        return f"installed the hooks that link commits to prompts in '{at.name}'{kept}"
    return f"removed the hooks that link commits to prompts from '{at.name}'{kept}"


def _diff(change: "Hook") -> str:
    from difflib import unified_diff

    if change.aside is not None:
        return f"'{change.name}' is no shell script that git runs: it is kept aside and run after ours\n"
    old, new = (
        (text or b"").decode("utf-8", "replace").splitlines() for text in (change.before, change.after)
    )
    before = "/dev/null" if change.before is None else f"a/{change.name}"
    after = "/dev/null" if change.after is None else f"b/{change.name}"
    return "".join(f"{line}\n" for line in unified_diff(old, new, before, after, lineterm=""))
