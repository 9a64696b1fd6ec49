"""An end to what takes too long, and a clean way out for what is told to stop."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


class TimeUp(SystemExit):
    """Not an `Exception`: nothing on the way out may take it for a failure of its own and go on."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raises `TimeUp` inside when the time is up or the process is told to end; every `finally` runs."""
    before = signal.signal(signal.SIGALRM, _stop), signal.signal(signal.SIGTERM, _stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before[0])
        signal.signal(signal.SIGTERM, before[1])


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise TimeUp
