"""Work with what refs hold, while others move them: what they held may be gone by the time it is read."""

from collections.abc import Callable
from typing import TypeVar

from git_ctx.errors import BrokenSession, GitFailed, WriteFailed
from git_ctx.store import lock

_ATTEMPTS = 20
Held = TypeVar("Held")
T = TypeVar("T")


def steadily(read: Callable[[], Held], work: Callable[[Held], T]) -> T:
    """Do something with what `read` finds; where that fails and another run was quicker, with what it finds
    then, a bounded number of times. For work that leaves nothing behind when it fails.
    """
    for _ in range(_ATTEMPTS):
        held = read()
        try:
            return work(held)
        except (BrokenSession, GitFailed, WriteFailed):
            if read() == held:
                raise
        lock.pause()
    return work(read())
