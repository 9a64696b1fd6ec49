import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from git_ctx import codec
from git_ctx.analysis import tokens
from git_ctx.errors import (
    BudgetTooSmall,
    EmptyPrompt,
    GitFailed,
    NoSession,
    NoWorkTree,
    PromptNotKept,
    WriteFailed,
)
from git_ctx.porcelain.session import start
from git_ctx.store import append, discover, refs
from git_ctx.store.sessions import pending
from tests import support
from tests.porcelain.conftest import NOW, Ask
from tests.safety.samples import SAMPLES

CODE = {
    "shop/cart.py": "class Cart:\n    def add_item(self, item):\n        self.items.append(item)\n",
    "shop/login.py": "def redirect_after_login(user):\n    return user.home\n",
    "shop/prices.py": "def vat(amount):\n    return amount * 1.2\n",
    "tests/test_login.py": "from shop.login import redirect_after_login\n",
}


def state(repo: Path) -> tuple[str, ...]:
    """All that a prompt must leave alone."""
    return (
        support.git(repo, "status", "--porcelain=v2", "--branch"),
        support.git(repo, "for-each-ref", "refs/heads", "refs/tags", "refs/stash"),
        support.git(repo, "ls-files", "-s", "-v"),
        support.git(repo, "diff", "--cached"),
        (repo / ".git/index").read_bytes().hex(),
    )


def test_a_prompt_is_kept_as_one_commit_that_plain_git_reads(repo: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    start(discover.find(), "demo", NOW)
    done = ask("fix the login redirect")
    tip = "refs/ctx/heads/demo/main"
    assert support.git(repo, "log", "--format=%s", tip) == "prompt: fix the login redirect\nsession: demo"
    assert support.git(repo, "ls-tree", "-r", "--name-only", tip).splitlines() == [
        f"events/000000/01-{done.prompt.id}.context.json",
        f"events/000000/01-{done.prompt.id}.context.md",
        f"events/000000/01-{done.prompt.id}.files.json",
        f"events/000000/01-{done.prompt.id}.prompt.json",
        "session.json",
    ]
    kept = support.git(repo, "show", f"{tip}:events/000000/01-{done.prompt.id}.context.md")
    assert kept + "\n" == done.content
    assert "redirect" in support.git(repo, "grep", "-h", "redirect", tip, "--", "*.prompt.json")
    support.fsck(repo)


def test_the_files_of_the_prompt_are_a_tree(repo: Path, ask: Ask) -> None:
    base = support.commit(repo, CODE)
    support.write(repo, {"shop/cart.py": "class Cart: ...\n", "new.txt": "new\n"})
    done = ask("empty the cart")
    assert done.prompt.base == base
    listed = support.git(repo, "ls-tree", "-r", "--name-only", done.prompt.snapshot or "")
    assert listed.splitlines() == sorted([*CODE, "README.md", "app.py", "new.txt"])
    assert support.git(repo, "show", f"{done.prompt.snapshot}:shop/cart.py") == "class Cart: ..."
    assert [one.path for one in done.files.states] == ["new.txt", "shop/cart.py"]
    support.git(repo, "gc", "-q", "--prune=now")
    support.git(repo, "ls-tree", done.prompt.snapshot or "")


def test_nothing_of_the_users_is_touched(repo: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    support.write(repo, {"shop/cart.py": "changed\n", "staged.py": "x = 1\n", "new.py": "y = 2\n"})
    support.git(repo, "add", "staged.py")
    before = state(repo)
    ask("empty the cart")
    assert state(repo) == before


def test_the_relevant_file_is_in_the_context_and_the_budget_holds(repo: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    for budget in (400, 700, 2000, 20_000):
        done = ask("redirect after login goes to the wrong page", budget=budget, full=True)
        assert "shop/login.py" in [item.path for item in done.context.items]
        assert tokens.count(done.content) == done.context.tokens <= budget


def test_without_a_session_one_is_started_and_the_next_prompt_goes_there(repo: Path, ask: Ask) -> None:
    first = ask("fix the login redirect")
    second = ask("and the logout")
    assert (first.started, second.started) == (True, False)
    assert first.branch == second.branch
    assert first.branch.session.startswith("login-redirect-")


def test_a_detached_head_needs_a_name(repo: Path, ask: Ask) -> None:
    start(discover.find(), "demo", NOW)
    support.git(repo, "checkout", "-q", "--detach")
    with pytest.raises(NoSession):
        ask("fix it")
    assert ask("fix it", session="demo").branch.branch == "main"


def test_before_the_first_commit_there_is_no_base(tmp_path: Path, ask: Ask) -> None:
    new = support.init(tmp_path / "new")
    support.write(new, {"main.py": "print('hello')\n"})
    done = ask("say goodbye", at=new)
    assert done.prompt.base is None
    assert [item.path for item in done.context.items] == ["main.py"]


def test_an_empty_repository_gets_a_context(tmp_path: Path, ask: Ask) -> None:
    done = ask("write a todo app", at=support.init(tmp_path / "new"))
    assert done.context.items == ()
    assert "write a todo app" in done.content


def test_linked_work_trees_share_sessions_and_not_conversations(repo: Path, tmp_path: Path, ask: Ask) -> None:
    ask("fix the login redirect", session=None)
    support.git(repo, "worktree", "add", "-q", "-b", "other", str(tmp_path / "other"))
    name = support.git(repo, "config", "branch.main.ctxSession")
    done = ask("fix the login redirect", at=tmp_path / "other", session=name)
    assert (done.event.clock, done.context.kind) == (2, "full")


def test_a_bare_repository_has_no_work_tree(repo: Path, tmp_path: Path, ask: Ask) -> None:
    support.git(repo, "clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    with pytest.raises(NoWorkTree):
        ask("fix it", at=tmp_path / "bare")


def test_an_empty_prompt_starts_nothing(repo: Path, ask: Ask) -> None:
    with pytest.raises(EmptyPrompt):
        ask(" \n")
    assert support.git(repo, "for-each-ref", "refs/ctx") == ""


def test_a_key_is_redacted_everywhere_and_its_file_withheld(repo: Path, ask: Ask) -> None:
    key = "AKIA" + "Z7QX4MPLW2KD5RTN"
    support.commit(repo, {"old.py": f"KEY = '{key}'\n"})
    support.write(repo, {"deploy.py": f"aws_key = '{key}'\n"})
    done = ask(f"deploy fails with key {key}")
    assert key not in done.content
    assert done.prompt.redacted
    assert [state.path for state in done.files.states if state.withheld] == ["deploy.py"]
    everything = support.git(repo, "log", "-p", "--all", "--glob=refs/ctx", "--", ".", ":!old.py")
    assert key not in everything
    names = support.git(repo, "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)")
    holders = [
        name
        for name, _, kind in (line.partition(" ") for line in names.splitlines())
        if kind == "blob" and key in support.git(repo, "cat-file", "blob", name)
    ]
    assert holders == [support.git(repo, "rev-parse", "HEAD:old.py")]


def test_where_nothing_can_be_added_the_text_stands_in_a_file_and_is_finished_later(
    repo: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(discover.find(), "demo", NOW)

    def full(*args: object, **kwargs: object) -> None:
        raise WriteFailed("the session", "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(append, "append", full)
        with pytest.raises(PromptNotKept) as failed:
            ask("do not lose this")
    assert "do not lose this" in Path(failed.value.text_at or "").read_text()
    again = ask("something else")
    assert again.recovered == 1
    assert support.git(repo, "log", "--format=%s", "refs/ctx/heads/demo/main").splitlines() == [
        "prompt: something else",
        "prompt: do not lose this",
        "session: demo",
    ]
    assert not pending.abandoned(discover.find())


@pytest.mark.parametrize("begun", [False, True])
def test_a_prompt_that_is_refused_leaves_all_as_it_was(repo: Path, ask: Ask, begun: bool) -> None:
    support.commit(repo, CODE)
    if begun:
        start(discover.find(), "demo", NOW)

    def all_of_it() -> tuple[str, ...]:
        refs = support.git(repo, "for-each-ref"), support.git(repo, "config", "--list", "--local")
        return (*state(repo), *refs, *map(str, (repo / ".git/ctx/pending").glob("*")))

    before = all_of_it()
    with pytest.raises(BudgetTooSmall):
        ask("fix the login redirect", budget=10)
    assert all_of_it() == before
    done = ask("something else")
    assert (done.recovered, done.event.clock) == (0, 1)


def test_a_prompt_that_was_said_to_be_safe_is_not_dropped_when_it_is_refused(
    repo: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    support.commit(repo, CODE)
    start(discover.find(), "demo", NOW)

    def failing(*args: object, **kwargs: object) -> None:
        raise GitFailed("status", 128, "fatal: out of memory")

    with monkeypatch.context() as broken:
        broken.setattr("git_ctx.porcelain.prompt.snapshot.take", failing)
        with pytest.raises(GitFailed) as failed:
            ask("do not lose this")
    assert failed.value.hint == "the prompt is safe: the next one keeps it, asked again it takes its place"
    with pytest.raises(BudgetTooSmall):
        ask("do not lose this", budget=10)
    assert ask("something else").recovered == 1


def test_the_same_prompt_again_takes_the_place_of_the_one_that_was_cut_off(
    repo: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(discover.find(), "demo", NOW)

    def full(*args: object, **kwargs: object) -> None:
        raise WriteFailed("the session", "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(append, "append", full)
        with pytest.raises(PromptNotKept) as failed:
            ask("do not lose this")
    done = ask("do not lose this")
    assert done.prompt.id == Path(failed.value.text_at or "").stem
    assert refs.listing(discover.find())[0].prompts == 1


def test_one_that_was_kept_and_never_printed_is_printed_as_it_was_kept(
    repo: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dying:
        dying.setattr(pending.Pending, "done", pending.Pending.release)
        first = ask("fix it")
    support.write(repo, {"new.py": "new = 1\n"})
    again = ask("fix it")
    assert (again.event, again.prompt, again.context) == (first.event, first.prompt, first.context)
    assert (again.content, again.files, again.recovered) == (first.content, first.files, 0)
    assert refs.listing(discover.find())[0].prompts == 1
    assert not pending.abandoned(discover.find())
    assert ask("fix it").event != first.event


def test_what_is_kept_decodes(repo: Path, ask: Ask) -> None:
    done = ask("fix it")
    tip = "refs/ctx/heads/" + refs.path(done.branch)
    stem = f"{tip}:events/000000/01-{done.prompt.id}"
    read = lambda suffix: support.git(repo, "show", f"{stem}.{suffix}").encode()  # noqa: E731
    assert codec.decode_prompt(read("prompt.json"), "here") == done.prompt
    assert codec.decode_context(read("context.json"), "here") == done.context
    assert codec.decode_files(read("files.json"), "here") == done.files


@pytest.mark.parametrize(("form", "suffix"), [("markdown", "md"), ("xml", "xml"), ("json", "content.json")])
def test_every_format_is_kept_as_it_was_sent(repo: Path, ask: Ask, form: str, suffix: str) -> None:
    done = ask("fix it", format=form)
    tip = "refs/ctx/heads/" + refs.path(done.branch)
    kept = support.git(repo, "show", f"{tip}:events/000000/01-{done.prompt.id}.context.{suffix}")
    assert kept + "\n" == done.content


def test_the_same_tree_gives_the_same_bytes(repo: Path, tmp_path: Path, ask: Ask) -> None:
    support.commit(repo, CODE)
    first = ask("fix the login redirect", full=True)
    second = ask("fix the login redirect", full=True)
    assert first.content == second.content


def test_a_prompt_to_a_broken_session_stands_in_no_others_way(
    repo: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(discover.find(), "bad", NOW)
    start(discover.find(), "good", NOW)

    def full(*args: object, **kwargs: object) -> None:
        raise WriteFailed("the session", "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(append, "append", full)
        with pytest.raises(PromptNotKept):
            ask("to the bad one", session="bad")
    tree = support.git(repo, "rev-parse", "refs/ctx/heads/bad/main^{tree}")
    (repo / ".git/objects" / tree[:2] / tree[2:]).unlink()
    assert ask("to the good one", session="good").event.clock == 1
    assert [one.draft.text for one in pending.abandoned(discover.find())] == ["to the bad one"]


def test_of_several_first_prompts_at_once_one_begins_the_session(repo: Path) -> None:
    code = "import sys; from git_ctx.cli import main; main()"
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, "prompt", "-q", f"number {n}"], cwd=repo, env=env, stdout=-3
        )
        for n in range(4)
    ]
    assert [one.wait() for one in running] == [0] * 4
    (only,) = refs.listing(discover.find())
    assert only.prompts == 4


def test_a_prompt_that_was_interrupted_is_kept_by_the_next(
    repo: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(discover.find(), "demo", NOW)

    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(append, "append", interrupted)
        with pytest.raises(KeyboardInterrupt) as cut:
            ask("do not lose this")
    assert "safe" in cut.value.__notes__[0]
    assert ask("go on").recovered == 1


def test_a_text_that_is_said_to_hold_no_secret_is_kept_as_it_is(repo: Path, ask: Ask) -> None:
    text = f"why is {secret()} refused"
    redacted, kept = ask(text), ask(text, allow_secret=True)
    assert (redacted.prompt.redacted, redacted.allowed) == (("github-token",), ())
    assert (kept.prompt.text, kept.prompt.redacted, kept.allowed) == (text, (), ("github-token",))
    assert secret() in kept.content and secret() not in redacted.content


def test_a_file_whose_name_is_a_secret_is_named_nowhere(repo: Path, ask: Ask) -> None:
    support.write(repo, {f"keys/{secret()}.txt": "app main\n", "other.txt": "app\n"})
    done = ask("fix app main")
    support.commit(repo, {}, "now it is tracked")
    ask("fix app main", full=True)
    held = [state.path for state in done.files.states if state.withheld]
    assert held == [f"keys/{secret()}.txt"]
    for ref in support.git(repo, "for-each-ref", "--format=%(refname)", "refs/ctx/heads").split():
        assert support.git(repo, "grep", "-c", "-e", "redacted: github-token", ref, "--", "*.files.json")
        assert support.git(repo, "grep", "-e", secret(), ref, check=False) == ""
    assert secret() not in support.git(repo, "ls-tree", "-r", done.prompt.snapshot or "")


def secret() -> str:
    return next(sample for rule, _, sample in SAMPLES if rule == "github-token")(Random(5))


def test_the_text_of_a_prompt_cut_off_before_it_was_pending_is_told_where(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("git_ctx.porcelain.prompt._pend", cut)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with pytest.raises(KeyboardInterrupt) as raised:
        ask("fix the login")
    (note,) = raised.value.__notes__
    assert Path(note.split("'")[1]).read_text().strip() == "fix the login"
