"""The table of tools."""

from collections.abc import Collection

from git_ctx.mcp import allowed, asking, keeping, looking
from git_ctx.mcp.tool import Tool

ALLOWABLE = tuple(tool.name for tool in allowed.TOOLS)


def tools(allow: Collection[str] = ()) -> dict[str, Tool]:
    """By name: those that are always there, and those that were allowed."""
    extra = (tool for tool in allowed.TOOLS if tool.name in allow)
    return {tool.name: tool for tool in (*asking.TOOLS, *looking.TOOLS, *keeping.TOOLS, *extra)}
