"""Secrets in text and in files: found by one pass for the rules' literals, then by their forms."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from git_ctx.errors import SecretInName
from git_ctx.safety import files, own
from git_ctx.safety.own import Own
from git_ctx.safety.rule import Rule
from git_ctx.safety.rules import RULES
from git_ctx.value import dataclass

Span = tuple[int, int, str]

_TELLING = 8
"""As long as a value is that is looked for by itself: shorter ones stand in texts by chance."""

_MARKER = re.compile(rb"\[redacted: [\w-]{1,64}\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A secret: where it stands in what was scanned, on which line (from 1), and the rule that says so."""

    start: int
    end: int
    line: int
    rule: str


_NONE = Own()


class Scanner:
    """Some rules, ready to run. Making one costs a millisecond; forms are compiled when first tried."""

    def __init__(self, rules: Sequence[Rule], owned: Own = _NONE) -> None:
        from ahocorasick_rs import BytesAhoCorasick

        ranks_of: dict[bytes, list[int]] = {}
        for rank, rule in enumerate(rules):
            for literal in rule.literals:
                ranks_of.setdefault(literal, []).append(rank)
        self._rules = rules
        self._ranks = list(ranks_of.values())
        self._literals = BytesAhoCorasick(list(ranks_of))
        self._own = owned
        self._clock = own.Clock()

    def spans(self, data: bytes) -> list[Span]:
        """The secrets in order. Where some overlap, one span covers them, named by the one that begins
        first or, of these, stands first among the rules.
        """
        found = set()
        for literal, at, _ in self._literals.find_matches_as_indexes(data.lower(), overlapping=True):
            for rank in self._ranks[literal]:
                span = self._rules[rank].find(data, at)
                if span:
                    found.add((span[0], rank, span[1]))
        spans = [(start, end, self._rules[rank].name) for start, rank, end in sorted(found)]
        spans = self._with_own(data, spans)
        return _united(sorted([*spans, *_again(data, spans)], key=lambda span: span[0]))

    def _with_own(self, data: bytes, spans: list[Span]) -> list[Span]:
        """Less what the user allows, and with what the user's own rules find outside of our markers."""
        if self._own.allowed:
            spans = [
                span for span in spans if not self._own.lets_through(data[span[0] : span[1]], self._clock)
            ]
        if not self._own.rules:
            return spans
        markers = [found.span() for found in _MARKER.finditer(data)]
        further = (
            span
            for span in self._own.spans(data, self._clock)
            if not any(span[0] < end and start < span[1] for start, end in markers)
            and not self._own.lets_through(data[span[0] : span[1]], self._clock)
        )
        return sorted([*spans, *further], key=lambda span: span[0])


def scan(text: bytes | str) -> tuple[Hit, ...]:
    """Every secret in a text, in order and without overlap, placed by its bytes or its characters."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    spans = _scanner().spans(data)
    if not spans:
        return ()
    lines = [newline.start() for newline in re.finditer(b"\n", data)]
    return tuple(
        Hit(start=start, end=end, line=bisect_right(lines, at) + 1, rule=rule)
        for (at, _, _), (start, end, rule) in zip(
            spans, spans if isinstance(text, bytes) else _by_characters(data, spans), strict=True
        )
    )


def redact(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with `[redacted: RULE]` for each secret, and the rules that found any, each once.

    What comes back holds no secret: where taking one out uncovers another, that one goes too.
    """
    rules: dict[str, None] = {}
    while hits := scan(text):
        rules.update((hit.rule, None) for hit in hits)
        text = _without(text, hits)
    return text, tuple(rules)


def check_name(what: str, name: str) -> None:
    """Raise `SecretInName` where something that can only be kept as it is holds a secret."""
    if hits := scan(name):
        raise SecretInName(what, hits[0].rule)


def withhold(path: str, content: bytes) -> str | None:
    """The rule that says why a file must not be kept, or None. Its content decides, not its name alone,
    but for a name that holds a secret itself.
    """
    if hits := scan(path):
        return f"{hits[0].rule} in its name"
    store = files.key_store(content)
    if store:
        return store
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):  # Windows tools write settings as UTF-16
        content = content.decode("utf-16", "replace").encode()
    hits = scan(content)
    return hits[0].rule if hits else files.by_name(path, content)


def rules() -> str | None:
    """A name for all that `withhold` goes by: another one once a rule is changed, ours or the user's.

    None where our own rules cannot be read, as in an archive.
    """
    from hashlib import sha1
    from pathlib import Path

    set_to = own.source()
    try:
        sources = [path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))]
    except OSError:
        return None
    if not sources:
        return None
    told = repr(list(set_to())) if set_to else ""
    return sha1(
        b"\0".join([*sources, told.encode("utf-8", "surrogateescape")]), usedforsecurity=False
    ).hexdigest()


def named(paths: Sequence[str]) -> set[str]:
    """Those of some paths that hold a secret themselves; in one pass, since there may be many."""
    lines = "\n".join(paths)
    if lines.count("\n") >= len(paths) > 0:
        lines = "\n".join(path.replace("\n", " ") for path in paths)
    hits = scan(lines)
    return {paths[hit.line - 1] for hit in hits}


def _without(text: str, hits: Iterable[Hit]) -> str:
    pieces, at = [], 0
    for hit in hits:
        pieces += [text[at : hit.start], f"[redacted: {hit.rule}]"]
        at = hit.end
    return "".join([*pieces, text[at:]])


def _by_characters(data: bytes, spans: Iterable[Span]) -> Iterator[Span]:
    """The same spans counted in characters; one that ends inside a character takes all of it."""
    at = characters = 0

    def place(byte: int) -> int:
        nonlocal at, characters
        while byte < len(data) and data[byte] & 0xC0 == 0x80:
            byte += 1
        characters += len(data[at:byte].decode("utf-8", "surrogatepass"))
        at = byte
        return characters

    for start, end, rule in spans:
        yield place(start), place(end), rule


def _again(data: bytes, spans: Iterable[Span]) -> list[Span]:
    """Where what was found stands once more, without what gave it away: a password in a log."""
    rules = {data[start:end]: rule for start, end, rule in spans if end - start >= _TELLING}
    if not rules:
        return []
    from ahocorasick_rs import BytesAhoCorasick

    values = list(rules)
    return [
        (start, end, rules[values[which]])
        for which, start, end in BytesAhoCorasick(values).find_matches_as_indexes(data)
        if not data[max(0, start - 1) : start].isalnum() and not data[end : end + 1].isalnum()
    ]


def _united(spans: Iterable[Span]) -> list[Span]:
    """Spans that come sorted by their starts, less their overlaps."""
    united: list[Span] = []
    for start, end, rule in spans:
        if united and start < united[-1][1]:
            first, so_far, its_rule = united[-1]
            united[-1] = (first, max(so_far, end), its_rule)
        else:
            united.append((start, end, rule))
    return united


@lru_cache(maxsize=1)
def _scanner_with(source: own.Settings | None) -> Scanner:
    return Scanner(RULES, own.read(source() if source else ()))


def _scanner() -> Scanner:
    return _scanner_with(own.source())
