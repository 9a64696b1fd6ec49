import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_ctx.transcripts import claude, codex
from git_ctx.transcripts.lines import Lines, NotLines, text, time
from git_ctx.transcripts.turn import relevant


def test_a_line_that_is_too_long_is_skipped_and_not_held() -> None:
    lines = Lines(io.BytesIO(b'{"a": "' + b"x" * 3_000_000 + b'"}\n{"b": 1}\n'), longest=1 << 20)
    assert list(lines) == [{"b": 1}]
    assert lines.problems == ["line 1: longer than 1 MiB"]


def test_of_many_damaged_lines_the_first_are_named() -> None:
    lines = Lines(io.BytesIO(b"x\n" * 50))
    assert list(lines) == []
    assert (lines.damaged, len(lines.problems)) == (50, 20)


class Endless(io.RawIOBase):
    def readline(self, size: int | None = -1, /) -> bytes:
        return bytes(size or 0)


def test_a_line_without_an_end_is_given_up() -> None:
    with pytest.raises(NotLines):
        list(Lines(Endless()))  # type: ignore[arg-type]


def test_half_a_character_is_read() -> None:
    [line] = Lines(io.BytesIO(b'{"a": "x\\ud83d"}\n'))
    assert text(line, "a") == "x\ufffd"


def test_only_times_that_can_be_kept_count() -> None:
    assert time({"timestamp": "2026-11-02T10:00:00.000Z"}) is not None
    for told in ("2026-11-02T10:00:00", "0001-01-01T00:00:00Z", "soon", 7, None):
        assert time({"timestamp": told}) is None


@given(st.lists(st.binary(max_size=60)))
def test_any_bytes_are_borne(parts: list[bytes]) -> None:
    for turns in (claude.turns, codex.turns):
        list(relevant(turns(Lines(io.BytesIO(b"\n".join(parts))))))
