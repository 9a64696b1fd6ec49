"""Which files matter for a prompt."""

from collections.abc import Mapping, Sequence

from git_ctx.analysis.corpus import Corpus
from git_ctx.analysis.rank import rank
from git_ctx.model import File, Touch

FILES = {
    "src/app/session.py": "import os\n\n\nclass Session:\n    def rebuild_proxies(self, url):\n        return redirect(url)\n",
    "src/app/redirect.py": "from .session import Session\n\n\ndef follow_redirect(url):\n    return url\n",
    "src/app/colors.py": "RED = 1\nGREEN = 2\n",
    "src/app/util/paths.py": "def join(a, b):\n    return a + b\n",
    "tests/test_session.py": "from app.session import Session\n\n\ndef test_rebuild_proxies_on_redirect():\n    Session().rebuild_proxies('redirect')\n",
    "docs/session.md": "# Session\nA session follows a redirect, rebuild proxies.\n",
    "logo.png": "\0\1\2",
    "uv.lock": "session redirect proxies\n",
}


class Memory:
    """A memo in memory, as the store's would be."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], bytes] = {}

    def get(self, kind: str, oids: Sequence[str]) -> Mapping[str, bytes]:
        return {oid: self.rows[kind, oid] for oid in oids if (kind, oid) in self.rows}

    def put(self, kind: str, rows: Mapping[str, bytes]) -> None:
        self.rows.update({(kind, oid): row for oid, row in rows.items()})


def corpus(
    files: Mapping[str, str | bytes] = FILES, memo: Memory | None = None, touches: Sequence[Touch] = ()
) -> Corpus:
    data = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}
    made = [
        File(path=path, oid=f"{abs(hash(data[path])):040x}"[-40:], mode=0o100644, size=len(data[path]))
        for path in sorted(data)
    ]
    return Corpus(made, lambda file: data[file.path], memo, touches)


def paths(prompt: str, **options: object) -> list[str]:
    return [one.path for one in rank(corpus(**options), prompt)]  # type: ignore[arg-type]


def test_the_file_that_is_about_it_comes_first() -> None:
    assert paths("Session.rebuild_proxies loses the redirect")[0] == "src/app/session.py"


def test_a_spelled_path_comes_first() -> None:
    assert paths("the redirect in app/util/paths.py is wrong")[0] == "src/app/util/paths.py"


def test_tests_and_documents_come_after_their_source() -> None:
    order = paths("rebuild_proxies on redirect of a session")
    assert order.index("src/app/session.py") < order.index("tests/test_session.py")
    assert order.index("src/app/session.py") < order.index("docs/session.md")


def test_a_damaged_memo_changes_nothing() -> None:
    memo = Memory()
    fresh = rank(corpus(memo=memo), "session redirect")
    assert memo.rows
    for number, key in enumerate(memo.rows):
        row = memo.rows[key]
        memo.rows[key] = [b"", row[:-1], b"x" + row, b"\0" * len(row), row[:20]][number % 5]
    assert rank(corpus(memo=memo), "session redirect") == fresh
