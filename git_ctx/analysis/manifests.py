"""What manifests say about working on a project: its commands, extras and versions, a line for each."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from git_ctx.pattern import lazily

_MAKE_TARGET = lazily(r"^([A-Za-z][\w./-]*)[ \t]*:(?![:=])[^#\n]*(?:##[ \t]*(.*))?$", re.MULTILINE)
_JUST_RECIPE = lazily(r"^@?([a-z][\w-]*)(?:[ \t]+[^:=\n]*)?:(?!=)", re.MULTILINE)
_RAKE_TASK = lazily(r"^[ \t]*(?:task|multitask)[ \t(]+:?[\"']?([\w:-]*[\w-])", re.MULTILINE)
_NOX_SESSION = lazily(r"^@(?:nox\.)?session[^\n]*\n(?:@[^\n]*\n)*def[ \t]+(\w+)", re.MULTILINE)
_COMMAND = lazily(
    r"^(?:build|test|tests|check|lint|format|fmt|install|setup|dev|start|run|serve|watch|type|unit|ci|all|clean|doc|bench|cs|fix|"
    r"typecheck|coverage|e2e|verify|validate|compile|bootstrap|integration|phpstan|mypy|ruff|tsc)",
    re.I,
)  # fmt: skip
_TOLD_FIRST = ("test", "build", "lint", "check", "typecheck", "format", "dev", "start")
_ASIDE = lazily(
    r"(?:^|:)(?:pre|post)?(?:publish|release|deploy|version|codecov|commit|push)"
    r"|^(?:prepare|prepack|postpack|(?:pre|post)(?:un)?install)$",
    re.I,
)
"""Scripts that send a project out, or that a package manager runs by itself."""
_BESIDE = lazily(r"(?:pre|post)(.+)$")
_MOST = 16
_LONGEST = 120
"""Characters of a command, and of a line in all."""
_LINE = 240

_RUNNERS = (
    "npm pnpm yarn bun npx node deno pip pip3 pipx uv uvx poetry pdm hatch tox nox pytest py.test python "
    "python3 ruff mypy cargo rustup go make gmake cmake ctest meson ninja bazel bundle rake rspec "
    "gem composer phpunit php mvn mvnw gradle gradlew sbt mix dotnet swift stack cabal zig just task "
    "pre-commit autoreconf"
)
_ANY = "|".join(map(re.escape, _RUNNERS.split()))
TOOLS = lazily(
    rf"(?:^|[\s;&|`$(])(?:(?:{_ANY}|git clone)[\s`]"
    r"|\./[\w./-]+|(?:script|scripts|bin|tools)/[\w./-]+|vendor/bin/\w+|bash [\w./-]+)"
    rf"|(?:^|[;&|$])[ \t]*(?:{_ANY})$"
)
"""A line that runs what projects are built and tested with."""


def commands(path: str, text: str, runner: str = "npm") -> tuple[str, ...]:
    """What the manifest at `path` offers; () for one that says nothing, is damaged, or is not a manifest.

    `runner` runs the scripts of a package.json that does not name its package manager.
    """
    name = path.rpartition("/")[2].lower()
    reader = _READERS.get(name)
    if not reader:
        return ()
    try:
        told = _package_json(text, runner) if name == "package.json" else reader(text)
        return tuple(short(line, _LINE) for line in told)
    except (ValueError, AttributeError, TypeError, RecursionError):
        return ()


def is_manifest(path: str) -> bool:
    return path.rpartition("/")[2].lower() in _READERS


def _scripts(prefix: str, scripts: Any) -> Iterator[str]:
    """The scripts that test, build or check come first; `test` before `test:unit`."""
    if isinstance(scripts, Mapping):
        told = [(str(name), command) for name, command in scripts.items() if not _aside(str(name), scripts)]
        for name, command in sorted(told, key=lambda item: _standing(item[0]))[:_MOST]:
            yield f"{prefix}{name}: {_said(command)}"


def _standing(name: str) -> tuple[bool, bool, int]:
    """Where a script stands: there may be room for a few of them only."""
    at = _TOLD_FIRST.index(name) if name in _TOLD_FIRST else len(_TOLD_FIRST)
    return not _COMMAND.match(name), ":" in name, at


def _aside(name: str, scripts: Mapping[Any, Any]) -> bool:
    """Whether a script is none to work with: what goes before or after another one runs with it."""
    beside = _BESIDE.match(name)
    return bool(_ASIDE.search(name)) or bool(beside and beside[1] in scripts)


def _said(command: Any) -> str:
    if isinstance(command, Mapping):
        command = command.get("cmd") or command.get("shell") or command.get("help") or ""
    if isinstance(command, list):
        command = " && ".join(" ".join(each) if isinstance(each, list) else str(each) for each in command)
    return short(" ".join(str(command).split()), _LONGEST)


def short(line: str, longest: int) -> str:
    """A line, cut between two words where it is long."""
    return line if len(line) <= longest else (line[:longest].rpartition(" ")[0] or line[:longest]) + " …"


def _names(title: str, names: Iterable[Any]) -> Iterator[str]:
    listed = [str(name) for name in names]
    if listed:
        yield f"{title}: {', '.join(listed[:_MOST])}{', …' if len(listed) > _MOST else ''}"


def _package_json(text: str, runner: str = "npm") -> Iterator[str]:
    package = json.loads(text)
    manager, _, _checksum = str(package.get("packageManager") or "").partition("+")
    yield from _names("package manager", filter(None, [manager]))
    engines = package.get("engines")
    yield from _names("node", filter(None, [engines.get("node")] if isinstance(engines, Mapping) else []))
    yield from _scripts(f"{_runner(package, runner)} run ", package.get("scripts"))
    if package.get("workspaces"):
        workspaces = package["workspaces"]
        yield from _names(
            "workspaces", workspaces if isinstance(workspaces, list) else workspaces["packages"]
        )


def _runner(package: Mapping[str, Any], otherwise: str) -> str:
    name = str(package.get("packageManager", "")).partition("@")[0]
    return name if name in ("npm", "yarn", "pnpm", "bun") else otherwise


def _composer(text: str) -> Iterator[str]:
    yield from _scripts("composer ", json.loads(text).get("scripts"))


def _pyproject(text: str) -> Iterator[str]:
    import tomllib

    data = tomllib.loads(text)
    project = data.get("project", {})
    yield from _names("python", filter(None, [project.get("requires-python")]))
    yield from _names("extras", project.get("optional-dependencies", {}))
    yield from _names("dependency groups", data.get("dependency-groups", {}))
    yield from _scripts("command ", project.get("scripts"))
    yield from _tools(data.get("tool", {}))


def _tools(tool: Mapping[str, Any]) -> Iterator[str]:
    poetry = tool.get("poetry", {})
    yield from _names("poetry groups", poetry.get("group", {}))
    yield from _scripts("poetry run ", poetry.get("scripts"))
    yield from _scripts("pdm run ", tool.get("pdm", {}).get("scripts"))
    yield from _scripts("poe ", tool.get("poe", {}).get("tasks"))
    yield from _scripts("task ", tool.get("taskipy", {}).get("tasks"))
    for name, each in tool.get("hatch", {}).get("envs", {}).items():
        yield from _scripts(f"hatch run {'' if name == 'default' else name + ':'}", each.get("scripts"))
    for name, each in tool.get("tox", {}).get("env", {}).items():
        said = _said(each.get("description") or each.get("commands", ""))
        yield f"tox -e {name}{': ' + said if said else ''}"


def _ini(text: str) -> Iterator[str]:
    """setup.cfg and tox.ini."""
    import configparser

    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ValueError from error
    if parser.has_option("options", "python_requires"):
        yield f"python: {parser.get('options', 'python_requires')}"
    if parser.has_section("options.extras_require"):
        yield from _names("extras", parser.options("options.extras_require"))
    if parser.has_option("options.entry_points", "console_scripts"):
        for line in (parser.get("options.entry_points", "console_scripts") or "").split("\n"):
            if line.strip():
                yield f"command {line.strip()}"
    if parser.has_option("tox", "envlist"):
        yield f"tox environments: {' '.join((parser.get('tox', 'envlist') or '').split())}"
    for section in parser.sections():
        if section.startswith("testenv") and parser.has_option(section, "commands"):
            said = " && ".join(filter(None, (parser.get(section, "commands") or "").splitlines()))
            yield f"tox{' -e ' + section[8:] if section[8:] else ''}: {said}"


def _cargo(text: str) -> Iterator[str]:
    import tomllib

    data = tomllib.loads(text)
    yield from _names("workspace members", data.get("workspace", {}).get("members", ()))
    version = data.get("package", {}).get("rust-version")
    yield from _names("rust", [version] if isinstance(version, str) else [])  # else the workspace's own
    yield from _names("binaries", [each.get("name") for each in data.get("bin", ())])
    yield from _names("features", data.get("features", {}))


def _go_mod(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.startswith(("module ", "go ", "toolchain ")):
            yield line.strip()


def _go_work(text: str) -> Iterator[str]:
    yield from _names("modules", re.findall(r"^(?:use)?[ \t]*(\.[\w./-]*)[ \t]*$", text, re.M))


def _pnpm_workspace(text: str) -> Iterator[str]:
    listed = re.search(r"^packages:[ \t]*\n((?:[ \t]*(?:-[^\n]*|#[^\n]*)?\n)*)", text + "\n", re.M)
    yield from _names(
        "workspaces", re.findall(r"^[ \t]*-[ \t]*[\"']?([^\s\"'#]+)", listed[1] if listed else "", re.M)
    )


def _targets(prefix: str, pattern: re.Pattern[str]) -> Callable[[str], Iterator[str]]:
    def read(text: str) -> Iterator[str]:
        found: dict[str, str] = {}
        for match in pattern.finditer(text):
            if not match[1].startswith("."):
                found.setdefault(match[1], (match[2] or "").strip() if pattern.groups > 1 else "")
        told = {name: said for name, said in found.items() if said}
        yield from _scripts(prefix, told)
        plain = sorted(
            (name for name in found if name not in told), key=lambda name: not _COMMAND.match(name)
        )
        yield from _names(f"{prefix}TARGET", plain if pattern is not _MAKE_TARGET else _worth_naming(plain))

    return read


def _worth_naming(targets: list[str]) -> list[str]:
    """A makefile's targets less those that are files."""
    return [name for name in targets if "." not in name and "/" not in name]


_READERS: dict[str, Callable[[str], Iterator[str]]] = {
    "package.json": _package_json,
    "composer.json": _composer,
    "pyproject.toml": _pyproject,
    "setup.cfg": _ini,
    "tox.ini": _ini,
    "cargo.toml": _cargo,
    "go.mod": _go_mod,
    "go.work": _go_work,
    "pnpm-workspace.yaml": _pnpm_workspace,
    "makefile": _targets("make ", _MAKE_TARGET),
    "gnumakefile": _targets("make ", _MAKE_TARGET),
    "makefile.am": _targets("make ", _MAKE_TARGET),
    "justfile": _targets("just ", _JUST_RECIPE),
    "rakefile": _targets("rake ", _RAKE_TASK),
    "noxfile.py": _targets("nox -s ", _NOX_SESSION),
}
