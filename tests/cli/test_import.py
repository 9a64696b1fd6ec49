import json
from pathlib import Path

from tests.cli.conftest import Ctx, Said, still
from tests.support import git

DATA = Path(__file__).parents[1] / "data" / "transcripts"
CLAUDE = str(DATA / "claude-code.jsonl")
CODEX = str(DATA / "codex.jsonl")


def test_it_says_what_was_imported_skipped_and_where(repo: Path, ctx: Ctx) -> None:
    done = ctx("import", "claude-code", CLAUDE)
    assert done.status == 1
    assert still(done.out) == "total-ignores-quantity-kxzq@main: imported 4 prompts, 2 requests, 3 replies\n"
    assert done.err == (
        f"warning: '{CLAUDE}', line 10: not a JSON object; skipped\n"
        f"warning: '{CLAUDE}' tells of work in '/home/ada/shop'\n"
        "imported sessions are ended: 'git ctx log --session NAME' shows one, 'reopen' takes it up again\n"
    )
    again = ctx("import", "claude-code", CLAUDE)
    assert still(again.out) == "total-ignores-quantity-kxzq@main: up to date\n"


def test_a_dry_run_says_what_would_be(repo: Path, ctx: Ctx) -> None:
    done = ctx("import", "codex", "-n", CODEX)
    assert still(done.out) == "total-ignores-quantity-kxzq@main: would import 2 prompts, 1 request, 1 reply\n"
    assert git(repo, "for-each-ref", "refs/ctx") == ""


def test_the_session_gets_the_name_that_is_given(repo: Path, ctx: Ctx) -> None:
    assert ctx("import", "codex", CODEX, "--name", "totals").out.startswith("totals@main: imported ")
    log = ctx("log", "--session", "totals", "-n", "1")
    assert "Sent:   no context: imported\n" in log.out
    assert ctx("restore", "--session", "totals", "@") == Said(
        128,
        "",
        "fatal: the files of #5 were never kept: it was imported from a transcript\n"
        "hint: a transcript tells what was said and done, and holds no files\n",
    )


def test_json_says_the_same(repo: Path, ctx: Ctx) -> None:
    said = json.loads(ctx("import", "codex", "--json", CODEX).out)
    [row] = said["transcripts"]
    assert (row["prompts"], row["requests"], row["replies"], row["known"], row["damaged"]) == (2, 1, 1, 0, 1)
    assert (row["branch"], row["problems"]) == ("main", ["line 7: not a JSON object"])
    assert said["problems"] == {}


def test_of_several_one_that_cannot_be_read_hides_no_other(repo: Path, ctx: Ctx) -> None:
    done = ctx("import", "codex", "nothing", CODEX)
    assert done.status == 1
    assert done.out.count("imported") == 1
    assert "warning: cannot import 'nothing': no such file or directory\n" in done.err


def test_files_in_which_nobody_asked_anything_are_counted(repo: Path, ctx: Ctx) -> None:
    done = ctx("import", "codex", "app.py", "README.md", CODEX)
    assert "nobody asked anything in 2 further files\n" in done.err


def test_without_a_file_it_says_where_they_are(repo: Path, ctx: Ctx) -> None:
    home = Path.home() / ".claude" / "projects"
    assert ctx("import", "claude-code") == Said(
        129,
        "",
        "error: no transcript of claude-code is named\n"
        f"hint: they are in '{home}': name that, and all about this repository are imported\n",
    )


def test_words_that_fit_no_form_are_refused(repo: Path, ctx: Ctx) -> None:
    assert ctx("import").err.startswith("error: say which file to import\n")
    assert ctx("import", "gemini", "x").err.startswith("error: no agent is named 'gemini'\n")
    assert ctx("import", "-n", "x").err.startswith("error: '--session', '--name' and '--dry-run' are for ")
    assert ctx("import", "codex", CODEX, CODEX + "x", "--name", "a").status == 129


def test_nobody_can_ask_for_a_command_to_be_run(repo: Path, ctx: Ctx) -> None:
    ctx("prompt", "fix main")
    assert ctx("request", "command", "ls").status == 129
