"""`lazily` for `re.compile`: compiled at the first use, since most runs need few of all patterns.

To type checkers it is `re.compile` itself. What takes a pattern as an argument (`re.sub`, `isinstance`) is
not for these: ask them by their methods.
"""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from re import compile as lazily
else:

    class lazily:
        """A pattern to come. A method that was asked for once is found without another detour."""

        def __init__(self, form: str | bytes, flags: int = 0) -> None:
            self._form, self._flags = form, flags

        def __getattr__(self, name: str) -> Any:
            found = getattr(re.compile(self._form, self._flags), name)
            setattr(self, name, found)
            return found


__all__ = ["lazily"]
