"""An end to the memory of a git that unpacks what strangers made: some kilobytes can unfold to gigabytes."""

import re
import resource
from contextlib import suppress

from git_ctx.pattern import lazily

MEMORY = 1 << 30
"""Bytes. An entry has 16 MiB at most, and a file of a snapshot 10 MB unless somebody wants larger ones."""

_BURST = lazily(r"out of memory, |unable to create thread|cannot allocate memory", re.IGNORECASE)


def bound() -> None:
    """Give this process, and those that it will begin, so much memory for data at most: called in a child
    that is about to become git, so that none of its own children is born without.

    Where the system does not count that (macOS), nothing changes.
    """
    with suppress(OSError, ValueError):
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        limits = [one for one in (soft, hard) if one != resource.RLIM_INFINITY]
        resource.setrlimit(resource.RLIMIT_DATA, (min([MEMORY, *limits]), hard))


def burst(words: str) -> str | None:
    """What is to be said where that was too little; None where what git said is about something else."""
    return f"it takes more than {MEMORY >> 20:,} MiB of memory to read" if _BURST.search(words) else None
