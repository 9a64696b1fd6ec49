"""The end of a turn: what the assistant has said, and what it has made of the files."""

from dataclasses import dataclass
from datetime import datetime

from git_ctx.errors import NoSession
from git_ctx.model import Oid
from git_ctx.porcelain import forks, here, moment, noted
from git_ctx.porcelain.context import conversation
from git_ctx.porcelain.reply import Place, Replied, reply
from git_ctx.porcelain.save import Saved, keep
from git_ctx.safety import secrets
from git_ctx.safety.text import one_line, truncate
from git_ctx.store import events
from git_ctx.store.files import snapshot
from git_ctx.store.repo import Repo


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What was kept: no reply where nothing was said, no files where they are as they were kept last."""

    replied: Replied | None
    saved: Saved | None


def end(repo: Repo, wanted: str | None, chat: str, said: str, now: datetime) -> Ended | None:
    """Keep what a chat has come to; None where it has no prompt in the session: then it is not about that.

    Raises `NoWorkTree`, `SessionClosed`, `WriteFailed`. A reply that was kept stays kept.
    """
    here.need_work_tree(repo)
    try:
        at, _ = forks.open_or_inherit(repo, wanted, now)
    except NoSession:
        return None
    asked = conversation.last(repo, at.tip, conversation.conversation_id(repo, at.branch, chat))
    if asked is None:
        return None
    noted.record(repo, now)
    place = Place(session=str(at.branch), conversation=chat)
    replied = reply(repo, said, place, now) if said.strip() else None
    shot = snapshot.take(repo, secrets.withhold, secrets.rules)
    if shot.tree == _last(repo, at.tip):
        return Ended(replied=replied, saved=None)
    title = truncate(one_line(asked.prompt.text.lstrip().partition("\n")[0]), 60)
    return Ended(replied=replied, saved=keep(repo, at.branch, shot, f"after: {title}", now))


def _last(repo: Repo, tip: Oid) -> Oid | None:
    """The files as they were kept last, whoever asked for it."""
    for event in events.events(repo, tip):
        if event.type in moment.TYPES:
            return moment.read(repo, tip, event).snapshot
    return None
