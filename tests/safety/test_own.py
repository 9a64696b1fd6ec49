"""The user's own rules for secrets: they find and let through, and none can harm who set it."""

import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_ctx.errors import UnusableRule
from git_ctx.safety import own, secrets
from git_ctx.store import discover
from tests.safety.samples import SAMPLES
from tests.support import git, write

KEY = next(sample for rule, _, sample in SAMPLES if rule == "github-token")(Random(3))


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    own.use(lambda: [])


def given_rules(*settings: tuple[str, str]) -> None:
    own.use(lambda: settings)


def test_an_own_rule_is_named_in_its_marker() -> None:
    given_rules(("internal", "itk_[a-z0-9]{8}"))
    assert secrets.redact(f"itk_abcd1234 and {KEY}") == (
        "[redacted: internal] and [redacted: github-token]",
        ("internal", "github-token"),
    )


def test_a_name_may_have_several_patterns_and_a_group_says_what_goes() -> None:
    given_rules(("pin", "pin (?P<secret>[0-9]{4})"), ("pin", "PIN=(?P<secret>.{4})"))
    assert secrets.redact("the pin 1234, PIN=99x9")[0] == "the pin [redacted: pin], PIN=[redacted: pin]"


def test_a_file_is_withheld_by_an_own_rule() -> None:
    given_rules(("internal", "itk_[a-z0-9]{8}"))
    assert secrets.withhold("a.txt", b"x itk_abcd1234") == "internal"


def test_what_is_allowed_as_a_whole_is_let_through() -> None:
    given_rules(("allow", "gh._.*"), ("internal", "itk_.{4}"), ("allow", "itk_okay"))
    text = f"{KEY} itk_okay itk_1234"
    assert secrets.redact(text) == (f"{KEY} itk_okay [redacted: internal]", ("internal",))
    given_rules(("allow", "gh._"))
    assert secrets.redact(KEY)[1] == ("github-token",)


def test_no_rule_finds_our_own_markers() -> None:
    given_rules(("all", ".+"), ("word", "redacted"), ("a", "a"))
    assert secrets.redact("a banana\nand more") == ("[redacted: all]\n[redacted: all]", ("all",))


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(a", "it is no pattern: missing ), unterminated subpattern at position 0"),
        ("a{99999999999999999999}", "it is no pattern: "),
        ("(" * 900, "it is no pattern: "),
        ("x*", "it fits nothing at all, so it would be found everywhere"),
        ("a" * 1001, "it is longer than 1,000 characters"),
    ],
)
def test_what_is_no_pattern_is_named(pattern: str, problem: str) -> None:
    given_rules(("fine", "fine"), ("bad", pattern))
    with pytest.raises(UnusableRule) as failed:
        secrets.redact("anything")
    assert str(failed.value).startswith(f"ctx.redact.bad: {problem}")
    assert "--get-all ctx.redact.bad" in (failed.value.hint or "")


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*a){20}b", "a*a*a*a*a*b"])
@pytest.mark.parametrize("name", ["slow", "allow"])
def test_a_pattern_that_takes_for_ever_is_stopped(
    name: str, pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "_HEAD_START", 0.05)
    given_rules((name, pattern), ("some", "a{50,}.*"))
    started = time.process_time()
    with pytest.raises(UnusableRule, match=f"ctx.redact.{name}: it takes too long"):
        for _ in range(100):
            secrets.redact("a" * 5000 + "!")
    assert time.process_time() - started < 2


def test_rules_work_where_there_is_nobody_to_stop_them() -> None:
    given_rules(("internal", "itk_[a-z0-9]{8}"))
    found: list[str] = []
    thread = Thread(target=lambda: found.append(secrets.redact("itk_abcd1234")[0]))
    thread.start()
    thread.join()
    assert found == ["[redacted: internal]"]


@given(st.text(max_size=60), st.sampled_from(["[a-z]{3}", "e.", r"\d+", "redacted", r"\[.*\]", "é", "(?i)X"]))
def test_what_an_own_rule_redacted_holds_nothing_more(text: str, pattern: str) -> None:
    given_rules(("mine", pattern))
    redacted, rules = secrets.redact(text)
    assert secrets.redact(redacted) == (redacted, ())
    assert (redacted == text) == (rules == ())


def test_rules_are_the_users_own_and_no_file_of_the_repository_adds_to_them(repo: Path) -> None:
    evil = '[ctx "redact"]\n\tallow = .*\n\tevil = a\n'
    write(repo, {".gitconfig": evil, ".ctx/config": evil, "config": evil, ".git-ctx": evil})
    discover.find(repo)
    assert secrets.redact(KEY)[1] == ("github-token",)
    git(repo, "config", "--global", "--add", "ctx.redact.allow", "ghp_.*")
    git(repo, "config", "--add", "ctx.redact.Mine", "mi[n]e")
    found = discover.find(repo)
    assert found.config_section("ctx.redact") == [("allow", "ghp_.*"), ("mine", "mi[n]e")]
    assert secrets.redact(f"{KEY} mine")[0] == f"{KEY} [redacted: mine]"


def test_a_path_may_be_the_secret() -> None:
    assert secrets.withhold(f"exports/{KEY}.txt", b"plain") == "github-token in its name"
    paths = ["a.py", f"exports/{KEY}.txt", "b\nc", "sub/password_reset.py"]
    assert secrets.named(paths) == {f"exports/{KEY}.txt"}
