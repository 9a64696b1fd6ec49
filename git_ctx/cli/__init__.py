"""The commands: options, one call, one rendering. The only home of click."""

import gc
import sys

from git_ctx.cli.streams import stand_in

_UNCOLLECTED = 200_000
"""Objects more before Python looks for cycles among them: most runs end before that is worth its time."""


def main() -> None:
    """The `git-ctx` program. `--version`, `-h` and hooks are answered without click: it costs a start-up."""
    stand_in()
    gc.set_threshold(_UNCOLLECTED, 20, 100)
    if sys.argv[1:] == ["--version"]:
        from git_ctx import __version__

        return _print(f"git ctx {__version__}\n")
    if sys.argv[1:] in (["-h"], ["--help"]):
        from git_ctx.cli.verbs import help_text

        return _print(help_text())
    if sys.argv[1:3] == ["completion", "--for"]:
        from git_ctx.cli.completing import answer

        sys.exit(answer(*sys.argv[3:]))
    if sys.argv[1:3] == ["hook", "run"] and not {"-h", "--help"} & {*sys.argv[3:]}:
        sys.exit(_hook(*sys.argv[3:]))
    try:
        from git_ctx.cli.door import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:  # before the door could be reached
        print("interrupted", file=sys.stderr)
        sys.exit(130)


def _print(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        from git_ctx.cli.door import fatal, silence

        silence()
        if isinstance(error, BrokenPipeError):
            sys.exit(128 + 13)  # as the door does it
        sys.exit(fatal(f"output: {(error.strerror or str(error)).lower()}"))


def _hook(*words: str) -> int:
    try:
        from git_ctx.hooks.run import main as hook
    except (ImportError, KeyboardInterrupt) as error:  # not even that may stop an agent
        print(f"git ctx: {error or 'interrupted'}", file=sys.stderr)
        return 0
    return hook(*words)
