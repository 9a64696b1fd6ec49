import json
import re

from hypothesis import given, settings

from git_ctx.document import Document
from git_ctx.render import json as rendered
from git_ctx.render.text import about
from tests.render.documents import FULL, UPDATE, documents


def test_a_full_context() -> None:
    assert json.loads(rendered.render(FULL)) == {
        "kind": "full",
        "about": about(FULL),
        "task": FULL.task,
        "overview": {
            "project": "shop",
            "tree": ["shop/", "  cart.py", "README.md"],
            "languages": [{"name": "Python", "files": 1, "lines": 1200}],
            "entry_points": ["shop/cart.py"],
        },
        "setup": [{"path": "README.md", "title": "Install", "text": "pip install shop\n"}],
        "guidance": [{"path": "AGENTS.md", "text": "Use tabs.\n"}],
        "files": [
            {
                "path": "shop/cart.py",
                "form": "definitions",
                "language": "python",
                "lines": 1200,
                "why": ["symbol: total", "terms: cart"],
                "text": FULL.parts[0].text,
            },
            {
                "path": "README.md",
                "form": "line",
                "language": "markdown",
                "lines": 8,
                "why": ["terms: total"],
            },
        ],
        "cut": ["docs/a.md", "docs/b.md"],
        "notes": ["1 file was withheld: it holds a secret"],
    }


def test_an_update_names_what_changed() -> None:
    assert json.loads(rendered.render(UPDATE))["changed"] == [
        {"status": "modified", "path": "shop/cart.py"},
        {"status": "deleted", "path": "shop/old.py"},
        {"status": "renamed", "path": "shop/b.py", "old_path": "shop/a.py"},
    ]


@settings(deadline=None, max_examples=40)
@given(documents)
def test_it_parses_and_keeps_every_text(document: Document) -> None:
    read = json.loads(rendered.render(document).encode())
    texts = [file.get("text", "") for file in read.get("files", [])]
    assert texts == [re.sub("[\ud800-\udfff]", "\ufffd", part.text) for part in document.parts]
