"""`git ctx hook run`: what agents send, what they get, and that they are never stopped."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from git_ctx.hooks import limit
from git_ctx.hooks import run as hook
from git_ctx.hooks.agents import AGENTS
from tests import support
from tests.cli.conftest import Ctx, Said, still
from tests.cli.conftest import ctx as ctx
from tests.hooks.samples import sample

ROOT = Path(__file__).resolve().parents[2]
NOTHING = Said(0, "", "")


def context(said: Said) -> str:
    assert (said.status, said.err) == (0, "")
    text: str = json.loads(said.out)["hookSpecificOutput"]["additionalContext"]
    return text


def kinds(ctx: Ctx) -> list[str]:
    """The kinds of the contexts that were kept, oldest first."""
    prompts = json.loads(ctx("log", "--json").out)["prompts"]
    return [one["context"]["kind"] if one["context"] else "none" for one in reversed(prompts)]


@pytest.mark.parametrize(
    ("agent", "event"),
    [("claude-code", "UserPromptSubmit"), ("codex", "UserPromptSubmit"), ("gemini", "BeforeAgent")],
)
def test_a_prompt_is_kept_in_the_agents_chat_and_answered_in_its_form(
    repo: Path, ctx: Ctx, agent: str, event: str
) -> None:
    said = ctx("hook", "run", agent, stdin=sample(f"{agent}-prompt"))
    assert json.loads(said.out)["hookSpecificOutput"]["hookEventName"] == event
    assert "def main():" in context(said)
    kept = json.loads(ctx("show", "--json").out)
    assert kept["prompt"]["text"] == "make main return 1"
    assert kept["context"]["conversation"] == json.loads(sample(f"{agent}-prompt"))["session_id"]
    assert ctx("show", "--context").out == context(said)


def test_the_second_prompt_brings_only_what_is_new(repo: Path, ctx: Ctx) -> None:
    ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt"))
    support.write(repo, {"app.py": "def main():\n    return 1\n"})
    second = context(ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt", prompt="now test")))
    assert "return 1" in second and "# Overview" not in second
    assert kinds(ctx) == ["full", "update"]


def test_two_chats_are_told_apart(repo: Path, ctx: Ctx) -> None:
    ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt"))
    ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt", session_id="other"))
    assert kinds(ctx) == ["full", "full"]


@pytest.mark.parametrize("source", ["startup", "resume", "clear", "compact"])
def test_a_chat_that_begins_anew_gets_the_whole_picture_once(repo: Path, ctx: Ctx, source: str) -> None:
    ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt"))
    assert ctx("hook", "run", "claude-code", stdin=sample("claude-code-start", source=source)) == NOTHING
    for _ in range(2):
        ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt"))
    ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt", session_id="other"))
    assert kinds(ctx) == ["full", "full", "update", "full"]


def test_gemini_says_in_its_own_way_that_it_forgets(repo: Path, ctx: Ctx) -> None:
    ctx("hook", "run", "gemini", stdin=sample("gemini-prompt"))
    assert ctx("hook", "run", "gemini", stdin=sample("gemini-compact")) == NOTHING
    ctx("hook", "run", "gemini", stdin=sample("gemini-prompt"))
    assert kinds(ctx) == ["full", "full"]


@pytest.mark.parametrize("event", ["claude-code-stop", "claude-code-end", "codex-stop", "gemini-stop"])
def test_the_files_are_kept_as_a_turn_leaves_them(repo: Path, ctx: Ctx, event: str) -> None:
    agent = event.rpartition("-")[0]
    ctx("hook", "run", agent, stdin=sample(f"{agent}-prompt"))
    support.write(repo, {"app.py": "def main():\n    return 1\n"})
    for _ in range(2):  # agents say it twice: at the end of the turn, and of the chat
        assert ctx("hook", "run", agent, stdin=sample(event)) == NOTHING
    support.write(repo, {"app.py": "broken"})
    assert ctx("restore", "@", "--", "app.py").status == 0
    assert (repo / "app.py").read_text() == "def main():\n    return 1\n"
    saves = [
        line
        for line in support.git(repo, "log", "--format=%s", "--glob=refs/ctx/heads").splitlines()
        if line.startswith("save")
    ]
    assert saves[-1] == "save: after: make main return 1" and saves.count(saves[-1]) == 1


@pytest.mark.parametrize("agent", ["claude-code", "codex", "gemini", "json"])
def test_what_the_assistant_said_last_is_kept_beside_its_prompt(repo: Path, ctx: Ctx, agent: str) -> None:
    key, field = "AKIA" + "Z7QX4MPLW2KD5RTN", AGENTS[agent].reply
    event = "json-end" if agent == "json" else f"{agent}-stop"
    ctx("hook", "run", agent, stdin=sample(f"{agent}-prompt"))
    said = f"I made main return 1.\nThe key {key} has to go."
    assert ctx("hook", "run", agent, stdin=sample(event, **{field: said})) == NOTHING
    subjects = support.git(repo, "log", "--format=%s", "--glob=refs/ctx/heads").splitlines()
    assert subjects[0] == "reply: I made main return 1."
    kept = support.git(
        repo, "grep", "-h", "I made main", "refs/ctx/heads/" + ctx_head(repo), "--", "*.reply.json"
    )
    assert "has to go" in kept and key not in kept


def ctx_head(repo: Path) -> str:
    return support.git(repo, "for-each-ref", "--format=%(refname)", "refs/ctx/heads").removeprefix(
        "refs/ctx/heads/"
    )


def test_a_turn_goes_on_where_git_switched_to_in_between(repo: Path, ctx: Ctx) -> None:
    ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt"))
    support.git(repo, "switch", "-q", "-c", "fix")
    support.write(repo, {"app.py": "changed = 1\n"})
    assert ctx("hook", "run", "claude-code", stdin=sample("claude-code-stop")) == NOTHING
    assert "refs/ctx/heads/" in (refs := support.git(repo, "for-each-ref", "refs/ctx/heads"))
    assert refs.count("/fix") == 1 and "save: after: make main" in support.git(
        repo, "log", "--all", "--format=%s"
    )


def test_a_turn_that_changed_nothing_leaves_nothing(repo: Path, ctx: Ctx) -> None:
    ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt"))
    before = support.git(repo, "for-each-ref", "refs/ctx")
    assert ctx("hook", "run", "claude-code", stdin=sample("claude-code-end")) == NOTHING
    assert support.git(repo, "for-each-ref", "refs/ctx") == before


def test_the_end_of_a_chat_that_asked_nothing_here_is_passed_over(repo: Path, ctx: Ctx) -> None:
    assert ctx("hook", "run", "claude-code", stdin=sample("claude-code-end")) == NOTHING
    ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt", session_id="other"))
    before = support.git(repo, "for-each-ref", "refs/ctx")
    support.write(repo, {"app.py": "changed = 1\n"})
    assert ctx("hook", "run", "claude-code", stdin=sample("claude-code-end")) == NOTHING
    assert support.git(repo, "for-each-ref", "refs/ctx") == before


def test_the_plain_form_says_what_was_kept_where(repo: Path, ctx: Ctx) -> None:
    ctx("start", "demo")
    found = json.loads(ctx("hook", "run", "json", stdin=sample("json-prompt")).out)
    assert "def main():" in found.pop("context")
    assert found.pop("tokens") > 0
    assert found == {"kind": "full", "session": "demo@main", "event": 1}


@pytest.mark.parametrize("agent", ["claude-code", "codex"])
def test_an_agent_that_cuts_long_answers_gets_one_that_it_will_not_cut(
    repo: Path, ctx: Ctx, agent: str
) -> None:
    # long words are one token each, and far more than four bytes
    words = "main configuration authentication international responsibility understanding"
    wide = "".join(f"def main_{n}():\n    # {words}\n    return {n}\n\n\n" for n in range(400))
    support.write(repo, {f"main_{n}.py": wide for n in range(5)})
    said = ctx("hook", "run", agent, stdin=sample(f"{agent}-prompt"))
    text = context(said)
    assert 4_000 < len(text.encode()) <= 9_000
    assert len(said.out) <= 10_000
    assert json.loads(ctx("show", "--json").out)["context"]["budget"] == 2_250


def test_the_budget_is_the_users_where_the_agent_takes_it(repo: Path, ctx: Ctx) -> None:
    support.write(repo, {"big.py": "def main(): ...\n" * 9_000})
    support.git(repo, "config", "ctx.hookBudget", "700")
    ctx("hook", "run", "gemini", stdin=sample("gemini-prompt"))
    kept = json.loads(ctx("show", "--json").out)["context"]
    assert kept["budget"] == 700 and kept["tokens"] <= 700


@pytest.mark.parametrize("value", ["none", "0", "-5", "9" * 50])
def test_a_budget_that_is_no_number_is_left_aside(repo: Path, ctx: Ctx, value: str) -> None:
    support.git(repo, "config", "ctx.hookBudget", value)
    ctx("hook", "run", "json", stdin=sample("json-prompt"))
    assert json.loads(ctx("show", "--json").out)["context"]["budget"] == hook.DEFAULT_BUDGET


def test_a_prompt_that_has_no_room_for_a_context_is_kept_all_the_same(repo: Path, ctx: Ctx) -> None:
    support.git(repo, "config", "ctx.hookBudget", "50")
    said = ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt"))
    assert (said.status, said.out) == (0, "")
    assert said.err == "git ctx: a budget of 50 tokens is too small for this prompt\n"
    assert kinds(ctx) == ["none"]
    support.git(repo, "config", "--unset", "ctx.hookBudget")
    assert ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt")).status == 0
    assert kinds(ctx) == ["none", "full"]


def test_the_agent_is_not_told_again_what_it_was_asked(repo: Path, ctx: Ctx) -> None:
    long = "fix this: " + "word " * 5_000
    said = ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt", prompt=long))
    assert "word word" not in said.out and "chosen for the prompt" in said.out
    assert "# Task" not in said.out
    assert json.loads(ctx("show", "--json").out)["prompt"]["text"] == long


def test_keys_are_redacted(repo: Path, ctx: Ctx) -> None:
    key = "AKIA" + "Z7QX4MPLW2KD5RTN"
    said = ctx(
        "hook", "run", "claude-code", stdin=sample("claude-code-prompt", prompt=f"why does {key} fail")
    )
    assert key not in said.out + ctx("show").out


def test_it_can_be_switched_off(repo: Path, ctx: Ctx) -> None:
    support.git(repo, "config", "ctx.hook", "false")
    assert ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt")) == NOTHING
    assert support.git(repo, "for-each-ref", "refs/ctx") == ""


def test_events_that_do_not_matter_are_passed_over(repo: Path, ctx: Ctx) -> None:
    for name in ("PreToolUse", "Notification", ""):
        said = ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt", hook_event_name=name))
        assert said == NOTHING


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the event is not JSON"),
        (b"\xff\x00{", "the event is not JSON"),
        (b"[1]", "the event is not a JSON object"),
        (sample("claude-code-prompt", session_id=None), "the event has no session_id"),
        (sample("claude-code-prompt", prompt=7), "the event's prompt is not text"),
        (sample("claude-code-prompt", prompt=" \n"), "the prompt is empty"),
        (
            sample("claude-code-prompt", session_id="a\x1b[31m"),
            "a conversation's id is 1 to 200 printable characters",
        ),
    ],
)
def test_broken_and_hostile_events_get_one_line_and_no_more(
    repo: Path, ctx: Ctx, data: bytes, words: str
) -> None:
    assert ctx("hook", "run", "claude-code", stdin=data) == Said(0, "", f"git ctx: {words}\n")


def test_an_id_that_is_a_path_leads_nowhere(repo: Path, ctx: Ctx) -> None:
    hostile = "../../../../hooks/post-checkout"
    assert ctx("hook", "run", "claude-code", stdin=sample("claude-code-start", session_id=hostile)) == NOTHING
    made = [
        path.relative_to(repo / ".git/ctx").parent
        for path in (repo / ".git/ctx").rglob("*")
        if path.is_file()
    ]
    assert made == [Path("anew")]
    assert not (repo / ".git/hooks/post-checkout").exists()


def test_outside_of_a_repository_it_says_so_and_ends_well(
    tmp_path: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt"))
    assert (said.status, said.out) == (0, "")
    assert said.err.startswith("git ctx: not a git repository") and said.err.count("\n") == 1


def test_without_an_identity_it_says_so_and_ends_well(
    repo: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(repo / ".git"))
    for name in ("user.name", "user.email"):
        support.git(repo, "config", name, "")
    support.git(repo, "config", "user.useConfigOnly", "true")
    said = ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt"))
    assert said == Said(0, "", "git ctx: git does not know who you are\n")


def test_an_unknown_agent_ends_well_too(repo: Path, ctx: Ctx) -> None:
    assert ctx("hook", "run", "nobody", stdin=b"{}") == Said(0, "", "git ctx: unknown agent: 'nobody'\n")


def test_a_bug_is_one_line_too(repo: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(*_args: object) -> None:
        raise KeyError("x\n\x1b[2J")

    monkeypatch.setattr("git_ctx.porcelain.prompt.prompt", bug)
    said = ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt"))
    assert said.status == 0 and said.out == ""
    assert said.err.startswith("git ctx: unforeseen failure: KeyError") and said.err.count("\n") == 1
    assert "\x1b" not in said.err


def test_what_is_told_to_stop_stops_and_the_prompt_is_safe(
    repo: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    from git_ctx.porcelain import prompt as verb

    def stopped(*_args: object, **_more: object) -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        except Exception:  # what a library might do must not keep it going
            pytest.fail("the end was taken for a failure")

    with monkeypatch.context() as patched:
        patched.setattr(verb.snapshot, "take", stopped)
        said = ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt"))
    assert (said.status, said.out) == (0, "")
    why = "no context: it took longer than 20 seconds, or was told to stop"
    safe = "the prompt is safe: the next one keeps it, asked again it takes its place"
    assert said.err == f"git ctx: {why}; {safe}\n"
    ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt", prompt="go on"))
    texts = [one["prompt"]["text"] for one in json.loads(ctx("log", "--json").out)["prompts"]]
    assert texts == ["go on", "make main return 1"]


def test_what_is_told_to_stop_before_its_text_is_in_the_repository_says_where_it_is(
    repo: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from git_ctx.porcelain import prompt as verb

    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with monkeypatch.context() as patched:
        patched.setattr(verb.pending, "put", lambda *_: signal.raise_signal(signal.SIGTERM))
        said = ctx("hook", "run", "claude-code", stdin=sample("claude-code-prompt"))
    assert (said.status, said.out) == (0, "")
    place = Path(said.err.rpartition("the text of the prompt is in '")[2].removesuffix("'\n"))
    assert place.read_text() == "make main return 1"


def test_what_takes_too_long_is_given_up() -> None:
    with pytest.raises(limit.TimeUp), limit.within(0.05):
        while True:
            sum(range(1000))


def test_the_limit_puts_back_what_it_took() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with limit.within(5):
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def installed(*args: str, stdin: bytes, at: Path) -> subprocess.CompletedProcess[bytes]:
    """As the agent runs it: a process of its own."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from git_ctx.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code, *args], cwd=at, input=stdin, capture_output=True
    )


def test_as_a_process_it_works_from_the_directory_of_the_event_and_without_click(
    repo: Path, tmp_path: Path, ctx: Ctx
) -> None:
    event = sample("claude-code-prompt", cwd=str(repo))
    done = installed("hook", "run", "claude-code", stdin=event, at=tmp_path)
    assert done.returncode == 0 and b"def main()" in done.stdout
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.decode().splitlines() if "|" in line}
    assert not loaded & {"click", "git_ctx.cli.door", "git_ctx.hooks.install", "importlib.metadata"}
    assert still(ctx("log", "--oneline").out).endswith("make main return 1\n")


@pytest.mark.parametrize("words", [(), ("claude-code", "--bogus"), ("claude-code", "codex")])
def test_a_wrong_call_ends_well_too(repo: Path, words: tuple[str, ...]) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from git_ctx.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "hook", "run", *words], input=b"", capture_output=True)
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr == b"git ctx: 'hook run' takes the name of one agent, and nothing else\n"


@pytest.mark.parametrize(
    ("where", "problem"),
    [(">/dev/full", b"no space left on device"), (">&-", b"standard output is closed")],
)
def test_what_cannot_be_printed_is_said_and_kept(repo: Path, ctx: Ctx, where: str, problem: bytes) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from git_ctx.cli import main; main()"
    words = ["sh", "-c", f'"$@" {where}', "sh", sys.executable, "-c", code, "hook", "run", "claude-code"]
    done = subprocess.run(words, cwd=repo, input=sample("claude-code-prompt"), capture_output=True)
    assert done.returncode == 0
    assert done.stderr == b"git ctx: cannot print the context: " + problem + b"\n"
    assert kinds(ctx) == ["full"]


def test_a_closed_pipe_stops_nobody(repo: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from git_ctx.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code, "hook", "run", "claude-code"],
        cwd=repo,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as run:
        assert run.stdout and run.stdin and run.stderr
        run.stdout.close()
        run.stdin.write(sample("claude-code-prompt"))
        run.stdin.close()
        assert run.stderr.read() == b"git ctx: cannot print the context: broken pipe\n"
        assert run.wait() == 0
