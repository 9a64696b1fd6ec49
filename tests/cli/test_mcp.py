import sys

import pytest

from tests.cli.conftest import Ctx, Said


def test_without_the_sdk_it_says_what_to_install(ctx: Ctx, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "git_ctx.mcp.server", raising=False)
    monkeypatch.setitem(sys.modules, "mcp_types", None)
    assert ctx("mcp") == Said(
        128,
        "",
        "fatal: the MCP server needs version 2 of the package 'mcp', which is not installed\n"
        "hint: install it: pipx inject git-ctx 'mcp>=2', or pip install 'git-ctx[mcp]'\n",
    )


def test_what_can_be_allowed_is_what_needs_it() -> None:
    from git_ctx.cli.mcp import ALLOWABLE
    from git_ctx.mcp import tools

    assert ALLOWABLE == tools.ALLOWABLE
