"""The protocol, with the SDK's own client over standard input and output."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from git_ctx import api
from tests import support
from tests.mcp.conftest import Talk


def test_tools_resources_and_errors_by_a_real_client(repo: Path, talk: Talk) -> None:
    async def conversation(client: Any) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert tools["rank"].annotations.read_only_hint is True
        assert tools["prompt"].annotations.read_only_hint is False
        assert "restore" not in tools and "push" not in tools

        said = await client.call_tool("prompt", {"text": "make main return 1"})
        assert not said.is_error
        assert "def main():" in said.content[0].text

        ranked = await client.call_tool("rank", {"text": "the main function"})
        assert ranked.structured_content["files"][0]["path"] == "app.py"
        assert json.loads(ranked.content[0].text) == ranked.structured_content

        for name in ("status", "log", "search"):
            found = await client.call_tool(name, {"text": "main"} if name == "search" else {})
            assert set(found.structured_content) == set(tools[name].output_schema["required"])

        listed = (await client.list_resources()).resources
        assert listed[0].name == "#1"
        read = [(await client.read_resource(one.uri)).contents[0] for one in listed]
        assert read[0].text.startswith("A part of `repo`")
        assert json.loads(read[1].text)["events"][0]["text"] == "make main return 1"
        templates = (await client.list_resource_templates()).resource_templates
        assert [one.uri_template for one in templates] == ["ctx://session/{name}", "ctx://context/{revision}"]

    talk(conversation)
    support.fsck(repo)
    assert support.git(repo, "status", "--porcelain") == ""


_REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("show", {"revision": "@~99"}, "unknown revision: '@~99'\nhint: a revision is @, "),
    ("rank", {}, "rank: 'text' is a required property"),
    ("rank", {"text": "x", "nmber": 3}, "rank: Additional properties are not allowed ('nmber' was"),
    ("log", {"number": 100000}, "log: number: 100000 is greater than the maximum of 200"),
    ("status", {"session": "nowhere"}, "no such session: 'nowhere'\nhint: see 'git ctx list'"),
    ("request", {"kind": "file"}, "request file: PATH is missing\nhint: "),
]


def test_a_failure_is_one_line_and_a_hint(talk: Talk) -> None:
    async def conversation(client: Any) -> list[Any]:
        await client.call_tool("prompt", {"text": "fix main"})
        return [await client.call_tool(name, given) for name, given, _ in _REFUSED]

    for answer, (_, _, said) in zip(talk(conversation), _REFUSED, strict=True):
        assert answer.is_error
        assert answer.content[0].text.startswith(said)
        assert answer.content[0].text.count("\n") <= 1


def test_a_pattern_of_the_user_s_that_takes_for_ever_is_stopped(repo: Path, talk: Talk) -> None:
    support.git(repo, "config", "ctx.redact.slow", "(a+)+$")

    async def conversation(client: Any) -> Any:
        return await client.call_tool("prompt", {"text": f"what is {'a' * 60}!"})

    answer = talk(conversation)
    assert answer.is_error
    assert answer.content[0].text.startswith("ctx.redact.slow: it takes too long")


def test_what_was_not_allowed_or_is_not_there_is_refused(talk: Talk) -> None:
    async def conversation(client: Any) -> list[str]:
        said = []
        for call in (
            client.call_tool("restore", {"revision": "@"}),
            client.read_resource("ctx://nowhere/x"),
            client.read_resource("ctx://session/nowhere"),
        ):
            with pytest.raises(Exception) as refused:
                await call
            said.append(str(refused.value))
        return said

    unknown, strange, missing = talk(conversation)
    assert unknown == "unknown tool: 'restore'"
    assert strange.startswith("no such resource: 'ctx://nowhere/x'\nhint: ")
    assert missing.startswith("no such session: 'nowhere'\nhint: ")


def test_what_was_allowed_is_offered_and_marked(repo: Path, talk: Talk) -> None:
    async def conversation(client: Any) -> Any:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert tools["restore"].annotations.destructive_hint is True
        assert "push" not in tools
        api.open(repo).start("demo")
        await client.call_tool("save", {})
        support.write(repo, {"app.py": "broken\n"})
        return await client.call_tool("restore", {"revision": "@"})

    assert talk(conversation, "--allow", "restore").content[0].text.startswith("restored #1: 1 file written")
    assert (repo / "app.py").read_text() == "def main():\n    return 0\n"


def test_outside_of_a_repository_the_server_starts_and_says_so_when_it_is_asked(
    tmp_path: Path, talk: Talk
) -> None:
    async def conversation(client: Any) -> Any:
        assert (await client.list_resources()).resources == []
        return await client.call_tool("status", {})

    (tmp_path / "empty").mkdir()
    answer = talk(conversation, "-C", str(tmp_path / "empty"))
    assert answer.is_error
    assert answer.content[0].text.startswith("not a git repository (or any of the parent directories)")


def test_nothing_but_the_protocol_reaches_standard_output(repo: Path) -> None:
    pytest.importorskip("mcp_types")
    hello = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        *({"jsonrpc": "2.0", "id": n, "method": "tools/list"} for n in (2,)),
        {
            "jsonrpc": "2.0",
            "id": 3,
            "method": "tools/call",
            "params": {"name": "prompt", "arguments": {"text": "fix \x1b[31m main"}},
        },
    ]
    with subprocess.Popen(
        [sys.executable, "-c", "from git_ctx.cli import main; main()", "mcp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(os.environ),
    ) as server:
        assert server.stdin and server.stdout and server.stderr
        for message in messages:
            server.stdin.write(json.dumps(message).encode() + b"\n")
        server.stdin.flush()
        answers = [json.loads(server.stdout.readline()) for _ in range(3)]
        server.stdin.close()
        assert server.stdout.read() == b""
        assert server.stderr.read() == b""
        assert server.wait(30) == 0
    assert [one["id"] for one in answers] == [1, 2, 3]
    assert answers[0]["result"]["serverInfo"]["name"] == "git-ctx"
    assert "isError" not in answers[2]["result"] or not answers[2]["result"]["isError"]


def test_a_failure_that_nobody_foresaw_is_a_line_as_well() -> None:
    server = pytest.importorskip("git_ctx.mcp.server")

    def broken() -> None:
        raise ZeroDivisionError("division by zero")

    with pytest.raises(server.Unforeseen, match="unforeseen failure: ZeroDivisionError: division by zero"):
        server._guarded(broken)
