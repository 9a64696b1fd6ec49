"""Words of strangers on the command line, in sessions and in names: shown and refused, never obeyed."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests import mutants, servers
from tests.cli.conftest import Ctx, Said
from tests.support import git, write

DEMO = "refs/ctx/heads/demo/main"
OBEYED = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\u2066\u200f\r"
WORDS = (
    *("--upload-pack=touch pwned", "-Otouch pwned", "-cx=y", "-", "$(touch pwned)", "x; touch pwned"),
    *(
        "x\ntouch pwned",
        "../../pwned",
        ".git/config",
        "HEAD^{/x}",
        ":(exclude)x",
        "x" * 5000,
        "\x1b[2J\udce9",
    ),
)


@pytest.fixture
def demo(repo: Path, ctx: Ctx, tmp_path: Path) -> Path:
    git(repo, "remote", "add", "origin", str(servers.bare(tmp_path / "server")))
    ctx("start", "demo")
    ctx("prompt", "-q", "fix main")
    write(repo, {"app.py": "def main():\n    return 1\n"})
    ctx("prompt", "-q", "fix it again")
    ctx("reply", "done")
    ctx("save", "-m", "a save")
    ctx("branch", "side")
    return repo


READING = (
    *(
        ["list", "--all"],
        ["status"],
        ["log"],
        ["log", "--all"],
        ["log", "--graph"],
        ["log", "--oneline"],
        ["show"],
    ),
    *(["show", "--files"], ["show", "@~1", "--requests"], ["diff", "--prompts", "@~1"], ["search", "owned"]),
    *(
        ["branch"],
        ["pin"],
        ["guide"],
        ["list", "--remote"],
        ["remote"],
        ["list", "--json"],
        ["log", "--json"],
    ),
    *(["show", "--json"], ["status", "--json"], ["search", "owned", "--json"], ["fetch"], ["pull"]),
)


def test_what_strangers_write_reaches_no_terminal_as_it_is(demo: Path, ctx: Ctx) -> None:
    mutant = mutants.read(demo, DEMO)
    for node in entries(mutant.root):
        if node.name.endswith(b".json") and isinstance(node.body, bytes):
            node.body = json.dumps(poisoned(json.loads(node.body)), ensure_ascii=False).encode()
    message = f"prompt: {OBEYED}\n\nCtx-State: {OBEYED}\nCtx-Session: {OBEYED}\nCtx-Prompts: 2\n"
    who = tuple(f"{role} {OBEYED[:-1]} <a@b> 1767323045 +0000\n".encode() for role in ("author", "committer"))
    forged = mutants.Store(demo).mutant(
        mutants.Mutant(root=mutant.root, message=message.encode(), headers=who, parents=mutant.parents)
    )
    git(demo, "update-ref", DEMO, forged)
    git(demo, "push", "-q", "origin", DEMO)
    git(demo, "fetch", "-q", "origin", f"{DEMO}:refs/ctx/remotes/origin/heads/demo/main")
    for command in READING:
        said = ctx(*command)
        assert said.status in (0, 1, 128), (command, said)
        for text in (said.out, said.err):
            assert not set(OBEYED) - set("]0;owned[2J31m") & set(text), (command, text)


def entries(node: mutants.Node) -> list[mutants.Node]:
    below = node.body if isinstance(node.body, list) else []
    return [node, *(one for child in below for one in entries(child))]


def poisoned(value: object) -> object:
    """The same with what a terminal would obey in every text that may hold any."""
    if not isinstance(value, dict):
        return value
    free = {"text", "author", "message", "project", "name", "branch", "conversation", "content"}
    return {
        key: f"{each}{OBEYED}" if key in free and isinstance(each, str) else each
        for key, each in value.items()
    }


OPERANDS = (
    *(
        ["start"],
        ["status", "--session"],
        ["log", "--session"],
        ["show"],
        ["diff"],
        ["diff", "@", "--"],
        ["search"],
    ),
    *(
        ["branch"],
        ["branch", "-d"],
        ["branch", "-m"],
        ["use"],
        ["merge"],
        ["select"],
        ["restore"],
        ["restore", "@", "--"],
    ),
    *(
        ["push"],
        ["push", "--session"],
        ["push", "--yes", "--delete"],
        ["fetch"],
        ["pull"],
        ["remote"],
        ["export"],
    ),
    *(
        ["import"],
        ["end"],
        ["archive"],
        ["reopen"],
        ["rename"],
        ["delete", "--yes"],
        ["list", "--remote"],
        ["pin"],
    ),
    *(
        ["unpin"],
        ["request", "file"],
        ["request", "symbol"],
        ["request", "search"],
        ["request", "tree"],
        ["request", "diff"],
    ),
    *(
        ["prompt", "-q", "--session"],
        ["prompt", "-q", "--conversation"],
        ["rank"],
        ["reply"],
        ["save", "-m"],
        ["guide"],
    ),
)


@pytest.mark.parametrize("operands", OPERANDS, ids=" ".join)
def test_no_word_is_taken_for_a_command_or_an_option_of_gits(
    demo: Path, ctx: Ctx, operands: list[str]
) -> None:
    for word in WORDS:
        said = ctx(*operands, word, stdin=b"words\n")
        assert said.status in (0, 1, 128, 129), (word, said)
        assert "unforeseen" not in said.err and "Traceback" not in said.err, (word, said)
        assert not {"\x1b", "\x07", "\x9b"} & set(said.err), (word, said)
    for place in (demo, demo.parent, demo / ".git", demo.parent / "server"):
        assert not (place / "pwned").exists()
    assert git(demo, "fsck", "--strict", "--no-dangling") == ""


def test_every_git_is_told_to_take_no_lock_that_it_can_do_without(
    demo: Path, ctx: Ctx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called = tmp_path / "called"
    real = shutil.which("git")
    wrapper = tmp_path / "bin/git"
    wrapper.parent.mkdir()
    # git runs itself, too; those that we run are the ones that say --no-optional-locks, or do not
    wrapper.write_text(f'#!/bin/sh\n[ -n "$GIT_EXEC_PATH" ] || echo "$*" >>{called}\nexec {real} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    for command in (
        *READING,
        *(
            ["prompt", "-q", "more"],
            ["save"],
            ["restore", "@~1"],
            ["push", "--yes"],
            ["gc"],
            ["export", "-o", "x"],
        ),
        *(["merge", "side"], ["rename", "other"], ["end"], ["delete", "other", "--yes"], ["rank", "main"]),
    ):
        assert ctx(*command).status in (0, 1, 128)
    lines = called.read_text().splitlines()
    assert len(lines) > 100
    harmful = ("gc", "prune", "repack", "reflog expire", "--force", "push -f", "reset", "stash", "clean")
    assert [line for line in lines if not line.startswith("--no-optional-locks ")] == []
    assert [line for line in lines if any(f" {word} " in f"{line} " for word in harmful)] == []


def test_what_is_set_for_gits_own_push_sends_nothing_more(demo: Path, ctx: Ctx) -> None:
    """What is configured for the user's own pushes sends nothing along with ours."""
    before = git(demo, "for-each-ref", "refs/heads", "refs/tags")
    git(demo, "config", "remote.origin.push", "+refs/heads/*:refs/heads/*")
    git(demo, "config", "push.default", "matching")
    git(demo, "config", "push.followTags", "true")
    assert ctx("push", "--yes").status == 0
    assert git(demo.parent / "server", "for-each-ref", "--format=%(refname)") == DEMO
    assert ctx("pull") == Said(0, "", "up to date with 'origin'\n") or ctx("pull").status == 0
    assert git(demo, "for-each-ref", "refs/heads", "refs/tags") == before
