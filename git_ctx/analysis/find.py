"""Where a symbol is defined, where it is used, and where a text stands in the files."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from git_ctx.analysis.blocks import lines_of
from git_ctx.analysis.corpus import Corpus
from git_ctx.analysis.digest import LOOKED_AT
from git_ctx.analysis.kinds import UNREAD, language
from git_ctx.analysis.outline import outline
from git_ctx.analysis.scan import wordy
from git_ctx.document import Definition, Outline

Text = Callable[[str], str | None]

MOST_HITS = 2000
_MOST_OPENED = 200
"""Files that are opened for a name that many of them define or use."""
_AROUND = 100
"""Characters of a long line that are kept to each side of what was found in it."""
_PARTS = re.compile(r"::|->|[.#:\\]")
_LAST = ("source", "config", "example", "test", "document", "data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Defined:
    """A file that defines what was looked for, and which of its definitions do."""

    path: str
    text: str
    outline: Outline
    definitions: tuple[Definition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A line that holds what was looked for; counted from 1, cut where it is long."""

    path: str
    number: int
    line: str


def symbol(corpus: Corpus, name: str, text: Text) -> tuple[Defined, ...]:
    """The definitions of a name: as spelled, else in other letters, else `Class.method` by its parts."""
    *owners, last = [part for part in _PARTS.split(name) if part] or [name]
    files = [(path, *_outlined(path, shown)) for path, shown in _defining(corpus, last, text)]
    exact, other = _same(name), _same_letters(name)
    rules: list[Callable[[Definition, Outline], bool]] = [
        lambda one, _: exact(one.name),
        lambda one, _: other(one.name),
    ]
    if owners:
        rules.append(lambda one, around: _same(last)(one.name) and _within(one, around, _same(owners[-1])))
        rules.append(
            lambda one, around: (
                _same_letters(last)(one.name) and _within(one, around, _same_letters(owners[-1]))
            )
        )
        rules.append(lambda one, _: _same(last)(one.name))  # the rest may name a module, or a receiver
    for rule in rules:
        found = [
            Defined(path=path, text=shown, outline=known, definitions=fitting)
            for path, shown, known in files
            if (fitting := tuple(one for one in known.definitions if rule(one, known)))
        ]
        if found:
            return tuple(found)
    return ()


def uses(corpus: Corpus, name: str, text: Text, defined: Sequence[Defined]) -> tuple[Hit, ...]:
    """The lines that name a symbol outside of its definitions."""
    last = ([part for part in _PARTS.split(name) if part] or [name])[-1]
    word = b" " + b" ".join(wordy(last.encode("utf-8", "surrogateescape")).split()) + b" "
    pattern = re.compile(rf"(?<!\w){re.escape(last)}(?!\w)")
    own = {
        (each.path, number)
        for each in defined
        for one in each.definitions
        for number in range(one.start, one.end + 1)
    }
    naming = (path for path, known in corpus.digests.items() if word in known.words)
    opened = _in_order(corpus, naming)[:_MOST_OPENED]
    return tuple(hit for hit in _hits(opened, text, pattern) if (hit.path, hit.number) not in own)


def search(corpus: Corpus, needle: str, text: Text) -> tuple[tuple[Hit, ...], bool]:
    """The lines that hold a text: as it is spelled, or where there is none, in other letters (True)."""
    for flags in (re.NOFLAG, re.IGNORECASE):
        pattern = re.compile(re.escape(needle), flags)
        hits = tuple(_hits(_in_order(corpus, _holding(corpus, needle, bool(flags))), text, pattern))
        if hits:
            return hits, bool(flags)
    return (), False


def _defining(corpus: Corpus, name: str, text: Text) -> Iterator[tuple[str, str]]:
    word = b" ".join(wordy(name.encode("utf-8", "surrogateescape")).lower().split())
    sought = b" " + word + b" "
    paths = (path for path, known in corpus.digests.items() if word and sought in known.names.lower())
    for path in _in_order(corpus, paths)[:_MOST_OPENED]:
        if shown := text(path):
            yield path, shown


def _outlined(path: str, shown: str) -> tuple[str, Outline]:
    return shown, outline(language(path), shown)


def _holding(corpus: Corpus, needle: str, any_letters: bool) -> Iterator[str]:
    """The files whose words do not rule out that they hold a text."""
    parts = wordy(needle.encode("utf-8", "surrogateescape")).split()
    if any_letters:
        parts = [part.lower() for part in parts if part.isascii()]
    for path, known in corpus.digests.items():
        if corpus.kind(path) in UNREAD:
            continue
        words = known.words.lower() if any_letters else known.words
        if known.size > LOOKED_AT or all(part in words for part in parts):
            yield path


def _hits(paths: Iterable[str], text: Text, pattern: re.Pattern[str]) -> Iterator[Hit]:
    count = 0
    for path in paths:
        shown = text(path)
        if not shown or not pattern.search(shown):
            continue
        for number, line in enumerate(lines_of(shown), 1):
            if found := pattern.search(line):
                yield Hit(path=path, number=number, line=_cut(line, found))
                count += 1
                if count >= MOST_HITS:
                    return


def _cut(line: str, found: re.Match[str]) -> str:
    start, end = max(0, found.start() - _AROUND), min(len(line), found.end() + _AROUND)
    kept = line[start : min(end, start + 3 * _AROUND)]
    before, after = "…" if start else "", "…" if end < len(line) else ""
    return before + " ".join(kept.split()) + after


def _in_order(corpus: Corpus, paths: Iterable[str]) -> list[str]:
    """Sources first, then what tests and tells of them."""
    place = {kind: number for number, kind in enumerate(_LAST)}
    return sorted(paths, key=lambda path: (place.get(corpus.kind(path), len(place)), path))


def _same(name: str) -> Callable[[str], bool]:
    return lambda other: other == name


def _same_letters(name: str) -> Callable[[str], bool]:
    low = name.lower()
    return lambda other: other.lower() == low


def _within(one: Definition, around: Outline, fits: Callable[[str], bool]) -> bool:
    """Whether a definition stands in one whose name fits."""
    return any(
        fits(each.name) and each.start <= one.start and one.end <= each.end and each.depth < one.depth
        for each in around.definitions
    )
