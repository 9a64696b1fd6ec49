"""git ctx hook"""

import click


@click.command()
@click.argument("action", type=click.Choice(["run"]))
@click.argument("agent")
def command(action: str, agent: str) -> int:
    """Have an agent's prompts kept and given their context, by the agent's own hooks.

    'run' is what the agent runs: it reads an event on standard input and always exits with 0.
    """
    from git_ctx.hooks.run import main

    return main(agent)
