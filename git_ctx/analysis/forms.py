"""A file in one of its forms: whole, its relevant definitions, its outline, a line; or what changed in it."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from git_ctx.analysis.blocks import lines_of, notice
from git_ctx.analysis.kinds import fence
from git_ctx.document import Definition, Outline, Part
from git_ctx.model import Form, Reason
from git_ctx.pattern import lazily

_GAP = 3
"""Lines that are not worth leaving out: saying so would cost as much."""
_MOST_NAMED = 8
_MOST_SEEN = 3
"""Runs of lines that were shown before and that a gap of others names."""
_LONGEST_HEAD = 10
"""Lines up to which a signature is shown above what stands in its body."""
_MOST_OUTLINED = 150
_LONGEST_SIGNATURE = 160
_LONGEST_LINE = 2000
_WITH_BODY = frozenset({"function", "method", "constructor"})
_HUNK = lazily(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.M)


def whole(path: str, language: str, text: str, reasons: Sequence[Reason]) -> Part:
    return _part(path, "whole", language, text, text, reasons)


def lean(path: str, language: str, text: str, reasons: Sequence[Reason]) -> Part:
    """A file whole, less the copyright notice that every other file has, too; the gap says so."""
    lines = lines_of(text)
    span = notice(lines)
    if span is None:
        return whole(path, language, text, reasons)
    first, last = span
    gap = f"… lines {first}-{last} left out: copyright notice …"
    shown = [*lines[: first - 1], gap, *lines[last:]]
    return _part(path, "whole", language, text, "\n".join(shown) + "\n", reasons)


def line(path: str, language: str, text: str | None, reasons: Sequence[Reason]) -> Part:
    """A file by name and reason only; `text` where it is known, for its length."""
    return _part(path, "line", language, text, "", reasons)


def outlined(path: str, language: str, text: str, outline: Outline, reasons: Sequence[Reason]) -> Part | None:
    """A file's signatures with their line numbers, nested as they are; None for a file without any."""
    definitions = outline.definitions[:_MOST_OUTLINED]
    if not definitions:
        return None
    width = len(str(definitions[-1].start))
    shown = [f"{each.start:>{width}} {'  ' * each.depth}{_signature(each)}" for each in definitions]
    left = len(outline.definitions) - len(definitions)
    if left:
        shown.append(f"… {left} more definitions left out …")
    return _part(path, "outline", language, text, "\n".join(shown) + "\n", reasons)


def excerpts(
    path: str,
    language: str,
    text: str,
    outline: Outline,
    spans: Sequence[tuple[int, int]],
    reasons: Sequence[Reason],
    before: Sequence[tuple[int, int]] = (),
) -> Part:
    """The lines of `spans` under the heads of what encloses them; a gap says what it leaves out.

    `before`: lines that the reader has seen already, in order; a gap of nothing else says that.
    """
    lines = lines_of(text)
    known = _over_blanks(before, lines)
    kept = _joined([*spans, *_heads(spans, outline.definitions)], len(lines))
    if kept == [(1, len(lines))]:
        return whole(path, language, text, reasons)
    shown: list[str] = []
    after = 1
    for start, end in kept:
        if start > after:
            shown.append(_left_out(after, start - 1, outline.definitions, known))
        shown.extend(map(_bounded, lines[start - 1 : end]))
        after = end + 1
    if after <= len(lines):
        shown.append(_left_out(after, len(lines), outline.definitions, known))
    return _part(path, "definitions", language, text, "\n".join(shown) + "\n", reasons, kept)


def changed(
    path: str,
    language: str,
    patch: str | None,
    text: str,
    cost: Callable[[Part], int],
    reasons: Sequence[Reason] = (),
) -> Part:
    """What changed in a file as a diff, or the file whole where that is no longer."""
    entire = whole(path, language, text, reasons)
    if patch is None:
        return entire
    diff = difference(path, language, patch, text, reasons)
    longer = len(entire.text) > 2 * len(diff.text) + 200
    return diff if longer or cost(diff) < cost(entire) else entire


def difference(
    path: str, language: str, patch: str, text: str | None, reasons: Sequence[Reason] = ()
) -> Part:
    """What changed in a file, as a diff."""
    hunks = _hunks(patch)
    new = [(int(found[1]), int(found[1]) + int(found[2] or 1) - 1) for found in _HUNK.finditer(hunks)]
    kept = [(start, end) for start, end in new if 1 <= start <= end]
    return _part(path, "diff", language, text, hunks, reasons, kept)


def _part(
    path: str,
    form: Form,
    language: str,
    text: str | None,
    shown: str,
    reasons: Sequence[Reason],
    kept: Sequence[tuple[int, int]] = (),
) -> Part:
    return Part(
        path=path,
        form=form,
        language=fence(path, language),
        text=shown,
        reasons=tuple(reasons),
        lines=len(lines_of(text)) if text else None,
        shown=tuple(kept),
    )


def _hunks(patch: str) -> str:
    """A patch less the lines that name its file: the heading does."""
    at = 0 if patch.startswith("@@") else patch.find("\n@@") + 1
    return patch[at:] if at or patch.startswith("@@") else patch


def _bounded(line: str) -> str:
    more = len(line) - _LONGEST_LINE
    return line if more <= 0 else f"{line[:_LONGEST_LINE]} … {more} more characters …"


def _signature(definition: Definition) -> str:
    return " ".join(definition.signature.split())[:_LONGEST_SIGNATURE] or definition.name


def without_notice(spans: Sequence[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Spans of a text less its copyright notice, unless they are nothing else."""
    gap = notice(lines_of(text))
    if gap is None:
        return list(spans)
    sides = [
        side
        for start, end in spans
        for side in ((start, min(end, gap[0] - 1)), (max(start, gap[1] + 1), end))
    ]
    return [(start, end) for start, end in sides if start <= end] or list(spans)


def _heads(spans: Iterable[tuple[int, int]], definitions: Sequence[Definition]) -> Iterator[tuple[int, int]]:
    """The signature of every definition that a span lies within; of a long one the first line."""
    for start, end in spans:
        for each in definitions:
            if each.start < start <= each.end and each.start < end:
                yield (
                    each.start,
                    each.head if each.start < each.head < each.start + _LONGEST_HEAD else each.start,
                )


def trimmed(spans: Iterable[tuple[int, int]], text: str) -> Iterator[tuple[int, int]]:
    """Spans of a text less the blank lines at their ends."""
    lines = lines_of(text)
    for start, end in spans:
        full = [at for at in range(start, end + 1) if lines[at - 1].strip()]
        if full:
            yield full[0], full[-1]


def _over_blanks(spans: Iterable[tuple[int, int]], lines: Sequence[str]) -> list[tuple[int, int]]:
    """Spans with the blank lines around them, which nobody misses; those that then touch made one."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        while 1 < start <= len(lines) + 1 and not lines[start - 2].strip():
            start -= 1
        while end < len(lines) and not lines[end].strip():
            end += 1
        if found and start <= found[-1][1] + 1:
            start, end = found[-1][0], max(found.pop()[1], end)
        found.append((start, end))
    return found


def _joined(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Spans in order, those that touch or nearly do made one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + 1 + _GAP:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((1 if start <= 1 + _GAP else start, end))
    if joined and joined[-1][1] >= length - _GAP:
        joined[-1] = (joined[-1][0], length)
    return joined


def _ended(start: int, end: int, definitions: Sequence[Definition]) -> Iterator[str]:
    """What of a function that is shown down to here a gap takes: nobody should think that it ends there."""
    around = [each for each in definitions if each.start < start <= each.end]
    inner = max(around, key=lambda each: (each.start, -each.end), default=None)
    if inner and inner.kind in _WITH_BODY and start <= inner.end - _GAP and inner.end <= end:
        yield f"rest of {inner.name}"


def _left_out(
    start: int, end: int, definitions: Sequence[Definition], before: Sequence[tuple[int, int]]
) -> str:
    """What a gap takes; of one that was seen in part, which lines these are, and the names of the others."""
    seen = [(max(first, start), min(last, end)) for first, last in before if first <= end and start <= last]
    lines = f"line {start}" if start == end else f"lines {start}-{end}"
    if seen == [(start, end)]:
        names = [*_ended(start, end, definitions), *_begun(start, end, definitions, ())]
        return f"… {lines} shown before{_listed(names)} …"
    names = [*_ended(start, end, definitions)] if not seen or seen[0][0] > start else []
    names += _begun(start, end, definitions, seen)
    runs = [f"{first}-{last}" for first, last in seen if last - first >= _GAP]
    if not runs:
        return f"… {lines} left out{_listed(names)} …"
    more = f" and {len(runs) - _MOST_SEEN} more" if len(runs) > _MOST_SEEN else ""
    return f"… {lines} left out ({', '.join(runs[:_MOST_SEEN])}{more} shown before){_listed(names)} …"


def _begun(
    start: int, end: int, definitions: Iterable[Definition], seen: Sequence[tuple[int, int]]
) -> Iterable[str]:
    """The definitions that begin between two lines, less those whose beginning was seen."""
    return dict.fromkeys(
        each.name
        for each in definitions
        if start <= each.start <= end and not any(first <= each.start <= last for first, last in seen)
    )


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    named = ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f": {named}" if named else ""
