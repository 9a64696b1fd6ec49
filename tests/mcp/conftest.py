"""Tools called as the server calls them, and a server talked to by the SDK's own client."""

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from git_ctx import api
from git_ctx.mcp.answer import Answer
from git_ctx.mcp.tool import Call
from git_ctx.mcp.tools import ALLOWABLE, tools

CallTool = Callable[..., Answer]


@pytest.fixture
def tool(repo: Path) -> CallTool:
    """`tool("prompt", text="fix it")` in the repository of the test, and in a session of it."""
    api.open(repo).start("demo")

    def call(name: str, **given: Any) -> Answer:
        made = Call(project=api.open(repo), given=given, session=None, conversation="mcp-chat")
        return tools(ALLOWABLE)[name].run(made)

    return call


Talk = Callable[..., Any]


@pytest.fixture
def talk(repo: Path) -> Talk:
    """`talk(conversation, "--allow", "push")`: a client talks to a server in the repository."""
    pytest.importorskip("mcp_types")  # version 2 of the SDK has it
    anyio = pytest.importorskip("anyio")
    mcp = pytest.importorskip("mcp")
    stdio = pytest.importorskip("mcp.client.stdio")
    words = ["-c", "from git_ctx.cli import main; main()", "mcp"]

    def run(conversation: Callable[[Any], Awaitable[Any]], *options: str) -> Any:
        async def held() -> Any:
            started = stdio.StdioServerParameters(
                command=sys.executable, args=[*words, *options], env=dict(os.environ), cwd=str(repo)
            )
            async with mcp.Client(stdio.stdio_client(started)) as client:
                return await conversation(client)

        return anyio.run(held)

    return run
