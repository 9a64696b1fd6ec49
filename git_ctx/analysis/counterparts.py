"""The tests that are named, or named after a file: `test_cart.py`, `CartTest.java` after `Cart.java`."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping

from git_ctx.analysis.kinds import MAIN, FileKind
from git_ctx.pattern import lazily

_SHORTEST = 3
"""Characters from which on a name tells; `a.c` is tested in more than `a_test.c`."""
_MARKED = lazily(r"\.(?:test|tests|spec)\.\w+$|(?:^|/)__tests__/")
_OF_TESTS = lazily(r"^tests?[_-]+|[_-](?:tests?|spec)$|^Test(?=[A-Z0-9])|(?:Tests?|TestCase|Spec|IT)$")


def named_after(
    wanted: Iterable[str], paths: Iterable[str], kind: Callable[[str], FileKind]
) -> Mapping[str, str]:
    """For each of these source files that has one, the file of its tests; of many the nearest."""
    stems: dict[str, list[str]] = {}
    for path in wanted:
        if kind(path) == "source" and len(_stem(path)) >= _SHORTEST:
            stems.setdefault(_stem(path), []).append(path)
    if not stems:
        return {}
    spoken = re.compile("|".join(map(re.escape, stems)))
    found: dict[str, str] = {}
    for path in sorted(path for path in paths if spoken.search(path, path.rfind("/") + 1)):
        for source in stems.get(_tested(path), ()) if kind(path) == "test" else ():
            nearer = source not in found or _apart(source, path) < _apart(source, found[source])
            if nearer and _may_be(source, path):
                found[source] = path
    return found


def called(names: Collection[str], paths: Iterable[str], kind: Callable[[str], FileKind]) -> list[str]:
    """The files of tests that have one of these names, as a class or a module is named after its file."""
    stems = {name for name in names if _OF_TESTS.search(name)}
    return sorted(path for path in paths if _bare(path) in stems and kind(path) == "test") if stems else []


def _tested(path: str) -> str:
    """What the tests in a file are named after; '' where its name does not say that it holds tests."""
    bare = _OF_TESTS.sub("", name := _bare(path)).strip("_-")
    return bare if bare != name.strip("_-") or _MARKED.search(path) else ""


def _stem(path: str) -> str:
    return _bare(path).strip("_-")


def _bare(path: str) -> str:
    return path.rpartition("/")[2].lstrip(".").partition(".")[0]


def _may_be(source: str, test: str) -> bool:
    """A name that many folders have, as `index.js`, is tested beside it or not at all."""
    folder, _, name = source.rpartition("/")
    return name not in MAIN or test.startswith(folder + "/")


def _apart(source: str, test: str) -> tuple[bool, int, int]:
    """How far a file of tests is from what it may test: in another language, then in other folders."""
    theirs = test.split("/")[:-1]
    left = [each for each in theirs if each not in source.split("/")[:-1]]
    return source.rpartition(".")[2] != test.rpartition(".")[2], len(left) - len(theirs), len(left)
