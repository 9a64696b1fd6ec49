"""A `git gc --prune=now` beside us: it takes what no ref reached when it looked, though one does by now.

Every other gc leaves alone what is young. git tells of one in gc.pid, from before it looks until it is done.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

from git_ctx.store import lock
from git_ctx.store.repo import Repo

_MOMENT = 0.2
"""Seconds for any gc, since we may not see what it does."""
_PATIENCE = 30.0
"""Seconds for one that is known to take what is young."""
_YOUNG = ("now", "all")


def outlasted(repo: Repo, mend: Callable[[], bool]) -> bool:
    """Call `mend`, and again until the gc that is at work now has come to its end, within bounds; whether it
    ever had anything to mend.
    """
    mended = mend()
    first = _which(repo)
    if first is None:
        return mended
    deadline = time.monotonic() + (_PATIENCE if _takes_young(repo, first) else _MOMENT)
    while _which(repo) == first and time.monotonic() < deadline:
        lock.pause(0.05)
        mended |= mend()
    return mended


def is_under_way(repo: Repo) -> bool:
    """Whether there is a gc at work."""
    return (repo.common_dir / "gc.pid").exists()


def _which(repo: Repo) -> str | None:
    """The process that it is, as gc.pid has it: its number and its machine."""
    try:
        return (repo.common_dir / "gc.pid").read_text("utf-8", "replace")[:300]
    except OSError:
        return None


def _takes_young(repo: Repo, which: str) -> bool:
    """As far as Linux lets us see its command line."""
    process, _, machine = which.strip().partition(" ")
    if not process.isdecimal() or machine != os.uname().nodename:
        return False
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        return False
    told = [word.partition("=")[2] for word in words if word.startswith("--prune=")]
    return (told[-1] if told else repo.config("gc.pruneExpire")) in _YOUNG
