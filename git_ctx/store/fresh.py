"""What a run wrote last, at hand for itself: a `git gc --prune=now` beside it may take that at any moment."""

from git_ctx.model import Oid

_ROOM = 4 << 20


class Fresh:
    """Objects by id, as many as there is room for; the oldest go first."""

    def __init__(self) -> None:
        self._held: dict[Oid, tuple[str, bytes]] = {}
        self._size = 0

    def hold(self, oid: Oid, kind: str, data: bytes) -> None:
        if oid in self._held or len(data) > _ROOM:
            return
        self._held[oid] = kind, data
        self._size += len(data)
        while self._size > _ROOM:
            self._size -= len(self._held.pop(next(iter(self._held)))[1])

    def read(self, oid: Oid, largest: int) -> tuple[str, bytes] | None:
        """An object's type and content; None where it is not held, or larger."""
        found = self._held.get(oid)
        return found if found is not None and len(found[1]) <= largest else None
