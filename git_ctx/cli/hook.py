"""git ctx hook"""

from typing import TYPE_CHECKING

import click

from git_ctx.cli import options

if TYPE_CHECKING:
    from git_ctx.hooks.install import Change, Installed

ACTIONS = click.Choice(["install", "remove", "status", "run"])


@click.command()
@click.argument("action", type=ACTIONS)
@click.argument("agent", required=False)
@click.option("--user", is_flag=True, help="In the agent's configuration of yours, for all repositories.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@options.json
def command(action: str, agent: str | None, user: bool, yes: bool, as_json: bool) -> int:
    """Have an agent's prompts kept and given their context, by the agent's own hooks.

    AGENT is claude-code, codex or gemini. 'install' writes to its configuration in this work tree, beside
    what is there; the change is shown first. 'remove' takes out just that, 'status' says where it is.

    With 'git' as AGENT, git's own hooks link commits to the prompts behind them: they add a Ctx-Prompt
    trailer to what is committed in a session, and note it for 'git ctx why'; beside other hooks.

    'run' is what the agent runs: it reads an event on standard input and always exits with 0. Agents that
    are not in the list can run it with 'json', a form of its own.
    """
    if action == "status":
        _status(agent, as_json)
        return 0
    if action == "run":
        from git_ctx.hooks.run import main

        return main(*([agent] if agent else []))
    if agent is None:
        raise click.UsageError("missing argument 'AGENT'. Choose from: claude-code, codex, gemini, git")
    if agent == "git":
        from git_ctx.cli.githooks import configure

        return configure(action, user, yes, as_json)
    return _configure(action, agent, user, yes, as_json)


def _configure(action: str, name: str, user: bool, yes: bool, as_json: bool) -> int:
    from git_ctx.cli import output
    from git_ctx.cli.confirm import confirm
    from git_ctx.hooks import agents, install
    from git_ctx.store import discover

    at = install.place(agents.agent(name), None if user else discover.find())
    change = (install.install if action == "install" else install.remove)(at)
    changed = change.before != change.after
    if changed and not as_json:
        output.content(_diff(change))
    question = f"{action.capitalize()} the hooks for {name} in '{at.name}'?"
    if changed and not confirm(question, f"changing '{at.name}'", yes):
        output.say("nothing was changed")
        return 1
    if changed:
        install.apply(change)
    if as_json:
        output.json({"agent": name, "path": str(at.path), "changed": changed})
    else:
        output.say(_told(action, change))
    return 0


def _told(action: str, change: "Change") -> str:
    at = change.place
    if change.before == change.after:
        return (
            f"the hooks for {at.agent.name} are {'already' if action == 'install' else 'not'} in '{at.name}'"
        )
    if action == "remove":
        return f"removed the hooks for {at.agent.name} from '{at.name}'"
    return f"installed the hooks for {at.agent.name} in '{at.name}'; its next session uses them"


def _diff(change: "Change") -> str:
    from difflib import unified_diff

    old, new = ((text or "").splitlines() for text in (change.before, change.after))
    name = change.place.name
    before = "/dev/null" if change.before is None else f"a/{name}"
    after = "/dev/null" if change.after is None else f"b/{name}"
    return "".join(f"{line}\n" for line in unified_diff(old, new, before, after, lineterm=""))


def _status(agent: str | None, as_json: bool) -> None:
    from git_ctx.cli import githooks, output, words
    from git_ctx.errors import NotARepository
    from git_ctx.hooks import agents, install
    from git_ctx.store import discover

    try:
        here = discover.find()
    except NotARepository:
        here = None
    wanted = None if agent in (None, "git") else agents.agent(agent)
    found = [one for one in install.status(here) if agent is None or one.place.agent == wanted]
    git = [githooks.status(here)] if here is not None and agent in (None, "git") else []
    if as_json:
        output.json({"hooks": [*git, *(_as_json(one) for one in found)]})
    else:
        output.result(words.table([*map(githooks.row, git), *map(_row, found)]))


def _as_json(one: "Installed") -> dict[str, object]:
    return {
        "agent": one.place.agent.name,
        "path": str(one.place.path),
        "installed": one.installed,
        "problem": one.problem,
    }


def _row(one: "Installed") -> list[str]:
    from git_ctx.safety.text import escape

    return [
        one.place.agent.name,
        escape(one.place.name, ""),
        escape(one.problem, "") if one.problem else "installed" if one.installed else "not installed",
    ]
