"""The one place where a failure becomes words and an exit status."""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

import click

from git_ctx.errors import CtxError

USAGE = 129
FATAL = 128
LONGEST = 1000
"""Characters of a message; of a longer one, which repeats what it was given, the two ends tell."""


def run(args: Sequence[str]) -> int:
    """Run one command line; return its exit status. Never lets a traceback through."""
    for fatal_signal in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(fatal_signal) is not signal.SIG_IGN:  # as 'nohup' leaves it
            signal.signal(fatal_signal, _terminated)
    try:
        status = _run(args)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        return _reader_gone()
    except OSError as error:
        if error.filename is None:
            silence()
        return fatal(f"{error.filename or 'output'}: {(error.strerror or str(error)).lower()}")


def _run(args: Sequence[str]) -> int:
    from git_ctx.cli.group import group

    try:
        status = group.main(args=list(args), prog_name="git ctx", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        return USAGE
    except click.UsageError as error:
        return _usage(error)
    except click.ClickException as error:
        return fatal(error.format_message())
    except (KeyboardInterrupt, click.Abort, SystemExit) as cut:
        return _cut_off(cut)
    except CtxError as error:
        return fatal(str(error), error.hint, error.exit_status)
    except OSError:
        raise
    except MemoryError:
        return fatal("out of memory")
    except RecursionError:
        return fatal("nested too deeply")
    except Exception as error:
        return _unforeseen(error)
    return status if isinstance(status, int) else 0


def fatal(message: str, hint: str | None = None, status: int = FATAL) -> int:
    label = "error" if status == USAGE else "fatal"
    click.echo(f"{click.style(label + ':', fg='red', bold=True)} {_brief(message)}", err=True)
    if hint:
        click.echo(f"{click.style('hint:', fg='yellow')} {_brief(hint)}", err=True)
    return status


def _brief(message: str) -> str:
    """One safe line; of a very long one its two ends."""
    from git_ctx.safety.text import one_line

    if len(message) > LONGEST:
        half = LONGEST // 2
        message = f"{message[:half]} … {len(message) - 2 * half:,} more characters … {message[-half:]}"
    return one_line(message)


def _usage(error: click.UsageError) -> int:
    if isinstance(error, click.BadParameter) and isinstance(error.param, click.Argument):
        error.param_hint = f"'{(error.param.metavar or error.param.name or '').strip('[].')}'"
    message = error.format_message().rstrip(".")
    status = fatal(message[:1].lower() + message[1:], status=USAGE)
    if error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
        named = "a session is named with --session; " if _may_mean_a_session(error) else ""
        click.echo(f"hint: {named}'{error.ctx.command_path} -h' has the options", err=True)
    return status


def _may_mean_a_session(error: click.UsageError) -> bool:
    """Whether there was a word too many for a command that has a session as an option."""
    known = error.ctx.command.params if error.ctx else ()
    return "unexpected extra argument (" in error.message and any("--session" in one.opts for one in known)


def _cut_off(cut: BaseException) -> int:
    """Ctrl-C, a signal, or a plain exit; what was under way may have left a note."""
    if isinstance(cut.__cause__, BrokenPipeError):
        return _reader_gone()
    status = cut.code if isinstance(cut, SystemExit) else 128 + signal.SIGINT
    if isinstance(status, int) and status > 128:
        notes = [note for one in (cut, cut.__cause__) for note in getattr(one, "__notes__", ())]
        click.echo("; ".join(["interrupted", *notes]), err=True)
    return status if isinstance(status, int) else 0


def _unforeseen(error: Exception) -> int:
    if os.environ.get("GIT_CTX_DEBUG"):
        raise error
    problem = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return fatal(f"unforeseen failure: {problem}", "this is a bug; GIT_CTX_DEBUG=1 shows where it is")


def _reader_gone() -> int:
    """As a program ends that nobody reads, and that is told so by a signal."""
    silence()
    return 128 + signal.SIGPIPE


def silence() -> None:
    """What is left in the buffer goes nowhere: without this the interpreter complains at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _terminated(number: int, _frame: FrameType | None) -> NoReturn:
    # an exception, so that every `finally` and `with` on the way out runs
    raise SystemExit(128 + number)
