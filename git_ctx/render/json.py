"""A context as JSON, for programs. One object:

    kind        "full" or "update"
    about       what this is, and how to ask for more
    task        the prompt's text
    overview    project, tree (lines), languages (name, files, lines), entry_points    full ones only
    setup, guidance     path, title, text of each; in an update, guidance that is new
    files       path, form (whole, definitions, outline, diff, line), language, lines, why, text
    changed     update only: status (added, modified, deleted, renamed), path, old_path
    cut         paths that were relevant, but past the budget
    earlier, notes      lines

What was asked for is an object with `about` and `answers`: kind, what, files (as above), lines, notes.

Keys without a value are left out. Paths and text are exact, but for bytes that are not UTF-8.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from git_ctx.code import Change
from git_ctx.document import Answer, Document, Excerpt, Overview, Part
from git_ctx.render.text import DATA, GIVEN, about, storable, visible


def render(document: Document) -> str:
    """The whole context; the same document gives the same text."""
    return "{\n" + ",\n".join(text for _, text in sections(document)) + "\n}\n"


def part(part: Part) -> str:
    """One file, as `render` writes it."""
    return (
        _write(
            path=visible(part.path),
            form=part.form,
            language=part.language,
            lines=part.lines,
            why=[str(reason) for reason in part.reasons],
            text=part.text,
        )
        + ",\n"
    )


def answers(answers: Sequence[Answer]) -> str:
    """What was asked for; the same answers give the same text."""
    members = [_member("about", f"{GIVEN} {DATA}"), *_rows("answers", map(answer, answers))]
    return "{\n" + ",\n".join(members) + "\n}\n"


def answer(answer: Answer) -> str:
    """One answer, as `answers` writes it."""
    members = [_member("kind", answer.ask.kind), _member("what", visible(answer.ask.what))]
    members += _rows("files", map(part, answer.parts))
    for key in ("lines", "notes"):
        if getattr(answer, key):
            members.append(_member(key, [visible(line) for line in getattr(answer, key)]))
    return "{" + ", ".join(members) + "},\n"


def _write(**members: Any) -> str:
    filled = {key: value for key, value in members.items() if value not in (None, "", [], ())}
    return storable(json.dumps(filled, ensure_ascii=False))


def _member(key: str, value: Any) -> str:
    return f'"{key}": ' + storable(json.dumps(value, ensure_ascii=False))


def _rows(key: str, rows: Iterable[str]) -> Iterable[str]:
    written = [row.removesuffix(",\n") for row in rows]
    if written:
        yield f'"{key}": [\n' + ",\n".join(written) + "\n]"


def sections(document: Document) -> Iterable[tuple[str, str]]:
    """The members that `render` writes, each with the name of its section."""
    yield "frame", _member("kind", document.kind)
    yield "frame", _member("about", about(document))
    if document.task:
        yield "task", _member("task", document.task)
    if document.overview:
        yield "overview", '"overview": ' + _overview(document.overview)
    rows = {
        "setup": map(_excerpt, document.setup),
        "guidance": map(_excerpt, document.guidance),
        "files": map(part, document.parts),
        "changed": map(_change, document.changes),
    }
    for key, some in rows.items():
        for text in _rows(key, some):
            yield "files" if key == "changed" else key, text
    for key in ("cut", "earlier", "notes"):
        lines = getattr(document, key)
        if lines:
            yield key, _member(key, [visible(line) for line in lines])


def _change(change: Change) -> str:
    old = change.old_path and visible(change.old_path)
    return _write(status=change.status, path=visible(change.path), old_path=old)


def _excerpt(excerpt: Excerpt) -> str:
    return _write(path=visible(excerpt.path), title=visible(excerpt.title), text=excerpt.text)


def _overview(overview: Overview) -> str:
    return _write(
        project=visible(overview.project),
        tree=[visible(line) for line in overview.tree],
        languages=[{"name": x.name, "files": x.files, "lines": x.lines} for x in overview.languages],
        entry_points=[visible(path) for path in overview.entry_points],
    )
