"""The end of a turn: what the assistant has made of the files."""

from datetime import datetime

from git_ctx.errors import NoSession
from git_ctx.model import Oid
from git_ctx.porcelain import conversation, here, moment
from git_ctx.porcelain.save import Saved, keep
from git_ctx.safety import secrets
from git_ctx.safety.text import one_line, truncate
from git_ctx.store import events, snapshot
from git_ctx.store.repo import Repo


def end(repo: Repo, wanted: str | None, chat: str, now: datetime) -> Saved | None:
    """Keep the files as a chat has left them; None where nothing has changed since they were kept last.

    None, too, where the chat has no prompt in the session: then this is not about its files. Raises
    `NoWorkTree`, `SessionClosed`, `WriteFailed`.
    """
    here.need_work_tree(repo)
    try:
        at = here.open_session(repo, wanted)
    except NoSession:
        return None
    before = conversation.shown(repo, at.tip, conversation.conversation_id(repo, at.branch, chat))
    if not before:
        return None
    shot = snapshot.take(repo, secrets.withhold)
    if shot.tree == _last(repo, at.tip):
        return None
    title = truncate(one_line(before[0].prompt.text.lstrip().partition("\n")[0]), 60)
    return keep(repo, at.branch, shot, f"after: {title}", now)


def _last(repo: Repo, tip: Oid) -> Oid | None:
    """The files as they were kept last, whoever asked for it."""
    for event in events.events(repo, tip):
        if event.type in moment.TYPES:
            return moment.read(repo, tip, event).snapshot
    return None
