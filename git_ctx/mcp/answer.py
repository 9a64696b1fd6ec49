"""Answers of a bounded size: what is cut is said, and how to have the rest."""

import json
from dataclasses import dataclass
from typing import Any

from git_ctx.safety.text import truncate

MOST = 40_000
"""Characters of an answer: some 10,000 tokens, where clients begin to warn or to cut by themselves."""
EXCERPT = 400
"""Characters of a text in a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Texts for a model, and the same as a `value` where the tool has a form for it."""

    texts: tuple[str, ...] = ()
    value: dict[str, Any] | None = None


def part(text: str, offset: int) -> Answer:
    """A text from a place on, as far as an answer goes."""
    shown = text[offset : offset + MOST]
    end = offset + len(shown)
    if not offset and end == len(text):
        return Answer(texts=(shown,))
    rest = f"; go on with offset {end}" if end < len(text) else ""
    return Answer(
        texts=(shown, f"[characters {offset:,} to {end:,} of {len(text):,}{rest}]")
        if shown
        else (_past(text),)
    )


def _past(text: str) -> str:
    return f"[there is nothing there: it has {len(text):,} characters]"


def listed(key: str, rows: list[dict[str, Any]], **more: Any) -> Answer:
    """Rows as a value, as many as an answer holds; `left_out` counts the others."""
    kept: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        row = plain(row)
        size += len(json.dumps(row, ensure_ascii=False))
        if size > MOST and kept:
            break
        kept.append(row)
    return Answer(value={**plain(more), key: kept, "left_out": len(rows) - len(kept)})


def excerpt(text: str) -> str:
    """The beginning of a text, on one line."""
    return truncate(" ".join(text[: 2 * EXCERPT].split()), EXCERPT)


def plain_text(text: str) -> str:
    """A text without what UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode()


def count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def plain(value: Any) -> Any:
    """The same with strings that JSON can hold: a path that is not UTF-8 is quoted as git quotes it."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, str) and not value.isascii():
        from git_ctx import canonical

        return canonical.path(value)
    return value
