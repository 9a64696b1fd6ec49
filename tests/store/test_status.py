from git_ctx.model import NULL_OID
from git_ctx.store.status import Entry, Version, parse

A, B = "a" * 40, "b" * 40


def read(*records: str) -> tuple[Entry, ...]:
    return parse("".join(f"{record}\0" for record in records).encode("utf-8", "surrogateescape")).entries


def test_branch_and_base_are_told() -> None:
    found = parse(f"# branch.oid {A}\0# branch.head feature/x\0# branch.upstream origin/x\0".encode())
    assert (found.branch, found.base, found.entries) == ("feature/x", A, ())


def test_an_unborn_branch_has_no_base_and_a_detached_head_no_branch() -> None:
    assert parse(b"# branch.oid (initial)\0# branch.head main\0").base is None
    assert parse(f"# branch.oid {A}\0# branch.head (detached)\0".encode()).branch is None


def test_a_changed_file_has_both_versions() -> None:
    assert read(f"1 .M N... 100644 100644 100755 {A} {B} a b") == (
        Entry("a b", head=Version(0o100644, A), index=Version(0o100644, B), touched=True, mode=0o100755),
    )


def test_what_is_staged_and_not_touched_since_is_told_apart() -> None:
    (entry,) = read(f"1 M. N... 100644 100644 100644 {A} {B} a")
    assert not entry.touched


def test_an_intended_path_has_no_version_at_all() -> None:
    assert read(f"1 .A N... 000000 000000 100644 {NULL_OID} {NULL_OID} a") == (Entry("a", mode=0o100644),)


def test_a_file_that_is_untracked_again_keeps_its_head() -> None:
    assert read(f"1 D. N... 100644 000000 000000 {A} {NULL_OID} a", "? a") == (
        Entry("a", head=Version(0o100644, A), untracked=True),
    )


def test_names_may_hold_anything_but_nul() -> None:
    odd = '? -\n"\udcff\t ->'
    assert [entry.path for entry in read(odd)] == [odd[2:]]
    assert read(f"u UU N... 100644 100644 100644 100644 {A} {B} {A} x y") == (
        Entry("x y", mode=0o100644, unmerged=True),
    )


def test_a_nested_repository_is_no_file() -> None:
    found = parse(b"? lib/\0? file\0")
    assert found.nested == ("lib",)
    assert [entry.path for entry in found.entries] == ["file"]
