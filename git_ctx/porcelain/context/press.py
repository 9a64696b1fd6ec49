"""One format of contexts: documents and parts to text, and what they take in tokens."""

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module

from git_ctx.analysis import tokens
from git_ctx.document import Answer, Document, Part
from git_ctx.model import Format


class Press:
    """Renders in one format; each part is counted once.

    `width`: for a reader that takes so many bytes for a token; a text counts for no less than that.
    `task`: whether the prompt is repeated, for a reader that does not have it from elsewhere.
    """

    def __init__(self, form: Format, width: int | None = None, task: bool = True) -> None:
        self.form = form
        self.task = task
        self._width = width
        self._renderer = import_module(f"git_ctx.render.{form}")
        self._costs: dict[Part, int] = {}
        self._last: tuple[Document, str, int] | None = None

    def render(self, document: Document) -> str:
        return self._pressed(document)[1]

    def answers(self, answers: Sequence[Answer]) -> str:
        """What was asked for, as one document."""
        text: str = self._renderer.answers(answers)
        return text

    def answer(self, answer: Answer) -> str:
        """One of them, as `answers` writes it."""
        text: str = self._renderer.answer(answer)
        return text

    def size(self, document: Document) -> int:
        """What a whole document takes."""
        return self._pressed(document)[2]

    def sections(self, document: Document) -> tuple[tuple[str, int], ...]:
        """What each section of a document takes: `files` is what its parts cost, `frame` what is between all.

        They add up to its size, but for a reader that takes bytes for tokens: there each is rounded up.
        """
        texts: dict[str, str] = {}
        for name, text in self._renderer.sections(self._shown(document)):
            if name not in ("files", "frame") and text:
                texts[name] = texts.get(name, "") + text
        counts = {name: self._count(text) for name, text in texts.items()}
        if document.parts:
            counts["files"] = sum(map(self.cost, document.parts))
        counts["frame"] = max(0, self.size(document) - sum(counts.values()))
        return tuple(sorted(counts.items()))

    def cost(self, part: Part) -> int:
        """What a part takes, as `render` writes it."""
        if part not in self._costs:
            self._costs[part] = self._count(self._renderer.part(part))
        return self._costs[part]

    def _pressed(self, document: Document) -> tuple[Document, str, int]:
        if self._last is None or self._last[0] != document:
            text = self._renderer.render(self._shown(document))
            self._last = document, text, self._count(text)
        return self._last

    def _shown(self, document: Document) -> Document:
        return document if self.task else replace(document, task="")

    def _count(self, text: str) -> int:
        exact = tokens.count(text)
        if self._width is None:
            return exact
        return max(exact, -(-len(text.encode("utf-8", "replace")) // self._width))
