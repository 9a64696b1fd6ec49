import pytest
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


def test_in_a_small_room_the_manifest_comes_before_what_is_short() -> None:
    scripts = ", ".join(f'"{name}": "run the {name}"' for name in ("test", "build", "lint", "dev", "start"))
    files = {
        "package.json": f'{{"packageManager": "pnpm@9.1.0", "scripts": {{{scripts}}}}}',
        "pnpm-workspace.yaml": "packages:\n  - packages/*\n",
    }
    found = setup(sorted(files), files.get, 80)
    assert [(each.path, each.text.splitlines()[1]) for each in found] == [
        ("package.json", "pnpm run test: run the test")
    ]


def test_what_is_left_of_a_small_room_goes_to_what_its_share_did_not_hold() -> None:
    steps = "".join(f"      - run: go {verb} ./...\n" for verb in ("vet", "build", "test", "generate"))
    files = {
        "go.mod": "module x\n\ngo 1.25\n",
        ".github/workflows/ci.yml": f"jobs:\n  a:\n    steps:\n{steps}",
    }
    found = setup(sorted(files), files.get, 90)
    assert [each.path for each in found] == ["go.mod", ".github/workflows/ci.yml"]


def test_what_no_shell_runs_is_no_script() -> None:
    files = dict.fromkeys(
        ["tools/pom.xml", "tools/README", "tools/release.sh", "bin/shop", "dev/__init__.py"], "x\n"
    )
    found = setup(sorted(files), files.get, 500)
    assert [(each.path, each.text) for each in found] == [("bin/", "shop\n"), ("tools/", "release.sh\n")]


def test_how_to_use_a_project_is_told_where_it_does_not_say_how_to_work_on_it() -> None:
    files = {"README.md": "# Shop\n\n## Installation\n\nInstall it with:\n\n```\npip install shop\n```\n"}
    assert [each.text for each in setup(sorted(files), files.get, 500)] == [
        "Install it with:\npip install shop\n"
    ]


def test_a_quick_start_is_for_users_unless_one_gets_the_code() -> None:
    start = "## Quick Start\n\n```\nmake all\n```\n"
    clone = start.replace("make all", "git clone https://example.com/shop\nmake all")
    for files, told in [
        ({"README.md": start, "Makefile": "test:\n"}, ["Makefile"]),
        ({"README.md": clone, "Makefile": "test:\n"}, ["Makefile", "README.md"]),
        ({"CONTRIBUTING.md": start, "Makefile": "test:\n"}, ["Makefile", "CONTRIBUTING.md"]),
    ]:
        assert [each.path for each in setup(sorted(files), files.get, 500)] == told


def test_a_test_that_only_the_ci_can_run_does_not_stand_for_how_one_tests() -> None:
    files = {".github/workflows/ci.yml": "- run: ctest -C ${{ matrix.type }}\n", "CMakeLists.txt": ""}
    assert [each.title for each in setup(sorted(files), files.get, 500)] == ["commands", "by convention"]


def test_of_workflows_as_likely_the_one_that_runs_tests_is_told() -> None:
    files = {
        f".github/workflows/{name}.yml": f"- run: {line}\n"
        for name, line in [("build-wheels", "pip wheel ."), ("ci", "make check"), ("main", "make test")]
    }
    assert [each.path for each in setup(sorted(files), files.get, 500)] == [".github/workflows/ci.yml"]
    files[".github/workflows/ci.yml"] = files[".github/workflows/main.yml"] = "- run: make all\n"
    assert [each.text for each in setup(sorted(files), files.get, 500)] == ["pip wheel .\n"]


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


def test_scripts_are_run_by_the_package_manager_whose_lock_file_is_there() -> None:
    files = {
        "package.json": '{"scripts": {"test:e2e": "x", "test": "jest"}}',
        "yarn.lock": "",
        "packages/cart/package.json": '{"scripts": {"test": "jest cart"}}',
        "packages/tax/package.json": '{"packageManager": "npm@10", "scripts": {"test": "jest tax"}}',
    }
    found = setup(sorted(files), files.get, 500, near=["packages/cart/a.js", "packages/tax/a.js"])
    assert [each.text for each in found] == [
        "yarn run test: jest\nyarn run test:e2e: x\n",
        "yarn run test: jest cart\n",
        "package manager: npm@10\nnpm run test: jest tax\n",
    ]


def test_what_was_told_is_not_told_again() -> None:
    files = {
        "CONTRIBUTING.md": "## Building\n\nRun `make all`.\n\n## Testing\n\n    $ make all\n    $ make check\n",
        "README.md": "## Development\n\n```\nmake check\n```\n",
    }
    found = setup(sorted(files), files.get, 500)
    assert [(each.path, each.title) for each in found] == [
        ("CONTRIBUTING.md", "Building"),
        ("CONTRIBUTING.md", "Testing"),
    ]


def test_a_block_is_introduced_by_the_last_sentence_before_it() -> None:
    files = {
        "README.md": "## Building\n\nIt is in plain words. To build it with all that\nthere is, run:\n\n    % make all\n\n"
        "Lost words.\n\nOr:\n* Use:\n\n    % make some\n"
    }
    (found,) = setup(sorted(files), files.get, 500)
    assert found.text == (
        "To build it with all that there is, run:\n    % make all\n* Use:\n    % make some\n"
    )


def test_of_prose_the_sentences_that_say_what_to_run_are_told_whole() -> None:
    files = {
        "CONTRIBUTING.md": "## Testing\n\nThe tests are many. When all is written, run the\nslow ones with `make slow`"
        " and then\nthe others. Mind `them`.\n\n1. Run `make\n   quick` first, in\n   `src`.\n2. Look.\n"
    }
    (found,) = setup(sorted(files), files.get, 500)
    assert found.text == (
        "When all is written, run the slow ones with `make slow` and then the others.\n"
        "1. Run `make quick` first, in `src`.\n"
    )


def test_what_belongs_to_the_benchmarks_is_no_set_up() -> None:
    files = {"README.md": "# Shop\n\n## Benchmarks\n\n### Running the tests\n\n    $ make speed-test\n"}
    assert setup(sorted(files), files.get, 500) == ()


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (["pom.xml", "mvnw"], "./mvnw verify\n"),
        (["build.gradle"], "gradle build\n"),
        (["CMakeLists.txt"], "cmake -S . -B build\ncmake --build build\nctest --test-dir build\n"),
        (["src/pom.xml"], None),
        (["Shop.sln"], "dotnet build\ndotnet test\n"),
    ],
)
def test_where_nobody_says_how_it_is_tested_it_is_told_by_convention(
    files: list[str], told: str | None
) -> None:
    assert [each.text for each in setup(files, lambda path: "", 500)] == ([told] if told else [])
    said = {"Makefile": "test:\n\tx\n"}
    assert [each.path for each in setup(["Makefile", *files], lambda path: said.get(path, ""), 500)] == [
        "Makefile"
    ]


def test_a_project_that_says_nothing_has_no_set_up() -> None:
    assert setup(["a.py"], {"a.py": "make test"}.get, 500) == ()
    assert setup(["README.md", "Makefile"], lambda path: None, 500) == ()


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(sorted(FILES))), st.integers(0, 400))
def test_it_keeps_to_its_room(paths: set[str], room: int) -> None:
    assert sum(count(each.text) + 15 for each in setup(sorted(paths), FILES.get, room)) <= room
