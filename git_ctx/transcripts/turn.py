"""One turn of a conversation, in whichever form an agent wrote it down."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from git_ctx.model import AskKind

LONGEST_PROMPT = 1 << 20
LONGEST_REPLY = 256 << 10
LONGEST_RESULT = 8 << 10
"""Characters that are held of each; less of them is kept, once secrets are out: they may stand at an edge."""
MOST_TOOLS = 1_000
"""Of one turn; agents do hundreds of things to answer one prompt."""


@dataclass(slots=True, kw_only=True)
class Tool:
    """One thing that an agent did. `what` it asked for, where that is a `kind` of ours; `path`: the file it
    was about; `changes`: files that it wrote; `given`: the beginning of what came back.
    """

    key: str
    name: str
    at: datetime
    kind: AskKind | None = None
    what: str = ""
    path: str | None = None
    changes: tuple[str, ...] = ()
    given: str = ""


@dataclass(slots=True, kw_only=True)
class Turn:
    """A prompt and what came of it. `key` is the agent's id for the prompt, `branch` git's then; `over`:
    whether it is known to have ended; `last_at`: when something was last heard of it.
    """

    key: str
    text: str
    asked_at: datetime
    last_at: datetime
    conversation: str
    directory: str = ""
    branch: str | None = None
    command: bool = False
    over: bool = False
    said: list[str] = field(default_factory=list)
    replied_at: datetime | None = None
    tools: dict[str, Tool] = field(default_factory=dict)
    untold: int = 0
    _room: int = LONGEST_REPLY

    @property
    def reply(self) -> str:
        return "\n\n".join(self.said)

    def say(self, text: str, at: datetime) -> None:
        """Add to the reply, as far as there is room."""
        text = text.strip()
        if text and self._room > 0:
            self.said.append(text[: self._room])
            self._room -= len(text)
            self.replied_at = at
        self.last_at = at

    def use(self, tool: Tool) -> None:
        if len(self.tools) < MOST_TOOLS:
            self.tools.setdefault(tool.key, tool)
        else:
            self.untold += 1
        self.over, self.last_at = False, tool.at

    def hand(self, key: str, given: str, at: datetime) -> None:
        """What came back from a tool."""
        if key in self.tools:
            self.tools[key].given = given[:LONGEST_RESULT].strip("\n")
        self.last_at = at


def relevant(turns: Iterable[Turn]) -> Iterator[Turn]:
    """The turns that asked something: a command of the agent's own is one where the model answered it."""
    for turn in turns:
        if turn.text.strip() and (not turn.command or turn.said or turn.tools):
            yield turn
