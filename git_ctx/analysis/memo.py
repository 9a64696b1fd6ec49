"""Where analysis remembers what it worked out."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class Memo(Protocol):
    """Keeps what was worked out, by blob oid. What it gives back may be anything: it is checked."""

    def get(self, kind: str, oids: Sequence[str]) -> Mapping[str, bytes]: ...

    def put(self, kind: str, rows: Mapping[str, bytes]) -> None: ...


class Forgetful:
    """A memo that keeps nothing."""

    def get(self, kind: str, oids: Sequence[str]) -> Mapping[str, bytes]:
        return {}

    def put(self, kind: str, rows: Mapping[str, bytes]) -> None:
        pass
