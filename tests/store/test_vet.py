"""Forged trees are refused whole; what git itself made passes."""

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx.errors import BrokenSession, UnsafePath
from git_ctx.safety import paths
from git_ctx.store import discover
from git_ctx.store.files import vet
from tests.store import scenes
from tests.support import commit, git

FILE, RUN, LINK, SUB, FOLDER = b"100644", b"100755", b"120000", b"160000", b"40000"

Entry = tuple[bytes, bytes, str]


def tree(repo: Path, *entries: Entry) -> str:
    """A tree with these entries as they are; no git would look at them."""
    data = b"".join(mode + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries)
    return git(repo, "hash-object", "--literally", "-w", "-t", "tree", "--stdin", input=data)


def blob(repo: Path, data: bytes = b"evil\n") -> str:
    return git(repo, "hash-object", "-w", "--stdin", input=data)


def check(repo: Path, oid: str) -> None:
    vet.check(discover.find(repo), oid)


@pytest.mark.parametrize(
    "name",
    [
        b".",
        b"..",
        b".git",
        b".GIT",
        b".Git ",
        b"git~1",
        b".git::$INDEX_ALLOCATION",
        ".g\u200cit".encode(),
        b"/etc/passwd",
        b"a/b",
        b"../x",
        b"..\\x",
        b"C:\\x",
        b".git\\config",
    ],
)
@pytest.mark.parametrize("mode", [FILE, FOLDER, LINK])
def test_a_name_that_leads_out_is_refused(repo: Path, name: bytes, mode: bytes) -> None:
    below = blob(repo) if mode != FOLDER else tree(repo, (FILE, b"x", blob(repo)))
    outer = tree(repo, (FOLDER, b"deep", tree(repo, (mode, name, below))))
    with pytest.raises(UnsafePath) as caught:
        check(repo, outer)
    assert caught.value.path == "deep/" + os.fsdecode(name)


@pytest.mark.parametrize("mode", [b"104755", b"102755", b"101777", b"100600", b"100777", b"20000", b"140000"])
def test_a_mode_that_git_does_not_write_is_refused(repo: Path, mode: bytes) -> None:
    with pytest.raises(UnsafePath, match="its mode is"):
        check(repo, tree(repo, (mode, b"run", blob(repo))))


def test_a_path_through_a_link_is_refused(repo: Path) -> None:
    link, inside = blob(repo, b"/etc"), tree(repo, (FILE, b"passwd", blob(repo)))
    with pytest.raises(UnsafePath, match="stands there twice"):
        check(repo, tree(repo, (LINK, b"a", link), (FOLDER, b"a", inside)))
    with pytest.raises(UnsafePath, match="in case alone"):
        check(repo, tree(repo, (LINK, b"A", link), (FOLDER, b"a", inside)))
    composed = unicodedata.normalize("NFC", "é").encode()
    apart = unicodedata.normalize("NFD", "é").encode()
    with pytest.raises(UnsafePath, match="in case alone"):
        check(repo, tree(repo, (FOLDER, apart, inside), (LINK, composed, link)))


def test_case_counts_where_the_file_system_forgets_it(repo: Path) -> None:
    both = tree(repo, (FILE, b"Makefile", blob(repo)), (FILE, b"makefile", blob(repo)))
    check(repo, both)
    git(repo, "config", "core.ignorecase", "true")
    with pytest.raises(UnsafePath, match="in case alone"):
        check(repo, both)


def test_a_link_that_git_would_read_is_refused(repo: Path) -> None:
    with pytest.raises(UnsafePath, match="git would read"):
        check(repo, tree(repo, (LINK, b".gitmodules", blob(repo))))


def test_bombs_are_refused_without_being_unpacked(repo: Path) -> None:
    bomb = tree(repo, *((FILE, b"f%d" % n, blob(repo)) for n in range(10)))
    for _ in range(30):
        bomb = tree(repo, *((FOLDER, b"d%d" % n, bomb) for n in range(10)))
    with pytest.raises(UnsafePath, match="too many files"):
        check(repo, bomb)
    deep = tree(repo, (FILE, b"f", blob(repo)))
    for _ in range(vet.DEEPEST + 5):
        deep = tree(repo, (FOLDER, b"d", deep))
    with pytest.raises(UnsafePath, match="too deep"):
        check(repo, deep)


def test_what_is_no_tree_is_said(repo: Path) -> None:
    with pytest.raises(BrokenSession, match="is a blob, not a tree"):
        check(repo, blob(repo))
    with pytest.raises(BrokenSession, match="is missing"):
        check(repo, tree(repo, (FOLDER, b"gone", "12" * 20)))
    with pytest.raises(BrokenSession, match="is damaged"):
        check(repo, git(repo, "hash-object", "--literally", "-w", "-t", "tree", "--stdin", input=b"junk"))


def test_what_git_made_passes(tmp_path: Path) -> None:
    repo = scenes.base(tmp_path / "work")
    scenes.links(repo)
    commit(repo, {"units/dev-disk\\x2dlabel.swap": "x", "Ünï/cödé": "x", "a..b/c...d": "x", ".gitx/y": "x"})
    check(repo, git(repo, "rev-parse", "HEAD^{tree}"))
    check(repo, tree(repo, (b"100664", b"old", blob(repo)), (b"040000", b"z", tree(repo))))


names = st.lists(
    st.sampled_from([b".", b"..", b".git", b"git", b"~1", b"a", b"A", b"/", b"\\", b" ", b"\xff"]),
    min_size=1,
    max_size=3,
).map(b"".join)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("vet")
    git(path, "init", "-q")
    return path


@given(
    found=st.lists(st.tuples(names, st.sampled_from([FILE, LINK, FOLDER, b"104755"])), min_size=1, max_size=4)
)
@settings(max_examples=40, deadline=None)
def test_what_passes_has_safe_paths_once_each(place: Path, found: list[tuple[bytes, bytes]]) -> None:
    inner = tree(place, (FILE, b"x", blob(place)))
    entries = [(mode, name, inner if mode == FOLDER else blob(place)) for name, mode in found]
    try:
        check(place, tree(place, *entries))
    except UnsafePath:
        return
    seen = [name for name, _ in found]
    assert len(set(seen)) == len(seen)
    assert all(mode != b"104755" and b"/" not in name for name, mode in found)
    assert not any(paths.problem(os.fsdecode(name)) for name in seen)
    folded: dict[bytes, set[bytes]] = {}
    for name, mode in found:
        folded.setdefault(name.lower(), set()).add(mode)
    clashes = [modes for key, modes in folded.items() if sum(n.lower() == key for n in seen) > 1]
    assert not any(LINK in modes for modes in clashes)
