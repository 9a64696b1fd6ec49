"""git ctx from Python: the verbs as methods of a `Project`, the same functions that the commands call.

    from git_ctx import api

    project = api.open("path/to/repository")
    answer = project.prompt("fix the login redirect")
    print(answer.content)

Methods take plain values, return frozen ones and print nothing. A failure is a `CtxError` with a `hint`;
then nothing was kept, unless it says so. docs/python.md has examples.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypedDict, Unpack

from git_ctx import clock
from git_ctx.analysis.asks import asks, check_lines
from git_ctx.errors import CtxError
from git_ctx.model import EVERYTHING, Ask, AskKind, EventName, Format, Priority, Ranked, Reply, Request, Scope
from git_ctx.porcelain import beside, here, look, moment
from git_ctx.porcelain import diff as diffs
from git_ctx.porcelain import guide as guides
from git_ctx.porcelain import life as lives
from git_ctx.porcelain import pins as pinned
from git_ctx.porcelain import prompt as prompts
from git_ctx.porcelain import rank as rankings
from git_ctx.porcelain import reply as replies
from git_ctx.porcelain import request as requests
from git_ctx.porcelain import restore as restores
from git_ctx.porcelain import save as saves
from git_ctx.porcelain import search as searches
from git_ctx.porcelain import session as sessions
from git_ctx.porcelain import status as standing
from git_ctx.porcelain.context import scope
from git_ctx.porcelain.settings import Held
from git_ctx.porcelain.sharing import plan as plans
from git_ctx.porcelain.sharing import push as pushes
from git_ctx.porcelain.sharing import sync
from git_ctx.store import discover
from git_ctx.store.repo import Repo

__all__ = ["About", "ConsentMissing", "CtxError", "Project", "open"]


class About(TypedDict, total=False):
    """Which files a prompt is about, as `git ctx prompt -h` has it; patterns count from the top.

    `changed` is the commit that what comes first differs from; '' is the usual one. `tests`: they count as
    much as source, or are left out.
    """

    exclude: Sequence[str]
    include: Sequence[str]
    lang: Sequence[str]
    changed: str | None
    tests: bool | None


class ConsentMissing(CtxError):
    """Nothing was sent: to this remote nobody has agreed yet."""

    def __init__(self, remote: str) -> None:
        super().__init__(f"nobody has agreed yet to send sessions to '{remote}'")
        self.hint = f"'git ctx push {remote}' in a terminal shows what would be sent, and asks"


def open(path: str | os.PathLike[str] = ".") -> "Project":
    """The repository that git finds at a path. Raises `NotARepository` or `UnsupportedRepository`.

    Its configuration is read once: a program that runs for long opens it anew for each task.
    """
    return Project(repo=discover.find(Path(path)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A repository and its sessions.

    `session`, wherever it is taken, is NAME or NAME@BRANCH; without it the git branch's current one counts.
    `conversation` is the chat's own id, where it has one: it decides what was shown before.
    Paths are relative to the top of the work tree, or absolute.
    """

    repo: Repo

    def start(self, name: str | None = None) -> sessions.Started:
        """Begin a session on this git branch and make it current there."""
        return sessions.start(self.repo, name, clock.now())

    def prompt(
        self,
        text: str,
        *,
        budget: int | None = None,
        format: Format = "markdown",
        full: bool = False,
        conversation: str | None = None,
        session: str | None = None,
        **about: Unpack[About],
    ) -> prompts.Prompted:
        """Keep a prompt and its context; `content` is what to send. Begins a session where there is none.

        What it is `about` holds for later prompts of the conversation, until they say something else.
        """
        wish = prompts.Wish(
            budget=budget or prompts.usual_budget(self.repo),
            format=format,
            full=full,
            conversation=conversation,
            session=session,
            scope=self._scope(about),
        )
        return prompts.prompt(self.repo, _plain(text), wish, clock.now(), _quiet)

    def rank(
        self, text: str, number: int = 20, *, session: str | None = None, **about: Unpack[About]
    ) -> tuple[Ranked, ...]:
        """The files that matter for a prompt, best first, with the reasons. Keeps nothing."""
        wanted = self._scope(about)
        return rankings.rank(self.repo, _plain(text), _quiet, session, number, wanted)[:number]

    def request(
        self,
        kind: AskKind,
        *what: str,
        budget: int = requests.DEFAULT_BUDGET,
        format: Format = "markdown",
        conversation: str | None = None,
        session: str | None = None,
    ) -> requests.Requested:
        """Show an assistant more, and keep what was given: `request("file", "app.py:10-40")`."""
        terms = requests.Terms(budget=budget, format=format, conversation=conversation, session=session)
        wanted = asks(kind, [_plain(word) for word in what])
        for ask in wanted:
            check_lines(ask)
        return self._answer(wanted, terms)

    def answer_pending(
        self,
        *,
        budget: int = requests.DEFAULT_BUDGET,
        conversation: str | None = None,
        session: str | None = None,
    ) -> requests.Requested | None:
        """Answer all that replies asked for and nobody answered yet; None where that is nothing."""
        terms = requests.Terms(budget=budget, conversation=conversation, session=session)
        wanted = requests.pending(self.repo, terms).asks
        return self._answer(wanted, terms) if wanted else None

    def _answer(self, wanted: Sequence[Ask], terms: requests.Terms) -> requests.Requested:
        return requests.request(self.repo, wanted, terms, clock.now(), _quiet)

    def reply(
        self,
        text: str,
        *,
        prompt: str | None = None,
        conversation: str | None = None,
        session: str | None = None,
    ) -> replies.Replied:
        """Keep what the assistant answered to the last prompt, or to the one that `prompt` names."""
        place = replies.Place(session=session, conversation=conversation, prompt=prompt)
        return replies.reply(self.repo, _plain(text), place, clock.now())

    def save(self, message: str = "", *, session: str | None = None) -> saves.Saved:
        """Keep the files as they are, without a prompt."""
        return saves.save(self.repo, session, _plain(message), clock.now())

    def restore(
        self, revision: str, paths: Sequence[str] = (), *, session: str | None = None
    ) -> restores.Restored:
        """Write a revision's files into the work tree; what is there is saved first."""
        return restores.into_work_tree(self.repo, session, revision, self._from_top(paths), clock.now())

    def status(self, *, session: str | None = None) -> standing.Status:
        """Where the session stands, and what has changed since its last prompt."""
        return standing.status(self.repo, session)

    def sessions(self, *, everything: bool = False) -> list[sessions.Row]:
        """The session branches here, the last used first; the ended and archived only for `everything`."""
        return sessions.listing(self.repo, everything)

    def log(self, number: int | None = None, *, session: str | None = None) -> Iterator[look.Logged]:
        """The prompts and saves of a session, newest first; read as they are asked for."""
        return islice(look.history(self.repo, [here.session(self.repo, session).tip]), number)

    def show(self, revision: str = "@", *, session: str | None = None) -> look.Shown:
        """One prompt or save with its context, the content that was sent, and its files."""
        found, event = moment.find(self.repo, session, revision)
        return look.show(self.repo, found.commit, event)

    def after(
        self, revision: str = "@", *, session: str | None = None
    ) -> list[tuple[EventName, Request | Reply]]:
        """What was answered to a prompt, and asked for after it, in order."""
        found, event = moment.find(self.repo, session, revision)
        return list(beside.beside(self.repo, beside.latest(self.repo, session, found, event), event))

    def diff(
        self, *revisions: str, paths: Sequence[str] = (), session: str | None = None
    ) -> AbstractContextManager[diffs.Compared]:
        """The files of two revisions, or of one and the work tree, compared within a `with`."""
        return diffs.compared(self.repo, session, revisions, self._from_top(paths))

    def search(
        self, text: str, number: int = 20, *, contexts: bool = False, session: str | None = None
    ) -> searches.Results:
        """What was asked, answered and saved in all sessions, or one; with `contexts` what was sent, too."""
        return searches.search(self.repo, session, _plain(text), number, contexts)

    def pin(self, *paths: str, session: str | None = None) -> pinned.Changed:
        """Have files, folders or globs in every context of the session."""
        return pinned.pin(self.repo, self._from_top(paths), session, clock.now())

    def unpin(self, *paths: str, session: str | None = None) -> pinned.Changed:
        """Unpin what `pins` lists, under the same words; without any, everything."""
        return pinned.unpin(self.repo, paths, session, clock.now())

    def pins(self, *, session: str | None = None) -> tuple[pinned.Listed, ...]:
        """What is pinned, by whom, and how many files that is now."""
        return pinned.listing(self.repo, session)

    def guide(self, text: str, priority: Priority = "normal", *, session: str | None = None) -> guides.Guided:
        """Give the session a principle to work by."""
        return guides.add(self.repo, _plain(text), priority, session, clock.now())

    def unguide(self, number: int, *, session: str | None = None) -> guides.Guided:
        """Withdraw the principle that `guidance` has at this place, from 1."""
        return guides.remove(self.repo, number, session, clock.now())

    def guidance(self, *, session: str | None = None) -> tuple[Held, ...]:
        """The principles of the session."""
        return guides.listing(self.repo, session)

    def end(self, *names: str) -> lives.Moves:
        """End sessions, or the current one: they are read-only from then on."""
        return lives.close(self.repo, names, "ended", clock.now())

    def archive(self, *names: str) -> lives.Moves:
        """Put sessions aside, out of the list."""
        return lives.close(self.repo, names, "archived", clock.now())

    def reopen(self, name: str) -> lives.Moves:
        """Take up a session that has ended or was archived."""
        return lives.reopen(self.repo, name, clock.now())

    def push(
        self,
        remote: str | None = None,
        *,
        session: str | None = None,
        files: bool = False,
        agree: bool = False,
    ) -> pushes.Pushed:
        """Send a session to a remote. Raises `SecretsFound`; nothing that looks like a secret is sent.

        `ConsentMissing` where a person would be asked first, unless you `agree` in their place.
        """
        planned = plans.plan(self.repo, remote, session, clock.now(), files=files)
        if planned.asks and not agree:
            raise ConsentMissing(planned.remote)
        return pushes.push(self.repo, planned, allow_secret=False)

    def fetch(self, remote: str | None = None, *, files: bool = False) -> sync.Fetched:
        """Bring in what others shared, checked; no session that is here changes."""
        return sync.fetch(self.repo, remote, files=files)

    def pull(self, remote: str | None = None, *, files: bool = False) -> sync.Pulled:
        """Fetch, and unite the sessions here with what others added to them."""
        return sync.pull(self.repo, remote, clock.now(), files=files)

    def _scope(self, about: About) -> Scope:
        return scope.read(self.repo, **about, place=self.repo.work_tree) if about else EVERYTHING

    def _from_top(self, paths: Sequence[str]) -> tuple[str, ...]:
        """The commands see paths from the current directory, which need not be in this repository."""
        top = here.need_work_tree(self.repo)
        return tuple(path if path.startswith(":") else os.path.join(top, path) for path in paths)  # noqa: PTH118


def _quiet(doing: str) -> None:
    """Progress, for nobody to see."""


def _plain(text: str) -> str:
    """A text as it is kept: lines end in LF, and what UTF-8 or a file cannot hold is replaced."""
    known = text.encode("utf-8", "replace").decode()
    return known.replace("\r\n", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}").strip("\n")
