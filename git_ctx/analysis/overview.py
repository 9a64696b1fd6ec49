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
_LEAST_SHARE = 0.002
"""Of all lines, for a language to be told."""
_MOST_STARTS = 6
_PACKAGE = 2
"""Folders that tell which part of a project a file is in."""
_START = re.compile(
    r"(?:[\w.@-]+/)*(?:__main__\.py|main\.\w+|manage\.py|wsgi\.py|lib\.rs|mod\.ts|Program\.cs"
    r"|\w*Application\.(?:java|kt|scala|php)|Main\.\w+|Kernel\.php)$"
    r"|(?:[\w.@-]+/)*cli\.(?:py|rb|php|[cm]?[jt]sx?)$"
    r"|(?:[\w.@-]+/){0,2}(?:app|server)\.(?:py|rb|php|[cm]?[jt]sx?)$"
    r"|(?:[\w.@-]+/){0,3}index\.(?:[cm]?[jt]sx?|php)$"
    r"|(?:bin|exe)/[\w.-]+$|(?:.*/)?src/bin/[\w.-]+\.rs$"
    r"|(?:src/)?[\w-]+/__init__\.py$|lib/[\w-]+\.rb$"
)
_NO_START = re.compile(
    r"\.(?:html?|css|s[ac]ss|less|json|ya?ml|xml|md|txt|svg)$"
    r"|(?:^|/)(?:fuzz\w*|xtask|scripts?|site|website|tools?|benchmarks?|static|public|assets|templates?)/"
)
"""What runs nothing, or something beside the project."""
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

    The folders of `near` files are opened first, and what starts near them is told first. `lines` gives a
    file's length where that is known: languages are weighed by it, tests aside, whose samples may be in any.
    """
    kinds = {path: kind(path) for path in paths}
    code = [path for path in paths if kinds[path] in ("source", "test") and language(path) in CODE]
    source = [path for path in code if kinds[path] == "source"]
    languages = _languages(source or code, lines, language)[: max(1, room // 50)]
    said = [path for path in _said(set(paths), text) if path in set(paths)]
    begins = (path for path in paths if kinds[path] in ("source", "data"))
    starts = _fitting([*said, *_entry_points(begins, _called(project, paths), near)], room // 3)
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
    least = sum(sizes.values()) * _LEAST_SHARE
    told = [name for name in spoken if sizes[name] >= least]
    ordered = sorted(told, key=lambda name: (-sizes[name], -len(spoken[name]), name))[:_MOST_LANGUAGES]
    return tuple(Language(name=name, files=len(spoken[name]), lines=sizes[name]) for name in ordered)


def _of_headers(spoken: Mapping[str, Sized]) -> str:
    """What a header (`.h`) is written in: the language that more of the other files are."""
    return "cpp" if len(spoken.get("cpp", ())) > len(spoken.get("c", ())) else "c"


def _called(project: str, paths: Iterable[str]) -> frozenset[str]:
    """What the project is called: its command has that name."""
    gems = (path.removesuffix(".gemspec") for path in paths if path.endswith(".gemspec") and "/" not in path)
    return frozenset({project.rpartition("/")[2], *gems})


def _entry_points(source: Iterable[str], called: Collection[str], near: Collection[str]) -> list[str]:
    """Files that a program or a library starts with, known by their names: those nearest to `near` first."""
    folders = [path.split("/")[:-1] for path in near]
    above = {"/".join(each[:depth]) for each in folders for depth in range(len(each) + 1)}

    def eminence(path: str) -> tuple[bool, int, int, bool, int, str]:
        folder, _, name = path.rpartition("/")
        stem = name.partition(".")[0]
        elsewhere = "/" in folder and folder not in above
        shared = max((_shared(path.split("/")[:-1][:_PACKAGE], each) for each in folders), default=0)
        place = _FIRST.index(stem) if stem in _FIRST else len(_FIRST)
        return elsewhere, -shared, path.count("/"), stem not in called, place, path

    return sorted(
        (path for path in source if _START.match(path) and not _NO_START.search(path)), key=eminence
    )


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many folders two paths have in common, from the top."""
    return next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )


def _fitting(starts: Iterable[str], room: int) -> tuple[str, ...]:
    """The first of them that take at most `room` tokens, but one always."""
    kept = list(dict.fromkeys(starts))[:_MOST_STARTS]
    while len(kept) > 1 and count(", ".join(kept)) > room:
        kept.pop()
    return tuple(kept)


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
