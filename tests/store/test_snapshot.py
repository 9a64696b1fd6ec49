import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx.errors import NoWorkTree, WriteFailed
from git_ctx.model import NULL_OID, FileState
from git_ctx.store import discover
from git_ctx.store import repo as repositories
from git_ctx.store.files import onto_disk, sift, snapshot
from git_ctx.store.files.snapshot import Snapshot
from tests.store import judge, scenes
from tests.support import clone, commit, fsck, git, init, write

SECRET = "AKIAIOSFODNN7EXAMPLE\n"


def nothing(path: str, content: bytes) -> str | None:
    return None


def keys(path: str, content: bytes) -> str | None:
    return "aws-key" if b"AKIA" in content else None


def take(path: Path, withhold: snapshot.Withhold = nothing) -> Snapshot:
    return snapshot.take(discover.find(path), withhold)


def withheld(taken: Snapshot) -> dict[str, str]:
    return {state.path: state.withheld for state in taken.states.states if state.withheld is not None}


@pytest.fixture(params=["short way", "git's way"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to make the tree must come to the same."""
    if request.param == "git's way":
        monkeypatch.setattr(snapshot.graft, "may_write", lambda repo: False)
    return str(request.param)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return scenes.base(tmp_path / "work")


@pytest.mark.parametrize("scene", scenes.SCENES, ids=lambda scene: scene.__name__)
def test_the_tree_is_what_git_would_add(
    way: str, work: Path, tmp_path: Path, scene: Callable[[Path], None]
) -> None:
    scene(work)
    before = judge.untouchables(work)
    taken = take(work)
    assert judge.untouchables(work) == before
    assert judge.leftovers(work) == []
    assert judge.listing(work, taken.tree) == judge.listing(
        work, judge.added_by_git(work, tmp_path / "scratch")
    )
    if scene is not scenes.unborn:  # git's fsck calls that a failure by itself
        fsck(work)


@pytest.mark.parametrize("scene", scenes.SCENES, ids=lambda scene: scene.__name__)
def test_files_and_states_tell_the_tree(way: str, work: Path, scene: Callable[[Path], None]) -> None:
    scene(work)
    taken = take(work)
    tree = judge.listing(work, taken.tree)
    head = judge.listing(work, taken.states.base) if taken.states.base else {}
    assert {file.path: (f"{file.mode:06o}", file.oid) for file in taken.worktree.files} == {
        path: version for path, version in tree.items() if version[0] != "160000"
    }
    differing = {path for path in tree.keys() | head.keys() if tree.get(path) != head.get(path)}
    assert taken.states.states == tuple(
        FileState(path=path, mode=int(tree[path][0], 8), oid=tree[path][1])
        if path in tree
        else FileState(path=path, mode=None, oid=None)
        for path in sorted(differing)
    )
    files = {path for path in differing if "160000" not in (tree.get(path) or head[path])[0]}
    assert taken.worktree.changed == tuple(sorted(files & tree.keys()))
    assert taken.worktree.deleted == tuple(sorted(files - tree.keys()))
    assert list(taken.worktree.files) == sorted(taken.worktree.files, key=lambda file: file.path)


def test_a_clean_tree_is_that_of_head_and_nothing_is_written(work: Path) -> None:
    before = judge.objects(work)
    taken = take(work)
    assert taken.tree == git(work, "rev-parse", "HEAD^{tree}")
    assert taken.states.states == ()
    assert judge.objects(work) == before


def test_branch_and_base_are_told(work: Path) -> None:
    taken = take(work)
    assert (taken.worktree.branch, taken.worktree.base) == ("main", git(work, "rev-parse", "HEAD"))
    git(work, "switch", "-q", "--detach")
    assert take(work).worktree.branch is None
    git(work, "switch", "-q", "--orphan", "fresh")
    unborn = take(work).worktree
    assert (unborn.branch, unborn.base) == ("fresh", None)


def test_a_bare_repository_has_no_work_tree(tmp_path: Path) -> None:
    with pytest.raises(NoWorkTree):
        take(init(tmp_path / "bare", "--bare"))


def test_a_secret_never_becomes_an_object(work: Path) -> None:
    write(work, {"app.py": f"key = {SECRET}", "new/.env": SECRET, "fine.py": "fine\n"})
    taken = take(work, keys)
    assert withheld(taken) == {"app.py": "aws-key", "new/.env": "aws-key"}
    tree = judge.listing(work, taken.tree)
    assert tree["app.py"] == judge.listing(work, "HEAD")["app.py"]
    assert "new/.env" not in tree and "fine.py" in tree
    assert not judge.objects(work) & {judge.blob_id((work / p).read_bytes()) for p in ("app.py", "new/.env")}
    listed = {file.path: file for file in taken.worktree.files}
    assert (listed["new/.env"].withheld, listed["new/.env"].oid) == ("aws-key", NULL_OID)
    assert (listed["app.py"].withheld, listed["app.py"].oid) == ("aws-key", NULL_OID)
    assert taken.worktree.changed == ("app.py", "fine.py", "new/.env")


def test_only_a_secret_leaves_the_tree_of_head(work: Path) -> None:
    write(work, {".env": SECRET})
    before = judge.objects(work)
    taken = take(work, keys)
    assert taken.tree == git(work, "rev-parse", "HEAD^{tree}")
    assert withheld(taken) == {".env": "aws-key"}
    assert judge.objects(work) == before


@pytest.mark.parametrize("again", [False, True])
def test_a_staged_secret_is_withheld_too(work: Path, again: bool) -> None:
    write(work, {"app.py": SECRET, "new.py": SECRET})
    git(work, "add", "-A")
    if again:
        git(work, "rm", "-q", "--cached", "new.py")
    taken = take(work, keys)
    assert withheld(taken) == {"app.py": "aws-key", "new.py": "aws-key"}
    assert taken.tree == git(work, "rev-parse", "HEAD^{tree}")


def test_a_secret_that_is_only_intended_to_be_added_is_left_out(work: Path) -> None:
    write(work, {"soon.py": SECRET, "fine.py": "fine\n"})
    git(work, "add", "-N", "soon.py")
    taken = take(work, keys)
    assert withheld(taken) == {"soon.py": "aws-key"}
    assert "soon.py" not in judge.listing(work, taken.tree)


def test_a_secret_staged_where_nothing_is_checked_out_is_withheld(work: Path) -> None:
    write(work, {"lib/a.py": SECRET})
    git(work, "add", "lib/a.py")
    git(work, "update-index", "--skip-worktree", "lib/a.py")
    (work / "lib/a.py").unlink()
    taken = take(work, keys)
    assert withheld(taken) == {"lib/a.py": "aws-key"}
    assert judge.listing(work, taken.tree) == judge.listing(work, "HEAD")


def test_what_is_staged_and_cannot_be_searched_is_withheld(work: Path) -> None:
    write(work, {"lib/a.py": "soon lost\n", "app.py": "x" * 2000})
    git(work, "add", "lib/a.py", "app.py")
    git(work, "update-index", "--skip-worktree", "lib/a.py", "app.py")
    (work / "lib/a.py").unlink()
    (work / "app.py").unlink()
    git(work, "config", "ctx.maxFileSize", "1000")
    lost = judge.blob_id(b"soon lost\n")
    (work / ".git/objects" / lost[:2] / lost[2:]).unlink()
    taken = take(work)
    assert withheld(taken) == {"lib/a.py": "its content is not here", "app.py": "larger than 1 kB"}
    assert taken.tree == git(work, "rev-parse", "HEAD^{tree}")


def test_a_secret_in_a_conflict_leaves_the_version_of_head(work: Path) -> None:
    scenes.conflict(work)
    write(work, {"app.py": SECRET})
    taken = take(work, keys)
    assert withheld(taken) == {"app.py": "aws-key"}
    assert judge.listing(work, taken.tree)["app.py"] == judge.listing(work, "HEAD")["app.py"]


def late(work: Path) -> Snapshot:
    """A snapshot with a secret that comes into a file once it was searched."""
    write(work, {"app.py": "harmless for now\n", "other.py": "fine\n"})

    def withhold(path: str, content: bytes) -> str | None:
        found = keys(path, content)
        if path == "app.py" and found is None:
            write(work, {"app.py": SECRET})
        return found

    return take(work, withhold)


def test_a_secret_that_comes_while_we_look_leaves_no_object(work: Path) -> None:
    taken = late(work)
    assert judge.blob_id(SECRET.encode()) not in judge.objects(work)
    assert git(work, "show", f"{taken.tree}:app.py") == "harmless for now"


def test_nor_does_one_in_a_file_that_is_read_again(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sift, "_ROOM", 5)
    taken = late(work)
    assert withheld(taken) == {"app.py": "aws-key"}
    assert judge.blob_id(SECRET.encode()) not in judge.objects(work)
    assert "other.py" in judge.listing(work, taken.tree)


def test_a_secret_that_a_filter_brings_out_is_withheld(work: Path) -> None:
    git(work, "config", "filter.open.clean", "rot13 2>/dev/null || tr A-Za-z N-ZA-Mn-za-m")
    write(work, {".gitattributes": "*.enc filter=open\n", "x.enc": "NXVNVBFSBQAA7RKNZCYR\n"})
    taken = take(work, keys)
    assert withheld(taken) == {"x.enc": "aws-key"}
    assert judge.blob_id(SECRET.encode()) not in judge.objects(work)


def test_only_what_differs_is_searched(work: Path) -> None:
    write(work, {"app.py": "changed\n", "new.py": "new\n"})
    (work / "lib/a.py").unlink()
    searched = []
    take(work, lambda path, content: searched.append((path, content)))
    assert searched == [("app.py", b"changed\n"), ("new.py", b"new\n")]


def test_a_large_file_is_named_and_not_read(work: Path) -> None:
    git(work, "config", "ctx.maxFileSize", "1k")
    write(work, {"app.py": b"x" * 1025, "huge": b"y" * 1025, "large": b"z" * 1024})
    searched = []
    taken = take(work, lambda path, content: searched.append(path))
    assert withheld(taken) == {"app.py": "larger than 1.024 kB", "huge": "larger than 1.024 kB"}
    assert searched == ["large"]
    assert [file.size for file in taken.worktree.files if file.withheld] == [1025, 1025]
    assert judge.listing(work, taken.tree)["app.py"] == judge.listing(work, "HEAD")["app.py"]


@pytest.mark.parametrize("value", ["", "many", "-1", "1.5m"])
def test_a_limit_that_is_no_number_counts_as_none(work: Path, value: str) -> None:
    git(work, "config", "ctx.maxFileSize", value)
    write(work, {"new": "x" * 100})
    assert withheld(take(work)) == {}


def test_a_file_whose_filter_fails_keeps_its_base_version(work: Path) -> None:
    commit(work, {"secret.key": "sealed\n", "b.key": "sealed too\n"})
    git(work, "config", "filter.crypt.clean", "no-such-program-anywhere")
    git(work, "config", "filter.crypt.required", "true")
    plain = {"secret.key": "opened\n", "new.key": "plain text\n"}
    write(work, {".gitattributes": "*.key filter=crypt\n", "fine.py": "fine\n", **plain})
    before = judge.untouchables(work)
    taken = take(work)
    assert judge.untouchables(work) == before
    found = withheld(taken)
    # Whether git looks at the third, which is as it was, depends on the second it was written in.
    found.pop("b.key", None)
    assert found == {"new.key": "its filter failed", "secret.key": "its filter failed"}
    tree = judge.listing(work, taken.tree)
    assert tree["secret.key"] == judge.listing(work, "HEAD")["secret.key"]
    assert "new.key" not in tree and "fine.py" in tree
    assert not judge.objects(work) & {judge.blob_id(content.encode()) for content in plain.values()}


def test_large_media_are_kept_as_their_pointer(work: Path) -> None:
    """As LFS does it: the filter stores the content elsewhere and gives git a pointer."""
    git(work, "config", "filter.media.clean", "sha256sum | cut -c1-64 | sed 's/^/oid sha256:/'")
    write(work, {".gitattributes": "*.mp4 filter=media\n", "film.mp4": b"\0" * 5000})
    taken = take(work)
    stored = git(work, "cat-file", "blob", judge.listing(work, taken.tree)["film.mp4"][1])
    assert stored.startswith("oid sha256:") and len(stored) == 75


def test_what_is_no_file_is_named(work: Path) -> None:
    (work / "app.py").unlink()
    os.mkfifo(work / "app.py")
    os.mkfifo(work / "pipe")
    taken = take(work)
    assert withheld(taken) == {"app.py": "not a regular file"}
    assert taken.tree == git(work, "rev-parse", "HEAD^{tree}")


def test_a_file_that_cannot_be_read_is_named(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(work, {"locked": "locked\n", "fine": "fine\n"})
    honest = os.open

    def refusing(path: str, flags: int, *args: int, **named: int) -> int:
        if path == "locked":
            raise PermissionError(13, "Permission denied")
        return honest(path, flags, *args, **named)

    monkeypatch.setattr(os, "open", refusing)
    taken = take(work)
    assert withheld(taken) == {"locked": "cannot be read"}
    assert "fine" in judge.listing(work, taken.tree)


@pytest.mark.parametrize("born", [False, True])
def test_a_nested_repository_is_named_and_not_entered(work: Path, born: bool) -> None:
    nested = init(work / "vendor/lib")
    write(nested, {"x.py": "x\n"})
    if born:
        commit(nested, {"y.py": "y\n"})
    write(work, {"new.py": "new\n"})
    taken = take(work)
    assert withheld(taken) == {"vendor/lib": "nested repository"}
    assert taken.worktree.nested == ("vendor/lib",)
    assert not [path for path in judge.listing(work, taken.tree) if path.startswith("vendor")]
    assert "new.py" in judge.listing(work, taken.tree)


def test_a_submodule_counts_by_its_commit(work: Path) -> None:
    scenes.submodule(work)
    taken = take(work)
    assert judge.listing(work, taken.tree)["sub"] == ("160000", git(work / "sub", "rev-parse", "HEAD"))
    assert taken.worktree.nested == ("sub",)


def test_no_hook_of_the_user_runs(work: Path) -> None:
    hook = work / ".git/hooks/post-index-change"
    write(work, {".git/hooks/post-index-change": "#!/bin/sh\necho ran >> hooked\n", "app.py": "changed\n"})
    hook.chmod(0o755)
    git(work, "add", "app.py")
    assert (work / "hooked").exists()
    (work / "hooked").unlink()
    write(work, {"app.py": "changed again\n"})
    take(work)
    assert not (work / "hooked").exists()


def test_it_does_not_matter_that_the_index_is_locked(work: Path) -> None:
    write(work, {"app.py": "changed\n", ".git/index.lock": ""})
    taken = take(work)
    assert judge.listing(work, taken.tree)["app.py"][1] == judge.blob_id(b"changed\n")
    assert (work / ".git/index.lock").exists()


@pytest.mark.parametrize("options", [(), ("-a",), ("app.py",)])
def test_inside_a_hook_the_commit_to_be_is_left_alone(work: Path, options: tuple[str, ...]) -> None:
    hook = work / ".git/hooks/pre-commit"
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from git_ctx.store import discover\nfrom git_ctx.store.files import snapshot\n"
        "taken = snapshot.take(discover.find(), lambda path, content: None)\n"
        "open('taken.log', 'w').write(taken.tree)\n"
    )
    source = Path(snapshot.__file__).parents[3]
    write(
        work,
        {
            ".git/hook.py": script,
            ".git/hooks/pre-commit": f"#!/bin/sh\nexec '{sys.executable}' .git/hook.py '{source}'\n",
        },
    )
    hook.chmod(0o755)
    write(work, {"app.py": "to be committed\n", "staged.py": "staged\n", "lib/a.py": "changed\n"})
    git(work, "add", "staged.py", *(["app.py"] if not options else []))
    write(work, {"new.py": "untracked\n"})
    git(work, "commit", "-q", "-m", "hooked", *options)
    tree = judge.listing(work, (work / "taken.log").read_text())
    for name in ("app.py", "staged.py", "lib/a.py", "new.py"):
        assert tree[name][1] == judge.blob_id((work / name).read_bytes())
    committed = set(git(work, "diff-tree", "--no-commit-id", "--name-only", "-r", "HEAD").split())
    assert committed == {(): {"app.py", "staged.py"}, ("-a",): {"app.py", "staged.py", "lib/a.py"}}.get(
        options, {"app.py"}
    )
    fsck(work)


def test_a_linked_work_tree_has_its_own(work: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    git(work, "worktree", "add", "-q", str(linked))
    write(linked, {"app.py": "linked\n", "new.py": "new\n"})
    write(work, {"lib/a.py": "main\n"})
    before = (judge.untouchables(work), judge.untouchables(linked))
    taken = take(linked)
    assert (judge.untouchables(work), judge.untouchables(linked)) == before
    assert taken.worktree.branch == "linked"
    assert judge.listing(work, taken.tree) == judge.listing(
        work, judge.added_by_git(linked, tmp_path / "scratch")
    )
    assert judge.leftovers(work) == []


def test_from_a_folder_below_it_is_the_whole_work_tree(work: Path) -> None:
    write(work, {"app.py": "changed\n", "lib/new.py": "new\n"})
    assert take(work / "lib/deep").states == take(work).states


def test_a_partial_clone_fetches_nothing(work: Path, tmp_path: Path) -> None:
    commit(work, {"far/x.py": "x\n", "app.py": "newer\n"})
    git(work, "config", "uploadpack.allowFilter", "true")
    git(work, "config", "uploadpack.allowAnySHA1InWant", "true")
    part = tmp_path / "part"
    git(work, "clone", "-q", "--filter=blob:none", "--sparse", f"file://{work}", str(part))
    write(part, {"app.py": "changed\n"})
    git(part, "config", "remote.origin.url", "file:///nowhere")
    absent = git(part, "rev-list", "--objects", "--missing=print", "HEAD")
    assert "\n?" in absent
    taken = take(part)
    assert git(part, "rev-list", "--objects", "--missing=print", "HEAD") == absent
    listed = git(part, "ls-tree", "-r", "--name-only", taken.tree).split("\n")
    assert "far/x.py" in listed
    assert git(part, "rev-parse", f"{taken.tree}:app.py") == judge.blob_id(b"changed\n")


def test_objects_get_the_permissions_of_a_shared_repository(work: Path) -> None:
    git(work, "config", "core.sharedRepository", "0660")
    write(work, {"app.py": "changed\n"})
    oid = judge.listing(work, take(work).tree)["app.py"][1]
    found = work / ".git/objects" / oid[:2] / oid[2:]
    assert found.stat().st_mode & 0o777 == 0o440
    assert found.parent.stat().st_mode & 0o070 == 0o070


def test_a_repository_named_with_quotes_and_colons(tmp_path: Path) -> None:
    odd = scenes.base(tmp_path / 'a "b":c\\d')
    write(odd, {"app.py": "changed\n"})
    assert judge.listing(odd, take(odd).tree)["app.py"][1] == judge.blob_id(b"changed\n")


def test_objects_may_come_from_another_repository(work: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--shared", str(work), "borrower")
    write(tmp_path / "borrower", {"app.py": "changed\n"})
    taken = take(tmp_path / "borrower")
    assert judge.listing(tmp_path / "borrower", taken.tree).keys() == judge.listing(work, "HEAD").keys()


def test_where_nothing_can_be_written_it_is_said_and_nothing_is_left(work: Path) -> None:
    write(work, {"app.py": "changed\n"})
    objects = work / ".git/objects"
    subprocess.run(["mount", "--bind", str(objects), str(objects)], check=False, capture_output=True)
    subprocess.run(["mount", "-o", "remount,ro,bind", str(objects)], check=False, capture_output=True)
    try:
        try:
            (objects / "probe").write_text("x")
        except OSError:
            pass
        else:
            pytest.skip("cannot make a folder read-only here")
        with pytest.raises(WriteFailed):
            take(work)
    finally:
        subprocess.run(["umount", str(objects)], check=False, capture_output=True)


def test_a_full_disk_is_no_matter_of_a_path(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(work, {"filter.py": "changed\n", "new.py": "new\n"})
    honest = repositories.Repo.run

    def full(self: repositories.Repo, *args: str, **named: object) -> repositories.Done:
        if "update-index" in args:
            words = (
                b"error: unable to write loose object file: No space left on device\n"
                b"error: filter.py: failed to insert into database\nfatal: Unable to process path filter.py\n"
            )
            return repositories.Done(status=128, stdout=b"", stderr=words)
        return honest(self, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(snapshot.graft, "may_write", lambda repo: False)
    monkeypatch.setattr(repositories.Repo, "run", full)
    with pytest.raises(WriteFailed, match="No space left on device"):
        take(work)
    assert judge.leftovers(work) == []


def test_clones_agree(work: Path, tmp_path: Path) -> None:
    other = clone(work, tmp_path / "other")
    for path in (work, other):
        scenes.edited(path)
        scenes.untracked(path)
    assert take(work).tree == take(other).tree


@pytest.mark.parametrize("room", [0, 1 << 20])
def test_many_new_files_become_one_pack(work: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    monkeypatch.setattr(onto_disk, "_MANY", 10)
    monkeypatch.setattr(sift, "_ROOM", room)
    write(work, {f"{n % 3}/{n}.txt": f"{n}\n" * n for n in range(9)} | {"app.py": "new\n", "tie": "0\n"})
    before = judge.objects(work)
    taken = take(work)
    (pack,) = (work / ".git/objects/pack").glob("*.pack")
    assert len(list(pack.parent.iterdir())) == 2 and judge.leftovers(work) == []
    assert judge.objects(work) == before | packed(pack)
    git(work, "verify-pack", str(pack))
    fsck(work)
    write(work, {"one.more": "1\n"})
    again = take(work)  # what is in the pack is not written again
    assert judge.objects(work) == before | packed(pack) | {again.tree, judge.blob_id(b"1\n")}
    assert again.tree == judge.added_by_git(work, work.parent / "scratch")
    (work / "one.more").unlink()
    assert taken.tree == judge.added_by_git(work, work.parent / "scratch")


def test_an_object_that_is_in_a_pack_may_be_in_the_next_one_too(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onto_disk, "_MANY", 5)
    monkeypatch.setattr(onto_disk, "_SAMPLE", 1)  # a tree, which is new
    write(work, {f"{n}.txt": f"{n}\n" for n in range(6)})
    take(work)
    write(work, {f"{n}.txt": f"{n}\n" for n in range(6, 12)})
    taken = take(work)
    assert len(list((work / ".git/objects/pack").glob("*.pack"))) == 2
    assert taken.tree == judge.added_by_git(work, work.parent / "scratch")
    fsck(work)


def test_many_files_before_the_first_commit_become_one_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onto_disk, "_MANY", 10)
    repo = init(tmp_path / "unborn")
    write(repo, {f"{n % 3}/{n}.txt": f"{n}\n" for n in range(12)})
    taken = take(repo)
    (pack,) = (repo / ".git/objects/pack").glob("*.pack")
    assert judge.objects(repo) == packed(pack)
    assert taken.tree == judge.added_by_git(repo, tmp_path / "scratch")


def packed(pack: Path) -> set[str]:
    lines = git(pack.parent, "show-index", input=pack.with_suffix(".idx").read_bytes()).splitlines()
    return {line.split()[1] for line in lines}


def test_a_pack_that_cannot_be_written_leaves_nothing(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onto_disk, "_MANY", 1)
    monkeypatch.setattr(sift, "_ROOM", 0)
    taken = late(work)  # a file that changed meanwhile: git's way
    assert withheld(taken) == {"app.py": "aws-key"}
    assert judge.blob_id(SECRET.encode()) not in judge.objects(work)
    write(work, {"app.py": "fine\n"})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("git_ctx.store.pack._write_synced", full)
    with pytest.raises(WriteFailed, match="No space left on device"):
        take(work)
    assert list((work / ".git/objects/pack").iterdir()) == []


@pytest.mark.parametrize(
    "attributes", ["", "*.txt text", "* text=auto", "new.txt -text", "*.py eol=lf", "* crlf"]
)
def test_line_ends_are_kept_unless_git_is_told_to_change_them(work: Path, attributes: str) -> None:
    write(work, {".gitattributes": f"{attributes}\n", "new.txt": "one\r\ntwo\r\n", "new.bin": "\0\r\n"})
    assert take(work).tree == judge.added_by_git(work, work.parent / "scratch")


NAMES = ("a", "a/b", "a/b/c", "d", "d.x", "d/e", "-f", "\u00e9")

edits = st.lists(
    st.tuples(
        st.sampled_from(("file", "run", "link", "delete", "add", "unadd", "intend", "commit", "ignore")),
        st.sampled_from(NAMES),
        st.sampled_from(("one\n", "two\n", "")),
    ),
    max_size=14,
)


def apply(repo: Path, how: str, name: str, text: str) -> None:
    """One step of work; one that is not possible here is left out."""
    path = repo / name
    match how:
        case "file" | "run" | "link":
            for parent in path.relative_to(repo).parents:
                if (repo / parent).is_symlink() or (repo / parent).is_file():
                    (repo / parent).unlink()
            path.parent.mkdir(parents=True, exist_ok=True)
            remove(path)
            if how == "link":
                path.symlink_to(text.strip() or "nowhere")
            else:
                path.write_text(text)
                path.chmod(0o755 if how == "run" else 0o644)
        case "delete":
            remove(path)
        case "ignore":
            (repo / ".gitignore").write_text(f"/{name}\n")
        case "commit":
            git(repo, "commit", "-q", "--allow-empty", "-m", "x")
        case _:
            options = {
                "add": ("add", "-f"),
                "unadd": ("rm", "-rqf", "--cached"),
                "intend": ("add", "-N", "-f"),
            }
            git(repo, *options[how], "--", name, check=False)


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()


@settings(max_examples=25, deadline=None)
@given(edits)
def test_whatever_was_done_the_tree_is_what_git_would_add(steps: list[tuple[str, str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = init(Path(folder) / "work")
        for step in steps:
            apply(work, *step)
        taken = take(work)
        assert taken.tree == judge.added_by_git(work, Path(folder) / "scratch")
