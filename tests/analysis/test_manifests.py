import json

import pytest

from git_ctx.analysis.manifests import commands, is_manifest

CASES = {
    "package.json": (
        '{"packageManager": "pnpm@9", "scripts": {"zed": "z", "test": "vitest  run"}, "workspaces": ["a/*"]}',
        ("package manager: pnpm@9", "pnpm run test: vitest run", "pnpm run zed: z", "workspaces: a/*"),
    ),
    "composer.json": (
        '{"scripts": {"test": ["@lint", "phpunit"]}}',
        ("composer test: @lint && phpunit",),
    ),
    "pyproject.toml": (
        '[project]\nrequires-python = ">=3.10"\n[project.optional-dependencies]\ndev = []\n[project.scripts]\n'
        'x = "x:main"\n[dependency-groups]\ntests = []\n[tool.tox.env.style]\ncommands = [["pre-commit", "run"]]\n'
        '[tool.hatch.envs.default.scripts]\ncov = "pytest --cov"\n',
        (
            "python: >=3.10",
            "extras: dev",
            "dependency groups: tests",
            "command x: x:main",
            "hatch run cov: pytest --cov",
            "tox -e style: pre-commit run",
        ),
    ),
    "setup.cfg": (
        "[options]\npython_requires = >=3.8\n[options.extras_require]\ndev =\n    ruff\n"
        "[options.entry_points]\nconsole_scripts =\n    x = x:main\n",
        ("python: >=3.8", "extras: dev", "command x = x:main"),
    ),
    "tox.ini": (
        "[tox]\nenvlist = py3\n[testenv]\ncommands = pytest {posargs}\n[testenv:lint]\ncommands =\n  ruff check\n",
        ("tox environments: py3", "tox: pytest {posargs}", "tox -e lint: ruff check"),
    ),
    "Cargo.toml": (
        '[workspace]\nmembers = ["a"]\n[package]\nrust-version = "1.80"\n[features]\nfull = []\n',
        ("workspace members: a", "rust: 1.80", "features: full"),
    ),
    "go.mod": ("module example.com/x\n\ngo 1.22\nrequire (\n)\n", ("module example.com/x", "go 1.22")),
    "Makefile": (
        "CC := gcc\nmain.o: main.c\nzap:\ntest: all ## run the tests\nall:\n.PHONY: all\n",
        ("make test: run the tests", "make TARGET: all, zap"),
    ),
    "justfile": ("test *args: build\n  cargo test\nx := '1'\n", ("just TARGET: test",)),
    "Rakefile": (
        "task :zoo\ntask default: %w(test)\n  task 'test:unit' do\n",
        ("rake TARGET: test:unit, zoo, default",),
    ),
    "noxfile.py": (
        "@nox.session(python=['3'])\n@nox.parametrize('x')\ndef tests(s):\n",
        ("nox -s TARGET: tests",),
    ),
}


@pytest.mark.parametrize("path", CASES)
def test_a_manifest_tells_its_commands(path: str) -> None:
    text, told = CASES[path]
    assert is_manifest(f"sub/{path}")
    assert commands(path, text) == told


@pytest.mark.parametrize("path", CASES)
@pytest.mark.parametrize(
    "text", ["", "[", "{", "[]", '{"scripts": 3}', "a\0b", "[tool]\ntox = 3", "[" * 50_000, "[x"]
)
def test_a_damaged_one_tells_nothing(path: str, text: str) -> None:
    assert commands(path, text) == ()


def test_what_is_not_a_manifest_tells_nothing() -> None:
    assert commands("src/test.py", "task :x") == ()


def test_of_many_scripts_those_that_everyone_needs_come_first() -> None:
    scripts = ", ".join(
        f'"{name}": "x"' for name in ("dev", "size", "build-dts", "build", "test:e2e", "lint", "test")
    )
    told = commands("package.json", f'{{"engines": {{"node": ">=20"}}, "scripts": {{{scripts}}}}}')
    assert told == (
        "node: >=20",
        *(f"npm run {name}: x" for name in ("test", "build", "lint", "dev", "build-dts", "test:e2e", "size")),
    )


def test_a_checksum_of_the_package_manager_is_not_told() -> None:
    assert commands("package.json", '{"packageManager": "pnpm@9.1.0+sha512.abc", "engines": ["node"]}') == (
        "package manager: pnpm@9.1.0",
    )


def test_a_long_line_ends_with_a_word_and_says_so() -> None:
    members = [f"crates/part-{n:03d}" for n in range(16)]
    (told,) = commands("Cargo.toml", f"[workspace]\nmembers = {members}\n")
    assert told == f"workspace members: {', '.join(members[:13])}, …"
    (script,) = commands("package.json", f'{{"scripts": {{"test": "tsc {"--strict " * 20}"}}}}')
    assert script == f"npm run test: tsc {' '.join(['--strict'] * 12)} …"


def test_scripts_that_run_by_themselves_or_send_the_package_out_are_left_out() -> None:
    scripts = {
        "test": "jest",
        "pretest": "build",
        "preview": "serve",
        "prepublishOnly": "check",
        "release": "np",
        "deploy:docs": "gh-pages",
        "postinstall": "x",
        "prepare": "husky",
    }
    assert commands("package.json", json.dumps({"scripts": scripts})) == (
        "npm run test: jest",
        "npm run preview: serve",
    )


def test_a_version_that_the_workspace_has_is_told_there() -> None:
    assert commands("Cargo.toml", "[package]\nrust-version.workspace = true\n") == ()
    assert commands("Cargo.toml", '[package]\nrust-version = "1.75"\n') == ("rust: 1.75",)
