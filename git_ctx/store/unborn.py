"""Where what is to become a file is written, until it is whole."""

import os
from contextlib import suppress
from pathlib import Path


def unborn(path: Path) -> Path:
    """A name of this process's in the same directory. What runs left there that died goes."""
    start, end = f".{path.name}.", ".tmp"
    with suppress(OSError):
        for other in path.parent.iterdir():
            number = other.name.removeprefix(start).removesuffix(end)
            if other.name == f"{start}{number}{end}" and number.isdecimal() and not _lives(int(number)):
                other.unlink()
    return path.with_name(f"{start}{os.getpid()}{end}")


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # another user's
    return True
