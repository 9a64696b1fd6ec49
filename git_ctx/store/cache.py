"""Results of analysis by blob id, in one SQLite file that may vanish or be damaged at any time.

Whatever goes wrong, a cache is merely empty: nothing here raises, nothing waits long, and no row is
believed whose checksum is off. Each kind of result has a table of its own, which makes reading all of
them twice as fast as one table, or a table without row ids, would be.
"""

import contextlib
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from zlib import crc32

from git_ctx.model import Oid
from git_ctx.store import shared

if TYPE_CHECKING:
    import sqlite3

NAME = "cache.sqlite3"

_SCHEMA = 1
_APPLICATION = 0x67637478
"""'gctx', which marks the file as ours."""

_PATIENCE = 0.25
_DAY = 86_400
_UNUSED = 28
"""Days after which a row that nobody asked for goes; that it was used is noted once a week."""
_LARGEST = 256 << 20

_DAMAGED = (1, 11, 26)
"""SQLITE_ERROR (not our tables), SQLITE_CORRUPT, SQLITE_NOTADB."""


def remove(directory: Path) -> None:
    """Take the whole cache away, with what of it waits to be written."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        with contextlib.suppress(OSError):
            (directory / f"{NAME}{suffix}").unlink(missing_ok=True)


def is_damaged(directory: Path) -> bool:
    """Whether there is a cache that SQLite cannot read through."""
    import sqlite3

    path = directory / NAME
    if not path.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1)) as database:
            return bool(database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except sqlite3.OperationalError as error:
        return "malformed" in str(error)
    except sqlite3.Error:
        return True


class Cache:
    """Opened at the first use. `version` is that of the analyses: rows of another are not seen."""

    def __init__(
        self,
        directory: Path,
        version: int = 1,
        *,
        clock: Callable[[], float] = time.time,
        largest: int = _LARGEST,
    ) -> None:
        self._path = directory / NAME
        self._version = version
        self._clock = clock
        self._largest = largest
        self._opened: sqlite3.Connection | None = None
        self._out_of_use = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def get(self, kind: str, oids: Iterable[Oid]) -> dict[Oid, bytes]:
        """What is known of these blobs; nothing of those that are not."""
        wanted = {bytes.fromhex(oid): oid for oid in oids}
        found: dict[Oid, bytes] = {}
        with self._used() as database:
            if database is not None and wanted:
                found, stale = _select(database, self._table(kind), wanted, self._today() - 7)
                self._note_use(database, self._table(kind), stale)
        return found

    def put(self, kind: str, rows: Mapping[Oid, bytes]) -> None:
        """Remember results, in place of older ones."""
        if not rows:
            return
        today = self._today()
        with self._used() as database:
            if database is None:
                return
            table = self._table(kind)
            keyed = ((bytes.fromhex(oid), data) for oid, data in rows.items())
            with _transaction(database):
                database.execute(
                    f"CREATE TABLE IF NOT EXISTS {table} (oid BLOB PRIMARY KEY, data BLOB, sum INT, used INT)"
                )
                database.executemany(
                    f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?, ?)",
                    ((oid, data, _sum(oid, data), today) for oid, data in keyed),
                )
            self._prune_once_a_day(database, today)

    def tidy(self) -> int:
        """Drop what nobody asked for in a while, and give the room back: how many bytes of the file."""
        before = self._on_disk()
        if not before:
            return 0
        with self._used() as database:
            if database is not None:
                with _transaction(database):
                    _delete_unused(database, self._today() - _UNUSED)
                database.execute("VACUUM")
        self.close()
        return max(0, before - self._on_disk())

    def _on_disk(self) -> int:
        try:
            return self._path.stat().st_size
        except OSError:
            return 0

    def _table(self, kind: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9-]*", kind):
            raise ValueError(f"not a kind of result: {kind!r}")
        return f'"{kind}/{self._version}"'

    def _today(self) -> int:
        return int(self._clock() // _DAY)

    @contextlib.contextmanager
    def _used(self) -> "Iterator[sqlite3.Connection | None]":
        """The database, or None. Errors end the use of it, and damage the file."""
        if self._out_of_use:
            yield None
            return
        import sqlite3

        try:
            database = self._opened = self._opened or self._open()
        except (sqlite3.Error, OSError):
            self._out_of_use = True
            yield None
            return
        try:
            yield database
        except sqlite3.Error as error:
            self.close()
            self._out_of_use = True
            if _is_damage(error):
                self._discard()
        except (TypeError, UnicodeError):
            # A cell that is not of the type we wrote: not our table.
            self.close()
            self._out_of_use = True
            self._discard()

    def _open(self) -> "sqlite3.Connection":
        import sqlite3

        try:
            return self._connect()
        except sqlite3.Error as error:
            if not _is_damage(error):
                raise
        self._discard()
        return self._connect()

    def _connect(self) -> "sqlite3.Connection":
        import sqlite3

        shared.mkdir(self._path.parent)
        database = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)
        try:
            _prepare(database)
            shared.made(self._path)
        except BaseException:
            database.close()
            raise
        return database

    def _discard(self) -> None:
        # The journal first: left alone, it would be played back into the next file.
        for path in (self._path.with_name(NAME + "-journal"), self._path):
            with contextlib.suppress(OSError):
                path.unlink()

    def _note_use(self, database: "sqlite3.Connection", table: str, stale: list[bytes]) -> None:
        if stale:
            today = self._today()
            with _transaction(database):
                database.executemany(
                    f"UPDATE {table} SET used = ? WHERE oid = ?", ((today, oid) for oid in stale)
                )

    def _prune_once_a_day(self, database: "sqlite3.Connection", today: int) -> None:
        (pruned,) = database.execute("SELECT pruned FROM about").fetchone()
        if pruned == today:
            return
        with _transaction(database):
            _delete_unused(database, today - _UNUSED)
            database.execute("UPDATE about SET pruned = ?", (today,))
        if _size(database) > self._largest:
            self.close()
            self._discard()


def _prepare(database: "sqlite3.Connection") -> None:
    """Settings of the connection, and a new file's tables. Raises where the file is not ours."""
    import sqlite3

    # What a power cut damages is noticed; syncing would cost more than the cache saves.
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -65536")
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (schema,) = database.execute("PRAGMA user_version").fetchone()
    if (application, schema) == (_APPLICATION, _SCHEMA):
        return
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables or application or schema:
        raise _foreign(sqlite3.DatabaseError("not a cache of ours"))
    database.execute("PRAGMA page_size = 8192")
    with _transaction(database):
        database.execute("CREATE TABLE IF NOT EXISTS about (pruned INT)")
        database.execute("INSERT INTO about SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM about)")
        database.execute(f"PRAGMA application_id = {_APPLICATION}")
        database.execute(f"PRAGMA user_version = {_SCHEMA}")


def _foreign(error: "sqlite3.DatabaseError") -> "sqlite3.DatabaseError":
    error.sqlite_errorcode = _DAMAGED[-1]
    return error


def _is_damage(error: "sqlite3.Error") -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


@contextlib.contextmanager
def _transaction(database: "sqlite3.Connection") -> Iterator[None]:
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with contextlib.suppress(Exception):
            database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def _select(
    database: "sqlite3.Connection", table: str, wanted: Mapping[bytes, Oid], since: int
) -> tuple[dict[Oid, bytes], list[bytes]]:
    """The rows that are sound, and which of them were last used before `since`."""
    found: dict[Oid, bytes] = {}
    stale: list[bytes] = []
    for oid, data, checksum, used in _rows(database, table, wanted):
        if oid in wanted and isinstance(data, bytes) and checksum == _sum(oid, data):
            found[wanted[oid]] = data
            if used < since:
                stale.append(oid)
    return found, stale


def _rows(
    database: "sqlite3.Connection", table: str, wanted: Mapping[bytes, Oid]
) -> Iterator[tuple[bytes, bytes, int, int]]:
    name = table.strip('"')
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone():
        return
    query = f"SELECT oid, data, sum, used FROM {table}"
    (last,) = database.execute(f"SELECT max(rowid) FROM {table}").fetchone()
    # Reading past rows that nobody asked for costs half of what looking one up does.
    if last is not None and last <= 2 * len(wanted):
        yield from database.execute(query)
        return
    keys = list(wanted)
    for start in range(0, len(keys), 500):
        some = keys[start : start + 500]
        yield from database.execute(f"{query} WHERE oid IN ({','.join('?' * len(some))})", some)


def _delete_unused(database: "sqlite3.Connection", since: int) -> None:
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'about'")
    for (name,) in names.fetchall():
        table = '"' + name.replace('"', '""') + '"'
        database.execute(f"DELETE FROM {table} WHERE used < ?", (since,))
        if not database.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
            database.execute(f"DROP TABLE {table}")


def _size(database: "sqlite3.Connection") -> int:
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    (free,) = database.execute("PRAGMA freelist_count").fetchone()
    (size,) = database.execute("PRAGMA page_size").fetchone()
    return int((pages - free) * size)


def _sum(oid: bytes, data: bytes) -> int:
    return crc32(data, crc32(oid))
