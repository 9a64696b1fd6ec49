import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from git_ctx.errors import FilesNeverKept, NoSession, SessionClosed, UsageError
from git_ctx.model import Prompt, SessionBranch
from git_ctx.porcelain import here, look, moment
from git_ctx.porcelain.beside import beside
from git_ctx.porcelain.life import close
from git_ctx.porcelain.session import start
from git_ctx.porcelain.tending import forget, sought
from git_ctx.porcelain.transcripts import Taken, UnreadableTranscript, Wish, import_, sources
from git_ctx.store import discover, refs
from git_ctx.transcripts.agents import agent
from tests import support
from tests.porcelain.conftest import NOW, Ask

DATA = Path(__file__).parents[1] / "data" / "transcripts"
LATER = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def take(repo: Path, file: Path, name: str = "claude-code", now: datetime = LATER, **wish: object) -> Taken:
    return import_(discover.find(repo), agent(name), file, Wish(**wish), now)


def user(text: str, key: str, at: datetime = NOW, cwd: str = "/home/ada/shop") -> dict[str, object]:
    return {
        "type": "user",
        "uuid": key,
        "sessionId": "chat-1",
        "cwd": cwd,
        "gitBranch": "main",
        "timestamp": at.isoformat(),
        "message": {"role": "user", "content": text},
    }


def answer(text: str, at: datetime = NOW, stop: str | None = "end_turn") -> dict[str, object]:
    message = {"content": [{"type": "text", "text": text}], "stop_reason": stop}
    return {"type": "assistant", "timestamp": at.isoformat(), "message": message}


def write(file: Path, *lines: object) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def prompts(repo: Path, branch: SessionBranch | None) -> list[Prompt]:
    found = discover.find(repo)
    tip = refs.tip(found, branch) if branch else None
    assert branch and tip
    logged = look.history(found, [tip])
    return [one.prompt for one in logged if one.prompt][::-1]


@pytest.mark.parametrize(("name", "counts"), [("claude-code", (4, 2, 3)), ("codex", (2, 1, 1))])
def test_a_transcript_becomes_a_session_once(repo: Path, name: str, counts: tuple[int, int, int]) -> None:
    before = support.git(repo, "status", "--porcelain=v2", "--branch")
    taken = take(repo, DATA / f"{name}.jsonl", name)
    assert (taken.prompts, taken.requests, taken.replies) == counts
    assert (taken.fresh, taken.damaged, taken.elsewhere) == (True, 1, "/home/ada/shop")
    tips = support.git(repo, "for-each-ref", "refs/ctx")
    again = take(repo, DATA / f"{name}.jsonl", name)
    assert (again.prompts, again.requests, again.replies, again.known) == (0, 0, 0, counts[0])
    assert again.branch == taken.branch
    assert support.git(repo, "for-each-ref", "refs/ctx") == tips
    assert support.git(repo, "status", "--porcelain=v2", "--branch") == before
    support.fsck(repo)


def test_what_was_asked_keeps_its_time_branch_and_chat_and_loses_its_secrets(
    repo: Path, tmp_path: Path
) -> None:
    key = "AKIA" + "QX5OA3BDNW7LTVKE"  # in no file as it stands: keys are searched for there
    sample = tmp_path / "claude-code.jsonl"
    sample.write_text((DATA / "claude-code.jsonl").read_text().replace("KEY-HERE", key))
    first = prompts(repo, take(repo, sample).branch)[0]
    assert first.text == "the total ignores the quantity; my key is [redacted: aws-access-key]"
    assert first.asked_at == datetime(2026, 11, 2, 10, 0, 10, tzinfo=UTC)
    assert (first.branch, first.base, first.snapshot) == ("main", None, None)
    assert first.imported
    assert (first.imported.agent, first.imported.conversation) == (
        "claude-code",
        "3f2a7c1e-0b44-4e0e-9d1a-2f6a5f0c1b11",
    )


def test_requests_name_what_was_looked_at_and_changed_and_no_file_elsewhere(repo: Path) -> None:
    taken = take(repo, DATA / "claude-code.jsonl")
    found = discover.find(repo)
    assert taken.branch
    tip = refs.tip(found, taken.branch)
    assert tip
    logged = list(look.history(found, [tip]))[::-1]
    [request, reply] = [kept for _, kept in beside(found, tip, logged[0].event)]
    assert [(item.path, item.form) for item in request.items] == [("cart.py", "whole"), ("cart.py", "diff")]
    assert [(ask.kind, ask.what) for ask in request.asks] == [
        ("file", "cart.py:5-14"),
        ("search", "quantity"),
        ("command", "python -m pytest -q"),
    ]
    assert reply.asks == ()
    [interrupted] = [kept for _, kept in beside(found, tip, logged[1].event)]
    assert interrupted.items == ()


def test_a_transcript_that_has_grown_adds_what_is_new(repo: Path, tmp_path: Path) -> None:
    lines = [user("one", "u1"), answer("first"), user("two", "u2"), answer("second")]
    file = write(tmp_path / "a.jsonl", *lines[:2])
    first = take(repo, file)
    write(file, *lines)
    second = take(repo, file)
    assert (second.branch, second.prompts, second.replies, second.known) == (first.branch, 1, 1, 1)
    assert [one.text for one in prompts(repo, first.branch)] == ["one", "two"]


def test_of_a_turn_that_goes_on_the_outcome_waits(repo: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", user("one", "u1"), answer("let me look", stop="tool_use"))
    first = take(repo, file, now=NOW + timedelta(minutes=1))
    assert (first.prompts, first.replies) == (1, 0)
    write(file, user("one", "u1"), answer("let me look", stop="tool_use"), answer("done"))
    second = take(repo, file, now=NOW + timedelta(minutes=2))
    assert (second.branch, second.prompts, second.replies) == (first.branch, 0, 1)


def test_what_a_hook_kept_is_not_doubled(repo: Path, tmp_path: Path, ask: Ask) -> None:
    kept = ask("fix main", conversation="chat-1")
    lines = [user("fix main", "u1", NOW - timedelta(seconds=2)), answer("done")]
    file = write(tmp_path / "a.jsonl", *lines)
    taken = take(repo, file)
    assert (taken.branch, taken.prompts, taken.replies, taken.known) == (kept.branch, 0, 0, 1)
    write(
        file, user("before the hook", "u0", NOW - timedelta(hours=1)), *lines, user("fix main", "u9", LATER)
    )
    taken = take(repo, file)
    assert taken.branch != kept.branch
    assert [one.text for one in prompts(repo, taken.branch)] == ["before the hook", "fix main"]


def test_what_was_forgotten_does_not_come_back(repo: Path, tmp_path: Path, ask: Ask) -> None:
    ask("tell nobody about the merger", conversation="chat-1")
    found = discover.find(repo)
    forget.forget(found, sought.Wish(kind="text", words="the merger"), LATER)
    file = write(tmp_path / "a.jsonl", user("tell nobody about the merger", "u1"))
    assert take(repo, file).known == 1


def test_an_imported_session_is_ended_and_never_current(repo: Path) -> None:
    taken = take(repo, DATA / "claude-code.jsonl")
    [listed] = refs.listing(discover.find(repo))
    assert (listed.branch, listed.state, listed.prompts) == (taken.branch, "ended", 4)
    with pytest.raises(NoSession):
        here.session(discover.find(repo), None)


def test_no_files_come_back_of_what_was_imported(repo: Path) -> None:
    taken = take(repo, DATA / "claude-code.jsonl")
    with pytest.raises(FilesNeverKept, match="never kept: it was imported"):
        moment.moment(discover.find(repo), str(taken.branch), "#2")


def test_it_is_added_to_the_session_that_is_named_while_that_is_open(repo: Path) -> None:
    found = discover.find(repo)
    branch = start(found, "mine", NOW).branch
    assert take(repo, DATA / "codex.jsonl", "codex", session="mine").branch == branch
    assert refs.listing(found)[0].state == "active"
    close(found, ["mine"], "ended", NOW)
    with pytest.raises(SessionClosed):
        take(repo, DATA / "claude-code.jsonl", session="mine")


def test_a_dry_run_leaves_everything_as_it_is(repo: Path) -> None:
    taken = take(repo, DATA / "claude-code.jsonl", dry_run=True)
    assert taken.prompts == 4
    assert support.git(repo, "for-each-ref", "refs/ctx") == ""
    assert take(repo, DATA / "claude-code.jsonl").branch == taken.branch


def test_a_directory_gives_what_is_about_this_repository(repo: Path, tmp_path: Path) -> None:
    ours = write(tmp_path / "p/-a/1.jsonl", user("one", "u1", cwd=str(repo / "src")))
    write(tmp_path / "p/-b/2.jsonl", user("two", "u2"))
    write(tmp_path / "p/-a/agent-3.jsonl", user("three", "u3", cwd=str(repo)))
    write(tmp_path / "p/-a/1/subagents/4.jsonl", user("four", "u4", cwd=str(repo)))
    found, known = discover.find(repo), agent("claude-code")
    assert sources(found, known, [str(tmp_path / "p")]) == [ours]
    shutil.rmtree(tmp_path / "p/-a")
    with pytest.raises(UsageError, match="no transcript of claude-code that is about this repository"):
        sources(found, known, [str(tmp_path / "p")])
    with pytest.raises(UsageError, match="no transcript of claude-code is named"):
        sources(found, known, [])


def test_a_file_with_secrets_is_withheld_from_what_was_given(repo: Path, tmp_path: Path) -> None:
    used = {"type": "tool_use", "id": "t1", "name": "Read", "input": {"file_path": ".env"}}
    call = {"type": "assistant", "timestamp": NOW.isoformat(), "message": {"content": [used]}}
    given = [{"type": "tool_result", "tool_use_id": "t1", "content": "DB_PASSWORD=" + "hunter2hunter2xQ9"}]
    result = {"type": "user", "timestamp": NOW.isoformat(), "message": {"content": given}}
    take(repo, write(tmp_path / "a.jsonl", user("one", "u1"), call, result))
    tip = support.git(repo, "for-each-ref", "--format=%(objectname)", "refs/ctx/heads")
    assert "hunter2" not in support.git(repo, "grep", "-h", "-e", "", tip)
    assert "[withheld: " in support.git(repo, "grep", "-h", "-e", "", tip)


def test_a_secret_that_was_searched_for_is_redacted(repo: Path, tmp_path: Path) -> None:
    token = "ghp_" + "a1B2c3D4e5F6" * 3
    used = {"type": "tool_use", "id": "t1", "name": "Grep", "input": {"pattern": f"token {token}"}}
    call = {"type": "assistant", "timestamp": NOW.isoformat(), "message": {"content": [used]}}
    take(repo, write(tmp_path / "a.jsonl", user("one", "u1"), call))
    tip = support.git(repo, "for-each-ref", "--format=%(objectname)", "refs/ctx/heads")
    kept = support.git(repo, "grep", "-h", "-e", "", tip) + support.git(repo, "log", "--format=%B", tip)
    assert "redacted: github-token" in kept and token not in kept


@pytest.mark.parametrize("branch", ["..", "a b", "-x", "x" * 300, "\0", "HEAD.lock"])
def test_a_branch_that_git_could_not_have_is_none(repo: Path, tmp_path: Path, branch: str) -> None:
    line = {**user("one", "u1"), "gitBranch": branch}
    taken = take(repo, write(tmp_path / "a.jsonl", line))
    assert taken.branch
    assert taken.branch.branch == ("-x" if branch == "-x" else "main")
    support.fsck(repo)


def test_what_is_no_transcript_is_refused(repo: Path) -> None:
    with pytest.raises(UnreadableTranscript, match="no prompt of a user of claude-code is in it"):
        take(repo, repo / "app.py")
    with pytest.raises(UnreadableTranscript, match="no such file"):
        take(repo, repo / "nothing")
    assert support.git(repo, "for-each-ref", "refs/ctx") == ""


def test_what_has_no_end_is_not_read_to_it(repo: Path, tmp_path: Path) -> None:
    with pytest.raises(UnreadableTranscript, match="it is a device, not a transcript of claude-code") as told:
        take(repo, Path("/dev/zero"))
    assert told.value.hint and told.value.hint.startswith("they are in '")
    (tmp_path / "chat.jsonl").write_bytes(b"y\n" * 50_001)
    with pytest.raises(UnreadableTranscript, match="it is something else, not a transcript"):
        take(repo, tmp_path / "chat.jsonl")
    os.mkfifo(tmp_path / "pipe.jsonl")
    with pytest.raises(UsageError, match="has no transcript of claude-code"):
        sources(discover.find(repo), agent("claude-code"), [str(tmp_path)])


def test_a_session_that_was_begun_and_not_ended_is_ended_by_the_next(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr("git_ctx.store.append.append_meta", die)
        take(repo, DATA / "claude-code.jsonl")
    taken = take(repo, DATA / "claude-code.jsonl")
    [one] = refs.listing(discover.find(repo))
    assert (one.branch, one.state) == (taken.branch, "ended")
