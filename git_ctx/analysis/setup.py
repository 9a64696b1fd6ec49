"""How a project is set up: what to run to install, build, test and check it, said by its own files."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice

from git_ctx.analysis import ci, manifests
from git_ctx.analysis.manifests import TOOLS
from git_ctx.analysis.sections import Section, head, sections
from git_ctx.analysis.tokens import count
from git_ctx.document import Excerpt
from git_ctx.pattern import lazily

Text = Callable[[str], str | None]
"""A file's text by its path; None where it cannot be read."""

_README = lazily(r"readme(?:\.(?:md|markdown|mdx|rst|txt|adoc|org))?$", re.I)
_CONTRIBUTING = lazily(
    r"(?:(?:\.github/|docs?/(?:\w+/)?)?(?:contributing|development|developing|hacking|building)|install|testing"
    r"|docs?/(?:[\w-]+/){0,3}(?:contributing|development)/(?:getting[-_]started|set[-_]?up|testing|building|index))"
    r"(?:\.(?:md|markdown|rst|txt))?$",
    re.I,
)
_WORKING_ON_IT = lazily(
    r"\b(?:develop(?:ment|ing|ers?)|build(?:ing)?|compil(?:e|ing|ation)|from (?:local )?source|tests?|"
    r"testing|set(?:ting)?[ -]?up|local(?:ly)?|environment|lint(?:ing)?|hack(?:ing)?|running|quick ?start|"
    r"getting started)\b",
    re.I,
)
_USING_IT = lazily(r"\b(?:install(?:ation|ing)?|requirements|prerequisites|dependencies)\b", re.I)
_NOT_SETUP = lazily(
    r"\b(?:theme|plugin|changelog|issues?|pull requests?|licen[cs]e|windows|docker|ide|performance|"
    r"benchmarks?)\b",
    re.I,
)
_NOT_ABOVE = lazily(r"\b(?:changelog|performance|benchmarks?)\b", re.I)
_ITEM = lazily(r"(?:[-*+]|\d+[.)])[ ]")
_SENTENCE = lazily(r"(?<=[a-z)`][.!?])[ ]+(?=[A-Z`*\d])")
_FENCE = lazily(r"\s*(?:```|~~~|\.\. (?:code|prompt|tab|sourcecode))")
_CODE = lazily(r"[ ]{2,}\S|\t\S|\s*\$ ")
_SCRIPTS = lazily(
    r"(?:scripts?|tools|dev|bin|ci)/(?![A-Z]+$|__)[\w-]+(?:\.(?:sh|bash|zsh|py|rb|pl|php|lua|[cm]?[jt]s|ps1|bat|cmd))?$"
)
_TESTED = lazily(r"\b(?:tests?|check|verify|ctest|pytest|tox|nox)\b", re.I)
_LOCKS = {"pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn", "bun.lock": "bun", "bun.lockb": "bun"}
_BY_CONVENTION = {
    "CMakeLists.txt": "cmake -S . -B build\ncmake --build build\nctest --test-dir build\n",
    "Cargo.toml": "cargo test\n",
    "go.mod": "go test ./...\n",
    "pom.xml": "mvn verify\n",
    "build.gradle": "gradle build\n",
    "build.gradle.kts": "gradle build\n",
    "Package.swift": "swift build\nswift test\n",
}
"""What these files stand for, wherever they do."""
_WRAPPERS = {"mvn": "mvnw", "gradle": "gradlew"}
_SECTIONS_OF_A_FILE = 3
_MOST_PACKAGES = 3
_LONGEST = 160
_FIRST = 80
"""Tokens that the most telling may always take, for there is not much to say in a share of a small room."""


def setup(paths: Sequence[str], text: Text, room: int, near: Sequence[str] = ()) -> tuple[Excerpt, ...]:
    """What tells how to set the project up, most telling first, in at most `room` tokens.

    Of a project of several packages, the manifests of those that the files in `near` belong to as well.
    """
    chosen: list[Excerpt] = []
    passed: list[Excerpt] = []
    left = room
    seen: set[str] = set()

    def choose(excerpt: Excerpt, fair: int) -> bool:
        nonlocal left, seen
        short = head(excerpt.text, min(left - 15, fair))
        run = _run(short)
        if short and not (run and run <= seen):
            seen |= run
            chosen.append(Excerpt(path=excerpt.path, title=excerpt.title, text=short))
            left -= count(short) + 15  # its heading and fence
        return bool(short)

    for excerpt, share in _candidates(paths, text, near):
        fair = int(room * share)
        if not choose(excerpt, fair if chosen else max(fair, _FIRST)):
            passed.append(excerpt)
    for (
        excerpt
    ) in passed:  # a share of a small room holds next to nothing, where all that is left may hold it
        choose(excerpt, left)
    return tuple(chosen)


def _run(text: str) -> set[str]:
    """The lines of an excerpt that run something, as they are typed: what was told once is not told again."""
    code = (_inline(line) for line in text.splitlines())
    return {line.strip(" \t$%>*-`") for line in code if TOOLS.search(line)}


def _inline(line: str) -> str:
    """A line's own code where it has some, as in 'Run `make test`.'"""
    return " && ".join(line.split("`")[1::2]) if line.count("`") > 1 else line


def _candidates(paths: Sequence[str], text: Text, near: Sequence[str]) -> Iterator[tuple[Excerpt, float]]:
    """Excerpts and the share of the room that each may take."""
    told: list[Excerpt] = []
    top = [path for path in paths if "/" not in path]
    runner = next((_LOCKS[path] for path in top if path in _LOCKS), "npm")
    for each in _manifests(top, text, runner):
        told.append(each)
        yield each, 0.35
    nearby = _manifests(_packages(paths, near), text, runner)
    yield from ((each, 0.2) for each in islice(nearby, _MOST_PACKAGES))
    for each in _ci(paths, text):
        told.append(each)
        yield each, 0.25
    pages = list(_documents(paths, text, _WORKING_ON_IT))
    yield from ((each, 0.3) for each in pages)
    told += pages
    if not any(_TESTED.search(each.text) for each in told):
        told += (found := list(_conventional(top)))
        yield from ((each, 0.2) for each in found)
    if not told:  # how to use a project is not how to work on it
        yield from ((each, 0.2) for each in _documents(paths, text, _USING_IT))
    yield from ((each, 0.1) for each in _scripts(paths))


def _conventional(top: Sequence[str]) -> Iterator[Excerpt]:
    """How what is built by a file of this name is built and tested; by the project's own wrapper."""
    path = next((path for path in _BY_CONVENTION if path in top), None)
    if path:
        usual = _BY_CONVENTION[path]
        tool = usual.partition(" ")[0]
        wrapper = _WRAPPERS.get(tool, "")
        usual = usual.replace(tool, f"./{wrapper}", 1) if wrapper in top else usual
        yield Excerpt(path=path, title="by convention", text=usual)


def _manifests(paths: Iterable[str], text: Text, runner: str) -> Iterator[Excerpt]:
    for path in paths:
        if manifests.is_manifest(path):
            lines = manifests.commands(path, text(path) or "", runner)
            if lines:
                yield Excerpt(path=path, title="commands", text="\n".join(lines) + "\n")


def _packages(paths: Iterable[str], near: Iterable[str]) -> Iterator[str]:
    """The manifests in the innermost folder with one that each of these files is in, less the top."""
    inside: dict[str, list[str]] = {}
    for path in paths:
        if "/" in path and manifests.is_manifest(path):
            inside.setdefault(path.rpartition("/")[0], []).append(path)
    seen: set[str] = set()
    for path in near if inside else ():
        folder = path.rpartition("/")[0]
        while folder and folder not in inside:
            folder = folder.rpartition("/")[0]
        if folder and folder not in seen:
            seen.add(folder)
            yield from inside[folder]


def _ci(paths: Iterable[str], text: Text) -> Iterator[Excerpt]:
    """The one CI file that most likely tests the project."""
    found = sorted((rank, path) for path in paths if (rank := ci.workflow(path)) is not None)
    for _, path in found[:4]:
        lines = ci.commands(text(path) or "")
        if lines:
            yield Excerpt(path=path, title="commands", text="\n".join(lines) + "\n")
            return


def _documents(paths: Iterable[str], text: Text, wanted: re.Pattern[str]) -> Iterator[Excerpt]:
    documents = [path for path in paths if _README.match(path) or _CONTRIBUTING.match(path)]
    for path in sorted(documents, key=lambda path: (path.count("/"), path)):
        fitting = [each for each in sections(text(path) or "") if _fits(each, wanted)]
        for each in fitting[:_SECTIONS_OF_A_FILE]:
            yield Excerpt(path=path, title=each.title, text=_commands(each.body))


def _fits(section: Section, wanted: re.Pattern[str]) -> bool:
    """Whether a section is about working on the project, and has commands to show for it."""
    title = section.title
    return bool(
        len(title) < 60
        and wanted.search(title)
        and not _NOT_SETUP.search(title)
        and not any(map(_NOT_ABOVE.search, section.above))
        and _commands(section.body)
    )


def _commands(body: str) -> str:
    """The commands of a section, each block under the line that introduces it; '' where there are none.

    A block in which nothing is run (what a command prints, how a test is written) is left out.
    """
    kept: list[str] = []
    block: list[str] = []
    said: list[str] = []
    inside = parted = False

    def close() -> None:
        if any(map(TOOLS.search, block)):
            kept.extend(block)
        block.clear()

    for line in body.splitlines():
        if _FENCE.match(line):
            close()
            inside = not inside and not line.lstrip().startswith("..")
        elif inside or _CODE.match(line) or ("`" in line and TOOLS.search(line)):
            block.extend(filter(None, [_sentence(said), line.rstrip()]))
            said.clear()
        elif line.strip():
            close()
            if parted or _ITEM.match(line.strip()):
                said.clear()
            said.append(line.strip())
        parted = not line.strip()
    close()
    return "\n".join(kept) + "\n" if kept else ""


def _sentence(lines: Sequence[str]) -> str:
    """The last sentence of a paragraph."""
    text = " ".join(lines)
    last = _SENTENCE.split(text)[-1]
    return last if len(last) <= _LONGEST else "… " + last[-_LONGEST:].partition(" ")[2]


def _scripts(paths: Iterable[str]) -> Iterator[Excerpt]:
    found = sorted(path for path in paths if _SCRIPTS.match(path))
    for folder, group in groupby(found, key=lambda path: path.partition("/")[0]):
        names = [path.partition("/")[2] for path in group]
        more = f" and {len(names) - 12} more" if len(names) > 12 else ""
        yield Excerpt(path=folder + "/", title="scripts", text=", ".join(names[:12]) + more + "\n")
