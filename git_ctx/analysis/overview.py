"""The code base at a glance: its folders, folded to fit; its languages; where it starts."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Sized

from git_ctx.analysis.extensions import CODE
from git_ctx.analysis.fold import fold
from git_ctx.analysis.kinds import FileKind, fence, kind, language
from git_ctx.analysis.tokens import count
from git_ctx.document import Language, Overview

_MOST_LANGUAGES = 5
_MOST_STARTS = 6
_START = re.compile(
    r"(?:[\w-]+/)*(?:__main__\.py|main\.\w+|cli\.\w+|index\.[cm]?[jt]sx?|app\.\w+|"
    r"server\.\w+|manage\.py|wsgi\.py|lib\.rs|mod\.ts|Program\.cs|Application\.\w+|Main\.\w+|Kernel\.php|index\.php)$"
    r"|cmd/(?:[\w.-]+/)*main\.go$|(?:bin|exe)/[\w.-]+$|(?:.*/)?src/bin/[\w.-]+\.rs$"
    r"|(?:src/)?[\w-]+/__init__\.py$|lib/[\w-]+\.rb$"
)
_FIRST = ("__main__", "main", "cli", "app", "server", "index", "lib", "__init__")


def overview(
    project: str,
    paths: Sequence[str],
    text: Callable[[str], str | None],
    room: int,
    *,
    lines: Callable[[str], int | None] = lambda path: None,
    kind: Callable[[str], FileKind] = kind,
    language: Callable[[str], str | None] = language,
    near: Collection[str] = (),
) -> Overview:
    """Folders, languages and entry points of these files, in about `room` tokens.

    The folders of `near` files are opened first, and what starts above them is told first. `lines` gives a
    file's length where that is known: languages are weighed by it.
    """
    kinds = {path: kind(path) for path in paths}
    code = [path for path in paths if kinds[path] in ("source", "test") and language(path) in CODE]
    source = [path for path in code if kinds[path] == "source"]
    languages = _languages(code, lines, language)[: max(1, room // 50)]
    started = (path for path in paths if kinds[path] in ("source", "data"))
    starts = _fitting(_entry_points(started, set(paths), text, near), room // 3)
    frame = count(", ".join(starts)) + 12 * len(languages) + 20
    return Overview(
        project=project,
        tree=fold(paths, set(source), room - frame, set(near)),
        languages=languages,
        entry_points=starts,
        files=len(paths),
    )


def _languages(
    paths: Iterable[str], lines: Callable[[str], int | None], language: Callable[[str], str | None]
) -> tuple[Language, ...]:
    spoken: dict[str, list[str]] = {}
    headers: list[str] = []
    for path in paths:
        name = fence(path, language(path) or "")
        some = headers if path.endswith(".h") else spoken.setdefault(name, [])
        some.append(path)
    spoken.pop("", None)
    if headers:
        spoken.setdefault(_of_headers(spoken), []).extend(headers)
    sizes = {name: sum([lines(path) or 0 for path in some]) for name, some in spoken.items()}
    ordered = sorted(spoken, key=lambda name: (-sizes[name], -len(spoken[name]), name))[:_MOST_LANGUAGES]
    return tuple(Language(name=name, files=len(spoken[name]), lines=sizes[name]) for name in ordered)


def _of_headers(spoken: Mapping[str, Sized]) -> str:
    """What a header (`.h`) is written in: the language that more of the other files are."""
    return "cpp" if len(spoken.get("cpp", ())) > len(spoken.get("c", ())) else "c"


def _entry_points(
    source: Iterable[str], known: set[str], text: Callable[[str], str | None], near: Iterable[str]
) -> tuple[str, ...]:
    """Files that a program or a library starts with: said by package.json, or known by their name."""
    said = [path for path in _said(known, text) if path in known]
    above = {folder for path in near for folder in _folders(path)}
    found = sorted(
        filter(_START.match, source), key=lambda path: (_is_elsewhere(path, above), *_eminence(path))
    )
    return tuple(dict.fromkeys([*said, *found]))[:_MOST_STARTS]


def _fitting(starts: Sequence[str], room: int) -> tuple[str, ...]:
    """The first of them that take at most `room` tokens, but one always."""
    kept = list(starts)
    while len(kept) > 1 and count(", ".join(kept)) > room:
        kept.pop()
    return tuple(kept)


def _folders(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _is_elsewhere(path: str, above: Collection[str]) -> bool:
    """Whether it starts another part of the project: another package, a playground, a template."""
    folder = path.rpartition("/")[0]
    return "/" in folder and folder not in above


def _eminence(path: str) -> tuple[int, int, str]:
    stem = path.rpartition("/")[2].partition(".")[0]
    return path.count("/"), _FIRST.index(stem) if stem in _FIRST else len(_FIRST), path


def _said(known: set[str], text: Callable[[str], str | None]) -> Iterator[str]:
    try:
        package = json.loads(text("package.json") or "{}") if "package.json" in known else {}
        fields = [package.get("source"), package.get("bin"), package.get("main")]
    except (ValueError, AttributeError, RecursionError):
        return
    for value in fields:
        for path in value.values() if isinstance(value, dict) else [value]:
            if isinstance(path, str):
                yield path.removeprefix("./")
