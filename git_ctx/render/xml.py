"""A context as XML: well-formed whatever the files hold, and close to the text that assistants know best.

As in Markdown, every block starts with `<` and ends with a newline, so that the parts' costs add up.
"""

import re
from collections.abc import Iterable, Sequence

from git_ctx.code import Change
from git_ctx.document import Answer, Document, Excerpt, Overview, Part
from git_ctx.render.text import DATA, GIVEN, about, extent, hint, left_out, moved, news, visible, why

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""


def render(document: Document) -> str:
    """The whole context; the same document gives the same text."""
    inside = "".join(text for _, text in sections(document))
    return f'<context kind="{document.kind}">\n{inside}</context>\n'


def part(part: Part) -> str:
    """One file, as `render` writes it."""
    if part.form == "line":
        return _tag("file", {"path": part.path, "form": part.form, "why": hint(part.reasons)})
    attributes = {"path": part.path, "form": part.form, "of": extent(part), "why": why(part.reasons)}
    return _tag("file", attributes, f"\n{_quote(part.text)}\n")


def answers(answers: Sequence[Answer]) -> str:
    """What was asked for; the same answers give the same text."""
    head = _line("about", f"{GIVEN} {DATA}")
    return f"<answers>\n{head}{''.join(map(answer, answers))}</answers>\n"


def answer(answer: Answer) -> str:
    """One answer, as `answers` writes it."""
    blocks = [*map(part, answer.parts)]
    if answer.lines:
        blocks.append(_tag("lines", None, f"\n{_quote(chr(10).join(map(visible, answer.lines)))}\n"))
    blocks += (_line("note", note) for note in answer.notes)
    return _tag("answer", {"kind": answer.ask.kind, "what": answer.ask.what}, "\n" + "".join(blocks))


def _quote(text: str) -> str:
    """Text from a file: as it stands where XML allows, else inside CDATA; never a way out of it."""
    text = _FORBIDDEN.sub("\ufffd", text).removesuffix("\n")
    if "<" not in text and "&" not in text and "]]>" not in text:
        return text
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _escape(text: str) -> str:
    text = _FORBIDDEN.sub("\ufffd", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _tag(name: str, attributes: dict[str, str] | None = None, content: str = "") -> str:
    words = (
        f' {key}="{_escape(visible(value)).replace(chr(34), "&quot;")}"'
        for key, value in (attributes or {}).items()
        if value
    )
    opening = f"<{name}{''.join(words)}"
    return f"{opening}>{content}</{name}>\n" if content else f"{opening}/>\n"


def _line(name: str, text: str) -> str:
    return _tag(name, None, _escape(visible(text)))


def sections(document: Document) -> Iterable[tuple[str, str]]:
    """What `render` writes, piece by piece, each with the name of its section."""
    yield "frame", _line("about", about(document))
    if document.task:
        yield "task", _tag("task", None, f"\n{_quote(document.task.strip(chr(10)))}\n")
    if document.overview:
        yield "overview", _overview(document.overview)
    yield "setup", "".join(_excerpts("setup", document.setup))
    name = "guidance" if document.kind == "full" else "new-guidance"
    yield "guidance", "".join(_excerpts(name, document.guidance))
    if document.kind == "update":
        changed, new = news(document)
        moved = map(_moved, document.changes)
        yield "files", "".join(_group("changed", [*map(part, changed), *moved]))
        yield "files", "".join(_group("new", map(part, new)))
        yield "earlier", "".join(_line("earlier", line) for line in document.earlier)
    else:
        yield "files", "".join(_group("files", map(part, document.parts)))
    if document.cut:
        yield "cut", _line("past-the-budget", left_out(document.cut))
    yield "notes", "".join(_line("note", line) for line in document.notes)


def _overview(overview: Overview) -> str:
    tree = _tag("tree", None, f"\n{_quote(chr(10).join(map(visible, overview.tree)))}\n")
    languages = (
        _tag("language", {"name": each.name, "files": str(each.files), "lines": str(each.lines)})
        for each in overview.languages
    )
    starts = (_tag("entry-point", {"path": path}) for path in overview.entry_points)
    return _tag("overview", {"project": overview.project}, "\n" + "".join([tree, *languages, *starts]))


def _excerpts(name: str, excerpts: Sequence[Excerpt]) -> Iterable[str]:
    for each in excerpts:
        yield _tag(name, {"path": each.path, "title": each.title}, f"\n{_quote(each.text)}\n")


def _group(name: str, blocks: Iterable[str]) -> Iterable[str]:
    content = "".join(blocks)
    if content:
        yield _tag(name, None, "\n" + content)


def _moved(change: Change) -> str:
    if change.status not in ("deleted", "renamed"):
        return ""
    return _tag(change.status, {"path": moved(change)})
