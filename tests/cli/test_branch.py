import json
from pathlib import Path

import pytest

from tests import support
from tests.cli.conftest import Ctx, Said, still


@pytest.fixture
def begun(repo: Path, ctx: Ctx) -> Path:
    """Two prompts of `demo` on main, with a change and a new file in between."""
    ctx("start", "demo")
    ctx("prompt", "what is here")
    support.write(repo, {"app.py": "def main():\n    return 1\n", "new.py": "x = 1\n"})
    ctx("prompt", "make it one")
    return repo


def git_branch(repo: Path, name: str) -> str:
    return support.git(repo, "rev-parse", f"refs/heads/{name}")


def test_branch_makes_both_and_switches_nothing(begun: Path, ctx: Ctx) -> None:
    status, index = support.git(begun, "status", "--porcelain"), (begun / ".git/index").read_bytes()
    assert ctx("branch", "fix/alt") == Said(
        0,
        "Made branch 'fix/alt': session branch 'demo@fix/alt' goes on from 'demo@main' at #2.\n",
        "hint: git switch fix/alt\n",
    )
    assert git_branch(begun, "fix/alt") == git_branch(begun, "main")
    assert support.git(begun, "symbolic-ref", "HEAD") == "refs/heads/main"
    assert (support.git(begun, "status", "--porcelain"), (begun / ".git/index").read_bytes()) == (
        status,
        index,
    )
    assert support.git(begun, "config", "branch.fix/alt.ctxSession") == "demo@fix/alt"
    assert support.git(begun, "log", "-1", "--format=%P|%s", "refs/ctx/heads/demo/fix%2Falt") == (
        f"{support.git(begun, 'rev-parse', 'refs/ctx/heads/demo/main')}|branch: fix/alt from main at #2"
    )
    assert ctx("branch").out == (
        "   fix/alt  active  2 prompts  from main\n"  #
        "*  main     active  2 prompts\n"
    )
    support.fsck(begun)


def test_at_a_revision_the_git_branch_has_the_files_of_then(begun: Path, ctx: Ctx) -> None:
    base = git_branch(begun, "main")
    support.git(begun, "checkout", "-q", "--", ".")
    (begun / "new.py").unlink()
    assert ctx("branch", "first", "#1").err == "hint: git switch first\n"
    assert git_branch(begun, "first") == base
    said = ctx("branch", "second", "@")
    second = git_branch(begun, "second")
    assert said.err == (
        f"note: git branch 'second' starts with a commit of the files as they were ({second[:10]})\n"
        "hint: git switch second\n"
    )
    assert support.git(begun, "log", "-1", "--format=%P %s", "second") == (
        f"{base} the files as they were at prompt #2"
    )
    assert support.git(begun, "diff", "--name-status", "main", "second") == "M\tapp.py\nA\tnew.py"
    support.git(begun, "switch", "-q", "first")
    assert ctx("prompt", "-q", "--json", "go on").out.count('"event": 3') == 1
    support.fsck(begun)


def test_json_has_it_all(begun: Path, ctx: Ctx) -> None:
    made = json.loads(ctx("branch", "alt", "--json").out)
    assert (made["session"], made["branch"], made["source"], made["git_branch"], made["commit"]) == (
        "demo",
        "alt",
        "main",
        "alt",
        None,
    )
    rows = json.loads(ctx("branch", "--json").out)["branches"]
    assert [(row["branch"], row["current"], row["source"], row["at"]) for row in rows] == [
        ("alt", False, "main", made["at"]),
        ("main", True, None, None),
    ]


NAMES = "hint: 'git help check-ref-format' says what a branch can be called\n"


@pytest.mark.parametrize(
    ("args", "err"),
    [
        (("main",), "fatal: a session named 'demo@main' exists already\n"),
        (("taken",), "fatal: git branch: a branch named 'taken' already exists\n"),
        (("a b",), "fatal: 'a b' is not a valid branch name\n" + NAMES),
        (("--", "-x"), "fatal: '-x' is not a valid branch name\n" + NAMES),
        (("alt", "#7"), "fatal: unknown revision: '#7'\n"),
        (("-d", "nothing"), "fatal: no such session: 'demo@nothing'\n"),
        (("-d", "main"), "fatal: cannot delete 'demo@main': it is the current session here\n"),
        (("-d",), "error: give the name of one branch\nhint: 'git ctx branch' lists them\n"),
        (("-m",), "error: give the name of one branch\nhint: 'git ctx branch' lists them\n"),
        (("-m", "main", "taken"), "fatal: git branch: a branch named 'taken' already exists\n"),
    ],
)
def test_what_cannot_be_changes_nothing(begun: Path, ctx: Ctx, args: tuple[str, ...], err: str) -> None:
    support.git(begun, "branch", "taken")
    before = (support.git(begun, "for-each-ref"), (begun / ".git/config").read_bytes())
    said = ctx("branch", *args)
    assert (said.status, said.out) == (129 if err.startswith("error") else 128, "")
    assert said.err.startswith(err)
    assert (support.git(begun, "for-each-ref"), (begun / ".git/config").read_bytes()) == before


def test_files_that_are_not_here_are_said(begun: Path, ctx: Ctx) -> None:
    support.git(begun, "update-ref", "-d", "refs/ctx/snap/demo/main")
    support.git(begun, "gc", "-q", "--prune=now")
    assert ctx("branch", "alt", "@") == Said(
        128,
        "",
        "fatal: the files of '@' are not here: their snapshot was dropped, or never came along\n"
        "hint: a session brings its files along only where it was pushed with --files\n",
    )
    assert "alt" not in support.git(begun, "branch")


def test_where_the_session_cannot_be_forked_no_git_branch_stays(begun: Path, ctx: Ctx) -> None:
    ctx("branch", "alt")
    ctx("archive", "demo@alt")
    said = ctx("branch", "beta", "demo@alt")
    assert said.err.startswith("fatal: session 'demo@alt' is archived; what is allowed now: reopen\n")
    assert "beta" not in support.git(begun, "branch")


def test_delete_takes_what_others_have_and_says_how_to_get_it_back(begun: Path, ctx: Ctx) -> None:
    ctx("branch", "alt")
    said = ctx("branch", "-d", "alt")
    assert still(said.out) == (
        "Deleted session branch 'demo@alt'.\n"
        f"Deleted git branch 'alt' (was {git_branch(begun, 'main')[:10]}).\n"
        "To get the session branch back, before git prunes what nothing refers to:\n"
        "  git update-ref refs/ctx/heads/demo/alt OID\n"
        "  git update-ref refs/ctx/snap/demo/alt OID\n"
    )
    assert "alt" not in support.git(begun, "for-each-ref")
    for line in said.out.splitlines()[3:]:
        support.git(begun, *line.split()[1:])
    assert ctx("branch").out == (
        "   alt   active  2 prompts  from main, its git branch is gone\n"  #
        "*  main  active  2 prompts\n"
    )


def test_what_only_one_branch_has_is_deleted_by_force_alone(begun: Path, ctx: Ctx) -> None:
    support.git(begun, "stash", "-q", "-u")
    support.git(begun, "switch", "-q", "-c", "alt")
    ctx("prompt", "-q", "an idea")
    support.git(begun, "switch", "-q", "main")
    assert ctx("branch", "-d", "alt") == Said(
        128,
        "",
        "fatal: session branch 'demo@alt' is not merged: it has 1 prompt that no other one has\n"
        "hint: 'git ctx merge alt' keeps it; 'git ctx branch -D alt' deletes it anyway\n",
    )
    ctx("merge", "alt")
    assert ctx("branch", "-d", "alt").status == 0
    support.git(begun, "switch", "-q", "-c", "beta")
    ctx("prompt", "-q", "another idea")
    support.git(begun, "switch", "-q", "main")
    assert ctx("branch", "-D", "beta").status == 0


def test_git_has_its_say_before_anything_is_deleted(begun: Path, ctx: Ctx) -> None:
    ctx("branch", "alt")
    support.git(begun, "switch", "-q", "alt")
    support.commit(begun, {"app.py": "work\n"})
    support.git(begun, "switch", "-q", "main")
    said = ctx("branch", "-d", "alt")
    assert said.err.replace("the branch", "The branch") == (  # as older ones say
        "fatal: git branch: The branch 'alt' is not fully merged\n"
        "hint: 'git ctx branch -D alt' deletes both, whatever they have\n"
    )
    assert "refs/heads/alt" in support.git(begun, "for-each-ref")
    assert "demo/alt" in support.git(begun, "for-each-ref")


def test_rename_takes_both_and_the_conversation_along(begun: Path, ctx: Ctx) -> None:
    assert ctx("branch", "-m", "trunk") == Said(
        0, "Renamed session branch 'demo@main' to 'demo@trunk', and git branch to 'trunk'.\n", ""
    )
    assert support.git(begun, "for-each-ref", "--format=%(refname)").splitlines() == [
        "refs/ctx/heads/demo/trunk",
        "refs/ctx/snap/demo/trunk",
        "refs/heads/trunk",
    ]
    assert support.git(begun, "config", "branch.trunk.ctxSession") == "demo@trunk"
    assert ctx("prompt", "go on").err.startswith("[demo@trunk #4] update context: ")
    support.fsck(begun)


def test_a_prompt_on_a_new_git_branch_says_where_it_goes_on(begun: Path, ctx: Ctx) -> None:
    support.git(begun, "switch", "-q", "-c", "alt")
    assert ctx("prompt", "go on").err.startswith(
        "session branch 'demo@alt' goes on from 'demo@main' at #2\n[demo@alt #4] update context: "
    )
    assert "goes on" not in ctx("prompt", "and on").err


@pytest.mark.parametrize(
    ("args", "out"),
    [
        (("pin", "app.py"), "Pinned 'app.py' (1 file).\n"),
        (("guide", "be brief"), "Added (normal): be brief\n"),
        (("unpin", "README.md"), "Unpinned 'README.md'.\n"),
        (("guide", "--remove", "1"), "Withdrawn (normal): be kind\n"),
    ],
)
def test_what_steers_a_session_carries_it_on_to_a_new_git_branch(
    begun: Path, ctx: Ctx, args: tuple[str, ...], out: str
) -> None:
    ctx("pin", "README.md")
    ctx("guide", "be kind")
    support.git(begun, "switch", "-q", "-c", "alt")
    said = ctx(*args)
    assert (said.status, said.out) == (0, out)
    assert said.err == "session branch 'demo@alt' goes on from 'demo@main' at #2\n"
    assert ctx(*args).err.count("goes on") == 0


@pytest.mark.parametrize(
    "args",
    [
        *(("status",), ("log",), ("show", "@"), ("diff",), ("pin",), ("guide",), ("guide", "--remove", "9")),
        *(("branch",), ("export",), ("export", "--format", "json"), ("rank", "main")),
    ],
)
def test_looking_on_a_new_git_branch_shows_what_it_will_carry_on(
    begun: Path, ctx: Ctx, args: tuple[str, ...]
) -> None:
    ctx("pin", "README.md")
    here = ctx(*args)
    refs = support.git(begun, "for-each-ref", "refs/ctx")
    support.git(begun, "switch", "-q", "-c", "alt")
    assert ctx(*args) == here
    assert support.git(begun, "for-each-ref", "refs/ctx") == refs


def test_a_branch_made_on_a_new_git_branch_goes_on_from_what_that_will_carry_on(
    begun: Path, ctx: Ctx
) -> None:
    support.git(begun, "switch", "-q", "-c", "alt")
    assert (
        ctx("branch", "more").out
        == "Made branch 'more': session branch 'demo@more' goes on from 'demo@main' at #2.\n"
    )


def test_at_a_save_the_git_branch_has_the_files_of_the_save(begun: Path, ctx: Ctx) -> None:
    support.write(begun, {"app.py": "half = 'done'\n"})
    ctx("save", "-m", "half done")
    assert ctx("branch", "alt", "@").status == 0
    assert support.git(begun, "show", "alt:app.py") == "half = 'done'"
    assert support.git(begun, "log", "-1", "--format=%B", "alt") == "the files as they were at save #3\n"


def test_at_the_tip_of_a_branch_that_was_just_made(begun: Path, ctx: Ctx) -> None:
    ctx("branch", "alt")
    support.git(begun, "switch", "-q", "alt")
    assert ctx("branch", "further", "@").status == 0
    assert support.git(begun, "diff", "--name-status", "main", "further") == "M\tapp.py\nA\tnew.py"


def test_a_detached_head_is_not_called_gone(begun: Path, ctx: Ctx) -> None:
    support.git(begun, "checkout", "-q", "--detach")
    ctx("start", "loose")
    assert ctx("branch", "--session", "loose@HEAD").out == "*  HEAD  created  0 prompts\n"


def test_a_branch_without_a_commit_is_not_called_gone(
    tmp_path: Path, ctx: Ctx, monkeypatch: pytest.MonkeyPatch
) -> None:
    support.git(tmp_path, "init", "-q", "-b", "main", "empty")
    monkeypatch.chdir(tmp_path / "empty")
    ctx("start", "demo")
    assert ctx("branch").out == "*  main  created  0 prompts\n"


def test_made_in_part_by_a_run_that_was_cut_off_the_next_one_makes_the_rest(begun: Path, ctx: Ctx) -> None:
    support.git(begun, "config", "branch.alt.ctxSession", "demo@alt")
    support.git(begun, "branch", "alt")
    support.git(begun, "config", "branch.at-one.ctxSession", "demo@at-one")
    assert ctx("branch", "alt").out == (
        "Made branch 'alt': session branch 'demo@alt' goes on from 'demo@main' at #2.\n"
    )
    assert ctx("branch", "at-one", "#1").status == 0
    assert ctx("branch", "alt").status == 128


def test_renamed_in_part_the_next_one_renames_the_rest(begun: Path, ctx: Ctx) -> None:
    ctx("branch", "alt")
    tip, snap = (support.git(begun, "rev-parse", f"refs/ctx/{kind}/demo/alt") for kind in ("heads", "snap"))
    ctx("branch", "-m", "alt", "new")
    # As it was before the last step, which takes away the old one.
    support.git(begun, "update-ref", "refs/ctx/heads/demo/alt", tip)
    support.git(begun, "update-ref", "refs/ctx/snap/demo/alt", snap)
    before = support.git(begun, "rev-parse", "refs/ctx/heads/demo/new")
    assert ctx("branch", "-m", "alt", "new").status == 0
    assert support.git(begun, "for-each-ref", "refs/ctx/*/demo/alt") == ""
    assert support.git(begun, "rev-parse", "refs/ctx/heads/demo/new") == before


def test_deleted_but_for_its_snapshots_the_next_one_deletes_them(begun: Path, ctx: Ctx) -> None:
    ctx("branch", "alt")
    support.git(begun, "update-ref", "-d", "refs/ctx/heads/demo/alt")
    support.git(begun, "branch", "-q", "-D", "alt")
    assert ctx("branch", "-D", "alt").status == 0
    assert support.git(begun, "for-each-ref", "refs/ctx/*/demo/alt") == ""
    assert ctx("branch", "-D", "alt").err.startswith("fatal: no such session: 'demo@alt'\n")
