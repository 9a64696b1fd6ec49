import os
import resource
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from git_ctx import codec
from git_ctx.errors import (
    BrokenSession,
    FilesGone,
    NoSession,
    RestoreCutShort,
    UnsafePath,
    UsageError,
    WriteFailed,
)
from git_ctx.model import Save
from git_ctx.porcelain import restore as verb
from git_ctx.porcelain.restore import Restored
from git_ctx.porcelain.save import Saved, save
from git_ctx.porcelain.session import start
from git_ctx.store import discover
from git_ctx.store import repo as repos
from tests import servers, support
from tests.porcelain.conftest import NOW, Ask
from tests.store import judge, scenes, sessions
from tests.store import test_vet as vetted

ROOT = Path(__file__).resolve().parents[2]


def disk(repo: Path) -> dict[str, tuple[int, bytes]]:
    """Every file that is there, ignored ones too: its mode and content, or where a link leads."""
    found = {}
    for folder, folders, names in os.walk(repo):
        folders[:] = [name for name in folders if name != ".git"]
        for name in [*names, *(name for name in folders if Path(folder, name).is_symlink())]:
            path = Path(folder, name)
            content = os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
            mode = 0 if path.is_symlink() else stat.S_IMODE(path.stat().st_mode) & 0o111
            found[str(path.relative_to(repo))] = (mode, content)
    return found


def users(repo: Path) -> tuple[str, ...]:
    return (
        support.git(repo, "rev-parse", "HEAD", check=False),
        support.git(repo, "ls-files", "-s", "-v"),
        support.git(repo, "for-each-ref", "refs/heads", "refs/tags", "refs/stash"),
        (repo / ".git/HEAD").read_text(),
    )


def kept(repo: Path, message: str = "") -> Saved:
    return save(discover.find(repo), "demo", message, NOW)


def back(repo: Path, revision: str, *paths: str) -> Restored:
    return verb.into_work_tree(discover.find(repo), "demo", revision, paths, NOW)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = scenes.base(tmp_path / "work")
    monkeypatch.chdir(path)
    start(discover.find(path), "demo", NOW)
    return path


LOSSY = (scenes.filtered, scenes.line_ends, scenes.no_modes)  # what git stores of them is not what was there
UNSEEN = (scenes.assumed, scenes.sparse, scenes.sparse_index, scenes.submodule)


@pytest.mark.parametrize("scene", [s for s in scenes.SCENES if s not in LOSSY], ids=lambda s: s.__name__)
def test_there_and_back_again(work: Path, scene: Callable[[Path], None]) -> None:
    kept(work)
    first = disk(work)
    scene(work)
    support.git(work, "status")  # it brings the index up to date, as anybody's prompt would
    second, mine = disk(work), users(work)
    kept(work)
    back(work, "#1")
    if scene not in UNSEEN:
        ignored = {path for path in second if path.endswith(".log") or path.startswith("build/")}
        assert disk(work) == {**first, **{path: second[path] for path in ignored}}
    back(work, "@~1")
    assert disk(work) == second
    assert users(work) == mine
    assert not list((work / ".git/ctx/scratch").iterdir())
    if scene is not scenes.unborn:
        support.fsck(work)


def test_what_was_never_saved_comes_back_by_one_more_restore(work: Path) -> None:
    kept(work)
    support.write(work, {"app.py": "not kept by anybody\n", "new/deep.py": "neither\n"})
    (work / "lib/a.py").unlink()
    before = disk(work)
    done = back(work, "#1")
    assert done.done.removed == ("new/deep.py",) and not (work / "new").exists()
    assert done.before is not None and done.before.event.clock == 2
    back(work, "@~1")
    assert disk(work) == before


def test_files_outlive_stash_branches_rebase_and_gc(work: Path, ask: Ask) -> None:
    support.git(work, "switch", "-q", "-c", "topic")
    support.commit(work, {"topic.py": "committed\n"}, "topic")
    support.write(work, {"app.py": "edited\n", "untracked.py": "u\n"})
    (work / "lib/a.py").unlink()
    asked = ask("remember this", at=work, session="demo")
    wanted = disk(work)
    support.git(work, "stash", "-u")
    support.git(work, "stash", "drop")
    support.git(work, "commit", "-q", "--amend", "-m", "another")
    support.git(work, "switch", "-q", "main")
    support.commit(work, {"app.py": "main went on\n"})
    support.git(work, "rebase", "-q", "main", "topic")
    support.git(work, "switch", "-q", "main")
    support.git(work, "branch", "-D", "topic")
    support.git(work, "reflog", "expire", "--expire=now", "--all")
    support.git(work, "gc", "-q", "--prune=now")
    back(work, asked.event.id)
    assert disk(work) == wanted


def test_ignored_files_are_never_touched_but_named(work: Path) -> None:
    support.write(work, {".gitignore": "", "x.log": "kept\n", "logs/a": "kept\n", "build": "a file\n"})
    kept(work)
    (work / "build").unlink()
    support.write(work, {".gitignore": "*.log\nlogs\nbuild/\n"})
    shutil.rmtree(work / "logs")
    (work / "logs").symlink_to(work.parent)
    support.write(work, {"x.log": "mine\n", "build/own": "mine\n"})
    done = back(work, "#1").done
    assert done.left == {
        "build": "a folder with other files is in the way",
        "logs/a": "'logs' is in the way, which is ignored or withheld",
        "x.log": "an ignored file is there",
    }
    assert (work / "x.log").read_text() == "mine\n" and (work / "build/own").read_text() == "mine\n"
    assert (work / "logs").is_symlink() and not (work.parent / "a").exists()


SECRET = "token = 'ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'\n"


def test_withheld_files_are_left_on_either_side(work: Path) -> None:
    support.write(work, {"app.py": "fine\n", "then.py": SECRET, "now.py": "fine\n"})
    kept(work)
    support.write(work, {"app.py": SECRET, "then.py": "fine\n", "now.py": SECRET})
    before = disk(work)
    done = back(work, "#1").done
    assert set(done.left) == {"app.py", "now.py", "then.py"}
    assert disk(work) == before
    stored = support.git(work, "cat-file", "--batch-all-objects", "--batch", "--unordered")
    assert "ghp_" not in stored


def test_a_secret_in_the_message_of_a_save_is_redacted(work: Path) -> None:
    token = "ghp_" + "a1B2c3D4e5F6" * 3
    done = kept(work, f"before {token} goes")
    assert token not in done.save.message and "redacted: github-token" in done.save.message
    assert support.git(work, "log", "-p", "--all", f"-S{token}", "--format=%s") == ""
    assert token not in support.git(work, "log", "--all", "--format=%B")


def test_no_hook_of_the_users_runs(work: Path) -> None:
    kept(work)
    for name in ("post-index-change", "post-checkout", "reference-transaction"):
        servers.hook(work / ".git", name, "touch ran")
    support.write(work, {"app.py": "other = 1\n"})
    back(work, "@")
    assert not (work / "ran").exists() and not (work / ".git/ran").exists()


def test_files_that_git_does_not_look_at_are_left(work: Path) -> None:
    support.write(work, {"app.py": "then\n"})
    kept(work)
    support.git(work, "checkout", "-q", "app.py")
    support.git(work, "update-index", "--assume-unchanged", "app.py")
    support.write(work, {"app.py": "in no snapshot\n"})
    assert back(work, "#1").done.left == {"app.py": "assumed unchanged"}
    assert (work / "app.py").read_text() == "in no snapshot\n"


def test_a_nested_repository_is_left(work: Path) -> None:
    support.write(work, {"sub/x": "a plain folder\n"})
    kept(work)
    shutil.rmtree(work / "sub")
    support.commit(support.init(work / "sub"), {"x": "its own\n"})
    assert back(work, "#1").done.left["sub/x"] == "inside another repository"
    assert (work / "sub/x").read_text() == "its own\n"


def test_filters_run_both_ways(work: Path) -> None:
    """As git lfs has it: a pointer in the repository, the content on disk."""
    store = work.parent / "store"
    store.mkdir()
    clean = f"f=$(mktemp); cat > $f; n=$(sha1sum < $f | cut -c1-40); mv $f {store}/$n; echo pointer $n"
    support.git(work, "config", "filter.big.clean", clean)
    support.git(work, "config", "filter.big.smudge", f"read _ n; cat {store}/$n")
    support.git(work, "config", "filter.big.required", "true")
    support.write(work, {".gitattributes": "*.big filter=big\n", "x.big": b"one\r\n\0", "y.big": "same\n"})
    saved = kept(work)
    assert support.git(work, "show", f"{saved.save.snapshot}:x.big").startswith("pointer ")
    first = disk(work)
    support.write(work, {"x.big": "two\n"})
    (work / ".gitattributes").unlink()
    second = disk(work)
    back(work, "#1")
    assert disk(work) == first
    back(work, "@~1")
    assert disk(work) == second


def test_attributes_convert_files_that_did_not_change(work: Path) -> None:
    support.commit(work, {"a.txt": "one\ntwo\n", "b.dat": "one\n"})
    kept(work)
    support.write(work, {".gitattributes": "*.txt text eol=crlf\n", "a.txt": "one\r\ntwo\r\n"})
    kept(work)
    done = back(work, "#1").done
    assert (work / "a.txt").read_bytes() == b"one\ntwo\n" and "b.dat" not in done.written
    back(work, "#2")
    assert (work / "a.txt").read_bytes() == b"one\r\ntwo\r\n"


def test_paths_alone(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(work)
    support.write(work, {"app.py": "x\n", "lib/a.py": "x\n", "lib/new.py": "x\n", "lib/deep/b.py": "x\n"})
    before = disk(work)
    monkeypatch.chdir(work / "lib")
    done = back(work, "#1", "a.py", "deep").done
    assert (done.written, done.removed) == (("lib/a.py", "lib/deep/b.py"), ())
    assert back(work, "@~1", "*.py").done.written == ("lib/a.py", "lib/deep/b.py")
    assert disk(work) == before
    assert back(work, "#1", ".").done.removed == ("lib/new.py",)
    assert (work / "app.py").read_text() == "x\n"
    with pytest.raises(UsageError, match="pathspec 'nothing' did not match"):
        back(work, "#1", "nothing")
    with pytest.raises(UsageError, match="outside the repository"):
        back(work, "#1", "../../x")


def test_the_folder_that_the_user_stands_in_stays(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(work)
    support.write(work, {"fresh/here/x": "x\n"})
    monkeypatch.chdir(work / "fresh/here")
    back(work, "#1")
    assert list((work / "fresh/here").iterdir()) == [] and Path.cwd() == work / "fresh/here"


def test_into_a_folder(work: Path) -> None:
    (work / "app.py").chmod(0o755)
    support.write(work, {"new.py": "new\n", "secret.py": SECRET})
    kept(work)
    before, mine, refs = disk(work), users(work), support.git(work, "for-each-ref")
    there = work.parent / "a/b"
    done = verb.into_folder(discover.find(work), "demo", "#1", (), there)
    assert done.before is None and set(done.done.left) == {"secret.py"}
    assert disk(there) == {path: each for path, each in before.items() if path != "secret.py"}
    assert (disk(work), users(work), support.git(work, "for-each-ref")) == (before, mine, refs)


def test_into_a_folder_from_a_bare_repository(work: Path) -> None:
    kept(work)
    support.git(work, "clone", "-q", "--mirror", str(work), str(work.parent / "bare.git"))
    done = verb.into_folder(discover.find(work.parent / "bare.git"), "demo", "#1", (), work.parent / "out")
    assert disk(work.parent / "out") == disk(work) and "app.py" in done.done.written


def test_a_missing_blob_stops_it_before_anything_is_written(work: Path) -> None:
    support.write(work, {"app.py": "then\n", "lib/a.py": "then\n"})
    saved = kept(work)
    oid = support.git(work, "rev-parse", f"{saved.save.snapshot}:lib/a.py")
    support.git(work, "checkout", "-q", ".")
    before = disk(work)
    (work / ".git/objects" / oid[:2] / oid[2:]).unlink()
    with pytest.raises(BrokenSession, match=oid):
        back(work, "#1")
    assert disk(work) == before


def test_files_that_were_dropped_are_missed(work: Path) -> None:
    support.write(work, {"app.py": "then\n"})
    kept(work)
    support.git(work, "checkout", "-q", ".")
    support.git(work, "update-ref", "-d", "refs/ctx/snap/demo/main")
    support.git(work, "gc", "-q", "--prune=now")
    with pytest.raises(FilesGone, match="the files of #1 are not kept here"):
        back(work, "#1")


def test_a_filter_that_fails_leaves_a_way_back(work: Path) -> None:
    support.write(work, {".gitattributes": "*.big filter=big\n", "x.big": "x\n", "app.py": "then\n"})
    kept(work)
    support.git(work, "config", "filter.big.smudge", "false")
    support.git(work, "config", "filter.big.required", "true")
    (work / "x.big").unlink()
    support.write(work, {"app.py": "now\n"})
    before = disk(work)
    with pytest.raises(RestoreCutShort) as caught:
        back(work, "#1")
    assert caught.value.hint == "what was there before comes back with: git ctx restore '#2'"
    back(work, "#2")
    assert disk(work) == before


def test_a_session_of_another_branch_keeps_what_was_there(work: Path) -> None:
    kept(work)
    support.git(work, "switch", "-q", "--detach")
    support.write(work, {"app.py": "now\n"})
    done = verb.into_work_tree(discover.find(work), None, "demo@main", (), NOW)
    assert done.before is not None and str(done.before.branch) == "demo@main"
    with pytest.raises(NoSession):
        save(discover.find(work), None, "", NOW)
    assert support.git(work, "show", f"{done.before.save.snapshot}:app.py") == "now"
    assert (work / "app.py").read_text() == "def main():\n    return 0\n"


def standing(path: Path) -> Any:
    if path.is_symlink() or path.is_file():
        return path.readlink() if path.is_symlink() else path.read_bytes()
    return sorted((one.name, standing(one)) for one in path.iterdir()) if path.is_dir() else path.is_fifo()


def another_text(work: Path) -> None:
    support.write(work, {"app.py": "saved in an editor just now\n"})


def a_pipe(work: Path) -> None:
    (work / "app.py").unlink()
    os.mkfifo(work / "app.py")


def a_folder(work: Path) -> None:
    (work / "app.py").unlink()
    support.write(work, {"app.py/mine.txt": "mine\n"})


def a_link_out(work: Path) -> None:
    (work / "app.py").unlink()
    (work / "app.py").symlink_to("../outside/app.py")


def a_link_above(work: Path) -> None:
    (work / "lib").rename(work.parent / "outside/lib")
    (work / "lib").symlink_to("../outside/lib")


@pytest.mark.parametrize("swap", [another_text, a_pipe, a_folder, a_link_out, a_link_above])
@pytest.mark.parametrize("gone", [False, True])
def test_what_changes_under_its_hands_is_left_and_named(
    work: Path, swap: Callable[[Path], None], gone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the save that undoes a restore, and before it writes or removes, anyone may write there."""
    path = "lib/a.py" if swap is a_link_above else "app.py"
    support.write(work, {path: "then\n", "other.py": "then\n"})
    if gone:
        (work / path).unlink()
    kept(work)
    support.write(work, {path: "now\n", "other.py": "now\n"})
    support.write(work.parent, {"outside/app.py": "theirs\n"})
    spots = (work / path.partition("/")[0], work.parent / "outside")
    before: list[Any] = []
    planned = verb.plan.plan

    def then_swapped(*given: Any) -> Any:
        made = planned(*given)
        time.sleep(0.02)  # more than a tick of the file system's clock
        swap(work)
        before.extend(map(standing, spots))
        return made

    monkeypatch.setattr(verb.plan, "plan", then_swapped)
    done = back(work, "#1").done
    assert path in done.left and path not in (*done.written, *done.removed)
    assert [standing(spot) for spot in spots] == before
    assert (work / "other.py").read_text() == "then\n" and "other.py" in done.written


@pytest.mark.parametrize("to", [False, True])
def test_more_than_the_disk_holds_writes_nothing(
    work: Path, to: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    support.write(work, {f"zeros/{number}": "0" * 1000 for number in range(50)})
    kept(work)
    shutil.rmtree(work / "zeros")
    here, before = discover.find(work), disk(work)
    usage = type("usage", (), {"free": 49_000})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(WriteFailed, match=r"the files take 50,\d\d\d bytes, and 49,000 are free"):
        if to:
            verb.into_folder(here, "demo", "#1", (), work.parent / "to")
        else:
            back(work, "#1")
    assert disk(work) == before and not list((work.parent / "to").glob("*"))


def test_what_runs_by_itself_is_named(work: Path) -> None:
    support.write(work, {".envrc": "x\n", ".vscode/tasks.json": "{}", "a/.claude/settings.json": "{}"})
    kept(work)
    for name in (".envrc", ".vscode", "a"):
        path = work / name
        path.unlink() if path.is_file() else shutil.rmtree(path)
    assert set(back(work, "#1").runs) == {".envrc", ".vscode/tasks.json", "a/.claude/settings.json"}
    assert back(work, "#1").runs == {}


def forged(work: Path, *entries: vetted.Entry) -> str:
    """A session whose one save names a tree that no git would write."""
    made = codec.encode_save(
        Save(id="k" * 16, message="", saved_at=NOW, author="M <m@x>", snapshot=vetted.tree(work, *entries))
    )
    files = {"session.json": b"{}\n", "events/000000/01-kkkkkkkkkkkkkkkk.save.json": made}
    return sessions.forge(work, files, "forged/main")


@pytest.mark.parametrize("to", [False, True])
@pytest.mark.parametrize("case", ["out", "git", "setuid", "link", "absolute"])
def test_forged_trees_write_nothing(work: Path, case: str, to: bool) -> None:
    evil = vetted.blob(work, b"#!/bin/sh\ntouch owned\n")
    outside = vetted.blob(work, os.fsencode(work.parent))
    below = vetted.tree(work, (vetted.RUN, b"owned", evil))
    fine = (vetted.FILE, b"0fine", evil)
    entries = {
        "out": [fine, (vetted.FOLDER, b"..", below)],
        "git": [fine, (vetted.FOLDER, b".GIT", vetted.tree(work, (vetted.FOLDER, b"hooks", below)))],
        "setuid": [fine, (b"104755", b"owned", evil)],
        "link": [fine, (vetted.LINK, b"a", outside), (vetted.FOLDER, b"a", below)],
        "absolute": [fine, (vetted.FILE, os.fsencode(work.parent / "owned"), evil)],
    }[case]
    commit = forged(work, *entries)
    before = judge.untouchables(work)
    with pytest.raises(UnsafePath):
        if to:
            verb.into_folder(discover.find(work), None, commit, (), work.parent / "out")
        else:
            verb.into_work_tree(discover.find(work), None, commit, (), NOW)
    assert judge.untouchables(work) == before
    assert not (work.parent / "owned").exists() and not (work.parent / "out").exists()


def test_a_link_that_leads_out_is_only_a_link(work: Path) -> None:
    outside = vetted.blob(work, os.fsencode(work.parent))
    commit = forged(work, (vetted.LINK, b"a", outside))
    support.write(work, {"a/b": "in a folder\n"})
    verb.into_work_tree(discover.find(work), None, commit, (), NOW)
    assert (work / "a").readlink() == work.parent and not (work.parent / "b").exists()
    back(work, "@~1")
    assert (work / "a/b").read_text() == "in a folder\n" and not (work.parent / "b").exists()


def test_a_killed_restore_is_undone_by_what_was_saved(work: Path) -> None:
    """git is killed while it writes: half of the files are there, nothing is in the way."""
    names = [f"many/{n:03}.txt" for n in range(200)]
    support.write(work, {name: f"then {name}\n" * 50 for name in names})
    kept(work)
    support.write(work, {name: f"now {name}\n" * 60 for name in names})
    before = disk(work)
    # the filter's shell, git, git ctx
    die = "cat; case %f in *150*) git=$(ps -o ppid= -p $$); kill -9 $(ps -o ppid= -p $git) $git;; esac"
    support.git(work, "config", "filter.die.smudge", die)
    (work / ".git/info").mkdir(exist_ok=True)
    (work / ".git/info/attributes").write_text("*.txt filter=die\n")
    code = "from git_ctx.cli import main; main()"
    command = [sys.executable, "-c", code, "restore", "--session", "demo", "#1"]
    done = subprocess.run(command, cwd=work, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == -9
    support.git(work, "config", "--unset", "filter.die.smudge")
    half = disk(work)
    assert half != before and any(half.get(name) == before[name] for name in names)
    back(work, "@")
    assert disk(work) == before
    support.fsck(work)


def test_a_write_that_the_system_refuses_is_said_and_undone(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    support.write(work, {"a.bin": b"a" * 3000, "b.bin": b"b" * 900_000, "c.bin": b"c" * 3000})
    kept(work)
    support.write(work, {"a.bin": "small", "b.bin": "small", "c.bin": "small"})
    before = disk(work)
    limited = discover.find(work)
    real = type(limited).run

    def run(self: repos.Repo, *args: str, **named: Any) -> repos.Done:
        if "checkout-index" not in args:
            return real(self, *args, **named)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        try:
            return real(self, *args, **named)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    with monkeypatch.context() as patched:
        patched.setattr(type(limited), "run", run)
        with pytest.raises(RestoreCutShort) as caught:
            verb.into_work_tree(limited, "demo", "#1", (), NOW)
    assert caught.value.hint is not None and "'#2'" in caught.value.hint
    back(work, "#2")
    assert disk(work) == before
