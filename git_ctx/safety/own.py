"""The user's own rules, `ctx.redact.<name>`: patterns of secrets, and under `allow` of what is none.

They come from git's configuration, which no file of a repository adds to. A pattern that is none, or that
takes too long, stops what was asked: going on without it would let through what it is there for.
"""

import re
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from git_ctx.errors import UnusableRule
from git_ctx.value import dataclass

ALLOW = "allow"
_LONGEST = 1000
_HEAD_START, _BYTES_A_SECOND = 1.0, 1_000_000
"""What all own rules may take in CPU seconds: one, and one more for each megabyte that they searched."""

Settings = Callable[[], Sequence[tuple[str, str]]]
"""Tells each name and pattern that is set, in order; a name may have several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Patterns that find secrets, with the rule that each is reported as, and those that let some through."""

    rules: tuple[tuple[str, re.Pattern[bytes]], ...] = ()
    allowed: tuple[re.Pattern[bytes], ...] = ()

    def spans(self, data: bytes, clock: "Clock") -> list[tuple[int, int, str]]:
        """Where each pattern stands: its group `secret`, where it has one."""
        found = []
        for name, pattern in self.rules:
            group = "secret" if "secret" in pattern.groupindex else 0
            with clock.running(name, len(data)):
                spans = [one.span(group) for one in pattern.finditer(data)]
            found += [(start, end, name) for start, end in spans if end > start >= 0]
        return found

    def lets_through(self, secret: bytes, clock: "Clock") -> bool:
        """Whether the user says that this is none, whatever rule found it."""
        if not self.allowed:
            return False
        with clock.running(ALLOW, len(secret)):
            return any(pattern.fullmatch(secret) for pattern in self.allowed)


class Clock:
    """Stops patterns that go over the text again and again."""

    def __init__(self) -> None:
        self._left = _HEAD_START

    @contextmanager
    def running(self, name: str, size: int) -> Iterator[None]:
        """Raises `UnusableRule` once its time is used up; only in a main thread can it be stopped."""
        self._left += size / _BYTES_A_SECOND
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def late(number: int, frame: FrameType | None) -> None:
            raise UnusableRule(name, "it takes too long; give it fewer '*' and '+'")

        before = signal.signal(signal.SIGVTALRM, late)
        started = time.process_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, max(self._left, 0.001))
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)
            self._left -= time.process_time() - started


_told: list[Settings] = []


def use(settings: Settings) -> None:
    """Have these count from now on: of the repository that was found last. They are asked for when needed."""
    _told[:] = [settings]


def source() -> Settings | None:
    return _told[0] if _told else None


def read(settings: Sequence[tuple[str, str]]) -> Own:
    """The rules as they are set. Raises `UnusableRule`, which names the first that is none."""
    compiled = [(name, _compiled(name, pattern)) for name, pattern in settings]
    return Own(
        rules=tuple((name, pattern) for name, pattern in compiled if name != ALLOW),
        allowed=tuple(pattern for name, pattern in compiled if name == ALLOW),
    )


def _compiled(name: str, pattern: str) -> re.Pattern[bytes]:
    import warnings

    if len(pattern) > _LONGEST:
        raise UnusableRule(name, f"it is longer than {_LONGEST:,} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a later Python will read otherwise
            compiled = re.compile(pattern.encode("utf-8", "surrogateescape"))
    except (re.error, OverflowError, RecursionError) as error:
        raise UnusableRule(name, f"it is no pattern: {error}") from None
    if name != ALLOW and compiled.search(b""):
        raise UnusableRule(name, "it fits nothing at all, so it would be found everywhere")
    return compiled
