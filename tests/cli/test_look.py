import json
from pathlib import Path

import pytest

from tests import support
from tests.cli.conftest import Ctx, Said, still


@pytest.fixture
def two(repo: Path, ctx: Ctx) -> None:
    """A session with two prompts, a file changed between them."""
    ctx("start", "demo")
    ctx("prompt", "fix main")
    support.write(repo, {"app.py": "def main():\n    return 1\n", "new.py": "x = 1\n"})
    ctx("prompt", "now the tests\nall of them")


def test_list_shows_sessions_and_marks_the_current_one(ctx: Ctx, two: None) -> None:
    ctx("start", "other")
    assert still(ctx("list").out) == (
        "   demo@main   active   2 prompts  TIME  now the tests\n*  other@main  created  0 prompts  TIME\n"
    )


def test_list_without_sessions_says_how_to_begin(repo: Path, ctx: Ctx) -> None:
    assert ctx("list") == Said(0, "", "no sessions yet; begin one with 'git ctx start'\n")
    assert json.loads(ctx("list", "--json").out) == {"sessions": []}


def test_list_without_open_sessions_says_where_there_are_some(repo: Path, ctx: Ctx, two: None) -> None:
    ctx("end")
    assert ctx("list").err == "no open session; 'git ctx list --all' has those that are closed\n"
    there = "refs/ctx/remotes/origin/heads/demo/main"
    support.git(repo, "update-ref", there, "refs/ctx/heads/demo/main")
    support.git(repo, "update-ref", "-d", "refs/ctx/heads/demo/main")
    assert ctx("list") == Said(0, "", "no sessions here yet; 'git ctx list --remote' has those of a remote\n")


def test_list_json(ctx: Ctx, two: None) -> None:
    (only,) = json.loads(ctx("list", "--json").out)["sessions"]
    assert (only["session"], only["branch"], only["current"], only["prompts"]) == ("demo", "main", True, 2)
    assert (only["state"], only["subject"], only["problem"]) == ("active", "prompt: now the tests", None)


def test_log_shows_prompts_newest_first(ctx: Ctx, two: None) -> None:
    lines = still(ctx("log").out).splitlines()
    assert [line for line in lines if not line.startswith("Sent:")] == [
        "prompt #2 ID",
        "Author: Ada Lovelace <ada@example.com>",
        "Date:   TIME",
        "",
        "    now the tests",
        "    all of them",
        "",
        "prompt #1 ID",
        "Author: Ada Lovelace <ada@example.com>",
        "Date:   TIME",
        "",
        "    fix main",
        "",
    ]


def test_log_in_lines_and_in_numbers(ctx: Ctx, two: None) -> None:
    assert [line.split(" ", 2)[2] for line in ctx("log", "--oneline").out.splitlines()] == [
        "now the tests",
        "fix main",
    ]
    assert ctx("log", "-n", "1", "--oneline").out.startswith("#2 ")
    assert [one["event"] for one in json.loads(ctx("log", "--json").out)["prompts"]] == [2, 1]


def test_show_is_of_the_last_prompt(ctx: Ctx, two: None) -> None:
    lines = still(ctx("show").out).splitlines()
    assert lines[:4] == [
        "prompt #2 ID",
        "Author: Ada Lovelace <ada@example.com>",
        "Date:   TIME",
        "Base:   OID on main",
    ]
    assert "    now the tests" in lines
    assert [line.split()[0] for line in lines[lines.index("files that differed from the base:") + 1 :]] == [
        "app.py",
        "new.py",
    ]


@pytest.mark.parametrize("revision", ["@~1", "#1", "demo@main~1"])
def test_a_revision_names_an_earlier_prompt(ctx: Ctx, two: None, revision: str) -> None:
    assert json.loads(ctx("show", "--json", revision).out)["prompt"]["text"] == "fix main"


def test_the_start_of_an_id_will_do(ctx: Ctx, two: None) -> None:
    id = json.loads(ctx("show", "--json", "#1").out)["id"]
    assert json.loads(ctx("show", "--json", id[:6]).out)["event"] == 1


def test_the_commit_of_a_prompt_names_it(repo: Path, ctx: Ctx, two: None) -> None:
    commit = support.git(repo, "rev-parse", "refs/ctx/heads/demo/main~1")
    assert json.loads(ctx("show", "--json", commit[:10]).out)["event"] == 1


def test_show_context_prints_what_was_sent_to_the_byte(ctx: Ctx, two: None) -> None:
    sent = ctx("prompt", "--full", "once more").out
    assert ctx("show", "--context").out == sent


@pytest.mark.parametrize("revision", ["@~9", "#9", "zzzzzzzz", "nope@main", "0123456789"])
def test_an_unknown_revision_is_named(ctx: Ctx, two: None, revision: str) -> None:
    said = ctx("show", revision)
    assert (said.status, said.out) == (128, "")
    assert said.err.startswith("fatal: ") and revision.split("@")[0].strip("#~9") in said.err
    assert "hint: " in said.err


def test_status_tells_what_changed_since_the_last_prompt(repo: Path, ctx: Ctx, two: None) -> None:
    support.write(repo, {"app.py": "def main():\n    return 2\n"})
    (repo / "new.py").unlink()
    assert still(ctx("status").out) == (
        "On session demo@main (active, 2 prompts)\n"
        "Last prompt, TIME: now the tests\n"
        "Changed since:\n"
        "\tmodified:  app.py\n"
        "\tdeleted:   new.py\n"
    )


def test_status_of_a_quiet_tree(ctx: Ctx, two: None) -> None:
    assert ctx("status").out.endswith("Nothing has changed since.\n")
    assert json.loads(ctx("status", "--json").out)["changed"] == []


def test_status_without_a_session_says_how_to_begin(repo: Path, ctx: Ctx) -> None:
    assert ctx("status") == Said(
        128,
        "",
        "fatal: no session on branch 'main'\n"
        "hint: begin one with 'git ctx start', or name one with --session\n",
    )


def test_status_in_a_bare_repository_does_not_say_to_begin_one(
    tmp_path: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(support.init(tmp_path / "server.git", "--bare"))
    assert ctx("status") == Said(
        128,
        "",
        "fatal: no session on branch 'main'\n"
        "hint: name one with --session; 'git ctx list' has those that are here\n",
    )


def test_a_count_may_be_spelled_as_git_log_has_it(ctx: Ctx, two: None) -> None:
    assert ctx("log", "-1", "--oneline") == ctx("log", "-n", "1", "--oneline")
    assert ctx("log", "--oneline", "-99999999999999") == ctx("log", "--oneline")


def test_an_argument_of_megabytes_is_not_repeated_whole(ctx: Ctx, two: None) -> None:
    said = ctx("show", "x" * 1_000_000)
    assert said.status == 128 and len(said.err) < 2000
    assert "more characters" in said.err


def test_two_candidates_are_listed(repo: Path, ctx: Ctx) -> None:
    ctx("start", "one")
    ctx("start", "two")
    support.git(repo, "config", "--unset", "branch.main.ctxSession")
    assert ctx("status").err == (
        "fatal: branch 'main' fits more than one session: one@main, two@main\n"
        "hint: name one with --session NAME@BRANCH\n"
    )


def test_looking_writes_nothing(repo: Path, ctx: Ctx, two: None) -> None:
    def everything() -> set[tuple[str, int]]:
        return {(str(path), path.stat().st_mtime_ns) for path in (repo / ".git").rglob("*")}

    before = everything()
    for args in (["list"], ["log"], ["show"], ["status"], ["show", "--files"]):
        ctx(*args)
    assert everything() == before


def test_a_damaged_prompt_hides_no_other(repo: Path, ctx: Ctx, two: None) -> None:
    tip = "refs/ctx/heads/demo/main"
    name = next(
        line
        for line in support.git(repo, "ls-tree", "-r", tip).splitlines()
        if "/01-" in line and "prompt.json" in line
    )
    oid = name.split()[2]
    path = repo / ".git/objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    path.write_bytes(b"garbage")
    said = ctx("log", "--oneline")
    assert said.status == 0
    assert "now the tests" in said.out and "cannot be read" in said.out and oid in said.out


def test_a_session_in_a_newer_format_says_so(repo: Path, ctx: Ctx, two: None) -> None:
    tip = "refs/ctx/heads/demo/main"
    blob = support.git(
        repo, "hash-object", "-w", "--stdin", input=b'{"format": 99, "id": "kkkkkkkkkkkkkkkk"}\n'
    )
    listing = support.git(repo, "ls-tree", tip).splitlines()
    tree = support.git(
        repo,
        "mktree",
        input="\n".join(
            f"100644 blob {blob}\tsession.json" if "session.json" in row else row for row in listing
        ).encode(),
    )
    commit = support.git(repo, "commit-tree", "-m", "x", "-p", tip, tree)
    support.git(repo, "update-ref", tip, commit)
    said = ctx("status")
    assert said.status == 128
    assert "written in format 99" in said.err and "hint: upgrade git ctx" in said.err


def test_list_tells_what_was_asked_last_whatever_came_after(ctx: Ctx, two: None) -> None:
    ctx("save", "-m", "half done")
    ctx("guide", "be kind")
    ctx("branch", "alt")
    rows = [line.split("TIME")[1] for line in still(ctx("list").out).splitlines()]
    assert rows == ["  now the tests", "  now the tests"]
    assert json.loads(ctx("list", "--json").out)["sessions"][0]["title"] == "now the tests"


@pytest.mark.parametrize(
    ("call", "refused"),
    [
        (("--graph", "--json"), "'--graph' and '--json'"),
        (("--graph", "-p"), "'--graph' and '--patch'"),
        (("--json", "--stat"), "'--json' and '--stat'"),
    ],
)
def test_options_that_ask_for_different_things_are_refused(
    ctx: Ctx, two: None, call: tuple[str, ...], refused: str
) -> None:
    assert ctx("log", *call) == Said(129, "", f"error: options {refused} cannot be used together\n")


def test_json_of_a_part_is_that_part(ctx: Ctx, two: None) -> None:
    whole = json.loads(ctx("show", "--json").out)
    assert json.loads(ctx("show", "--context", "--json").out) == {
        name: whole[name] for name in ("event", "id", "context", "content")
    }
    assert set(json.loads(ctx("show", "--files", "--json").out)) == {"event", "id", "files"}
