"""Quoting has an inverse; nothing that leads into a git directory passes."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_ctx.errors import UnsafePath
from git_ctx.safety import paths

raw = st.binary(max_size=30) | st.lists(
    st.sampled_from([b'"', b"\\", b"\n", b"\xe9", b"\xc3\xa9", b"303", b"a", b"\x00"]), max_size=8
).map(b"".join)


@given(raw)
def test_unquote_undoes_quote(path: bytes) -> None:
    quoted = paths.quote(os.fsdecode(path))
    assert quoted.isascii() and quoted.isprintable()
    assert os.fsencode(paths.unquote(quoted)) == path


@given(st.text('"\\abt012378é\n', max_size=12))
def test_what_unquotes_is_a_quoting_or_no_path(text: str) -> None:
    try:
        path = paths.unquote(text)
    except ValueError:
        return
    assert paths.unquote(paths.quote(path)) == path
    assert text[0] == text[-1] == '"'


def test_quoting_is_gits_own() -> None:
    assert paths.quote(os.fsdecode(b'caf\xe9 "\t\x01\x7f\\')) == '"caf\\351 \\"\\t\\001\\177\\\\"'


@pytest.mark.parametrize(
    "text", ["", '"', "a", '"a', 'a"', '"\\"', '"\\4"', '"\\400"', '"\\x"', '"é"', '"a"b"', '"\n"', '"\\18a"']
)
def test_half_quoted_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        paths.unquote(text)


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("", "it is empty"),
        ("a\0b", "it holds a NUL"),
        ("/etc/passwd", "it is absolute"),
        ("\\\\server\\share", "it is absolute"),
        ("C:\\Windows", "it is absolute"),
        ("c:relative", "it is absolute"),
        ("a//b", "a part of it is empty"),
        ("a/", "a part of it is empty"),
        ("..", "it leads out of its directory"),
        ("a/../../b", "it leads out of its directory"),
        ("./a", "it leads out of its directory"),
        ("a\\..\\..\\b", "it leads out of its directory"),
        ("a/.. /b", "it leads out of its directory"),
        ("a/.\u200c./b", "it leads out of its directory"),
        (".git", "it leads into a git directory"),
        (".git/hooks/pre-commit", "it leads into a git directory"),
        ("sub/.GiT/config", "it leads into a git directory"),
        (".git. . /config", "it leads into a git directory"),
        (".git::$INDEX_ALLOCATION/config", "it leads into a git directory"),
        (".g\u200cit/config", "it leads into a git directory"),
        ("\ufeff.git/config", "it leads into a git directory"),
        ("git~1/config", "it leads into a git directory"),
        ("GIT~2", "it leads into a git directory"),
        ("sub\\.git\\config", "it leads into a git directory"),
    ],
)
def test_unsafe_paths_are_refused(path: str, problem: str) -> None:
    with pytest.raises(UnsafePath) as caught:
        paths.check(path)
    assert caught.value.problem == problem


@pytest.mark.parametrize(
    "path",
    [
        "a.py",
        ".gitignore",
        ".github/workflows/ci.yml",
        "docs/.gitkeep",
        "a..b/c...d",
        "-rf",
        "units/dev-disk\\x2dlabel.swap",
        "12:30.log",
        "caf\udce9",
        "a b/c\nd",
        "agit~1",
        "x.git/config",
    ],
)
def test_ordinary_paths_pass(path: str) -> None:
    assert paths.check(path) == path


@given(
    st.lists(st.sampled_from(["a", "b c", ".gitx"]), max_size=2),
    st.sampled_from(["..", ".", ".git", ".gIt", "git~1"]),
    st.lists(st.sampled_from([" ", ".", "\u200d", "\ufeff"]), max_size=3).map("".join),
    st.lists(st.sampled_from(["a", ".gitignore"]), max_size=2),
    st.sampled_from(["/", "\\"]),
)
def test_no_spelling_of_a_forbidden_part_passes(
    before: list[str], part: str, end: str, after: list[str], separator: str
) -> None:
    assert paths.problem(separator.join([*before, part + end, *after]))
