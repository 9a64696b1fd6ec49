"""The digests of all files: most of them bound into sheaves, the latest in rows of their own, the rest made.

A digest belongs to one of a few sheaves by its blob's id, whatever path and branch it was made for. A new one
gets a row; once a sheaf has many beside it, it is bound anew with them. What nobody has in the work
tree any more goes from the sheaf into a row, so that coming back to it reads no file.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from zlib import crc32

from git_ctx.analysis import digest, sheaf
from git_ctx.analysis.digest import Digest
from git_ctx.analysis.kinds import FileKind
from git_ctx.analysis.memo import Memo
from git_ctx.analysis.scan import Scanner
from git_ctx.analysis.sheaf import Key, Sheaf
from git_ctx.code import File

LOOSE = 8
"""Digests beside a sheaf from which on it is bound anew; and an eighth of what it has."""

BATCH = 2000
"""Files whose digests are fetched and kept together; bounds the memory that this takes."""

PORTION = 12_000
"""Files whose digests are made before they are kept."""

_SHEAVES = 64
_AT_ONCE = 8


class Digests(Mapping[str, Digest]):
    """For each path its digest, in the order of the files."""

    def __init__(self, places: dict[str, int], sheaves: Sequence[Sheaf]) -> None:
        """`places`: of each path, its digest's place in all the sheaves together."""
        self._places, self._sheaves = places, sheaves
        self._ends = [0]
        for one in sheaves:
            self._ends.append(self._ends[-1] + len(one))

    def __getitem__(self, path: str) -> Digest:
        one, at = self._place(path)
        return one.digest(at)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, path: object) -> bool:
        return path in self._places

    def words(self, path: str) -> bytes:
        one, at = self._place(path)
        return one.words_of(at)

    def names(self, path: str) -> bytes:
        one, at = self._place(path)
        return one.names_of(at)

    @cached_property
    def lines(self) -> dict[str, int]:
        return self._column([number for one in self._sheaves for number in one.lines])

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        return self._column([number for one in self._sheaves for number in one.vocabulary])

    @cached_property
    def seen(self) -> dict[str, FileKind]:
        """What the bytes of those files say that say anything of it."""
        every = [kind for one in self._sheaves for kind in one.seen]
        return {path: said for path, place in self._places.items() if (said := every[place]) is not None}

    def in_words(self, scanner: Scanner) -> list[dict[int, int]]:
        """What is found in each file's words, in the order of the files."""
        return self._found(scanner, (one.words for one in self._sheaves))

    def in_names(self, scanner: Scanner) -> list[dict[int, int]]:
        """What is found in the names that each file defines."""
        return self._found(scanner, (one.names for one in self._sheaves))

    def _found(self, scanner: Scanner, texts: Iterable[bytes]) -> list[dict[int, int]]:
        every = [found for text in texts for found in scanner.lines(text)]
        return [every[place] for place in self._places.values()]

    def _column(self, every: Sequence[int]) -> dict[str, int]:
        return {path: every[place] for path, place in self._places.items()}

    def _place(self, path: str) -> tuple[Sheaf, int]:
        place = self._places[path]
        at = bisect_right(self._ends, place) - 1
        return self._sheaves[at], place - self._ends[at]


def collect(
    files: Sequence[File],
    languages: Mapping[str, str | None],
    memo: Memo,
    make: Callable[[Sequence[File]], Iterable[Digest | None]],
) -> Digests:
    """The digests of those files that have one; what had to be made is kept, and which are too large, too."""
    bound = {name: one for some in _names_at_once() for name, one in _bound(memo, some)}
    known = _placed(bound.values())
    keyed = {file.path: (file.oid, languages[file.path]) for file in files}
    missing: dict[Key, File] = {}
    for file, key in zip(files, keyed.values(), strict=True):
        if key not in known:
            missing.setdefault(key, file)
    if missing:
        beside: dict[Key, Digest] = {}
        for portion in _portions(missing):
            loose = _Loose(memo, make)
            try:
                loose.take(portion)
            finally:  # cut off, what was made is kept all the same
                _keep(memo, bound, loose, keyed.values())
            beside.update(loose.found)
        sheaves = [*bound.values(), sheaf.bind(list(beside), list(beside.values()))]
        known = _placed(sheaves)
    else:
        sheaves = list(bound.values())
    for key in _too_large(sheaves):
        del known[key]
    places = {path: place for path, key in keyed.items() if (place := known.get(key)) is not None}
    return Digests(places, sheaves)


def _portions(missing: dict[Key, File]) -> Iterator[dict[Key, File]]:
    """Some sheaves at a time, where all are much work: a run that is killed has lost one portion of it.

    Within each, files keep their order, in which folders are opened once.
    """
    count = min(_SHEAVES, len(missing) // PORTION + 1)
    if count == 1:
        yield missing
        return
    portions: list[dict[Key, File]] = [{} for _ in range(count)]
    for key, file in missing.items():
        portions[_number_of(key) % count][key] = file
    yield from portions


def _placed(sheaves: Iterable[Sheaf]) -> dict[Key, int]:
    """Of each key, its place in all of the sheaves together."""
    places: dict[Key, int] = {}
    first = 0
    for one in sheaves:
        places.update(zip(one.keys, range(first, first + len(one)), strict=True))
        first += len(one)
    return places


def _too_large(sheaves: Iterable[Sheaf]) -> set[Key]:
    return {
        key
        for one in sheaves
        if max(one.sizes, default=0) > digest.LARGE
        for key, size in zip(one.keys, one.sizes, strict=True)
        if size > digest.LARGE
    }


class _Loose:
    """Digests that are in no sheaf: `fresh` are those that were made just now."""

    def __init__(self, memo: Memo, make: Callable[[Sequence[File]], Iterable[Digest | None]]) -> None:
        self._memo, self._make = memo, make
        self.found: dict[Key, Digest] = {}
        self.fresh: set[Key] = set()

    def take(self, missing: Mapping[Key, File]) -> None:
        keys = list(missing)
        for at in range(0, len(keys), BATCH):
            some = keys[at : at + BATCH]
            rows = self._memo.get(digest.KIND, [oid for oid, _ in some])
            for key in some:
                oid, language = key
                if oid in rows and (kept := digest.decode(language, rows[oid])) is not None:
                    self.found[key] = kept
        rest = [key for key in keys if key not in self.found]
        for key, made in zip(rest, self._make([missing[key] for key in rest]), strict=True):
            if made is not None:
                self.found[key] = made
                self.fresh.add(key)


def _keep(memo: Memo, bound: dict[str, Sheaf], loose: _Loose, wanted: Iterable[Key]) -> None:
    """Bind anew what has much beside it, and write rows for the rest of what was made."""
    beside: dict[str, list[Key]] = defaultdict(list)
    for key in loose.found:
        beside[_sheaf_of(key)].append(key)
    due = {name: keys for name, keys in beside.items() if _is_due(keys, bound.get(name))}
    live = set(wanted) if due else set()
    for name, keys in due.items():
        old = bound.get(name)
        staying, going = _parted(old, live) if old is not None else ([], [])
        digests = [old.digest(at) for at in staying] if old is not None else []
        some = [old.keys[at] for at in staying] if old is not None else []
        bound[name] = sheaf.bind([*some, *keys], [*digests, *(loose.found.pop(key) for key in keys)])
        memo.put(sheaf.KIND, {name: sheaf.encode(bound[name])})
        if old is not None and going:
            memo.put(digest.KIND, dict(_row(old.keys[at], old.digest(at)) for at in going))
    rest = [key for key in loose.fresh if key in loose.found]
    for at in range(0, len(rest), BATCH):
        memo.put(digest.KIND, dict(_row(key, loose.found[key]) for key in rest[at : at + BATCH]))


def _is_due(loose: Sequence[Key], old: Sheaf | None) -> bool:
    return len(loose) > LOOSE + (len(old) // 8 if old is not None else 0)


def _parted(old: Sheaf, live: set[Key]) -> tuple[list[int], list[int]]:
    """What stays in a sheaf, and what goes from it.

    What is live stays, and the rest while it is no more than half of that: work trees may be on two branches.
    """
    staying = [at for at, key in enumerate(old.keys) if key in live]
    if len(old) <= len(staying) * 3 // 2:
        return list(range(len(old))), []
    return staying, sorted(set(range(len(old))).difference(staying))


def _row(key: Key, made: Digest) -> tuple[str, bytes]:
    oid, language = key
    return oid, digest.encode(language, made)


def _sheaf_of(key: Key) -> str:
    """The sheaf that a digest belongs to, named as a blob would be."""
    return f"{_number_of(key):040x}"


def _number_of(key: Key) -> int:
    return crc32(key[0].encode()) % _SHEAVES


def _names_at_once() -> Iterator[list[str]]:
    """The names of all sheaves, a few at a time, since a row is read whole."""
    for at in range(0, _SHEAVES, _AT_ONCE):
        yield [f"{number:040x}" for number in range(at, at + _AT_ONCE)]


def _bound(memo: Memo, names: Sequence[str]) -> Iterator[tuple[str, Sheaf]]:
    for name, row in memo.get(sheaf.KIND, names).items():
        if (one := sheaf.decode(row)) is not None:
            yield name, one
