import re

import pytest

from git_ctx.pattern import lazily


def test_a_pattern_is_compiled_at_its_first_use_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = []
    plain = re.compile
    monkeypatch.setattr(re, "compile", lambda form, flags=0: compiled.append(form) or plain(form, flags))
    pattern = lazily(r"a(?P<rest>b+)", re.IGNORECASE)
    assert compiled == []
    assert pattern.sub("-", "xABBx") == "x-x"
    assert pattern.fullmatch("abb") and pattern.fullmatch("ABB") and not pattern.fullmatch("c")
    assert pattern.sub("-", "ab") == "-"
    assert pattern.groupindex == {"rest": 1}
    assert len(compiled) == 3  # once for each method; re remembers the rest


def test_a_pattern_of_bytes_is_one_too() -> None:
    assert lazily(rb"\d+").findall(b"1 22") == [b"1", b"22"]
