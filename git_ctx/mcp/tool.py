"""What a tool is: words and schemas for the assistant, and a function of the project that it is called in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from git_ctx.mcp.answer import Answer
from git_ctx.mcp.schema import Schema

if TYPE_CHECKING:
    from git_ctx.api import Project

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call, checked against the tool's schema. `session` and `conversation` hold unless it says."""

    project: "Project"
    given: Arguments
    session: str | None
    conversation: str

    def get(self, name: str, default: Any = None) -> Any:
        return self.given.get(name, default)

    @property
    def where(self) -> str | None:
        """The session that is meant; None is the current one."""
        return self.given.get("session") or self.session

    @property
    def chat(self) -> str:
        return self.given.get("conversation") or self.conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """`writes`: it keeps something. `overwrites`: it can change files. `leaves`: it talks to a remote.

    The last two are there only where they were allowed. `gives` is the form of its answer, where it has one.
    """

    name: str
    title: str
    about: str
    takes: Schema
    run: Callable[[Call], Answer]
    gives: Schema | None = None
    writes: bool = False
    overwrites: bool = False
    leaves: bool = False

    @property
    def needs_leave(self) -> bool:
        return self.overwrites or self.leaves
