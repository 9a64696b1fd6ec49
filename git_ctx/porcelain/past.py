"""A turn of a transcript as the events of a session: a prompt, requests for what was looked at, a reply."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from git_ctx import codec
from git_ctx.analysis import asks, tokens
from git_ctx.model import Ask, Imported, Item, Prompt, Reply, Request
from git_ctx.porcelain import beside
from git_ctx.safety import secrets
from git_ctx.store import naming
from git_ctx.store.append import Past
from git_ctx.store.layout import Entry
from git_ctx.transcripts.turn import LONGEST_PROMPT, LONGEST_REPLY, Tool, Turn

_EDGE = 4 << 10
"""Characters that a secret at the end of a text may take, of which only the beginning was held."""
_LONGEST_RESULT = 2_000
_CUT = "\n[… cut off here]"


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells of the past: the `agent` that wrote it down, and the `author` who takes it in. Paths count
    from `root`, the top of the work tree.
    """

    agent: str
    author: str
    root: str

    def id(self, turn: Turn, what: str) -> str:
        return naming.derived_id(self.agent, turn.conversation, turn.key, what)

    def prompt(self, turn: Turn) -> tuple[Past, str]:
        """The event, and the text as it is kept."""
        text, rules = _safe(turn.text, LONGEST_PROMPT - _EDGE)
        made = Prompt(
            id=self.id(turn, "prompt"),
            text=text,
            asked_at=turn.asked_at,
            author=self.author,
            branch=turn.branch,
            redacted=rules,
            imported=Imported(agent=self.agent, conversation=turn.conversation),
        )
        entry = Entry(suffix="prompt.json", data=codec.encode_prompt(made))
        return _past("prompt", made.id, [entry], text, turn.asked_at), text

    def outcome(self, turn: Turn) -> Iterator[Past]:
        """What came of it: requests, and a reply where something was said."""
        used = list(turn.tools.values())
        for start in range(0, len(used), asks.MOST):
            yield self._request(turn, used[start : start + asks.MOST], start)
        if turn.reply and turn.replied_at:
            text, rules = _safe(turn.reply, LONGEST_REPLY - _EDGE)
            made = Reply(
                id=self.id(turn, "reply"),
                prompt=self.id(turn, "prompt"),
                conversation=turn.conversation,
                replied_at=turn.replied_at,
                author=self.author,
                text=text,
                redacted=rules,
            )
            entry = Entry(suffix="reply.json", data=codec.encode_reply(made))
            yield _past("reply", made.id, [entry], text, turn.replied_at)

    def _request(self, turn: Turn, used: Sequence[Tool], number: int) -> Past:
        told = [self._told(turn, tool) for tool in used]
        content = "\n".join(text for text, _, _ in told)
        if number + len(used) == len(turn.tools) and turn.untold:
            content += f"\nand {turn.untold:,} more\n"
        count = tokens.count(content)
        made = Request(
            id=self.id(turn, f"request {number}"),
            prompt=self.id(turn, "prompt"),
            conversation=turn.conversation,
            asked_at=used[0].at,
            author=self.author,
            asks=tuple(dict.fromkeys(ask for _, ask, _ in told if ask)),
            snapshot=None,
            budget=count,
            tokens=count,
            format="markdown",
            items=tuple(item for _, _, items in told for item in items),
        )
        entries = [
            Entry(suffix="request.json", data=codec.encode_request(made)),
            Entry(suffix=beside.SUFFIXES["markdown"], data=content.encode("utf-8", "replace")),
        ]
        first = content.partition("\n")[0].removeprefix("## ")
        more = f" and {len(used) - 1} more" if len(used) > 1 else ""
        return _past("request", made.id, entries, first + more, used[0].at)

    def _told(self, turn: Turn, tool: Tool) -> tuple[str, Ask | None, list[Item]]:
        """What a tool did, in words; what it asked for; the files that it was about."""
        path = self._relative(turn, tool.path)
        what = tool.what if path is None or tool.path is None else path + tool.what.removeprefix(tool.path)
        what = secrets.redact(what)[0][: asks.LONGEST]
        given = _given(tool)
        changed = [found for name in tool.changes if (found := self._relative(turn, name))]
        names = [what] if what else [secrets.redact(name)[0] for name in changed or tool.changes]
        title = f"## {tool.name}: {' '.join(', '.join(names).split())}" if names else f"## {tool.name}"
        text = f"{title}\n\n{_fenced(given)}\n" if given else f"{title}\n"
        items = [Item(path=name, oid=None, form="diff", tokens=0, reasons=(tool.name,)) for name in changed]
        if path is not None:
            reason = f"{tool.name}: {what}" if what != path else tool.name
            items.append(
                Item(path=path, oid=None, form="whole", tokens=tokens.count(given), reasons=(reason,))
            )
        return text, Ask(kind=tool.kind, what=what) if tool.kind else None, items

    def _relative(self, turn: Turn, path: str | None) -> str | None:
        """A path of the work tree; None for one outside of it, and for one that is a secret itself."""
        if not path or "\0" in path:
            return None
        whole = os.path.normpath(Path(turn.directory or self.root, path))
        inside = whole.removeprefix(self.root + "/")
        return None if inside == whole or secrets.scan(inside) else inside


def _past(type: str, id: str, entries: list[Entry], text: str, when: datetime) -> Past:
    return Past(type=type, id=id, entries=entries, subject=text.lstrip().partition("\n")[0][:200], when=when)


def _given(tool: Tool) -> str:
    """The beginning of what came back; nothing of a file that holds secrets."""
    if not tool.given:
        return ""
    if tool.path and (rule := secrets.withhold(tool.path, tool.given.encode("utf-8", "replace"))):
        return f"[withheld: {rule}]"
    return _safe(tool.given, _LONGEST_RESULT)[0]


def _safe(text: str, longest: int) -> tuple[str, tuple[str, ...]]:
    safe, rules = secrets.redact(text)
    return (safe if len(safe) <= longest else safe[:longest] + _CUT), rules


def _fenced(text: str) -> str:
    """In a fence that no line of it closes."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
