"""What of a transcript a session has already: by an import before, or since a hook kept it as it was said."""

from dataclasses import dataclass, field
from datetime import datetime

from git_ctx.errors import BrokenSession
from git_ctx.model import Prompt, SessionBranch
from git_ctx.porcelain.look import show
from git_ctx.redaction import MARK
from git_ctx.store.repo import Repo
from git_ctx.store.sessions import mentions

_NEAR = 120.0
"""Seconds. A hook runs right before or after its agent writes a prompt down."""


@dataclass(slots=True)
class Recorded:
    """`ids`: the events that imports made of a conversation, by session branch; `hooked`: prompts of it that
    were kept by a hook and are not matched yet.
    """

    ids: dict[str, SessionBranch] = field(default_factory=dict)
    hooked: list[tuple[str, datetime, SessionBranch]] = field(default_factory=list)

    def kept(self, text: str, at: datetime) -> SessionBranch | None:
        """Where a hook kept a prompt, each of which counts once; what was forgotten of it still counts."""
        near = [
            one
            for one in self.hooked
            if abs((one[1] - at).total_seconds()) <= _NEAR and (one[0] == text or MARK in one[0])
        ]
        if not near:
            return None
        found = min(near, key=lambda one: (one[0] != text, abs((one[1] - at).total_seconds())))
        self.hooked.remove(found)
        return found[2]


def recorded(repo: Repo, conversation: str) -> Recorded:
    found = Recorded()
    for one in mentions.mentions(repo, conversation):
        if one.entry != "context.json":
            found.ids.setdefault(one.event.id, one.branch)
            continue
        try:
            shown = show(repo, one.tip, one.event)
        except BrokenSession:
            continue
        if shown.context and shown.context.conversation == conversation and isinstance(shown.entry, Prompt):
            found.hooked.append((shown.entry.text, shown.entry.asked_at, one.branch))
    return found
