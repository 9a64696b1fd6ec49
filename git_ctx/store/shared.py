"""Directories that a group shares: what is made in one is for the group, too, whatever the umask says.

`core.sharedRepository` is how git is told. It marks the directories of such a repository, group-writable and
with the set-group-ID bit, and it is these marks that are followed: a file beside git's own that others of the
group could not read, or a directory that they could not write to, would stand in the way of their git.
"""

import stat
from contextlib import suppress
from pathlib import Path

_MARKS = stat.S_ISGID | stat.S_IWGRP
_READ = 0o044
_READ_AND_WRITE = 0o066


def mkdir(path: Path, mode: int = 0o777) -> None:
    """Make a directory and those above it, unless they are there; with a narrower `mode` where no group
    shares it. Raises `OSError`.
    """
    try:
        path.mkdir(mode)
    except FileExistsError:
        if not path.is_dir():
            raise
        return
    except FileNotFoundError:
        mkdir(path.parent)
        path.mkdir(mode, exist_ok=True)
    if granted := _granted(path.parent):
        _allow(path, granted | stat.S_ISGID)


def made(path: Path) -> None:
    """Let the others read, and write if we may, a file that was just made."""
    if granted := _granted(path.parent):
        writable = path.stat(follow_symlinks=False).st_mode & stat.S_IWUSR
        _allow(path, granted & (_READ_AND_WRITE if writable else _READ))


def _granted(directory: Path) -> int:
    """What others than the owner may do in a directory that a group shares; 0 in any other."""
    mode = directory.stat().st_mode
    return mode & 0o077 if mode & _MARKS == _MARKS else 0


def _allow(path: Path, bits: int) -> None:
    mode = stat.S_IMODE(path.stat(follow_symlinks=False).st_mode)
    if mode | bits != mode:
        with suppress(PermissionError):  # another's, who made it first
            path.chmod(mode | bits)
