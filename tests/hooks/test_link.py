"""What git's hooks make of a commit: the trailer, the note, and nothing that could stop or change it."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from git_ctx.hooks import commits
from git_ctx.porcelain import prompt as prompts
from git_ctx.porcelain.prompt import Wish
from git_ctx.store import discover
from tests import support
from tests.support import git, write

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

Ask = Callable[[str], str]


@pytest.fixture
def ask(repo: Path) -> Ask:
    """Hooks are in; `ask(text)` keeps a prompt and returns its id."""
    at = commits.place(discover.find())
    commits.apply(at, commits.install(at), True)

    def asked(text: str) -> str:
        return prompts.prompt(discover.find(), text, Wish(), NOW, lambda doing: None).prompt.id

    return asked


def trailers(repo: Path, commit: str = "HEAD") -> list[str]:
    printed = git(repo, "log", "-1", "--format=%(trailers:key=Ctx-Prompt,valueonly)", commit)
    return printed.split()


def notes(repo: Path) -> list[str]:
    path = repo / ".git/ctx/commits"
    return path.read_text().splitlines() if path.exists() else []


def change(repo: Path, name: str = "app.py") -> None:
    with (repo / name).open("a") as file:
        file.write("more\n")
    git(repo, "add", "-A")


def test_a_commit_names_the_last_prompt_and_is_noted(repo: Path, ask: Ask) -> None:
    ask("first")
    id = ask("second")
    change(repo)
    git(repo, "commit", "-q", "-m", "a change\n\nwhy it was made")
    assert git(repo, "log", "-1", "--format=%B") == f"a change\n\nwhy it was made\n\nCtx-Prompt: {id}\n"
    ref = git(repo, "for-each-ref", "--format=%(refname)", "refs/ctx/heads")
    assert notes(repo) == [f"commit {git(repo, 'rev-parse', 'HEAD')} {ref} {id}"]


def test_without_a_session_a_commit_is_as_ever(repo: Path, ask: Ask) -> None:
    change(repo)
    git(repo, "commit", "-q", "-m", "a change")
    assert git(repo, "log", "-1", "--format=%B") == "a change\n"
    assert not notes(repo)


@pytest.mark.parametrize("state", ["ended", "other branch", "empty", "fixed name"])
def test_a_branch_without_an_open_prompt_is_linked_to_none(repo: Path, ask: Ask, state: str) -> None:
    from git_ctx.porcelain import life, session

    if state == "empty":
        session.start(discover.find(), "demo", NOW)
    elif state == "ended":
        ask("first")
        life.close(discover.find(), [], "ended", NOW)
    elif state == "other branch":
        git(repo, "branch", "older")
        ask("first")
        git(repo, "switch", "-q", "--orphan", "older2")
    else:
        ask("first")
        os.environ["GIT_CTX_SESSION"] = "../../x"
    change(repo)
    git(repo, "commit", "-q", "-m", "a change")
    os.environ.pop("GIT_CTX_SESSION", None)
    assert trailers(repo) == []


def test_a_new_git_branch_carries_on_what_was_asked_before(repo: Path, ask: Ask) -> None:
    id = ask("first")
    git(repo, "switch", "-q", "-c", "fix/100%")
    git(repo, "switch", "-q", "-c", "deeper")
    change(repo)
    git(repo, "commit", "-q", "-m", "a change")
    assert trailers(repo) == [id]
    git(repo, "branch", "-m", "renamed")
    mine = ask("on the new branch")
    change(repo)
    git(repo, "commit", "-q", "-m", "a change")
    assert trailers(repo) == [mine]


def test_a_branch_with_odd_characters_has_its_session(repo: Path, ask: Ask) -> None:
    git(repo, "switch", "-q", "-c", "fix/100%+x")
    id = ask("first")
    git(repo, "config", "--unset", "branch.fix/100%+x.ctxSession")
    change(repo)
    git(repo, "commit", "-q", "-m", "a change")
    assert trailers(repo) == [id]


def test_a_detached_head_and_a_named_session(repo: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from git_ctx.porcelain import session

    id = ask("first")
    git(repo, "switch", "-q", "--detach")
    change(repo)
    git(repo, "commit", "-q", "-m", "a change")
    assert trailers(repo) == []
    name = git(repo, "for-each-ref", "--format=%(refname:lstrip=3)", "refs/ctx/heads").split("/")[0]
    for words in (name, f"{name}@main"):
        monkeypatch.setenv("GIT_CTX_SESSION", words)
        change(repo)
        git(repo, "commit", "-q", "-m", "a change")
        assert trailers(repo) == [id]
    monkeypatch.delenv("GIT_CTX_SESSION")
    session.start(discover.find(), "detached", NOW)
    mine = ask("here")
    change(repo)
    git(repo, "commit", "-q", "-m", "a change")
    assert trailers(repo) == [mine]


def test_a_linked_work_tree_has_the_prompt_of_its_own_branch(
    repo: Path, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ask("first")
    linked = tmp_path / "linked"
    git(repo, "worktree", "add", "-q", "-b", "other", str(linked))
    change(linked)
    git(linked, "commit", "-q", "-m", "a change")
    assert trailers(linked) == [first]
    monkeypatch.chdir(linked)
    mine = ask("in the linked one")
    change(linked)
    git(linked, "commit", "-q", "-m", "a change")
    assert trailers(linked) == [mine]
    assert len(notes(repo)) == 1  # the one before was recorded by the prompt


def test_amending_doubles_nothing(repo: Path, ask: Ask) -> None:
    first = ask("first")
    change(repo)
    git(repo, "commit", "-q", "-m", "a change")
    git(repo, "commit", "-q", "--amend", "--no-edit")
    change(repo)
    git(repo, "commit", "-q", "--amend", "--no-edit")
    assert trailers(repo) == [first]
    second = ask("second")
    git(repo, "commit", "-q", "--amend", "--no-edit")
    assert trailers(repo) == [first]
    change(repo)
    git(repo, "commit", "-q", "--amend", "--no-edit")
    assert trailers(repo) == [first, second]


def test_what_is_copied_keeps_what_it_has(repo: Path, ask: Ask) -> None:
    plain = support.commit(repo, {"other.py": "x = 1\n"}, "by hand")
    support.commit(repo, {"third.py": "x = 3\n"}, "by hand, too")
    git(repo, "switch", "-q", "-c", "work", f"{plain}~1")
    ask("first")
    git(repo, "cherry-pick", plain)
    git(repo, "cherry-pick", "-n", "main")
    git(repo, "commit", "-q", "--no-edit")
    git(repo, "revert", "--no-edit", "HEAD~2..HEAD")
    for steps in range(4):
        assert trailers(repo, f"HEAD~{steps}") == []
    git(repo, "rebase", "-q", "--force-rebase", "HEAD~2")
    assert trailers(repo) == []
    assert not [line for line in notes(repo) if line.startswith("commit")]


def test_a_merge_names_no_prompt(repo: Path, ask: Ask) -> None:
    git(repo, "switch", "-q", "-c", "side")
    support.commit(repo, {"side.py": "s = 1\n"})
    git(repo, "switch", "-q", "main")
    ask("first")
    git(repo, "merge", "-q", "--no-ff", "--no-edit", "side")
    assert len(git(repo, "log", "-1", "--format=%P").split()) == 2
    assert trailers(repo) == []


@pytest.mark.parametrize("message", [(), ("-m", "in my own words")])
def test_a_squash_names_the_prompts_of_all_that_it_brings_together(
    repo: Path, ask: Ask, message: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_EDITOR", "true")
    git(repo, "switch", "-q", "-c", "side")
    ids = []
    for text in ("one", "two"):
        ids.append(ask(text))
        change(repo, f"{text}.py")
        git(repo, "commit", "-q", "-m", text)
    git(repo, "switch", "-q", "main")
    git(repo, "merge", "-q", "--squash", "side")
    git(repo, "commit", "-q", *message)
    assert sorted(trailers(repo)) == sorted(ids)


@pytest.mark.parametrize(
    "options",
    [
        ("-c", "core.commentChar=;"),
        ("-c", "core.commentChar=auto"),
        ("-c", "commit.cleanup=scissors"),
        ("-c", "commit.verbose=true"),
        ("-c", "commit.verbose=true", "-c", "commit.cleanup=scissors", "-c", "core.commentChar=%"),
    ],
)
def test_what_an_editor_wrote_gets_the_trailer_at_its_end(
    repo: Path, ask: Ask, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    id = ask("first")
    change(repo)
    monkeypatch.setenv("GIT_EDITOR", "sed -i '1s/^/words of mine/'")
    git(repo, *options, "commit", "-q")
    assert git(repo, "log", "-1", "--format=%B") == f"words of mine\n\nCtx-Prompt: {id}\n"


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("-s",),
        ("-v",),
        ("--cleanup=scissors",),
        ("-t", "{template}"),
        ("--amend", "-c", "HEAD~1"),
    ],
)
@pytest.mark.parametrize("char", ["#", ";", "auto"])
def test_an_empty_message_stays_empty(
    repo: Path, ask: Ask, options: tuple[str, ...], char: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    support.commit(repo, {"b.py": "b = 1\n"})
    ask("first")
    (tmp_path / "template").write_text("# say why\n")
    change(repo)
    head = git(repo, "rev-parse", "HEAD")
    # all that was in it goes, as somebody does who thinks better of it
    quit = "sed -i '/^[^#;]/d'" if "--amend" in options else "true"
    monkeypatch.setenv("GIT_EDITOR", quit)
    words = [each.format(template=tmp_path / "template") for each in options]
    git(repo, "-c", f"core.commentChar={char}", "commit", "-q", *words, check=False)
    assert git(repo, "rev-parse", "HEAD") == head


def test_no_verify_and_an_editor_leave_the_message_and_note_the_commit(
    repo: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = ask("first")
    change(repo)
    git(repo, "commit", "-q", "--no-verify", "-m", "plain")
    assert trailers(repo) == [id]
    change(repo)
    monkeypatch.setenv("GIT_EDITOR", "sed -i '1s/^/mine/'")
    git(repo, "commit", "-q", "--no-verify")
    assert git(repo, "log", "-1", "--format=%B") == "mine\n"
    assert notes(repo)[-1].startswith(f"commit {git(repo, 'rev-parse', 'HEAD')} ")


def test_a_commit_that_was_given_up_leaves_nothing_for_the_next(repo: Path, ask: Ask) -> None:
    ask("first")
    change(repo)
    git(repo, "commit", "-q", "-m", "", check=False)
    git(repo, "stash", "-q")
    git(repo, "switch", "-q", "--orphan", "unrelated")
    change(repo)
    git(repo, "commit", "-q", "-m", "a change")
    assert trailers(repo) == []
    assert not notes(repo)


def test_trailers_of_the_users_configuration_do_not_come_along(repo: Path, ask: Ask) -> None:
    git(repo, "config", "trailer.sign.key", "Sign")
    git(repo, "config", "trailer.sign.command", "echo me")
    git(repo, "config", "trailer.separators", "=")
    id = ask("first")
    change(repo)
    git(repo, "commit", "-q", "-m", "a change\n\nOther: trailer\nCo-authored-by: A <a@b>")
    assert git(repo, "log", "-1", "--format=%B").endswith(
        f"\nOther: trailer\nCo-authored-by: A <a@b>\nCtx-Prompt: {id}\n"
    )


def test_a_note_is_never_more_than_it_may_be(repo: Path, ask: Ask) -> None:
    ask("first")
    (repo / ".git/ctx/commits").write_bytes(b"x" * 4_000_000)
    change(repo)
    git(repo, "commit", "-q", "-m", "a change")
    assert (repo / ".git/ctx/commits").stat().st_size == 4_000_000
    assert len(trailers(repo)) == 1


def test_nothing_is_said_and_nothing_is_touched(repo: Path, ask: Ask) -> None:
    ask("first")
    change(repo)
    write(repo, {"untracked": "x"})
    printed = git(repo, "commit", "-m", "a change")
    assert "ctx" not in printed
    assert git(repo, "status", "--porcelain") == "?? untracked"
    support.fsck(repo)
