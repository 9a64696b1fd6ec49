"""Transcripts that agents wrote, taken in as sessions: what was asked, answered, looked at and changed.

Ids are made of the transcript's own, so taking it in once more adds what is new in it. A session of a
transcript is an ended one: it must not become the current one of its branch by having come in.
"""

import os
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from git_ctx import codec, registers
from git_ctx.errors import CtxError, UsageError
from git_ctx.model import Meta, Session, SessionBranch
from git_ctx.porcelain import here, recorded
from git_ctx.porcelain.past import Teller
from git_ctx.store import append, naming, objects, refs
from git_ctx.store.append import Past
from git_ctx.store.project import project
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import current
from git_ctx.transcripts.agents import Agent
from git_ctx.transcripts.lines import Lines, NotLines
from git_ctx.transcripts.turn import Turn, relevant
from git_ctx.value import dataclass

_AT_ONCE = 100
"""Events that become part of a session in one move."""
_SILENT = timedelta(hours=1)
"""A turn of which nothing was heard for so long is over."""
_MOST_PEEKED = 4 << 20
"""Bytes at the beginning of a transcript that have to tell where the agent was at work."""
_LONGEST_BRANCH = 200
_NOT_OURS = ("subagents", "tool-results")


class UnreadableTranscript(CtxError):
    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"cannot import '{path}': {problem}")


class EmptyTranscript(UnreadableTranscript):
    """Nobody asked anything in it, as in those of subagents; or an agent of another kind wrote it."""


class NotATranscript(UnreadableTranscript):
    def __init__(self, path: str, what: str, agent: Agent) -> None:
        super().__init__(path, f"it is {what}, not a transcript of {agent.name}")
        self.hint = f"they are in '{agent.place}'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`session`: the one to add to, else one of its own, named `name` where it has to be begun."""

    session: str | None = None
    name: str | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What of a transcript was added, or would be. `known`: prompts that were there already, in `branch` if
    nothing was added. `elsewhere`: it tells of another directory. `problems`: what was skipped, in part.
    """

    path: str
    conversation: str
    branch: SessionBranch | None
    fresh: bool
    prompts: int
    requests: int
    replies: int
    known: int
    damaged: int
    problems: tuple[str, ...]
    elsewhere: str | None


def sources(repo: Repo, agent: Agent, names: list[str]) -> list[Path]:
    """The transcripts that are meant: files as they are named, of directories those about this work tree.

    Raises `UsageError` where none is named, and where there is none in a directory.
    """
    root = here.need_work_tree(repo)
    if not names:
        raise UsageError(
            f"no transcript of {agent.name} is named",
            f"they are in '{agent.place}': name that, and all about this repository are imported",
        )
    found: dict[Path, None] = {}
    for name in names:
        path = Path(name)
        if not path.is_dir():
            found[path] = None
            continue
        within = [one for one in _walk(path) if _is_about(one, agent, root)]
        if not within:
            raise UsageError(f"'{name}' has no transcript of {agent.name} that is about this repository")
        found.update(dict.fromkeys(within))
    return list(found)


def import_(repo: Repo, agent: Agent, source: Path, wish: Wish, now: datetime) -> Taken:
    """Take in one transcript; what a hook kept of it as it was said is not taken in again.

    Raises `UnreadableTranscript`, `EmptyTranscript`, `SessionClosed` for a session that was named,
    `WriteFailed` and what finding the session raises; what was added until then stays, and the next time
    goes on from there.
    """
    try:
        with source.open("rb") as stream:
            if not _has_an_end(stream):
                raise NotATranscript(str(source), "a device", agent)
            return _Taking(repo, agent, source, wish, now).take(stream)
    except NotLines:
        raise NotATranscript(str(source), "something else", agent) from None
    except OSError as error:
        raise UnreadableTranscript(str(source), (error.strerror or str(error)).lower()) from None


class _Taking:
    """A transcript on its way into a session."""

    def __init__(self, repo: Repo, agent: Agent, source: Path, wish: Wish, now: datetime) -> None:
        self._repo, self._agent, self._source, self._wish, self._now = repo, agent, source, wish, now
        self._root = here.need_work_tree(repo)
        self._known = recorded.Recorded()
        self._branch: SessionBranch | None = None
        self._kept_in: SessionBranch | None = None
        self._fresh = False
        self._names: dict[str | None, str | None] = {None: None}
        self._held: list[Past] = []
        self._counts = {"prompt": 0, "request": 0, "reply": 0}
        self._already = 0

    def take(self, stream: BinaryIO) -> Taken:
        lines = Lines(stream)
        first: Turn | None = None
        for turn in relevant(self._agent.turns(lines)):
            if first is None:
                first = turn
                self._known = recorded.recorded(self._repo, turn.conversation)
                teller = Teller(self._agent.name, self._repo.identity(), self._base(turn))
            self._turn(turn, teller)
            if len(self._held) >= _AT_ONCE:
                self._flush()
        self._flush()
        if first is None:
            raise EmptyTranscript(str(self._source), f"no prompt of a user of {self._agent.name} is in it")
        return Taken(
            path=str(self._source),
            conversation=first.conversation,
            branch=self._branch or self._kept_in,
            fresh=self._fresh,
            prompts=self._counts["prompt"],
            requests=self._counts["request"],
            replies=self._counts["reply"],
            known=self._already,
            damaged=lines.damaged,
            problems=tuple(lines.problems),
            elsewhere=None if _inside(first.directory, self._root) else first.directory,
        )

    def _base(self, turn: Turn) -> str:
        """From where paths count: where the repository was moved since, from where the agent was at work."""
        inside = not turn.directory or _inside(turn.directory, self._root)
        return self._root if inside else os.path.normpath(turn.directory)

    def _turn(self, turn: Turn, teller: Teller) -> None:
        turn.branch = self._possible(turn.branch)
        asked, text = teller.prompt(turn)
        known = self._known.ids.get(asked.id)
        if known is None and (hooked := self._known.kept(text, turn.asked_at)):
            self._kept_in = self._kept_in or hooked
            self._already += 1
            return
        over = turn.over or self._now - turn.last_at > _SILENT
        events = [asked, *(teller.outcome(turn) if over else ())]
        new = [one for one in events if one.id not in self._known.ids]
        self._already += known is not None
        self._kept_in = self._kept_in or known
        if new and self._branch is None:
            self._branch = self._target(turn, text)
        for one in new:
            self._counts[one.type] += 1
        self._held += new

    def _flush(self) -> None:
        held, self._held = self._held, []
        if held and self._branch is not None and not self._wish.dry_run:
            reason = f"import: {self._agent.name}"
            closed = self._wish.session is None
            append.append_past(self._repo, self._branch, held, reason=reason, while_closed=closed)

    def _target(self, turn: Turn, text: str) -> SessionBranch:
        """The session named; the one that has the beginning of it; else one begun for it, and ended."""
        if self._wish.session is not None:
            return here.open_session(self._repo, self._wish.session).branch
        if self._known.ids:
            return next(iter(self._known.ids.values()))
        id = naming.derived_id(self._agent.name, turn.conversation, "session")
        for one in refs.listing(self._repo):
            if one.session == id and one.problem is None:  # begun by a run that died
                if not objects.commit(self._repo, one.tip, str(one.branch)).parents:
                    self._end(one.branch, id, turn.asked_at)
                return one.branch
        name = refs.check_name(self._wish.name) if self._wish.name else naming.slug(text, id)
        branch = SessionBranch(session=name, branch=turn.branch or self._repo.branch() or current.DETACHED)
        self._fresh = True
        if not self._wish.dry_run:
            self._begin(branch, id, turn.asked_at)
        return branch

    def _begin(self, branch: SessionBranch, id: str, when: datetime) -> None:
        session = Session(id=id, name=branch.session, project=project(self._repo), created=when)
        append.create(self._repo, branch, id, codec.encode_session(session), when=when)
        self._end(branch, id, when)

    def _end(self, branch: SessionBranch, id: str, when: datetime) -> None:
        append.append_meta(
            self._repo,
            branch,
            "state",
            naming.derived_id(id, "ended"),
            registers.encode_meta(Meta(value="ended", author=self._repo.identity(), set_at=when)),
            subject="ended",
            when=when,
            state="ended",
        )

    def _possible(self, name: str | None) -> str | None:
        """A name that git could give a branch; None for any other."""
        if name not in self._names:
            fits = name and name.isprintable() and len(os.fsencode(name)) < _LONGEST_BRANCH
            fits = fits and not self._repo.run("check-ref-format", f"refs/heads/{name}").status
            self._names[name] = name if fits and name != current.DETACHED else None
        return self._names[name]


def _has_an_end(stream: BinaryIO) -> bool:
    """Whether it is a file, or a pipe that somebody fills: a device may give for ever."""
    mode = os.fstat(stream.fileno()).st_mode
    return not stat.S_ISCHR(mode) and not stat.S_ISBLK(mode)


def _walk(directory: Path) -> Iterator[Path]:
    """The transcripts below a directory, in order; links are not followed."""
    for folder, inner, names in os.walk(directory):
        inner[:] = sorted(name for name in inner if name not in _NOT_OURS)
        for name in sorted(names):
            path = Path(folder, name)
            if name.endswith(".jsonl") and not name.startswith("agent-") and path.is_file():
                yield path


def _is_about(path: Path, agent: Agent, root: str) -> bool:
    try:
        with path.open("rb") as stream:
            for line in Lines(stream):
                if found := agent.directory(line):
                    return _inside(found, root)
                if stream.tell() > _MOST_PEEKED:
                    break
    except (NotLines, OSError):
        pass
    return False


def _inside(directory: str, root: str) -> bool:
    """Whether a directory is the root or below it, with links followed as far as they lead anywhere."""
    if not directory or "\0" in directory:
        return False
    real, top = os.path.realpath(directory), os.path.realpath(root)
    return real == top or real.startswith(top + "/")
