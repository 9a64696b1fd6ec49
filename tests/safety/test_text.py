"""What reaches a terminal moves no cursor, hides no word and turns no line around."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_ctx.safety import text

odd = st.text(
    st.characters()
    | st.sampled_from("\x1b\x07\x9b\r\u202e\u2066\u200f\u2028\udce9\ud800\U000e0041\t\n中e\u0301")
)


@given(odd)
def test_an_escaped_text_is_printable_in_every_line(value: str) -> None:
    for character in text.escape(value).replace("\n", "").replace("\t", ""):
        assert unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
        assert unicodedata.bidirectional(character) not in (
            "RLO",
            "LRO",
            "RLE",
            "LRE",
            "RLI",
            "LRI",
            "FSI",
            "PDI",
        )


@given(odd)
def test_escaping_twice_is_escaping_once(value: str) -> None:
    assert text.escape(text.escape(value)) == text.escape(value)
    assert text.one_line(text.one_line(value)) == text.one_line(value)


@given(odd, st.integers(0, 30))
def test_a_truncated_line_fits(value: str, columns: int) -> None:
    line = text.one_line(value)
    cut = text.truncate(line, columns)
    assert text.width(cut) <= columns
    assert cut == line or cut == "" or cut.endswith("…")
    if text.width(line) <= columns:
        assert cut == line


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("a\r\nb", "a\\x0d\nb"),
        ("\x9b0m", "\\x9b0m"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("caf\udce9", "caf\\xe9"),
        ("\ud800", "\\ud800"),
        ("hid\U000e0041den", "hid\\U000e0041den"),
        ("naïve 中文 👩\u200d💻", "naïve 中文 👩\u200d💻"),
        ("C:\\x1b", "C:\\x1b"),
    ],
)
def test_control_characters_are_shown(value: str, shown: str) -> None:
    assert text.escape(value) == shown


@given(odd)
def test_json_holds_nothing_that_a_terminal_obeys_and_means_the_same(value: str) -> None:
    plain = value.encode("utf-8", "replace").decode()
    told = text.in_json(json.dumps([plain], ensure_ascii=False, indent=2))
    assert json.loads(told) == [plain]
    assert text.escape(told) == told and "\t" not in told


def test_newlines_and_tabs_stay_by_choice() -> None:
    assert text.escape("a\tb\nc") == "a\tb\nc"
    assert text.escape("a\tb\nc", keep="") == "a\\x09b\\x0ac"


def test_a_subject_is_one_line() -> None:
    assert text.one_line("  fix\r\n\n  the\tparser \x1b]0;x\x07 ") == "fix the parser \\x1b]0;x\\x07"


@pytest.mark.parametrize(
    ("value", "columns", "cut"),
    [
        ("hello world", 11, "hello world"),
        ("hello world", 7, "hello…"),
        ("中文字", 5, "中文…"),
        ("中文字", 4, "中…"),
        ("e\u0301" * 5, 3, "e\u0301e\u0301…"),
        ("abc", 0, ""),
        ("abc", 1, "…"),
    ],
)
def test_width_counts_columns(value: str, columns: int, cut: str) -> None:
    assert text.truncate(value, columns) == cut
