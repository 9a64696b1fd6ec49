import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx.code import Touch
from git_ctx.store import discover
from git_ctx.store import repo as repositories
from git_ctx.store.cache import Cache
from git_ctx.store.code import history
from tests.store import scenes
from tests.support import commit, git, init

DAY = 86_400


@pytest.fixture(autouse=True)
def days(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, 0)


@pytest.fixture
def repo(tmp_path: Path, days: None) -> Path:
    """A repository whose first commit is of day 0."""
    path = init(tmp_path / "repo")
    commit(path, {"README.md": "# example\n", "app.py": "def main():\n    return 0\n"})
    return path


def at(monkeypatch: pytest.MonkeyPatch, day: int) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", f"@{1_700_000_000 + day * DAY} +0000")


def told(
    path: Path, cache: Cache | None = None, limit: int = history.LIMIT
) -> list[tuple[int, tuple[str, ...]]]:
    found = history.touches(discover.find(path), None, cache, limit)
    assert all(isinstance(touch, Touch) for touch in found)
    return [((touch.time - 1_700_000_000) // DAY, touch.paths) for touch in found]


def test_commits_are_told_newest_first(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in (1, 2, 3):
        at(monkeypatch, day)
        commit(repo, {f"day {day}": f"{day}\n", "every day": f"{day}\n"})
    assert told(repo) == [
        (3, ("day 3", "every day")),
        (2, ("day 2", "every day")),
        (1, ("day 1", "every day")),
        (0, ("README.md", "app.py")),
    ]
    assert told(repo, limit=2) == told(repo)[:2]


def test_a_rename_is_both_paths_and_names_may_hold_anything(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, 1)
    git(repo, "mv", "app.py", "main.py")
    commit(repo, {scenes.ODD: "odd\n", "\1": "odd\n"})
    assert told(repo)[0] == (1, ("\1", "app.py", "main.py", scenes.ODD))


def test_merges_sweeps_and_empty_commits_tell_nothing(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(repo, "switch", "-q", "-c", "side")
    at(monkeypatch, 1)
    commit(repo, {"side": "side\n"})
    git(repo, "switch", "-q", "main")
    at(monkeypatch, 2)
    commit(repo, {"main": "main\n"})
    at(monkeypatch, 3)
    git(repo, "merge", "-q", "--no-ff", "-m", "merge", "side")
    at(monkeypatch, 4)
    commit(repo, {f"many/{n}": "x\n" for n in range(history.LARGEST + 1)})
    at(monkeypatch, 5)
    commit(repo, {})
    assert told(repo) == [(2, ("main",)), (1, ("side",)), (0, ("README.md", "app.py"))]


def test_subjects_are_told_as_utf_8_and_kept(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(repo, "config", "i18n.logOutputEncoding", "latin1")
    opened = discover.find(repo)
    with Cache(opened.shared) as cache:
        for day, subject in enumerate(("é: \1 first  two", "x" * 300, "last"), 1):
            at(monkeypatch, day)
            (repo / "app.py").write_text(f"{day}\n")
            git(repo, "commit", "-qam", f"{subject}\n\nbody\n")
            history.touches(opened, None, cache)
        said = [touch.subject for touch in history.touches(opened, None, cache)]
    assert said[:3] == ["last", "x" * 200, "é: \1 first  two"]
    assert said == [touch.subject for touch in history.touches(opened)]


def test_an_unborn_branch_has_no_history(tmp_path: Path) -> None:
    assert told(init(tmp_path / "unborn")) == []


def test_the_users_own_ways_of_logging_change_nothing(repo: Path) -> None:
    commit(repo, {"lib/a.py": "a\n", "é": "e\n"})
    before = told(repo)
    for key, value in {
        "log.showSignature": "true",
        "log.showRoot": "false",
        "log.decorate": "full",
        "format.pretty": "fuller",
        "diff.relative": "true",
        "diff.renames": "copies",
        "color.ui": "always",
    }.items():
        git(repo, "config", key, value)
    git(repo, "notes", "add", "-m", "a note")
    assert told(repo) == before


def test_the_oldest_commits_of_a_shallow_clone_are_left_out(repo: Path, tmp_path: Path) -> None:
    commit(repo, {"first": "1\n"})
    commit(repo, {"second": "2\n"})
    git(tmp_path, "clone", "-q", "--depth=2", f"file://{repo}", "shallow")
    with Cache(tmp_path / "cache") as cache:
        assert told(tmp_path / "shallow", cache) == [(0, ("second",))]
        git(tmp_path / "shallow", "fetch", "-q", "--unshallow")
        assert sorted(told(tmp_path / "shallow", cache)) == sorted(told(repo))


@pytest.mark.parametrize(("kind", "expected"), [("blob:none", 3), ("tree:0", 1)])
def test_a_partial_clone_fetches_nothing(repo: Path, tmp_path: Path, kind: str, expected: int) -> None:
    commit(repo, {"first": "1\n"})
    commit(repo, {"second": "2\n"})
    git(repo, "config", "uploadpack.allowFilter", "true")
    part = tmp_path / "part"
    git(tmp_path, "clone", "-q", "--no-checkout", f"--filter={kind}", f"file://{repo}", str(part))
    missing = git(part, "rev-list", "--objects", "--missing=print", "HEAD")
    assert "\n?" in missing
    assert len(told(part)) <= expected
    assert git(part, "rev-list", "--objects", "--missing=print", "HEAD") == missing
    if kind == "blob:none":
        assert told(part) == told(repo)


def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Every git command from now on."""
    commands: list[tuple[str, ...]] = []
    honest = repositories.Repo.run

    def noting(self: repositories.Repo, *args: str, **named: object) -> repositories.Done:
        commands.append(args)
        return honest(self, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(repositories.Repo, "run", noting)
    return commands


def test_when_head_has_not_moved_git_is_not_asked(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = git(repo, "rev-parse", "HEAD")
    opened = discover.find(repo)
    with Cache(opened.shared) as cache:
        first = history.touches(opened, head, cache)
        commands = asked(monkeypatch)
        assert history.touches(opened, head, cache) == first
    assert commands == []


def test_only_new_commits_are_asked_for(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = git(repo, "rev-parse", "HEAD")
    opened = discover.find(repo)
    with Cache(opened.shared) as cache:
        history.touches(opened, old, cache)
        new = commit(repo, {"new.py": "new\n"})
        commands = asked(monkeypatch)
        assert history.touches(opened, new, cache) == history.touches(opened, new)
    assert f"{old}...{new}" in commands[0]


def test_a_commit_that_is_gone_is_no_obstacle(repo: Path) -> None:
    opened = discover.find(repo)
    with Cache(opened.shared) as cache:
        lost = commit(repo, {"lost": "lost\n"})
        history.touches(opened, lost, cache)
        git(repo, "reset", "-q", "--hard", "HEAD~1")
        git(repo, "reflog", "expire", "--expire=all", "--all")
        git(repo, "gc", "-q", "--prune=now")
        assert told(repo, cache) == told(repo)


def test_linked_work_trees_do_not_take_turns(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(repo, "worktree", "add", "-q", str(tmp_path / "linked"))
    commit(tmp_path / "linked", {"linked": "l\n"})
    main, linked = discover.find(repo), discover.find(tmp_path / "linked")
    with Cache(main.shared) as cache:
        for opened in (main, linked):
            history.touches(opened, None, cache)
        commands = asked(monkeypatch)
        for opened in (main, linked):
            history.touches(opened, None, cache)
    assert {args[0] for args in commands} == {"rev-parse"}


steps = st.lists(
    st.tuples(
        st.sampled_from(("commit", "commit", "switch", "merge", "back", "ask")),
        st.sampled_from(("a", "b")),
        st.integers(0, 3),
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None)
@given(steps)
def test_with_a_cache_the_answer_is_the_same(steps: list[tuple[str, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        # So short a memory that it is cut off again and again.
        patch.setattr(history, "LIMIT", 4)
        repo = init(Path(folder) / "repo")
        commit(repo, {"a": "0\n"})
        git(repo, "branch", "b")
        today = 0
        for number, (step, name, days) in enumerate([*steps, ("ask", "", 0)]):
            # Clocks that go back make git's own choice of the newest few depend on where it starts.
            today += days
            at(patch, today)
            match step:
                case "commit":
                    commit(repo, {name: f"{number}\n"})
                case "switch":
                    git(repo, "switch", "-q", "b" if name == "b" else "main")
                case "merge":
                    git(
                        repo,
                        "merge",
                        "-q",
                        "-X",
                        "ours",
                        "-m",
                        "m",
                        "b" if name == "b" else "main",
                        check=False,
                    )
                case "back":
                    git(repo, "reset", "-q", "--hard", "HEAD~1", check=False)
                case _:
                    with Cache(Path(folder) / "cache") as cache:
                        assert told(repo, cache) == told(repo)


def test_what_was_cut_off_is_asked_for_again(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "LIMIT", 4)
    for day in range(1, 9):
        at(monkeypatch, day)
        commit(repo, {"app.py": f"{day}\n"})
    with Cache(tmp_path) as cache:
        assert [day for day, _ in told(repo, cache)] == [8, 7, 6, 5]
        git(repo, "reset", "-q", "--hard", "HEAD~2")
        assert [day for day, _ in told(repo, cache)] == [6, 5, 4, 3]
