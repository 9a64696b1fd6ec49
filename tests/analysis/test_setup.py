from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx.analysis.setup import setup
from git_ctx.analysis.tokens import count

README = """\
# Shop

pip install shop is all.

## Installation

Install it with:

```sh
pip install shop
```

## Building a basket

```python
basket = Basket()
```

## Development

Get the code, then run

    $ pip install -e '.[dev]'
    $ pytest

Prose that goes on and on.
"""
FILES = {
    "README.md": README,
    "Makefile": "test:\n\tpytest\n",
    ".github/workflows/ci.yml": "jobs:\n  a:\n    steps:\n      - run: make test\n",
    "scripts/check": "#!/bin/sh\n",
    "src/shop.py": "x = 1\n",
}


def test_commands_are_taken_from_manifests_ci_and_documents() -> None:
    found = setup(sorted(FILES), FILES.get, 500)
    assert [(each.path, each.title, each.text) for each in found] == [
        ("Makefile", "commands", "make TARGET: test\n"),
        (".github/workflows/ci.yml", "commands", "make test\n"),
        (
            "README.md",
            "Development",
            "Get the code, then run\n    $ pip install -e '.[dev]'\n    $ pytest\n",
        ),
        ("scripts/", "scripts", "check\n"),
    ]


def test_how_to_use_a_project_is_told_where_it_does_not_say_how_to_work_on_it() -> None:
    files = {"README.md": "# Shop\n\n## Installation\n\nInstall it with:\n\n```\npip install shop\n```\n"}
    assert [each.text for each in setup(sorted(files), files.get, 500)] == [
        "Install it with:\npip install shop\n"
    ]


def test_only_blocks_that_run_something_are_quoted() -> None:
    files = {
        "CONTRIBUTING.md": "## Testing\n\nRun the tests:\n\n```\n$ pytest -q\n2 passed\n```\n\n"
        "It prints:\n\n```\nok\n```\n\nWrite them so:\n\n```python\ndef test(): ...\n```\n"
    }
    (found,) = setup(sorted(files), files.get, 500)
    assert found.text == "Run the tests:\n$ pytest -q\n2 passed\n"


def test_of_several_packages_those_near_the_chosen_files_are_told() -> None:
    files = {
        "package.json": '{"workspaces": ["packages/*"], "scripts": {"test": "jest"}}',
        "packages/cart/package.json": '{"scripts": {"test": "jest cart"}}',
        "packages/cart/src/ui/cart.ts": "",
        "packages/tax/package.json": '{"scripts": {"test": "jest tax"}}',
        "packages/tax/rate.ts": "",
    }
    found = setup(sorted(files), files.get, 500, near=["packages/cart/src/ui/cart.ts", "package.json"])
    assert [each.path for each in found] == ["package.json", "packages/cart/package.json"]


def test_a_project_that_says_nothing_has_no_set_up() -> None:
    assert setup(["a.py"], {"a.py": "make test"}.get, 500) == ()
    assert setup(["README.md", "Makefile"], lambda path: None, 500) == ()


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(sorted(FILES))), st.integers(0, 400))
def test_it_keeps_to_its_room(paths: set[str], room: int) -> None:
    assert sum(count(each.text) + 15 for each in setup(sorted(paths), FILES.get, room)) <= room
