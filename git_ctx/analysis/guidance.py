"""What a project asks of those who work on it: its instructions for assistants, its rules on code style."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from git_ctx.analysis.sections import head, sections
from git_ctx.analysis.tokens import count
from git_ctx.document import Excerpt
from git_ctx.pattern import lazily

Text = Callable[[str], str | None]
"""A file's text by its path; None where it cannot be read."""

_FOR_ASSISTANTS = lazily(
    r"(?:.*/)?(?:AGENTS\.md|CLAUDE\.md|GEMINI\.md|CONVENTIONS\.md|\.cursorrules|\.windsurfrules|\.clinerules"
    r"|\.goosehints)$"
    r"|\.ctx/guidance/[^/]+\.md$"
    r"|\.github/copilot-instructions\.md$|\.claude/rules/[^/]+\.md$|(?:.*/)?\.cursor/rules/[^/]+\.mdc?$"
    r"|\.github/instructions/[^/]+\.instructions\.md$"
)
_CONTRIBUTING = lazily(
    r"(?:(?:\.github|docs?|docs?/\w+)/)?(?:contributing|development|style|code[-_]?style|coding[-_]style)"
    r"(?:\.(?:md|markdown|rst|txt))?$",
    re.I,
)
_ON_STYLE = lazily(
    r"\b(?:styles?|conventions?|guidelines?|formatting|naming|commit messages?|rules|standards?|"
    r"best practices|coding|linting|type hints|submitting (?:patches|changes))\b",
    re.I,
)
_NOT_STYLE = lazily(r"\b(?:issues?|bugs?|reporting|questions?|support)\b", re.I)
_LEADS_ON = lazily(
    r"\b(?:this (?:document|page|section|guide|file)|the following sections?"
    r"|th(?:e|ese) (?:\w+ ){0,2}(?:guidelines?|rules))\b",
    re.I,
)
_FENCED = lazily(r"^[ ]{0,3}(```+|~~~+).*?^[ ]{0,3}\1", re.M | re.S)
"""What stands in fences: a command without a word is set-up, and told there."""
_FEW = 300
"""Characters up to which a section that says what the next ones are about says nothing else."""
_FRONT = lazily(r"---\n(.*?)\n---\n", re.S)
_GLOBS = lazily(r"^(?:globs|applyTo|paths):[ \t]*(.*)$", re.M)
_IMPORT = lazily(r"@([\w./-]+)\s*$")
_DEAREST = 0.6
_FRAME = 15


def guidance(paths: Sequence[str], text: Text, room: int, near: Iterable[str] = ()) -> tuple[Excerpt, ...]:
    """Guidance for work on the files in `near`, root first, in at most `room` tokens.

    A folder's own instructions count for the files below it. Text that was seen already is not repeated.
    """
    chosen: list[Excerpt] = []
    seen: set[str] = set()
    left = room
    for each in _candidates(paths, text, tuple(near)):
        if each.text.strip() in seen:
            continue
        seen.add(each.text.strip())
        short = head(each.text, min(left - _FRAME, int(room * _DEAREST)))
        if short:
            chosen.append(Excerpt(path=each.path, title=each.title, text=short))
            left -= count(short) + _FRAME
    return tuple(chosen)


def _candidates(paths: Sequence[str], text: Text, near: tuple[str, ...]) -> Iterator[Excerpt]:
    found = [path for path in paths if _FOR_ASSISTANTS.match(path)]
    for path in sorted(found, key=lambda path: (_home(path).count("/"), _favour(path), path)):
        if _home(path) and not any(each.startswith(_home(path)) for each in near):
            continue
        words = _meant(text(path) or "", near)
        if words:
            yield Excerpt(path=path, title="", text=words)
    yield from _on_style(paths, text)


def _home(path: str) -> str:
    """The folder whose files a guidance file is about, '' for all."""
    if path.startswith((".ctx/", ".github/", ".claude/")):
        return ""
    folder = path.partition(".cursor/rules/")[0] if ".cursor/rules/" in path else path.rpartition("/")[0]
    return folder if not folder or folder.endswith("/") else folder + "/"


def _favour(path: str) -> int:
    """Our own folder, then AGENTS.md before CLAUDE.md before the rest: what most assistants read."""
    if path.startswith(".ctx/"):
        return -1
    name = path.rpartition("/")[2]
    return ("AGENTS.md", "CLAUDE.md").index(name) if name in ("AGENTS.md", "CLAUDE.md") else 2


def _meant(text: str, near: tuple[str, ...]) -> str:
    """The text less its front matter; '' where that says it is for other files, or all it does is import."""
    front = _FRONT.match(text)
    globs = _GLOBS.search(front[1]) if front else None
    patterns = re.findall(r"[^\s,\[\]\"']+", globs[1]) if globs else []
    if patterns and not any(_matches(path, pattern) for path in near for pattern in patterns):
        return ""
    words = text[front.end() :] if front else text
    return "" if _IMPORT.fullmatch(words.strip()) else words.strip("\n")


def _matches(path: str, pattern: str) -> bool:
    """As `**/*.ts` is meant: also at the root, also the bare name."""
    name = path.rpartition("/")[2]
    return any(fnmatchcase(each, pattern.removeprefix("**/")) for each in (path, name)) or fnmatchcase(
        path, pattern
    )


def _on_style(paths: Sequence[str], text: Text) -> Iterator[Excerpt]:
    """The parts of a project's contribution guide that are about the code."""
    for path in sorted(filter(_CONTRIBUTING.match, paths), key=lambda path: (path.count("/"), path)):
        for each in sections(text(path) or ""):
            if each.body and _is_on_style(each.title) and _says(each.body):
                yield Excerpt(path=path, title=each.title, text=each.body)


def _is_on_style(title: str) -> bool:
    return len(title) < 60 and bool(_ON_STYLE.search(title)) and not _NOT_STYLE.search(title)


def _says(body: str) -> bool:
    prose = _FENCED.sub("", body).strip()
    return len(body) > _FEW or bool(prose and not _LEADS_ON.search(body))
