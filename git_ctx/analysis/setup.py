"""How a project is set up: what to run to install, build, test and check it, said by its own files."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice

from git_ctx.analysis import ci, manifests
from git_ctx.analysis.manifests import TOOLS, short
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
    r"testing|set(?:ting)?[ -]?up|local(?:ly)?|environment|lint(?:ing)?|hack(?:ing)?|running)\b",
    re.I,
)
_BEGINNING = lazily(r"\b(?:quick ?start|getting started)\b", re.I)
"""How to begin to work on the project; in a README how to use it, but where one gets the code."""
_GETS_THE_CODE = lazily(r"\bgit clone\b|\bgh repo clone\b")
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
_CODE = lazily(r"[ ]{2,}\S|\t\S")
_PROMPT = lazily(r"\s*\$ ")
_SCRIPTS = lazily(
    r"(?:scripts?|tools|dev|bin|ci)/(?![A-Z]+$|__)[\w-]+(?:\.(?:sh|bash|zsh|py|rb|pl|php|lua|[cm]?[jt]s|ps1|bat|cmd))?$"
)
_TESTED = lazily(r"\b(?:tests?|check|verify|ctest|pytest|tox|nox)\b", re.I)
_TO_FILL_IN = lazily(r"…|<[\w-]+>|\$[A-Za-z{]")
_LOCKS = {"pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn", "bun.lock": "bun", "bun.lockb": "bun"}
_BY_CONVENTION = {
    "CMakeLists.txt": "cmake -S . -B build\ncmake --build build\nctest --test-dir build\n",
    "Cargo.toml": "cargo test\n",
    "go.mod": "go test ./...\n",
    "pom.xml": "mvn verify\n",
    "build.gradle": "gradle build\n",
    "build.gradle.kts": "gradle build\n",
    "Package.swift": "swift build\nswift test\n",
    "build.sbt": "sbt test\n",
    "mix.exs": "mix test\n",
    "meson.build": "meson setup build\nmeson test -C build\n",
    "phpunit.xml": "vendor/bin/phpunit\n",
    "phpunit.xml.dist": "vendor/bin/phpunit\n",
}
"""What these files stand for, wherever they do."""
_WRAPPERS = {"mvn": "mvnw", "gradle": "gradlew"}
_SECTIONS_OF_A_FILE = 3
_MOST_PACKAGES = 3
_MOST_WORKFLOWS = 6
_LONGEST = 160
_FIRST = 80
"""Tokens that the most telling may always take, for there is not much to say in a share of a small room."""
_LONGEST_TOLD = 300
"""Characters of a sentence that says what to run; of one above what is run, fewer."""


def setup(paths: Sequence[str], text: Text, room: int, near: Sequence[str] = ()) -> tuple[Excerpt, ...]:
    """What tells how to set the project up, most telling first, in at most `room` tokens.

    Of a project of several packages, the manifests of those that the files in `near` belong to as well.
    """
    chosen = _Chosen(room)
    told = ((excerpt, int(room * share)) for excerpt, share in _candidates(paths, text, near))
    passed = [excerpt for excerpt, share in told if not chosen.take(excerpt, share)]
    for excerpt in passed:  # a share of a small room holds next to nothing; all that is left may hold it
        chosen.take(excerpt, room)
    return tuple(chosen.excerpts)


class _Chosen:
    """The excerpts that a room of so many tokens has, none of which only repeats what others run."""

    def __init__(self, room: int) -> None:
        self.excerpts: list[Excerpt] = []
        self._left = room
        self._run: set[str] = set()

    def take(self, excerpt: Excerpt, share: int) -> bool:
        """Take what of an excerpt fits into its share; whether anything did."""
        share = share if self.excerpts else max(share, _FIRST)
        short = head(excerpt.text, min(self._left - 15, share))
        run = _run(short)
        if short and not (run and run <= self._run):
            self._run |= run
            self.excerpts.append(Excerpt(path=excerpt.path, title=excerpt.title, text=short))
            self._left -= count(short) + 15  # its heading and fence
        return bool(short)


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
    if not any(map(_tests, told)):
        told += (found := list(_conventional(top)))
        yield from ((each, 0.2) for each in found)
    if not told:  # how to use a project is not how to work on it
        yield from ((each, 0.2) for each in _documents(paths, text, _USING_IT))
    yield from ((each, 0.1) for each in _scripts(paths))


def _tests(excerpt: Excerpt) -> bool:
    """Whether it says how the project is tested, in a line that can be run as it is."""
    return any(_TESTED.search(line) and not _TO_FILL_IN.search(line) for line in excerpt.text.splitlines())


def _conventional(top: Sequence[str]) -> Iterator[Excerpt]:
    """How what is built by a file of this name is built and tested; by the project's own wrapper."""
    path = next((path for path in _BY_CONVENTION if path in top), None)
    path = path or next((path for path in top if path.endswith((".sln", ".slnx"))), None)
    if path:
        usual = _BY_CONVENTION.get(path, "dotnet build\ndotnet test\n")
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
    """The one CI file that most likely tests the project: of the likeliest, the first that runs tests."""
    found = sorted((rank, path) for path in paths if (rank := ci.workflow(path)) is not None)
    told: list[Excerpt] = []
    for _, path in found[:_MOST_WORKFLOWS]:
        lines = ci.commands(text(path) or "")
        if lines:
            told.append(Excerpt(path=path, title="commands", text="\n".join(lines) + "\n"))
            if any(map(_TESTED.search, lines)):
                yield told[-1]
                return
    yield from told[:1]


def _documents(paths: Iterable[str], text: Text, wanted: re.Pattern[str]) -> Iterator[Excerpt]:
    documents = [path for path in paths if _README.match(path) or _CONTRIBUTING.match(path)]
    for path in sorted(documents, key=lambda path: (path.count("/"), path)):
        on_use = bool(_README.match(path))
        fitting = [each for each in sections(text(path) or "") if _fits(each, wanted, on_use)]
        for each in fitting[:_SECTIONS_OF_A_FILE]:
            yield Excerpt(path=path, title=each.title, text=_commands(each.body))


def _fits(section: Section, wanted: re.Pattern[str], on_use: bool) -> bool:
    """Whether a section is about working on the project, and has commands to show for it."""
    title = section.title
    return bool(
        len(title) < 60
        and (wanted.search(title) or (_BEGINNING.search(title) and _begins(section, on_use)))
        and not _NOT_SETUP.search(title)
        and not any(map(_NOT_ABOVE.search, section.above))
        and _commands(section.body)
    )


def _begins(section: Section, on_use: bool) -> bool:
    return not on_use or bool(_GETS_THE_CODE.search(section.body))


def _commands(body: str) -> str:
    """The commands of a section, each block under the line that introduces it; '' where there are none.

    A block in which nothing is run (what a command prints, how a test is written) is left out. Of prose, the
    sentences that say what to run.
    """
    kept: list[str] = []
    block: list[str] = []
    said: list[str] = []
    inside = parted = False

    def close() -> None:
        if any(map(TOOLS.search, block)):
            kept.extend(block)
        block.clear()

    def tell(sentences: Sequence[str]) -> None:
        kept.extend(short(each, _LONGEST_TOLD) for each in sentences if "`" in each and TOOLS.search(each))
        said.clear()

    for line in body.splitlines():
        if _FENCE.match(line):
            close()
            inside = not inside and not line.lstrip().startswith("..")
        elif inside or _PROMPT.match(line) or (_CODE.match(line) and (parted or not said)):
            *before, last = _sentences(said) or [""]
            tell(before)
            block.extend(filter(None, [_ending(last), line.rstrip()]))
        elif line.strip():
            close()
            if parted or _ITEM.match(line.strip()):
                tell(_sentences(said))
            said.append(line.strip())
        parted = not line.strip()
    close()
    tell(_sentences(said))
    return "\n".join(kept) + "\n" if kept else ""


def _sentences(lines: Sequence[str]) -> list[str]:
    return _SENTENCE.split(" ".join(lines)) if lines else []


def _ending(sentence: str) -> str:
    return sentence if len(sentence) <= _LONGEST else "… " + sentence[-_LONGEST:].partition(" ")[2]


def _scripts(paths: Iterable[str]) -> Iterator[Excerpt]:
    found = sorted(path for path in paths if _SCRIPTS.match(path))
    for folder, group in groupby(found, key=lambda path: path.partition("/")[0]):
        names = [path.partition("/")[2] for path in group]
        more = f" and {len(names) - 12} more" if len(names) > 12 else ""
        yield Excerpt(path=folder + "/", title="scripts", text=", ".join(names[:12]) + more + "\n")
