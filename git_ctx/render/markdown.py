"""A context as Markdown: for people, and for assistants that read it as they would a page.

A part costs the same wherever it stands: each block starts with a mark (`#`, `-`) and ends with a newline,
and no token of o200k reaches over such a seam. So what `part` costs can be added up.
"""

import re
from collections.abc import Iterable, Sequence

from git_ctx.code import Change
from git_ctx.document import Answer, Document, Excerpt, Language, Overview, Part
from git_ctx.render.text import (
    DATA,
    GIVEN,
    about,
    extent,
    hint,
    left_out,
    moved,
    news,
    storable,
    visible,
    why,
)

# What would end the task's place on the page: a fence, a heading of either kind, HTML, a link's target.
_BREAKS_OUT = re.compile(r"^ {0,3}(?:```|~~~|#{1,6}(?:\s|$)|=+\s*$|-+\s*$|<|\[[^\]]*\]:)", re.MULTILINE)
_INFO = re.compile(r"[^A-Za-z0-9+#._-]")


def render(document: Document) -> str:
    """The whole context; the same document gives the same text."""
    return "".join(text for _, text in sections(document)).rstrip("\n") + "\n"


def part(part: Part) -> str:
    """One file, as `render` writes it."""
    if part.form == "line":
        reasons = hint(part.reasons)
        return f"- {code(part.path)}{': ' + reasons if reasons else ''}\n"
    said = "; ".join(filter(None, (extent(part), why(part.reasons))))
    head = f"## {code(part.path)}{f' ({said})' if said else ''}\n\n"
    return head + fence(part.text, "diff" if part.form == "diff" else part.language) + "\n"


def answers(answers: Sequence[Answer]) -> str:
    """What was asked for, each under its own head; the same answers give the same text."""
    return "".join([f"{GIVEN} {DATA}\n\n", *map(answer, answers)]).rstrip("\n") + "\n"


def answer(answer: Answer) -> str:
    """One answer, as `answers` writes it."""
    what = f" {code(answer.ask.what)}" if answer.ask.what else ""
    named = [part(each) for each in answer.parts if each.form == "line"]
    blocks = [f"# {answer.ask.kind}{what}\n\n", *(part(p) for p in answer.parts if p.form != "line")]
    blocks += [*named, "\n"] if named else []
    if answer.lines:
        blocks.append(fence("\n".join(map(visible, answer.lines)), "text") + "\n")
    blocks += [f"- {visible(note)}\n" for note in answer.notes]
    return "".join(blocks) + ("\n" if answer.notes else "")


def fence(text: str, language: str = "") -> str:
    """Text between fences that are longer than any run of backticks in it, so nothing in it ends them."""
    text = storable(text)
    marks = "`" * max(3, _longest_run(text) + 1)
    end = "" if not text or text.endswith("\n") else "\n"
    return f"{marks}{_INFO.sub('', language)}\n{text}{end}{marks}\n"


def code(text: str) -> str:
    """One line as a code span that its own backticks cannot end."""
    text = visible(text)
    marks = "`" * (_longest_run(text) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{marks}{pad}{text}{pad}{marks}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def sections(document: Document) -> Iterable[tuple[str, str]]:
    """What `render` writes, piece by piece, each with the name of its section."""
    yield "frame", about(document) + "\n\n"
    if document.task:
        yield "task", f"# Task\n\n{_task(document.task)}\n"
    if document.overview:
        yield "overview", "".join(_overview(document.overview))
    yield "setup", "".join(_excerpts("# Set-up", document.setup))
    head = "# Guidance" if document.kind == "full" else "# New guidance"
    yield "guidance", "".join(_excerpts(head, document.guidance))
    if document.kind == "update":
        changed, new = news(document)
        yield "files", "".join(_changes(document.changes, changed))
        yield "files", "".join(_files("# New", new))
        yield "earlier", "".join(_list("# Shown before", document.earlier))
    else:
        yield "files", "".join(_files("# Files", document.parts))
    if document.cut:
        named = left_out([code(path) for path in document.cut])
        yield "cut", f"Left out, past the budget: {named}.\n\n"
    yield "notes", "".join(_list("# Notes", document.notes))


def _task(text: str) -> str:
    text = storable(text).strip("\n") + "\n"
    return fence(text, "text") if _BREAKS_OUT.search(text.replace("\r", "\n")) else text


def _overview(overview: Overview) -> Iterable[str]:
    yield "# Overview\n\n"
    yield fence("\n".join(map(visible, overview.tree)), "text") + "\n"
    if overview.languages:
        yield f"Languages: {', '.join(map(_language, overview.languages))}.\n\n"
    if overview.entry_points:
        yield f"Starts at: {', '.join(map(code, overview.entry_points))}.\n\n"


def _language(language: Language) -> str:
    lines = f"{language.lines:,} lines in " if language.lines else ""
    return f"{visible(language.name)} ({lines}{language.files:,} file{'s' if language.files != 1 else ''})"


def _excerpts(title: str, excerpts: Sequence[Excerpt]) -> Iterable[str]:
    if excerpts:
        yield f"{title}\n\n"
    for each in excerpts:
        head = f"## {code(each.path)}" + (f": {visible(each.title)}" if each.title else "")
        yield f"{head}\n\n{fence(each.text)}\n"


def _files(title: str, parts: Sequence[Part]) -> Iterable[str]:
    shown = [each for each in parts if each.form != "line"]
    if shown:
        yield f"{title}\n\n"
        yield from map(part, shown)
    lines = [each for each in parts if each.form == "line"]
    if lines:
        yield "# Also relevant\n\n"
        yield from map(part, lines)
        yield "\n"


def _changes(changes: Sequence[Change], parts: Sequence[Part]) -> Iterable[str]:
    told = [each for each in changes if each.status in ("deleted", "renamed")]
    if not parts and not told:
        return
    yield "# Changed since\n\n"
    yield from (part(each) for each in parts if each.form != "line")
    named = [part(each) for each in parts if each.form == "line"]
    named += [f"- {each.status}: {code(moved(each))}\n" for each in told]
    yield from named
    if named:
        yield "\n"


def _list(title: str, lines: Sequence[str]) -> Iterable[str]:
    if lines:
        yield f"{title}\n\n"
        yield from (f"- {visible(line)}\n" for line in lines)
        yield "\n"
