"""An agent's configuration file: what would change in it, and the change."""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from git_ctx.errors import CtxError, NoWorkTree, UnsafePath, UsageError, WriteFailed
from git_ctx.hooks import merge
from git_ctx.hooks.agents import AGENTS, Agent
from git_ctx.store.repo import Repo

LARGEST = 4 << 20


class NothingToConfigure(UsageError):
    hint = "have it run 'git ctx hook run json'; docs/agents.md has the form"

    def __init__(self, agent: Agent) -> None:
        super().__init__(f"'{agent.name}' has no configuration of its own")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A configuration file, by the name that people know it by; `notes` is where we remember how it was."""

    agent: Agent
    path: Path
    name: str
    notes: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a file holds and what it would; None is no file."""

    place: Place
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """How it stands with one file. `problem`: why that cannot be told."""

    place: Place
    installed: bool
    problem: str | None = None


def place(agent: Agent, repo: Repo | None) -> Place:
    """The file of the work tree; without a repository, the user's. Raises `UnsafePath`, `NoWorkTree`."""
    if agent.project is None or agent.user is None:
        raise NothingToConfigure(agent)
    if repo is None:
        set_to = os.environ.get(agent.moved or "") or ""
        home = Path(set_to) if set_to else Path.home() / agent.home
        name = str(home / agent.user) if set_to else f"~/{agent.home}/{agent.user}"
        return Place(agent=agent, path=home / agent.user, name=name, notes=_state() / f"{agent.name}.json")
    if repo.work_tree is None:
        raise NoWorkTree
    path = repo.work_tree / agent.project
    # a repository may bring the directory as a symlink: nothing is written outside of the work tree
    if not _leads_into(path, repo.work_tree):
        raise UnsafePath(agent.project, "it leads out of the work tree")
    notes = repo.private / "hooks" / f"{agent.name}.json"
    return Place(agent=agent, path=path, name=agent.project, notes=notes)


def install(at: Place) -> Change:
    """What would be put in. Raises `BadSettings`."""
    before = _read(at)
    return Change(place=at, before=before, after=merge.put_in(before, at.agent, at.name))


def remove(at: Place) -> Change:
    """What would be left: to the byte what was there before, where nothing else has changed since."""
    now = _read(at)
    if now is None:
        return Change(place=at, before=None, after=None)
    notes = _noted(at)
    if notes is not None and notes[1] == now:
        return Change(place=at, before=now, after=notes[0])
    before = notes[0] if notes else "{}"
    return Change(place=at, before=now, after=merge.take_out(now, at.agent, at.name, before))


def apply(change: Change) -> None:
    """Make a change that was shown. Raises `WriteFailed`, and where the file is another one by now."""
    at = change.place
    if _read(at) != change.before:
        raise WriteFailed(f"'{at.name}'", "it has just been changed by somebody else")
    putting_in = change.after is not None and merge.is_in(change.after, at.agent, at.name)
    try:
        if putting_in:
            _write(at.notes, json.dumps([_original(change), change.after, not at.path.parent.exists()]))
        if change.after is None:
            at.path.unlink()
            if _made_the_directory(at):
                with suppress(OSError):  # something else is in it by now
                    at.path.parent.rmdir()
        else:
            _write(at.path, change.after)
        if not putting_in:
            at.notes.unlink(missing_ok=True)
    except OSError as error:
        raise WriteFailed(f"'{at.name}'", (error.strerror or str(error)).lower()) from None


def status(repo: Repo | None) -> list[Installed]:
    """Every file in which an agent looks for hooks: of the work tree, where there is one, and the user's."""
    configured = [agent for agent in AGENTS.values() if agent.project is not None]
    return [_status(agent, at) for agent in configured for at in ((repo, None) if repo else (None,))]


def _status(agent: Agent, repo: Repo | None) -> Installed:
    at = None
    try:
        at = place(agent, repo)
        text = _read(at)
        return Installed(place=at, installed=text is not None and merge.is_in(text, agent, at.name))
    except CtxError as error:
        name = agent.project or agent.name
        at = at or Place(agent=agent, path=Path(name), name=name, notes=Path())
        return Installed(place=at, installed=False, problem=str(error))


def _read(at: Place) -> str | None:
    try:
        with at.path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise merge.BadSettings(at.name, f"it is larger than {LARGEST >> 20} MiB")
        return data.decode()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise merge.BadSettings(at.name, "it is not UTF-8") from None
    except OSError as error:
        raise merge.BadSettings(at.name, (error.strerror or str(error)).lower()) from None


def _write(path: Path, text: str) -> None:
    """Whole or not at all; through a symlink, and with the mode that the file had."""
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        beside.write_bytes(text.encode())
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o7777)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _original(change: Change) -> str | None:
    """The file before ours were put in for the first time."""
    at = change.place
    if change.before is None or not merge.is_in(change.before, at.agent, at.name):
        return change.before
    return remove(at).after


def _leads_into(path: Path, root: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


def _noted(at: Place) -> tuple[str | None, str] | None:
    """How the file was before ours were put in, and after."""
    found = _notes(at)
    return (found[0], found[1]) if found else None


def _made_the_directory(at: Place) -> bool:
    found = _notes(at)
    return bool(found and found[2])


def _notes(at: Place) -> tuple[str | None, str, bool] | None:
    try:
        before, after, made = json.loads(at.notes.read_text("utf-8"))
    except (OSError, ValueError, TypeError):
        return None
    if not isinstance(before, str | None) or not isinstance(after, str):
        return None
    return before, after, made is True


def _state() -> Path:
    """Where the XDG specification has what a program remembers for a user."""
    set_to = os.environ.get("XDG_STATE_HOME") or ""
    home = Path(set_to) if Path(set_to).is_absolute() else Path.home() / ".local/state"
    return home / "git-ctx" / "hooks"
