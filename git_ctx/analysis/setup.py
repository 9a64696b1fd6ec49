"""How a project is set up: what to run to install, build, test and check it, said by its own files."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from git_ctx.analysis import ci, manifests
from git_ctx.analysis.manifests import TOOLS
from git_ctx.analysis.sections import Section, head, sections
from git_ctx.analysis.tokens import count
from git_ctx.document import Excerpt

Text = Callable[[str], str | None]
"""A file's text by its path; None where it cannot be read."""

_README = re.compile(r"readme(?:\.(?:md|markdown|mdx|rst|txt|adoc|org))?$", re.I)
_CONTRIBUTING = re.compile(
    r"(?:(?:\.github/|docs?/(?:\w+/)?)?(?:contributing|development|developing|hacking|building)|install|testing)"
    r"(?:\.(?:md|markdown|rst|txt))?$",
    re.I,
)
_WORKING_ON_IT = re.compile(
    r"\b(?:develop(?:ment|ing|ers?)|build(?:ing)?|compil(?:e|ing|ation)|from (?:local )?source|tests?|"
    r"testing|set(?:ting)?[ -]?up|local(?:ly)?|environment|lint(?:ing)?|hack(?:ing)?|running|quick ?start|"
    r"getting started)\b",
    re.I,
)
_USING_IT = re.compile(r"\b(?:install(?:ation|ing)?|requirements|prerequisites|dependencies)\b", re.I)
_NOT_SETUP = re.compile(
    r"\b(?:theme|plugin|changelog|issues?|pull requests?|licen[cs]e|windows|docker|ide)\b", re.I
)
_FENCE = re.compile(r"\s*(?:```|~~~|\.\. (?:code|prompt|tab|sourcecode))")
_CODE = re.compile(r"[ ]{2,}\S|\t\S|\s*\$ ")
_SCRIPTS = re.compile(r"(?:scripts?|script|tools|dev|bin|ci)/[\w.-]+$")
_SECTIONS_OF_A_FILE = 3
_LONGEST = 160


def setup(paths: Sequence[str], text: Text, room: int) -> tuple[Excerpt, ...]:
    """What tells how to set the project up, most telling first, in at most `room` tokens."""
    chosen: list[Excerpt] = []
    left = room
    seen: set[str] = set()
    for excerpt, share in _candidates(paths, text):
        short = head(excerpt.text, min(left - 15, int(room * share)))
        if short and short not in seen:
            seen.add(short)
            chosen.append(Excerpt(path=excerpt.path, title=excerpt.title, text=short))
            left -= count(short) + 15  # its heading and fence
    return tuple(chosen)


def _candidates(paths: Sequence[str], text: Text) -> Iterator[tuple[Excerpt, float]]:
    """Excerpts and the share of the room that each may take."""
    yield from ((each, 0.35) for each in _manifests(paths, text))
    yield from ((each, 0.25) for each in _ci(paths, text))
    yield from ((each, 0.3) for each in _documents(paths, text, _WORKING_ON_IT))
    yield from ((each, 0.2) for each in _documents(paths, text, _USING_IT))
    yield from ((each, 0.1) for each in _scripts(paths))


def _manifests(paths: Iterable[str], text: Text) -> Iterator[Excerpt]:
    for path in paths:
        if "/" not in path and manifests.is_manifest(path):
            lines = manifests.commands(path, text(path) or "")
            if lines:
                yield Excerpt(path=path, title="commands", text="\n".join(lines) + "\n")


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
        len(title) < 60 and wanted.search(title) and not _NOT_SETUP.search(title) and _commands(section.body)
    )


def _commands(body: str) -> str:
    """The commands of a section, each block under the line that introduces it; '' where there are none."""
    kept: list[str] = []
    said, inside, found = "", False, False
    for line in body.splitlines():
        if _FENCE.match(line):
            inside = not inside and not line.lstrip().startswith("..")
            said = "" if kept and kept[-1] == said else said
        elif inside or _CODE.match(line) or ("`" in line and TOOLS.search(line)):
            kept.extend(filter(None, [said, line.rstrip()]))
            said, found = "", found or bool(TOOLS.search(line))
        elif line.strip():
            said = line.strip()[:_LONGEST]
    return "\n".join(kept) + "\n" if found else ""


def _scripts(paths: Iterable[str]) -> Iterator[Excerpt]:
    found = sorted(path for path in paths if _SCRIPTS.match(path))
    for folder, group in groupby(found, key=lambda path: path.partition("/")[0]):
        names = [path.partition("/")[2] for path in group]
        more = f" and {len(names) - 12} more" if len(names) > 12 else ""
        yield Excerpt(path=folder + "/", title="scripts", text=", ".join(names[:12]) + more + "\n")
