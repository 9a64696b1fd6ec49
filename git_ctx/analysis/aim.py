"""What a ranking is wanted for, beside the prompt: which files may be in it, which come first."""

from collections.abc import Callable, Collection, Iterator

from git_ctx.analysis.kinds import FileKind
from git_ctx.analysis.weights import CHANGED, PIN, PLACE
from git_ctx.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """`only`: the files that may be ranked, None for all. What is in `pins` comes before all, what is in
    `changed`, because it differs from `since`, before the rest. `tests`: they count as source.
    """

    pins: Collection[str] = ()
    only: Collection[str] | None = None
    changed: Collection[str] = ()
    since: str = ""
    tests: bool = False

    def takes(self, path: str) -> bool:
        return self.only is None or path in self.only

    def place(self, kind: FileKind) -> float:
        """What a file's score is multiplied by for being what it is."""
        return PLACE["source" if self.tests and kind == "test" else kind]

    def first(self, kinds: Callable[[str], FileKind], known: Collection[str]) -> Iterator[tuple[str, float]]:
        """What comes first of the paths that are known, and what that adds to a score."""
        for path in self.changed:
            if path in known and self.takes(path):
                yield path, CHANGED * self.place(kinds(path))
        for path in frozenset(self.pins).intersection(known):
            yield path, PIN
