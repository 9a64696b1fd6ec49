"""The clipboard: by the first program at hand that knows it, else by the terminal itself."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

WAYS: Sequence[tuple[str, tuple[str, ...], str]] = (
    ("", ("pbcopy",), "utf-8"),
    ("WAYLAND_DISPLAY", ("wl-copy",), "utf-8"),
    ("DISPLAY", ("xclip", "-in", "-selection", "clipboard"), "utf-8"),
    ("DISPLAY", ("xsel", "--input", "--clipboard"), "utf-8"),
    ("", ("clip.exe",), "utf-16-le"),
)
"""What has to be set, a program that reads what to copy, and in which encoding."""

LARGEST = 74_994
"""Characters that terminals take in one OSC 52; they drop what is longer, and say nothing."""
PATIENCE = 10


def deliver(text: str) -> int:
    """Copy a content and say so; one that could not be copied is printed, and the exit status is 1."""
    from git_ctx.cli import output

    way = copy(text)
    if way is not None:
        output.say(f"copied {len(text):,} characters to the clipboard ({way})")
        return 0
    output.say("warning: no clipboard was found, so it is printed; pbcopy, wl-copy, xclip or xsel would do")
    output.content(text)
    return 1


def copy(text: str) -> str | None:
    """Put a text into the clipboard and say by which way; None where there is none."""
    from shutil import which

    for variable, command, encoding in WAYS:
        there = (not variable or os.environ.get(variable)) and which(command[0])
        if there and _handed(command, text.encode(encoding, "replace")):
            return command[0]
    return "terminal" if _asked_terminal(text) else None


def _handed(command: Sequence[str], data: bytes) -> bool:
    # those of X and Wayland stay behind to serve the clipboard: nobody may wait for the end of their output
    try:
        done = subprocess.run(
            command,
            input=data,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _asked_terminal(text: str) -> bool:
    """OSC 52. Whether the terminal does it, it does not say; many need it allowed in their settings."""
    from base64 import b64encode

    coded = b64encode(text.encode("utf-8", "replace"))
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb" or len(coded) > LARGEST:
        return False
    try:
        Path("/dev/tty").write_bytes(b"\x1b]52;c;" + coded + b"\x07")
    except OSError:
        return False
    return True
