"""The files that a ranking looks at: what each is, what is in it, read when asked for."""

import os
import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

from git_ctx.analysis import digest, roll, shelf
from git_ctx.analysis.digest import LARGE, Digest
from git_ctx.analysis.kinds import UNREAD, FileKind, kind, language, settled
from git_ctx.analysis.memo import Forgetful, Memo
from git_ctx.analysis.outline import imports, outline
from git_ctx.analysis.shelf import Digests
from git_ctx.code import File, Touch
from git_ctx.document import Outline

LINK = 0o120000
"""The mode of a symbolic link: another name for a file, not one more."""

_HOPS = 5


class Corpus:
    """Files by path, in their order. Contents are read once at most for the words, again for the text.

    `hidden` ones are in no ranking and no search; they are read where somebody asks for one by its name.
    `read_all`: as `read` for each of many, where that is cheaper.
    """

    def __init__(
        self,
        files: Sequence[File],
        read: Callable[[File], bytes | None],
        memo: Memo | None = None,
        touches: Sequence[Touch] = (),
        hidden: Sequence[File] = (),
        read_all: Callable[[Sequence[File]], Iterable[bytes | None]] | None = None,
    ) -> None:
        self.files = {file.path: file for file in files}
        self.hidden = {file.path: file for file in hidden}
        self.touches = touches
        self._read = read
        self._read_all = read_all or (lambda files: map(read, files))
        self._memo: Memo = memo or Forgetful()
        self._outlines: dict[str, Outline] = {}

    @cached_property
    def folders(self) -> list[str]:
        """The folder that each file is in, in the order of the files."""
        return [path.rpartition("/")[0] for path in self.files]

    def file(self, path: str) -> File | None:
        """The file of this path, hidden or not."""
        return self.files.get(path) or self.hidden.get(path)

    @cached_property
    def kinds(self) -> dict[str, FileKind]:
        """What each path is, as far as its name says."""
        links: dict[str, FileKind] = {path: "link" for path, file in self.files.items() if file.mode == LINK}
        return {**self._roll.kinds, **links}

    def language(self, path: str) -> str | None:
        return self._roll.languages[path]

    @property
    def titles(self) -> bytes:
        """The files' own names in one text, in their order, a line for each."""
        return self._roll.titles

    @cached_property
    def _roll(self) -> roll.Roll:
        return roll.call(tuple(self.files), self._memo)

    def kind(self, path: str) -> FileKind:
        return self.settled[path]

    @cached_property
    def settled(self) -> dict[str, FileKind]:
        """What each path is, by its name and by its bytes."""
        some = {path: settled(self.kinds[path], said) for path, said in self.digests.seen.items()}
        return {**self.kinds, **some}

    def target(self, path: str) -> str:
        """The file that a link of the work tree leads to, as far as it stays in it; else the path itself."""
        for _ in range(_HOPS):
            file = self.file(path)
            if file is None or file.mode != LINK:
                break
            data = self._read(file) or b""
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), os.fsdecode(data)))
        return path

    def read(self, path: str) -> bytes | None:
        """A file's bytes; None for one that is withheld, gone or too large."""
        file = self.file(path)
        if file is None or file.withheld is not None or (file.size or 0) > LARGE:
            return None
        return self._read(file)

    def text(self, path: str) -> str | None:
        """A file's text, bytes that are not UTF-8 replaced; None for what is never shown."""
        data = self.read(path)
        if data is None or kind(path, data) in UNREAD:
            return None
        return data.decode("utf-8", "replace")

    def outline(self, path: str) -> Outline:
        if path not in self._outlines:
            self._outlines[path] = outline(language(path), self.text(path) or "")
        return self._outlines[path]

    def imports(self, path: str) -> tuple[str, ...]:
        """What a file imports, as spelled."""
        return imports(language(path), self.text(path) or "")

    def lines(self, path: str) -> int | None:
        return self.digests.lines.get(path)

    @cached_property
    def digests(self) -> Digests:
        """For each file that can be read: its words and names; from the memo where it has them."""
        readable = [
            file
            for file, said in zip(self.files.values(), self.kinds.values(), strict=True)
            if said not in UNREAD and file.withheld is None and (file.size or 0) <= LARGE
        ]
        return shelf.collect(readable, self._roll.languages, self._memo, self._made)

    def _made(self, files: Sequence[File]) -> Iterator[Digest | None]:
        return map(self._digest, files, self._read_all(files))

    def _digest(self, file: File, data: bytes | None) -> Digest | None:
        return None if data is None else digest.digest(self._roll.languages[file.path], data)
