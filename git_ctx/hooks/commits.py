"""git's own hooks: the lines that link commits to prompts, beside what a hook does already.

Each of four hooks gets a marked block that reads in `link.sh`, a file of ours in the common git directory.
A hook that is no shell script, or a link, is put aside under the same name, and run after ours.
"""

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from git_ctx.errors import CtxError, WriteFailed
from git_ctx.store import shared
from git_ctx.store.repo import Repo

HOOKS = ("prepare-commit-msg", "commit-msg", "post-commit", "post-rewrite")
ASIDE = "ctx-before"
LARGEST = 4 << 20

_BEGIN, _END = b"# git-ctx: begin", b"# git-ctx: end"
_OWN = b", with all of this file"
_BLOCK = re.compile(rb"^%b[^\n]*\n.*?^%b\n" % (_BEGIN, _END), re.MULTILINE | re.DOTALL)
_SHELL = re.compile(rb"#! *(?:/[\w.-]+)*/(?:env +(?:-S +)?)?(?:ba|da|k|a|mk)?sh(?: [^\n]*)?\n")

_FIND = """\
ctx_common=.git
test -z "${GIT_DIR-}" && test -d .git || ctx_common=$(git rev-parse --git-common-dir) || :
"""
_READ_IN = """\
if test -r "$ctx_common/ctx/hooks/link.sh"; then
  (ctx_hook=%s; . "$ctx_common/ctx/hooks/link.sh") || :
fi
"""
# What comes on standard input is for the rest of the hook, too.
_READ_IN_LINES = """\
ctx_lines=$(cat)
if test -r "$ctx_common/ctx/hooks/link.sh"; then
  (ctx_hook=%s; . "$ctx_common/ctx/hooks/link.sh") <<CTX || :
$ctx_lines
CTX
fi
exec <<CTX
$ctx_lines
CTX
"""
_GO_ON = 'if test -x %(before)s; then exec %(before)s "$@"; fi\n'

Reach = Literal["repository", "work tree", "beyond"]


class HookInTheWay(CtxError):
    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"cannot change the hook '{name}': {problem}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where git looks for hooks. `reach`: whether these are the hooks of this repository alone, part of its
    work tree and so perhaps shared with others, or of further repositories (`core.hooksPath`).
    """

    directory: Path
    name: str
    reach: Reach
    script: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A hook as it stands, and as it would be; None: no file. `aside`: where it is moved to, or back from."""

    path: Path
    name: str
    before: bytes | None
    after: bytes | None
    aside: Path | None = None


def place(repo: Repo) -> Place:
    told = os.fsdecode(repo.git("rev-parse", "--git-path", "hooks").removesuffix(b"\n"))
    directory = Path(os.path.normpath((repo.work_tree or repo.git_dir) / told))
    script = repo.shared / "hooks" / "link.sh"
    return Place(
        directory=directory, name=_short(directory, repo), reach=_reach(directory, repo), script=script
    )


def install(at: Place) -> list[Hook]:
    """What would be put in, hook by hook; what is in already is left out. Raises `HookInTheWay`."""
    found = [_with(at, name) for name in HOOKS]
    return [one for one in found if one.before != one.after or one.aside is not None]


def remove(at: Place) -> list[Hook]:
    """What would be left: to the byte what was there before ours came, and what was added since."""
    found = [_without(at, name) for name in HOOKS]
    return [one for one in found if one.before != one.after or one.aside is not None]


def is_current(at: Place) -> bool:
    """Whether the script that the hooks read in is the one of this version."""
    return _read(at.script) == script()


def is_in(at: Place) -> bool:
    return is_current(at) and not install(at)


def is_partly_in(at: Place) -> bool:
    return at.script.exists() or any(_BLOCK.search(_read(at.directory / name) or b"") for name in HOOKS)


def apply(at: Place, hooks: Sequence[Hook], put_in: bool) -> None:
    """Make changes that were shown. Raises `WriteFailed`, and where a hook is another one by now."""
    for one in hooks:
        if _read(one.path) != one.before:
            raise WriteFailed(f"'{one.name}'", "it has just been changed by somebody else")
    try:
        if put_in:
            _write(at.script, script(), 0o644)
        for one in hooks:
            _apply(one, put_in)
        if not put_in:
            at.script.unlink(missing_ok=True)
            for directory in (at.script.parent, at.directory / ASIDE):
                with suppress(OSError):  # there is none, or something else is in it
                    directory.rmdir()
    except OSError as error:
        raise WriteFailed(f"'{error.filename}'", (error.strerror or str(error)).lower()) from None


def script() -> bytes:
    return files("git_ctx.hooks").joinpath("link.sh").read_bytes()


def _apply(one: Hook, put_in: bool) -> None:
    if put_in and one.aside is not None:
        shared.mkdir(one.aside.parent)
        _move(one.path, one.aside, "../")
    if one.after is not None:
        mode = None if one.before is None or (put_in and one.aside) else one.path.stat().st_mode & 0o7777
        _write(one.path, one.after, 0o755 if mode is None else mode)
    elif one.aside is None:
        one.path.unlink()
    else:
        one.path.unlink()
        _move(one.aside, one.path, "")


def _move(old: Path, new: Path, up: str) -> None:
    """A file keeps its bytes and its mode; a relative link goes on leading where it led."""
    if old.is_symlink() and not (target := old.readlink()).is_absolute():
        new.symlink_to(f"{up}{target}" if up else str(target).removeprefix("../"))
        old.unlink()
    else:
        old.rename(new)


def _with(at: Place, hook: str) -> Hook:
    path = at.directory / hook
    before = _read(path)
    name = f"{at.name}/{hook}"
    if before is None and not path.is_symlink():
        return Hook(path=path, name=name, before=None, after=b"#!/bin/sh\n" + _block(hook, _OWN))
    text = before or b""
    if old := _BLOCK.search(text):
        own = _OWN if _OWN in old[0].partition(b"\n")[0] else b""
        goes_on = bool(own) and os.path.lexists(at.directory / ASIDE / hook)
        renewed = text[: old.start()] + _block(hook, own, goes_on) + text[old.end() :]
        return Hook(path=path, name=name, before=before, after=renewed)
    if not path.is_symlink() and os.access(path, os.X_OK) and (first := _SHELL.match(text)):
        after = text[: first.end()] + _block(hook) + text[first.end() :]
        return Hook(path=path, name=name, before=before, after=after)
    aside = at.directory / ASIDE / hook
    if os.path.lexists(aside):
        raise HookInTheWay(name, f"'{ASIDE}/{hook}' is there already")
    return Hook(
        path=path, name=name, before=before, after=b"#!/bin/sh\n" + _block(hook, _OWN, True), aside=aside
    )


def _without(at: Place, hook: str) -> Hook:
    path = at.directory / hook
    before = _read(path)
    name = f"{at.name}/{hook}"
    found = _BLOCK.search(before) if before is not None else None
    if before is None or found is None:
        return Hook(path=path, name=name, before=before, after=before)
    after = before[: found.start()] + before[found.end() :]
    aside = at.directory / ASIDE / hook
    if _OWN in found[0].partition(b"\n")[0] and after == b"#!/bin/sh\n":
        back = aside if os.path.lexists(aside) else None
        return Hook(path=path, name=name, before=before, after=None, aside=back)
    if os.path.lexists(aside):
        raise HookInTheWay(name, f"lines were added to it; put '{ASIDE}/{hook}' back by hand")
    return Hook(path=path, name=name, before=before, after=after)


def _block(hook: str, own: bytes = b"", goes_on: bool = False) -> bytes:
    text = _FIND + (_READ_IN_LINES if hook == "post-rewrite" else _READ_IN) % hook
    if goes_on:
        text += _GO_ON % {"before": f'"$(dirname "$0")/{ASIDE}/{hook}"'}
    words = b"; 'git ctx hook remove git' takes this out"
    return b"%b%b%b\n%b%b\n" % (_BEGIN, words, own, text.encode(), _END)


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HookInTheWay(path.name, (error.strerror or str(error)).lower()) from None
    if len(data) > LARGEST:
        return data[:1]  # a program: it is put aside, whatever is in it
    return data


def _write(path: Path, data: bytes, mode: int) -> None:
    """Whole or not at all."""
    shared.mkdir(path.parent)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        beside.write_bytes(data)
        beside.chmod(mode)
        shared.made(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _reach(directory: Path, repo: Repo) -> Reach:
    if directory.is_relative_to(repo.common_dir):
        return "repository"
    if repo.work_tree is None or not _is_inside(directory, repo.work_tree):
        return "beyond"
    ignored = not repo.run("check-ignore", "-q", "--", str(directory / HOOKS[0])).status
    return "repository" if ignored else "work tree"


def _is_inside(path: Path, top: Path) -> bool:
    """Symlinks followed; `Path.resolve` would raise at those that go round in circles."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(top))


def _short(directory: Path, repo: Repo) -> str:
    """As people know it: from the top of the work tree, or from home."""
    for root, prefix in ((repo.work_tree, ""), (Path.home(), "~/")):
        if root is not None and directory.is_relative_to(root):
            return f"{prefix}{directory.relative_to(root)}"
    return str(directory)
