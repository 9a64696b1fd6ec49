"""The commands: options, one call, one rendering. The only home of click."""

import sys


def main() -> None:
    """The `git-ctx` program. `--version` is answered before anything is imported."""
    if sys.argv[1:] == ["--version"]:
        from git_ctx import __version__

        print(f"git ctx {__version__}")
        return
    try:
        from git_ctx.cli.door import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:  # before the door could be reached
        sys.exit(130)
