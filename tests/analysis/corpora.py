"""Builds a corpus from a mapping of paths to contents."""

import hashlib
from collections.abc import Mapping, Sequence

from git_ctx.analysis.corpus import Corpus
from git_ctx.code import File, Touch


class Memory:
    """A memo in memory, as the store's would be."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], bytes] = {}

    def get(self, kind: str, oids: Sequence[str]) -> Mapping[str, bytes]:
        return {oid: self.rows[kind, oid] for oid in oids if (kind, oid) in self.rows}

    def put(self, kind: str, rows: Mapping[str, bytes]) -> None:
        self.rows.update({(kind, oid): row for oid, row in rows.items()})


class Files:
    """A work tree in memory that counts what is read."""

    def __init__(
        self, contents: Mapping[str, str | bytes], withheld: Mapping[str, str] | None = None
    ) -> None:
        self.data = {
            path: text if isinstance(text, bytes) else text.encode() for path, text in contents.items()
        }
        self.withheld = withheld or {}
        self.read: list[str] = []

    def corpus(self, memo: Memory | None = None, touches: Sequence[Touch] = ()) -> Corpus:
        files = [
            File(
                path=path,
                oid=hashlib.sha1(self.data[path]).hexdigest(),
                mode=0o100644,
                size=len(self.data[path]),
                withheld=self.withheld.get(path),
            )
            for path in sorted(self.data)
        ]
        return Corpus(files, self._content, memo, touches)

    def _content(self, file: File) -> bytes:
        self.read.append(file.path)
        return self.data[file.path]
