"""The commands that a project's CI runs: read line by line from its YAML, which needs no YAML library."""

import re
from collections.abc import Iterator

from git_ctx.analysis.manifests import TOOLS, short

_WORKFLOW = re.compile(
    r"\.github/workflows/[^/]+\.ya?ml$|\.gitlab-ci\.yml$|\.travis\.yml$|\.circleci/config\.yml$|\.cirrus\.yml$"
    r"|(?:azure-pipelines|appveyor|\.appveyor)\.yml$"
)
_TELLING = re.compile(r"^(?:ci|tests?|build|main|check|cicd|continuous[-_]integration)[.\-_]", re.I)
_COMMON = re.compile(r"linux|ubuntu", re.I)
_ASIDE = re.compile(
    r"release|publish|deploy|docker|stale|label|bench|fuzz|codeql|nightly|scorecard|cross|docs?\b", re.I
)
_KEY = re.compile(r"([ ]*)(-[ ]+)?(run|script|before_script|install|before_install|command)[ ]*:[ ]*(.*)$")
_BLOCK = re.compile(r"[|>][+-]?\d?[ ]*(?:#.*)?$")
_NOISE = re.compile(
    r"^(?:#|echo|printf|if |for |while |git |curl |wget |sudo apt|apt-get|tar |zip |mv |cp |rm |"
    r"gh |ssh |rsync |\w+=)|GITHUB_(?:OUTPUT|ENV|STEP|PATH)|--version$| version$| -V$| default$|<<"
    r"|cargo metadata|go env|corepack|pip3? install (?:-U |--upgrade )?(?:(?:pip|wheel|setuptools)\b ?)+$"
    r"|^\S+(?: …)+$|rustup (?:toolchain|target|component|show|default|update)|^--"
    r"|\bupload\b|publish|codecov|coveralls"
    r"|^(?:file|strip|ls|cat|chmod|diff|export|apt|7z|!|\[) |^(?:cd|mkdir|source) [^&;]*$|--help$"
    r"|install (?:-g|--global) |^cargo b?install |^python3? -m venv |pip3? install [^&;]*dist/"
    # what sends the project out into the world
    r"|\b(?:npm|pnpm|yarn|bun|make|rake|just|task|composer)\b[^&|;]* (?:pre|post)?(?:release|deploy)"
    r"(?=[: ]|$)"
    r"|(?:^|[/ ])(?i:push|deploy|release)[\w-]*\.(?:sh|ps1|py|js|rb|bat|cmd)\b"
)
_EXPRESSION = re.compile(r"\$\{\{[ \t]*(?:[\w-]+\.)*([\w-]+)[ \t]*\}\}|\$\{\{[^}]*\}\}")
_REMARK = re.compile(r"[ \t]#[ \t].*$")
_LONGEST = 160


def workflow(path: str) -> int | None:
    """How likely the file is the one that tests the project, 0 best; None for what is no such file."""
    if not path.endswith((".yml", ".yaml")):
        return None
    name = path.rpartition("/")[2]
    if not _WORKFLOW.search(path) or _ASIDE.search(name):
        return None
    return 0 if _TELLING.search(name) else 1 if _COMMON.search(name) else 2


def commands(text: str) -> tuple[str, ...]:
    """What the steps build, test and check with, in order, each once; not what sets up the machine."""
    found = map(_typed, _run_lines(text))
    return tuple(
        dict.fromkeys(
            short(line, _LONGEST) for line in found if TOOLS.search(line) and not _NOISE.search(line)
        )
    )


def _typed(line: str) -> str:
    """A line as one would type it: what the CI fills in is named; less remarks, and how it goes on below."""
    filled = _EXPRESSION.sub(lambda found: f"<{found[1]}>" if found[1] else "…", line.strip())
    return _REMARK.sub("", filled).rstrip("\\& ")


def _run_lines(text: str) -> Iterator[str]:
    lines = text.splitlines()
    index = 0
    while index < len(lines):
        match = _KEY.match(lines[index][:2000])
        index += 1
        if not match:
            continue
        indent = len(match[1]) + len(match[2] or "")
        value = match[4].strip()
        if value and not _BLOCK.match(value):
            yield _unquoted(value)
            continue
        if not value and not _lists(lines[index : index + 1]):
            continue  # the commands are under keys of their own, as in 'run: {name: …, command: …}'
        while index < len(lines) and (not lines[index].strip() or _deeper(lines[index], indent, bool(value))):
            yield _unquoted(lines[index].strip().removeprefix("- "))
            index += 1


def _lists(lines: list[str]) -> bool:
    return any(line.lstrip().startswith("- ") for line in lines)


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value


def _deeper(line: str, indent: int, block: bool) -> bool:
    """Whether a line belongs to the key above it; a list may stand as far out as its key."""
    inset = len(line) - len(line.lstrip(" "))
    return inset > indent or (not block and inset == indent and line.lstrip().startswith("- "))
