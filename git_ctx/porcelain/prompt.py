"""A prompt: kept safe, given its context, made part of its session."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from git_ctx import codec
from git_ctx.errors import CtxError, EmptyPrompt, NoSession, PromptNotKept, UsageError, WriteFailed
from git_ctx.model import EVERYTHING, Context, EventName, FileStates, Format, Prompt, Scope, SessionBranch
from git_ctx.porcelain import forks, look, noted
from git_ctx.porcelain.context import conversation, states
from git_ctx.porcelain.forks import Forked
from git_ctx.porcelain.here import Here, need_work_tree, open_session
from git_ctx.porcelain.look import SUFFIXES
from git_ctx.porcelain.session import begin, withdraw
from git_ctx.porcelain.tending import recover
from git_ctx.safety import secrets
from git_ctx.store import append, events, naming, refs, swap
from git_ctx.store.files import lasting, snapshot
from git_ctx.store.files.snapshot import Snapshot
from git_ctx.store.layout import Entry
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import pending
from git_ctx.store.sessions.pending import Draft, Pending
from git_ctx.value import dataclass

DEFAULT_BUDGET = 20_000
FIRST_PROMPT = "refs/ctx/first-prompt"
"""No ref; the name of a lock."""

Progress = Callable[[str], None]
_Kept = tuple[EventName, Prompt, Context, str, FileStates]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a context is wanted. `conversation` is the agent's own id for the chat, where there is one.

    `allow_secret`: the text is kept as it is, whatever is found in it.

    `width`: the agent takes so many bytes for a token, and cuts off what is past the budget by that measure.
    `task`: whether the context repeats the prompt; an agent that has it need not pay for it twice.
    """

    budget: int = DEFAULT_BUDGET
    format: Format = "markdown"
    full: bool = False
    conversation: str | None = None
    session: str | None = None
    width: int | None = None
    allow_secret: bool = False
    task: bool = True
    scope: Scope = EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompted:
    """A prompt that stands, and the content to print. `started`: its session was begun for it; `forked`: its
    session branch was made for it, from that of the branch that git made this one from.

    `recovered`: how many prompts of runs that died were finished on the way. `allowed`: the rules that found
    something in the text, where it was kept nevertheless.
    """

    branch: SessionBranch
    event: EventName
    prompt: Prompt
    context: Context
    content: str
    files: FileStates
    started: bool
    forked: Forked | None
    recovered: int
    allowed: tuple[str, ...] = ()


def usual_budget(repo: Repo) -> int:
    """`ctx.budget`, where that is a number; else the default."""
    set_to = repo.config("ctx.budget") or ""
    return int(set_to) if set_to.isdecimal() and int(set_to) > 0 else DEFAULT_BUDGET


def prompt(repo: Repo, text: str, wish: Wish, now: datetime, progress: Progress) -> Prompted:
    """Keep a prompt and its context in the current session, beginning one where there is none.

    Raises `EmptyPrompt`, `PromptNotKept` (which says where the text is), and what finding the
    repository and the session raises; then no session has changed. One that is refused (`UsageError`, such as
    a budget that is too small) leaves all as it was, unless an agent has it: then it waits for the next one.
    """
    if not text.strip():
        raise EmptyPrompt
    need_work_tree(repo)
    safe, found = secrets.redact(text)
    safe, rules = (text, ()) if wish.allow_secret else (safe, found)
    try:
        here, started, forked = _session(repo, wish.session, safe, now)
        held, recovered, again = _pend(repo, here, safe, wish, now)
    except WriteFailed as error:
        raise PromptNotKept(error.problem, _spooled(safe)) from None
    except (KeyboardInterrupt, SystemExit) as cut:
        if place := _spooled(safe):
            cut.add_note(f"the text of the prompt is in '{place}'")
        raise
    with held, _safe():
        try:
            noted.record(repo, now)
            kept = _kept(repo, held.draft) if again else None
            kept = kept or _keep(repo, held.draft, here, wish, rules, progress)
        except WriteFailed as error:
            raise PromptNotKept(error.problem, str(held.path)) from None
        except UsageError:
            if wish.task and not again:
                held.done()
                if started:
                    withdraw(repo, here)
            raise
        held.done()
    event, asked, context, content, files = kept
    return Prompted(
        branch=here.branch,
        event=event,
        prompt=asked,
        context=context,
        content=content,
        files=files,
        started=started,
        forked=forked,
        recovered=recovered,
        allowed=found if wish.allow_secret else (),
    )


def _session(repo: Repo, wanted: str | None, text: str, now: datetime) -> tuple[Here, bool, Forked | None]:
    """The session to add to: found, carried on from where a new git branch was made, or begun."""
    try:
        here, forked = forks.open_or_inherit(repo, wanted, now)
        return here, False, forked
    except NoSession:
        if repo.branch() is None:
            raise
    with swap.alone(repo, FIRST_PROMPT):  # of several first prompts at once, one begins the session
        try:
            return open_session(repo, wanted), False, None
        except NoSession:
            begun = begin(repo, None, now, topic=text, before=None)
    return Here(branch=begun.branch, tip=begun.tip), True, None


def _pend(repo: Repo, here: Here, text: str, wish: Wish, now: datetime) -> tuple[Pending, int, bool]:
    """The text, safe on disk; how many abandoned prompts were finished first; whether it is one of these."""
    draft = Draft(
        id=naming.new_id(),
        branch=here.branch,
        text=text,
        asked_at=now,
        author=repo.identity(),
        conversation=conversation.conversation_id(repo, here.branch, wish.conversation),
        seen=here.tip,
    )
    held = pending.put(repo, draft)
    with _safe():
        taken, recovered = recover.take_over(repo, draft)
        if taken.id != draft.id:
            held, first = pending.put(repo, taken), held
            first.done()
    return held, recovered, taken.id != draft.id


@contextmanager
def _safe() -> Iterator[None]:
    """Within, a run that is cut off or fails leaves its text to the next one, and says so."""
    safe = "the prompt is safe: the next one keeps it, asked again it takes its place"
    try:
        yield
    except (KeyboardInterrupt, SystemExit) as cut:
        cut.add_note(safe)
        raise
    except (UsageError, PromptNotKept):
        raise
    except CtxError as error:
        error.hint = "; ".join(filter(None, [error.hint, safe]))
        raise


def _spooled(text: str) -> str | None:
    path = pending.spool(text)
    return str(path) if path else None


def _kept(repo: Repo, draft: Draft) -> _Kept | None:
    """A prompt that stands already, with a context that nobody has seen: its run died before printing it."""
    tip = swap.target(repo, refs.refname(draft.branch))
    since = events.clock_at(repo, draft.seen) if draft.seen else 0
    event = events.find(repo, tip, draft.id, since) if tip else None
    if tip is None or event is None:
        return None
    one = look.show(repo, tip, event)
    if not isinstance(one.entry, Prompt) or None in (one.context, one.content, one.files):
        return None
    assert one.context and one.content is not None and one.files
    return event, one.entry, one.context, one.content.decode("utf-8", "replace"), one.files


def _keep(
    repo: Repo, draft: Draft, here: Here, wish: Wish, rules: tuple[str, ...], progress: Progress
) -> _Kept:
    # what analyses and renders is loaded once the text is safe: it takes longer than all before it
    from git_ctx.porcelain.context import compose, scope, survey, update
    from git_ctx.porcelain.context.press import Press
    from git_ctx.porcelain.context.steering import steer

    progress("looking at the work tree")
    shot = snapshot.take(repo, secrets.withhold, secrets.rules)
    tip = swap.target(repo, refs.refname(here.branch)) or here.tip
    before = () if wish.full else conversation.shown(repo, tip, draft.conversation)
    progress(f"reading {len(shot.worktree.files):,} files")
    press = Press(wish.format, wish.width, wish.task)
    steering = steer(repo, tip, [file.path for file in shot.worktree.files])
    asked_for = scope.inherit(before[0].context.scope, wish.scope) if before else wish.scope
    view = scope.view(repo, asked_for, shot.worktree, steering.pins, conversation.given(before))
    steering = replace(steering, view=view)
    with survey.corpus(repo, shot.worktree, view.hidden) as corpus:
        composed = update.update(repo, corpus, shot, draft.text, before, steering, wish.budget, press)
        if composed is None:
            before = ()
            composed = compose.full(repo, corpus, shot, draft.text, steering, wish.budget, press)
    asked = _prompt(draft, shot, rules)
    context = Context(
        prompt=draft.id,
        kind=composed.document.kind,
        conversation=draft.conversation,
        after=before[0].event.id if before else None,
        budget=wish.budget,
        tokens=composed.tokens,
        format=wish.format,
        items=composed.items,
        guidance=composed.guidance,
        scope=asked_for,
        sections=composed.sections,
    )
    # the trees first: a session must never name one that git may already have dropped
    lasting.keep(repo, draft.branch, shot, secrets.withhold, draft.id, draft.asked_at)
    appended = append.append(
        repo,
        draft.branch,
        "prompt",
        draft.id,
        _entries(asked, context, composed.content, shot.states),
        subject=draft.text.lstrip().partition("\n")[0],
        when=draft.asked_at,
        author=draft.author,
        seen=draft.seen,
    )
    return appended.event, asked, context, composed.content, shot.states


def _prompt(draft: Draft, shot: Snapshot, rules: tuple[str, ...]) -> Prompt:
    return Prompt(
        id=draft.id,
        text=draft.text,
        asked_at=draft.asked_at,
        author=draft.author,
        branch=shot.worktree.branch,
        base=shot.worktree.base,
        snapshot=shot.tree,
        redacted=rules,
    )


def _entries(asked: Prompt, context: Context, content: str, files: FileStates) -> list[Entry]:
    return [
        Entry(suffix="prompt.json", data=codec.encode_prompt(asked)),
        Entry(suffix="context.json", data=codec.encode_context(context)),
        Entry(suffix=SUFFIXES[context.format], data=content.encode("utf-8", "replace")),
        states.entry(files),
    ]
