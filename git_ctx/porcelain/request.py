"""A request: what the assistant wants to see beyond its context, answered, kept and counted as shown."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from git_ctx import codec
from git_ctx.analysis import asks as wording
from git_ctx.document import Answer
from git_ctx.errors import NoPrompt
from git_ctx.model import Ask, EventName, Format, Oid, Reply, Request, SessionBranch
from git_ctx.porcelain import beside, forks, moment
from git_ctx.porcelain.context import answer, compose, conversation, survey
from git_ctx.porcelain.context.answer import Desk
from git_ctx.porcelain.context.conversation import Exchange
from git_ctx.porcelain.context.press import Press
from git_ctx.porcelain.forks import Forked
from git_ctx.porcelain.here import Here, need_work_tree, session
from git_ctx.safety import secrets
from git_ctx.store import append, events, naming
from git_ctx.store.files import lasting, patterns, snapshot
from git_ctx.store.files.snapshot import Snapshot
from git_ctx.store.layout import Entry
from git_ctx.store.repo import Repo

DEFAULT_BUDGET = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How answers are wanted. `conversation` is the agent's own id for the chat, where there is one."""

    budget: int = DEFAULT_BUDGET
    format: Format = "markdown"
    conversation: str | None = None
    session: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """A request that stands, its answers, and the content to print."""

    branch: SessionBranch
    event: EventName
    request: Request
    answers: tuple[Answer, ...]
    content: str
    forked: Forked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What nobody has answered yet: `questions` wait for a person and are answered by the next prompt."""

    asks: tuple[Ask, ...]
    questions: tuple[Ask, ...]


def request(
    repo: Repo, wanted: Sequence[Ask], terms: Terms, now: datetime, progress: Callable[[str], None]
) -> Requested:
    """Answer from the files as they are, and keep what was asked and given in the current session.

    Raises `NoSession`, `NoWorkTree`, `BudgetTooSmall`, `RevisionNotFound`, `WriteFailed` and what finding
    the session raises; then nothing was kept.
    """
    need_work_tree(repo)
    here, forked = forks.open_or_inherit(repo, terms.session, now)
    chat = conversation.conversation_id(repo, here.branch, terms.conversation)
    last = conversation.last(repo, here.tip, chat)
    progress("looking at the work tree")
    shot = snapshot.take(repo, secrets.withhold, secrets.rules)
    press = Press(terms.format)
    progress(f"reading {len(shot.worktree.files):,} files")
    hidden = patterns.left_out(repo, shot.worktree, ())
    with survey.corpus(repo, shot.worktree, hidden) as corpus:
        desk = Desk(
            repo=repo,
            corpus=corpus,
            tree=shot.tree,
            press=press,
            before=lambda revision: _tree(repo, here, last, shot, revision),
        )
        safe = [_safe(ask) for ask in wanted]
        given, content, count = answer.answers(desk, safe, terms.budget)
        items = compose.items((part for one in given for part in one.parts), corpus, press)
        made = Request(
            id=naming.new_id(),
            prompt=last.prompt.id if last else None,
            conversation=chat,
            asked_at=now,
            author=repo.identity(),
            asks=tuple(safe),
            snapshot=shot.tree,
            budget=terms.budget,
            tokens=count,
            format=terms.format,
            items=tuple(items),
        )
    # the tree first: a session must never name one that git may already have dropped
    lasting.keep(repo, here.branch, shot, secrets.withhold, made.id, now)
    event = _keep(repo, here, made, content)
    return Requested(
        branch=here.branch, event=event, request=made, answers=given, content=content, forked=forked
    )


def pending(repo: Repo, terms: Terms) -> Pending:
    """What replies of this conversation asked for and nobody answered yet; and the open questions."""
    here = session(repo, terms.session)
    chat = conversation.conversation_id(repo, here.branch, terms.conversation)
    known = conversation.shown(repo, here.tip, chat)
    if not known:
        return Pending(asks=(), questions=())
    answered = {ask for one in known for each in one.requests for ask in each.asks}
    wanted: dict[Ask, None] = {}
    questions: dict[Ask, None] = {}
    for reply in _replies(repo, here.tip, known):
        for ask in reply.asks[: wording.MOST]:
            asked = _safe(replace(ask, reply=reply.id))
            if len(ask.what) > wording.LONGEST or ask.kind not in wording.KINDS:
                continue
            if ask.kind != "question" and asked not in answered:
                wanted[asked] = None
            elif ask.kind == "question" and reply.prompt == known[0].prompt.id:
                questions[asked] = None
    direct = (ask for one in known[0].requests for ask in one.asks if ask.kind == "question")
    questions.update((ask, None) for ask in direct)
    return Pending(asks=tuple(wanted)[: wording.MOST], questions=tuple(questions))


def _replies(repo: Repo, tip: Oid, known: Sequence[Exchange]) -> Iterator[Reply]:
    """The replies to these prompts, the oldest first."""
    prompts = {one.prompt.id for one in known}
    first = min(one.event.clock for one in known)
    for event in events.events(repo, tip, newest_first=False, since=first):
        reply = beside.read(repo, tip, event) if event.type == "reply" else None
        if isinstance(reply, Reply) and reply.prompt in prompts:
            yield reply


def _safe(ask: Ask) -> Ask:
    return replace(ask, what=secrets.redact(ask.what)[0])


def _tree(repo: Repo, here: Here, last: Exchange | None, shot: Snapshot, revision: str) -> Oid:
    """The tree that a `diff` begins at: that of a prompt, or with 'HEAD' the base commit."""
    if revision == "HEAD" and shot.worktree.base:
        return shot.worktree.base
    if not revision:
        if last is None or last.prompt.snapshot is None:
            raise NoPrompt("@")
        return last.prompt.snapshot
    return moment.moment(repo, str(here.branch), revision).tree


def _keep(repo: Repo, here: Here, made: Request, content: str) -> EventName:
    first = made.asks[0]
    more = f" and {len(made.asks) - 1} more" if len(made.asks) > 1 else ""
    appended = append.append(
        repo,
        here.branch,
        "request",
        made.id,
        [
            Entry(suffix="request.json", data=codec.encode_request(made)),
            Entry(suffix=beside.SUFFIXES[made.format], data=content.encode("utf-8", "replace")),
        ],
        subject=f"{first.kind} {first.what}{more}",
        when=made.asked_at,
        author=made.author,
        seen=here.tip,
    )
    return appended.event
