"""Why a file is where it is: its signals as facts that anyone can look up."""

from collections.abc import Mapping

from git_ctx.analysis.aim import Aim
from git_ctx.analysis.evidence import Evidence
from git_ctx.analysis.past import changes
from git_ctx.analysis.weights import WEIGHTS
from git_ctx.model import Reason

BY_ITSELF = frozenset({"tests", "together", "history"})
"""Kinds that say nothing of the prompt's words: they come after those that do."""

_REST = frozenset({"folder", "size"})

Account = tuple[tuple[Reason, ...], tuple[Reason, ...]]


class Why:
    """Makes reasons. `tests` and `mates` name the other file of a pair."""

    def __init__(
        self, evidence: Evidence, tests: Mapping[str, str], mates: Mapping[str, str], aim: Aim
    ) -> None:
        self._evidence, self._tests, self._mates, self._aim = evidence, tests, mates, aim
        self._past = changes(evidence.corpus.touches)
        self._most = {name: evidence.most(name) for name in WEIGHTS}

    def account(self, path: str) -> Account:
        """The reasons for a file's place, what the prompt says first, and the rest; shares add up to 1."""
        parts = [(kind, detail, value) for kind, detail, value in self._parts(path) if detail and value > 0]
        whole = sum(value for _, _, value in parts) or 1.0
        made = [
            Reason(kind=kind, detail=detail, share=round(value / whole, 3)) for kind, detail, value in parts
        ]
        made.sort(key=lambda reason: (reason.kind in BY_ITSELF, -reason.share))
        rest = [reason for reason in made if reason.kind in _REST]
        return tuple(reason for reason in made if reason.kind not in _REST), (*rest, *self._place(path))

    def _place(self, path: str) -> tuple[Reason, ...]:
        """What a file counts for being no source."""
        kind = self._evidence.corpus.kind(path)
        counts = self._aim.place(kind)
        if counts == 1:
            return ()
        return (Reason(kind="place", detail=f"a file of kind '{kind}' counts {counts:g} of a source"),)

    def _parts(self, path: str) -> list[tuple[str, str, float]]:
        found, aim = self._evidence, self._aim
        folder = path.rpartition("/")[0]
        lines = found.corpus.lines(path) or 0
        return [
            ("pin", "pinned" if path in aim.pins else "", sum(WEIGHTS.values())),
            ("changed", f"differs from {aim.since}" if path in aim.changed else "", sum(WEIGHTS.values())),
            ("spelled", "the prompt names it", self._value(path, "spelled")),
            ("trace", "a stack trace in the prompt goes through it", self._value(path, "frame")),
            ("terms", found.words(path), self._value(path, "text", "passages", "names", "names-often")),
            ("quoted", found.quotes.get(path, ""), self._value(path, "quoted")),
            ("symbol", _listed("defines ", found.defined(path)), self._value(path, "definitions", "symbol")),
            ("path", found.in_path(path), self._value(path, "path", "name", "titled")),
            ("commits", _listed("about ", found.subject(path)), self._value(path, "subjects")),
            ("tests", _listed("imported by ", self._tests.get(path, "")), self._value(path, "tested")),
            ("together", _listed("changes with ", self._mates.get(path, "")), self._value(path, "together")),
            ("history", self._changed(path), self._value(path, "lately", "changes")),
            ("folder", _listed("others fit in ", folder), self._value(path, "folder")),
            ("folder", _listed("much changes in ", folder), self._value(path, "lively")),
            ("size", f"{lines:,} line{'s' if lines > 1 else ''}", self._value(path, "lines")),
        ]

    def _changed(self, path: str) -> str:
        """How often a file was changed, and how long ago; in commits, as the ranking counts."""
        times, last = self._past.get(path, (0, 0))
        ago = f"{last:,} commits ago" if last > 1 else "in the last commit"
        if times > 1:
            return f"changed {times:,} times, {'last' if last > 1 else 'also'} {ago}"
        return f"changed {ago}" if times else ""

    def _value(self, path: str, *names: str) -> float:
        return sum([WEIGHTS[name] * self._scaled(path, name) for name in names])

    def _scaled(self, path: str, name: str) -> float:
        """A signal of a file, where its best file has 1."""
        most = self._most[name]
        return self._evidence.signals[name].get(path, 0.0) / most if most > 0 else 0.0


def _listed(before: str, detail: str) -> str:
    return before + detail if detail else ""
