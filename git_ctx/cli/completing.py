"""What could stand at the cursor: asked by the shells at every TAB, so it is quick and never fails."""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from git_ctx.cli.verbs import VERBS

if TYPE_CHECKING:
    import click

    from git_ctx.porcelain.names import Named


_SOURCES = {
    "session": "sessions",
    "sessions": "sessions",
    "revision": "revisions",
    "revisions": "revisions",
    "branch": "branches",
    "remote": "remotes",
    ("branch", "name"): "branches",
    ("list", "of"): "remotes",
    ("push", "gone"): "sessions",
    ("remote", "name"): "remotes",
    ("reply", "prompt"): "revisions",
}
"""By parameter, or by verb and parameter: the function of `porcelain.names`."""

_FILES = {"paths", ("rank", "explain"), ("request", "what")}
_WIDEST = 60


def answer(shell: str = "", *words: str) -> int:
    """Print what the script of a shell reads."""
    try:
        for line in _ANSWERS[shell](*words):
            print(line)
    except Exception:  # at a TAB nobody wants to know
        return 1
    return 0


def _bash(line: str, breaks: str = "", kind: str = "") -> list[str]:
    words, quote = split(line)
    typed = words[-1]
    found = complete(words)
    if isinstance(found, str):
        return []  # nothing: bash completes files by itself
    # bash replaces what stands behind the last of its word breaks, or from an '@' on, by the answer as it is
    kept = max((typed.rfind(each) + (each not in "$@") for each in breaks if each in typed), default=0)
    names = [(_quoted(name, quote), about) for name, about in found]
    names = [
        (name[len(_quoted(name[:kept], quote)) :] if kept else name, about) for name, about in names if name
    ]
    if kind == str(ord("?")) and len(names) > 1:  # these are only listed, never put in
        return [f"{name}  ({about})" if about else name for name, about in names]
    return [f"{name} " for name, _ in names]


def _zsh(*words: str) -> list[str]:
    found = complete(words)
    if isinstance(found, str):
        return [found]
    escaped = (re.sub(r"([\\:])", r"\\\1", name) for name, _ in found)
    return ["plain", *(f"{name}:{about}" for name, (_, about) in zip(escaped, found, strict=True))]


def _fish(*words: str) -> list[str]:
    found = complete(after(words))
    return [found] if isinstance(found, str) else ["plain", *(f"{name}\t{about}" for name, about in found)]


_ANSWERS: dict[str, Callable[..., list[str]]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}


def split(line: str) -> tuple[list[str], str]:
    """The words after 'git ctx' or 'git-ctx', the last up to the cursor; and the quote that it stands in."""
    import shlex

    for quote in ("", "'", '"'):
        try:
            words = shlex.split(line + quote)
            break
        except ValueError:
            continue
    else:
        words, quote = line.split(), ""
    if line[-1:].isspace() and not quote:
        words.append("")
    return after(words), quote


def after(words: Sequence[str]) -> list[str]:
    """The words after 'git ctx' or 'git-ctx'."""
    if words[0].rpartition("/")[2] == "git-ctx" or "ctx" not in words[1:-1]:
        return list(words[1:]) or [""]
    at = words.index("ctx", 1)
    _go_where(words[1:at])
    return list(words[at + 1 :])


def _go_where(options: Sequence[str]) -> None:
    """As `git -C DIR` does."""
    import os
    from itertools import pairwise

    for option, folder in pairwise(options):
        if option == "-C":
            os.chdir(folder)


def complete(words: Sequence[str]) -> "list[Named] | str":
    """What the last of the words could become."""
    *before, typed = words or [""]
    if not before:
        found: list[Named] | str = [
            (verb, about) for verbs in VERBS.values() for verb, about in verbs.items()
        ]
        if typed.startswith("-"):
            found = [("-h", "the short help"), ("--help", "the manual"), ("--version", "")]
    elif "--" in before:
        return "file"
    else:
        found = _of_verb(before, typed)
    return found if isinstance(found, str) else _fitting(found, typed)


def _of_verb(before: Sequence[str], typed: str) -> "list[Named] | str":
    # click is what costs here; a verb needs none of it
    from click.shell_completion import ShellComplete

    from git_ctx.cli.group import group

    command = group.get_command(None, before[0])  # type: ignore[arg-type]
    for each in command.params if command else ():
        _know(before[0], each)
    items = ShellComplete(group, {}, "git ctx", "").get_completions(list(before), typed)
    if any(item.type != "plain" for item in items):
        return str(items[0].type)
    option, equals, _ = typed.partition("=")
    start = f"{option}=" if equals and option.startswith("--") else ""
    return [(start + str(item.value), item.help or "") for item in items]


def _know(verb: str, parameter: "click.Parameter") -> None:
    """Have a parameter complete to what `_SOURCES` or `_FILES` says it takes."""
    from click.shell_completion import CompletionItem

    name = parameter.name or ""
    source = _SOURCES.get((verb, name)) or _SOURCES.get(name)

    def names(context: Any, typed: str) -> "list[CompletionItem[str]]":
        if (verb, name) == ("hook", "agent"):
            from git_ctx.hooks.agents import AGENTS

            runs = context.params.get("action") == "run"
            known = [name for name, agent in AGENTS.items() if runs or agent.project]
            return [CompletionItem(each) for each in (known if runs else [*known, "git"])]
        if (verb, name) == ("import", "words"):
            from git_ctx.cli.import_ import AGENTS as WRITERS

            first = typed and not context.params.get("words")
            begun = [CompletionItem(each) for each in WRITERS if first and each.startswith(typed)]
            return begun or [CompletionItem(typed, type="file")]
        if source is None:
            return [CompletionItem(typed, type="file")]
        from git_ctx.porcelain import names
        from git_ctx.store import discover

        return [
            CompletionItem(each, help=about) for each, about in getattr(names, source)(discover.find(), typed)
        ]

    if source or name in _FILES or (verb, name) in {*_FILES, ("hook", "agent"), ("import", "words")}:
        setattr(parameter, "shell_complete", names)  # noqa: B010


def _fitting(found: "list[Named]", typed: str) -> "list[Named]":
    """Those that begin like what was typed, and that can stand on a line."""
    from git_ctx.safety.text import one_line, truncate

    return [
        (name, truncate(one_line(about), _WIDEST))
        for name, about in found
        if name.startswith(typed) and name.isprintable() and " " not in name
    ]


def _quoted(name: str, quote: str) -> str:
    """A name as bash has to see it: names from remotes may hold what a shell obeys. '' where it cannot be."""
    if re.fullmatch(r"[\w@%+=:,./^~-]*", name) and not name.startswith("~"):
        return name
    if quote:  # bash would not take the backslashes away
        return name if quote == "'" and "'" not in name else ""
    return re.sub(r"([^\w@%+=:,./^-])", r"\\\1", name)
