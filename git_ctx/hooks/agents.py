"""The agents that git ctx knows: where each is configured, which of its events matter, what it reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from git_ctx.errors import UsageError

Kind = Literal["prompt", "start", "end"]
"""A prompt was given; a chat begins, or has lost what it was shown; a turn or a chat is over."""

BYTES_PER_TOKEN = 4
"""How Codex measures a hook's words; Claude Code's 10,000 characters come to the same 2,500."""
CUT = 2_250
"""In that measure, a tenth below what both cut off: quotes and line ends take two characters in JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """`project` and `user`: its configuration, in the work tree and in `home`, a directory of the user's that
    the variable `moved` may name. `timeout` is in the agent's own unit. `answer`: whether it reads JSON of
    its own (`hook`) or ours (`plain`). `room`: tokens past which it shows a model only the beginning.
    """

    name: str
    events: Mapping[str, Kind]
    reply: str
    project: str | None = None
    user: str | None = None
    home: str = ""
    moved: str | None = None
    timeout: int = 30
    answer: Literal["hook", "plain"] = "hook"
    room: int | None = None
    keys: Mapping[str, str] = field(default_factory=lambda: _USUAL)

    @property
    def command(self) -> str:
        """What it is told to run."""
        return f"git ctx hook run {self.name}"


class UnknownAgent(UsageError):
    def __init__(self, name: str) -> None:
        super().__init__(f"unknown agent: '{name}'")
        self.hint = f"the agents known are {', '.join(AGENTS)}; 'git' is for git's own hooks"
        self.name = name


_USUAL: Mapping[str, str] = MappingProxyType(
    {"event": "hook_event_name", "conversation": "session_id", "prompt": "prompt", "cwd": "cwd"}
)

# Formats as documented in October and November 2026; samples with their sources: tests/data/hooks.
_KNOWN = (
    Agent(
        name="claude-code",
        events={"UserPromptSubmit": "prompt", "SessionStart": "start", "Stop": "end", "SessionEnd": "end"},
        reply="last_assistant_message",
        project=".claude/settings.local.json",
        user="settings.json",
        home=".claude",
        moved="CLAUDE_CONFIG_DIR",
        room=CUT,
    ),
    Agent(
        name="codex",
        events={"UserPromptSubmit": "prompt", "SessionStart": "start", "Stop": "end"},
        reply="last_assistant_message",
        project=".codex/hooks.json",
        user="hooks.json",
        home=".codex",
        moved="CODEX_HOME",
        room=CUT,
    ),
    Agent(
        name="gemini",
        events={
            "BeforeAgent": "prompt",
            "SessionStart": "start",
            "PreCompress": "start",
            "AfterAgent": "end",
            "SessionEnd": "end",
        },
        reply="prompt_response",
        project=".gemini/settings.json",
        user="settings.json",
        home=".gemini",
        timeout=30_000,
    ),
    Agent(
        name="json",
        events={"prompt": "prompt", "start": "start", "end": "end"},
        reply="reply",
        answer="plain",
        keys={"event": "event", "conversation": "conversation", "prompt": "prompt", "cwd": "cwd"},
    ),
)

AGENTS: Mapping[str, Agent] = MappingProxyType({one.name: one for one in _KNOWN})


def agent(name: str) -> Agent:
    """Raises `UnknownAgent`."""
    try:
        return AGENTS[name]
    except KeyError:
        raise UnknownAgent(name) from None
