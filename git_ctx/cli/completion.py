"""git ctx completion"""

import click

SHELLS = click.Choice(["bash", "zsh", "fish"])


@click.command()
@click.argument("shell", type=SHELLS, metavar="SHELL")
def command(shell: str) -> None:
    """Print a script that has a shell complete verbs, options, sessions, revisions, branches and remotes.

    \b
    bash   in ~/.bashrc: eval "$(git-ctx completion bash)"
    zsh    in ~/.zshrc, after compinit: eval "$(git-ctx completion zsh)"
    fish   git-ctx completion fish >~/.config/fish/completions/git-ctx.fish

    It completes 'git ctx', where the shell completes git, and 'git-ctx'.
    """
    from importlib.resources import files

    from git_ctx.cli import output

    output.result(files("git_ctx.cli").joinpath(f"completions/git-ctx.{shell}").read_text("utf-8"))
