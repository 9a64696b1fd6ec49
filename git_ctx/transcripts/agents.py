"""The agents whose transcripts are read: where they put them, and how they write them."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from git_ctx.errors import UsageError
from git_ctx.transcripts import claude, codex
from git_ctx.transcripts.lines import Fields, Lines
from git_ctx.transcripts.turn import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """`home`: its directory of the user's, which the variable `moved` may name; `below`: where in it.
    `directory`: where the agent was at work, as a line tells.
    """

    name: str
    home: str
    moved: str
    below: str
    turns: Callable[[Lines], Iterator[Turn]]
    directory: Callable[[Fields], str]

    @property
    def place(self) -> Path:
        moved = os.environ.get(self.moved)
        return (Path(moved) if moved else Path.home() / self.home) / self.below


_KNOWN = (
    Agent(
        name="claude-code",
        home=".claude",
        moved="CLAUDE_CONFIG_DIR",
        below="projects",
        turns=claude.turns,
        directory=claude.directory,
    ),
    Agent(
        name="codex",
        home=".codex",
        moved="CODEX_HOME",
        below="sessions",
        turns=codex.turns,
        directory=codex.directory,
    ),
)

AGENTS: Mapping[str, Agent] = {one.name: one for one in _KNOWN}


def agent(name: str) -> Agent:
    try:
        return AGENTS[name]
    except KeyError:
        raise UsageError(
            f"no transcripts are read of '{name}'", f"the agents known are {', '.join(AGENTS)}"
        ) from None
