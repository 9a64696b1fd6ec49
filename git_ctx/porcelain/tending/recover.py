"""Prompts whose run died before their commit stood: finished by the next one, never lost, never doubled."""

from dataclasses import replace

from git_ctx import codec
from git_ctx.errors import CtxError
from git_ctx.model import Prompt
from git_ctx.store import append
from git_ctx.store.layout import Entry
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import pending
from git_ctx.store.sessions.pending import Draft, Pending


def take_over(repo: Repo, draft: Draft) -> tuple[Draft, int]:
    """The draft, under the id of an abandoned one where that asked the same; and how many were finished.

    One that asked the same may stand by now: then its run died before it could print what it had kept.
    An abandoned prompt that nobody asks again is kept without a context, as it was asked. One that cannot
    be kept (its session is gone, closed or broken) stays where it is and stands in nobody's way.
    """
    finished = 0
    for one in pending.abandoned(repo):
        with one:
            if _same(one.draft, draft):
                draft = replace(draft, id=one.draft.id, seen=one.draft.seen)
                one.done()
            elif _stands(repo, one):
                one.done()
            else:
                finished += _finish(repo, one)
    return draft, finished


def finish(repo: Repo) -> int:
    """Keep the abandoned prompts of every session, as the next prompt would; returns how many were kept."""
    finished = 0
    for one in pending.abandoned(repo):
        with one:
            if _stands(repo, one):
                one.done()
            else:
                finished += _finish(repo, one)
    return finished


def _stands(repo: Repo, one: Pending) -> bool:
    """Whether the commit of a prompt was made after all; of a session that cannot be read, nobody knows."""
    try:
        return pending.stands(repo, one.draft)
    except CtxError:
        return False


def _same(old: Draft, new: Draft) -> bool:
    return (old.branch, old.conversation, old.text) == (new.branch, new.conversation, new.text)


def _finish(repo: Repo, one: Pending) -> bool:
    draft = one.draft
    prompt = Prompt(id=draft.id, text=draft.text, asked_at=draft.asked_at, author=draft.author)
    try:
        append.append(
            repo,
            draft.branch,
            "prompt",
            draft.id,
            [Entry(suffix="prompt.json", data=codec.encode_prompt(prompt))],
            subject=draft.text,
            when=draft.asked_at,
            author=draft.author,
            seen=draft.seen,
        )
    except CtxError:
        return False
    one.done()
    return True
