"""Where the tokens of a context went: by section, by directory and by file."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from git_ctx.model import Context

_NAMES = {
    "setup": "set-up",
    "cut": "what was left out, named",
    "earlier": "what was shown before",
    "frame": "headings, and what this is",
    "rest": "all the rest",
}


def report(context: "Context") -> str:
    """As lines: each section, then the tree of the files, what takes most first."""
    from git_ctx.cli import words
    from git_ctx.safety.text import escape

    rows = [[words.heading("by section")]]
    for name, tokens in sorted(_sections(context).items(), key=lambda one: (-one[1], one[0])):
        rows.append(_row(context, tokens, _NAMES.get(name, escape(name, ""))))
    if context.items:
        rows += [[], [words.heading("by directory and file")]]
        forms: dict[str, str] = {}
        for item in context.items:  # of a file that changed, a diff and what else of it was asked for
            forms[item.path] = f"{forms[item.path]}, {item.form}" if item.path in forms else item.form
        for depth, path, shown, tokens in _tree(context):
            form = f" ({forms[path]})" if path in forms else ""
            rows.append(_row(context, tokens, f"{'  ' * depth}{escape(shown, '')}{form}"))
    return "".join("  ".join(row).rstrip() + "\n" for row in rows)


def spent_json(context: "Context") -> dict[str, Any]:
    """The same for scripts; a directory has what all of its files have."""
    return {
        "tokens": context.tokens,
        "budget": context.budget,
        "sections": _sections(context),
        "directories": {path: tokens for path, tokens in _sizes(context).items() if path.endswith("/")},
        "files": {path: tokens for path, tokens in _sizes(context).items() if not path.endswith("/")},
    }


def _row(context: "Context", tokens: int, what: str) -> list[str]:
    return [f"{tokens:>8,}", f"{tokens / max(context.tokens, 1):>4.0%}", what]


def _sections(context: "Context") -> dict[str, int]:
    """Of contexts that were kept before sections were counted, what the files took and what not."""
    if context.sections:
        return dict(context.sections)
    files = sum(item.tokens for item in context.items)
    return {"files": files, "rest": max(0, context.tokens - files)}


def _tree(context: "Context") -> Iterator[tuple[int, str, str, int]]:
    """Depth, path, the last of it, tokens; a directory that holds nothing but another is one line with it."""
    sizes = _sizes(context)
    inside: dict[str, list[str]] = {}
    for path in sizes:
        inside.setdefault(_parent(path), []).append(path)
    waiting = [(0, path, path) for path in _largest_first(inside.get("", ()), sizes)][::-1]
    while waiting:
        depth, path, shown = waiting.pop()
        below = _largest_first(inside.get(path, ()), sizes) if path.endswith("/") else []
        if len(below) == 1 and below[0].endswith("/"):
            waiting.append((depth, below[0], shown + below[0].removeprefix(path)))
            continue
        yield depth, path, shown, sizes[path]
        waiting += [(depth + 1, each, each.removeprefix(path)) for each in reversed(below)]


def _sizes(context: "Context") -> dict[str, int]:
    """What each file takes, and each directory, which ends in a slash, with all that is in it."""
    sizes: dict[str, int] = {}
    for item in context.items:
        for path in _above(item.path):
            sizes[path] = sizes.get(path, 0) + item.tokens
    return sizes


def _above(path: str) -> Iterator[str]:
    """A path, and the directories that it is in, each with a slash at its end."""
    yield path
    at = path.rfind("/")
    while at >= 0:
        yield path[: at + 1]
        at = path.rfind("/", 0, at)


def _parent(path: str) -> str:
    return path[: path.rstrip("/").rfind("/") + 1]


def _largest_first(paths: "list[str] | tuple[()]", sizes: dict[str, int]) -> list[str]:
    return sorted(paths, key=lambda path: (-sizes[path], path))
