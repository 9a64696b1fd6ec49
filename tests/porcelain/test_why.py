"""The prompts behind a commit, through every way in which git rewrites one; and how that is known."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from git_ctx.hooks import commits
from git_ctx.porcelain import life, links, noted, save
from git_ctx.porcelain import prompt as prompts
from git_ctx.porcelain import why as whys
from git_ctx.porcelain.prompt import Wish
from git_ctx.porcelain.why import Why
from git_ctx.store import discover, events, refs
from git_ctx.store.code import linked
from tests import support
from tests.support import git, write

Ask = Callable[[str], str]
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Clock:
    """Each prompt and each commit is a minute later than what was before."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.now = NOW

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        for role in ("AUTHOR", "COMMITTER"):
            self._monkeypatch.setenv(f"GIT_{role}_DATE", f"{int(self.now.timestamp())} +0000")
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def ask(repo: Path, clock: Clock) -> Ask:
    """`ask(text)` keeps a prompt and returns its id."""
    support.commit(repo, {f"f{n}.py": f"def f{n}():\n    return {n}\n" for n in range(6)})

    def asked(text: str) -> str:
        id = prompts.prompt(discover.find(), text, Wish(), clock.tick(), lambda doing: None).prompt.id
        clock.tick()
        return id

    return asked


@pytest.fixture
def hooks(repo: Path) -> None:
    at = commits.place(discover.find())
    commits.apply(at, commits.install(at), True)


def unhooked(repo: Path, *words: str) -> None:
    """As a server does it, or somebody without the hooks."""
    git(repo, "-c", "core.hooksPath=/nowhere", *words)


def commit(repo: Path, name: str, *options: str) -> str:
    with (repo / name).open("a") as file:
        file.write(f"{name.partition('.')[0]}_more = {time.monotonic_ns()}\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-q", *(options or ("-m", f"change {name}")))
    return git(repo, "rev-parse", "HEAD")


def why(what: str = "HEAD") -> Why:
    repo = discover.find()
    return whys.why(repo, whys.target(repo, what), NOW)


def behind(what: str = "HEAD") -> list[tuple[str, str]]:
    """The prompts, by id, with the first that tells of each."""
    return [(one.prompt.id, one.clues[0].how) for one in why(what).behind]


def three(repo: Path, ask: Ask) -> list[str]:
    """A branch with a commit for each of three prompts."""
    git(repo, "switch", "-q", "-c", "feat")
    ids = []
    for number in range(3):
        ids.append(ask(f"change number {number}"))
        commit(repo, f"f{number}.py")
    return ids


@pytest.mark.usefixtures("hooks")
class TestWithHooks:
    def test_a_commit_leads_to_its_prompt(self, repo: Path, ask: Ask) -> None:
        ids = three(repo, ask)
        for steps, id in enumerate(reversed(ids)):
            assert behind(f"HEAD~{steps}") == [(id, "trailer")]
            assert why(f"HEAD~{steps}").behind[0].sure == "certain"

    def test_amended_with_another_message_it_still_does(self, repo: Path, ask: Ask) -> None:
        id = ask("change it")
        commit(repo, "f1.py")
        git(repo, "commit", "-q", "--amend", "-m", "without a trailer")
        git(repo, "commit", "-q", "--amend", "-m", "and once more")
        assert "Ctx-Prompt" not in git(repo, "log", "-1", "--format=%B")
        assert behind() == [(id, "recorded")]

    def test_rebased_it_still_does_and_a_fixup_brings_its_own(
        self, repo: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ids = three(repo, ask)
        ids.append(ask("mend the first"))
        commit(repo, "f0.py", "--fixup", "HEAD~2")
        git(repo, "switch", "-q", "main")
        unhooked(repo, "commit", "-q", "--allow-empty", "-m", "main goes on")
        git(repo, "switch", "-q", "feat")
        monkeypatch.setenv("GIT_SEQUENCE_EDITOR", ":")
        git(repo, "rebase", "-q", "-i", "--autosquash", "main")
        assert git(repo, "rev-list", "--count", "main..") == "3"
        assert [id for id, _ in behind("HEAD~2")] == [ids[3], ids[0]]
        assert {one.sure for one in why("HEAD~2").behind} == {"certain"}
        assert behind("HEAD~1") == [(ids[1], "trailer")]

    def test_reworded_by_a_rebase_it_is_known_by_its_record(
        self, repo: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ids = three(repo, ask)
        monkeypatch.setenv("GIT_SEQUENCE_EDITOR", "sed -i 1s/pick/reword/")
        monkeypatch.setenv("GIT_EDITOR", "sed -i -e '/Ctx-Prompt/d' -e 1s/^/new/")
        git(repo, "rebase", "-q", "-i", "main")
        assert behind("HEAD~2") == [(ids[0], "recorded")]

    def test_copied_without_its_message_it_is_known_by_its_change(self, repo: Path, ask: Ask) -> None:
        ids = three(repo, ask)
        git(repo, "switch", "-q", "main")
        unhooked(repo, "cherry-pick", "-n", "feat~1")
        unhooked(repo, "commit", "-q", "-m", "picked")
        assert behind() == [(ids[1], "patch")]

    def test_squashed_by_a_merge_it_names_all(self, repo: Path, ask: Ask) -> None:
        ids = three(repo, ask)
        git(repo, "switch", "-q", "main")
        git(repo, "merge", "-q", "--squash", "feat")
        git(repo, "commit", "-q", "--no-edit")
        assert sorted(id for id, _ in behind()) == sorted(ids)
        assert {how for _, how in behind()} == {"trailer"}

    def test_a_message_that_holds_squashed_ones_names_all_of_theirs(self, repo: Path, ask: Ask) -> None:
        ids = three(repo, ask)
        git(repo, "switch", "-q", "main")
        git(repo, "merge", "-q", "--squash", "feat")
        unhooked(repo, "commit", "-q", "--no-edit")
        assert git(repo, "log", "-1", "--format=%(trailers:key=Ctx-Prompt)") == ""
        assert sorted(id for id, _ in behind()) == sorted(ids)

    @pytest.mark.parametrize("gone", [False, True])
    @pytest.mark.parametrize("moved", [False, True])
    def test_squashed_on_a_server_that_dropped_the_message(
        self, repo: Path, ask: Ask, moved: bool, gone: bool
    ) -> None:
        ids = three(repo, ask)
        noted.record(discover.find(), NOW)
        git(repo, "switch", "-q", "main")
        if moved:
            write(repo, {"other.py": "x = 1\n"})
            git(repo, "add", "-A")
            unhooked(repo, "commit", "-q", "-m", "main goes on")
        git(repo, "merge", "-q", "--squash", "feat")
        unhooked(repo, "commit", "-q", "-m", "Feature (#12)")
        if gone:  # the commits themselves, too
            git(repo, "branch", "-D", "feat")
            for ref in git(repo, "for-each-ref", "--format=%(refname)", "refs/ctx/snap").split():
                git(repo, "update-ref", "-d", ref)
            git(repo, "reflog", "expire", "--expire=now", "--all")
            git(repo, "gc", "-q", "--prune=now")
        assert sorted(id for id, _ in behind()) == sorted(ids)
        assert {how for _, how in behind()} == {"squash"}
        assert {one.sure for one in why().behind} == {"likely"}

    def test_a_merge_leads_to_what_is_behind_the_commits_it_brought(self, repo: Path, ask: Ask) -> None:
        ids = three(repo, ask)
        git(repo, "switch", "-q", "main")
        git(repo, "merge", "-q", "--no-ff", "--no-edit", "feat")
        assert sorted(behind()) == sorted((id, "merged") for id in ids)

    def test_a_revert_is_not_taken_for_what_was_there_before(self, repo: Path, ask: Ask) -> None:
        three(repo, ask)
        git(repo, "revert", "--no-edit", "HEAD")
        assert [how for _, how in behind()] == ["time"]

    def test_a_line_leads_to_the_prompt_after_which_it_was_first_seen(
        self, repo: Path, ask: Ask, clock: Clock
    ) -> None:
        first = ask("begin")
        write(repo, {"f1.py": "def first_thing():\n    return 'one'\n"})
        second = ask("go on")
        write(
            repo, {"f1.py": "def first_thing():\n    return 'one'\n\n\ndef second_thing():\n    return 2\n"}
        )
        save.save(discover.find(), None, "on the way", clock.tick())
        third = ask("and now all of it")
        with (repo / "f1.py").open("a") as file:
            file.write("third_thing = 3\n")
        git(repo, "commit", "-q", "-am", "all in one")
        assert [behind(f"f1.py:{line}")[0] for line in (1, 5, 7)] == [
            (first, "line"),
            (second, "line"),
            (third, "trailer"),
        ]
        counted = {one.prompt.id: one.lines for one in why("f1.py").behind}
        assert sum(counted.values()) == 7
        assert counted[second] >= 2
        assert set(counted) == {first, second, third}

    def test_lines_that_are_not_committed_are_of_the_prompts_since(self, repo: Path, ask: Ask) -> None:
        ask("begin")
        write(repo, {"f1.py": "def f1():\n    return 'begun'\n", "new.py": "fresh = True\n"})
        second = ask("go on")
        write(repo, {"new.py": "fresh = True\nmore_of_it = 1\n"})
        found = why("new.py:2")
        assert found.uncommitted == 1
        assert [(one.prompt.id, [clue.how for clue in one.clues]) for one in found.behind] == [
            (second, ["last", "line"])
        ]
        assert behind("new.py:1")[0][1] == "line"
        assert behind("f1.py:2")[0][1] == "line"

    def test_what_nobody_asked_for_has_nothing_behind_it(self, repo: Path, ask: Ask) -> None:
        three(repo, ask)
        assert behind("HEAD~3") == []
        assert behind("f5.py:1") == []
        assert behind("README.md") == []

    def test_a_name_of_a_prompt_that_is_not_here_is_told(self, repo: Path) -> None:
        git(repo, "commit", "-q", "--allow-empty", "-m", "x\n\nCtx-Prompt: kkkkllllmmmmnnnn")
        assert why().unknown == ("kkkkllllmmmmnnnn",)


class TestRecords:
    def test_a_record_is_part_of_the_session_and_its_notes_are_gone(
        self, repo: Path, ask: Ask, hooks: None
    ) -> None:
        ids = three(repo, ask)
        at = discover.find()
        noted.record(at, NOW)
        assert not list((repo / ".git/ctx").glob("commits*"))
        tips = linked.tips(at)
        head = git(repo, "rev-parse", "HEAD")
        (one,) = (one for one in linked.recorded(at, tips, [head]) if one.link.commit == head)
        assert one.link.prompts == (ids[2],)
        assert one.link.tree == git(repo, "rev-parse", "HEAD^{tree}")
        assert one.link.since == git(repo, "rev-parse", "HEAD~3")
        printed = git(repo, "show", "HEAD").encode() + b"\n"
        assert git(repo, "patch-id", "--stable", input=printed).split()[0] == one.link.patch
        both = git(repo, "diff", "HEAD~3", "HEAD").encode() + b"\n"
        assert git(repo, "patch-id", "--stable", input=both).split()[0] == one.link.combined
        support.fsck(repo)

    @pytest.mark.parametrize("how", ["prompt", "save", "end", "why"])
    def test_each_way_on_records(self, repo: Path, ask: Ask, hooks: None, clock: Clock, how: str) -> None:
        ask("begin")
        commit(repo, "f1.py")
        at = discover.find()
        if how == "prompt":
            ask("go on")
        elif how == "save":
            save.save(at, None, "", clock.tick())
        elif how == "end":
            life.close(at, [], "ended", clock.tick())
        else:
            why("HEAD")
        (tip,) = linked.tips(discover.find())
        assert [event.type for event in events.events(discover.find(), tip)].count("commit") == 1

    def test_what_cannot_be_recorded_waits_or_goes(
        self, repo: Path, ask: Ask, hooks: None, monkeypatch: pytest.MonkeyPatch, clock: Clock
    ) -> None:
        from git_ctx.errors import BranchBusy
        from git_ctx.store import append

        ask("begin")
        commit(repo, "f1.py")

        def busy(*_words: object, **_more: object) -> None:
            raise BranchBusy("demo@main")

        with monkeypatch.context() as patched:
            patched.setattr(append, "append", busy)
            noted.record(discover.find(), NOW)
        assert linked.notes(discover.find()).made
        noted.record(discover.find(), NOW)
        assert not linked.notes(discover.find()).made
        commit(repo, "f2.py")
        for ref in git(repo, "for-each-ref", "--format=%(refname)", "refs/ctx").split():
            git(repo, "update-ref", "-d", ref)
        noted.record(discover.find(), NOW)
        assert not linked.notes(discover.find()).made

    @pytest.mark.parametrize(
        "line",
        [
            b"commit " + b"0" * 40 + b" refs/ctx/heads/demo/main kkkkllllmmmmnnnn",
            b"commit " + b"g" * 40 + b" refs/ctx/heads/demo/main kkkkllllmmmmnnnn",
            b"commit " + b"1" * 40 + b" refs/heads/main kkkkllllmmmmnnnn",
            b"commit " + b"1" * 40 + b" - kkkkllllmmmmnnnn",
            b"rewrite " + b"1" * 40 + b" " + b"1" * 40,
            b"\xff\0\n\n\r rewrite",
            b"",
        ],
    )
    def test_notes_that_make_no_sense_are_passed_over(
        self, repo: Path, ask: Ask, hooks: None, line: bytes
    ) -> None:
        id = ask("begin")
        commit(repo, "f1.py")
        path = repo / ".git/ctx/commits"
        path.write_bytes(line + b"\n" + path.read_bytes() + line)
        assert links.record(discover.find(), NOW) == 1
        assert behind() == [(id, "trailer")]

    def test_the_records_of_two_people_unite(self, repo: Path, ask: Ask, hooks: None, tmp_path: Path) -> None:
        id = ask("begin")
        commit(repo, "f1.py")
        (branch,) = linked.tips(discover.find()).values()
        start = git(repo, "rev-parse", refs.refname(branch))
        noted.record(discover.find(), NOW)
        git(repo, "update-ref", "refs/keep", refs.refname(branch))
        git(repo, "update-ref", refs.refname(branch), start)
        git(repo, "commit", "-q", "--amend", "-m", "reworded")
        (repo / ".git/ctx/commits").write_text(
            f"commit {git(repo, 'rev-parse', 'HEAD')} {refs.refname(branch)} {id}\n"
        )
        noted.record(discover.find(), NOW)
        git(repo, "merge-tree", "--write-tree", "refs/keep", refs.refname(branch))


class TestWithoutHooks:
    def test_a_commit_between_two_prompts_is_of_the_first(self, repo: Path, ask: Ask, clock: Clock) -> None:
        ids = three(repo, ask)
        assert behind("HEAD") == [(ids[2], "time")]
        clock.tick()
        ask("one more")
        assert behind("HEAD") == [(ids[2], "base")]
        assert behind("HEAD~1") == [(ids[1], "base")]
        assert why("HEAD").behind[0].sure == "likely"

    def test_files_that_were_seen_first_with_the_next_prompt(self, repo: Path, ask: Ask) -> None:
        first = ask("begin")
        write(repo, {"f1.py": "begun = True\n"})
        ask("go on")
        git(repo, "commit", "-q", "-am", "what was begun")
        assert behind("HEAD") == [(first, "tree")]

    def test_some_files_that_were_seen_so(self, repo: Path, ask: Ask) -> None:
        first = ask("begin")
        write(repo, {"f1.py": "begun = True\n", "f2.py": "other = 1\n"})
        ask("go on")
        git(repo, "commit", "-q", "-m", "a part of it", "f1.py")
        assert behind("HEAD") == [(first, "files")]

    def test_a_squash_elsewhere_of_all_there_was(self, repo: Path, ask: Ask, clock: Clock) -> None:
        ids = [*three(repo, ask), ask("one more")]
        git(repo, "switch", "-q", "main")
        support.commit(repo, {"other.py": "x = 1\n"})
        git(repo, "merge", "-q", "--squash", "feat")
        clock.tick()
        git(repo, "commit", "-q", "-m", "Feature (#12)")
        assert {id for id, how in behind() if how == "squash"} >= set(ids[:3])

    def test_one_that_was_copied(self, repo: Path, ask: Ask) -> None:
        ids = [*three(repo, ask), ask("one more")]
        git(repo, "switch", "-q", "main")
        git(repo, "cherry-pick", "feat~1")
        assert behind() == [(ids[1], "patch")]

    def test_what_somebody_else_commits_meanwhile_is_not_of_mine(
        self, repo: Path, ask: Ask, clock: Clock
    ) -> None:
        ask("begin")
        clock.tick()
        write(repo, {"other.py": "x = 1\n"})
        git(repo, "add", "-A")
        who = ("-c", "user.name=Bob", "-c", "user.email=bob@example.com")
        git(repo, *who, "commit", "-q", "-m", "by Bob")
        assert behind() == []


@pytest.mark.parametrize(
    ("what", "problem"),
    [
        ("nowhere.py", "neither a file of the work tree nor a commit"),
        ("nowhere.py:3", "neither a file"),
        ("../outside", "neither a file"),
        ("--all", "neither a file"),
        ("app.py:99", "'app.py' has 2 lines"),
        ("app.py:0", "no such lines"),
        ("app.py:2-1", "no such lines"),
        ("main", "is both a file and a commit"),
    ],
)
def test_what_it_cannot_be_asked_about(repo: Path, what: str, problem: str) -> None:
    from git_ctx.errors import CtxError

    write(repo, {"main": "x\n"})
    with pytest.raises(CtxError, match=problem):
        why(what)


def test_a_path_is_seen_from_where_one_stands(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    support.commit(repo, {"sub/a:1": "x\n"})
    monkeypatch.chdir(repo / "sub")
    assert whys.target(discover.find(), "../app.py:2").path == "app.py"
    assert whys.target(discover.find(), "a:1").path == "sub/a:1"
    assert whys.target(discover.find(), "a:1:1").first == 1
