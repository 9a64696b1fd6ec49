"""The commands: options, one call, one rendering. The only home of click."""

import sys


def main() -> None:
    """The `git-ctx` program. `--version` is answered without any import, a hook without click."""
    if sys.argv[1:] == ["--version"]:
        from git_ctx import __version__

        print(f"git ctx {__version__}")
        return
    if sys.argv[1:3] == ["hook", "run"] and len(sys.argv) == 4 and not sys.argv[3].startswith("-"):
        from git_ctx.hooks.run import main as hook

        sys.exit(hook(sys.argv[3]))
    from git_ctx.cli.door import run

    sys.exit(run(sys.argv[1:]))
